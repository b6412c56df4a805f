"""What a diagram says and is not carried out: what means less here, and what is in another engine's own words."""

from collections.abc import Iterator

from lxml import etree

from services.bpmn import BPMN, CAMUNDA, ZEEBE, told
from services.processes.doctor import foreign_catalogue
from services.processes.doctor.bench import Bench
from services.processes.doctor.note import Note, Notes
from services.processes.doctor.sheet import Sheet

ENGINES = {
    "http://activiti.org/bpmn": "Activiti",
    "http://flowable.org/bpmn": "Flowable",
    "http://www.jboss.org/drools": "jBPM",
    "http://www.jboss.org/jbpm": "jBPM",
    "http://spiffworkflow.org/bpmn/schema/1.0/core": "SpiffArena",
}
#: how things look, and who drew them: says nothing to any engine
HARMLESS = ("http://www.omg.org/spec/", "http://bpmn.io/", "http://camunda.org/schema/modeler/", "http://www.w3.org/")


def notes_on_told(bench: Bench, sheet: Sheet) -> Notes:
    """Attributes and elements that are taken, and mean less here than they say."""
    if sheet.kind == "bpmn" and sheet.root is not None:
        yield from (Note(fault.rule, fault.node, fault.details) for fault in told(sheet.root))


def notes_on_foreign(bench: Bench, sheet: Sheet) -> Notes:
    """A note for each other engine, at the first of its words, one for what nobody knows; of Camunda 8's, for each."""
    if sheet.kind != "bpmn" or sheet.root is None:
        return
    said: set[str] = set()
    platform = sheet.root.get("{http://camunda.org/schema/modeler/1.0}executionPlatform") or ""
    if platform == "Camunda Cloud":
        yield Note(foreign_catalogue.CAMUNDA_8, sheet.root)
    for node in sheet.root.iter(f"{{{BPMN}}}*"):
        yield from (Note(foreign_catalogue.ZEEBE_WORD, node, {"what": word}) for word in _left(node))
    if ZEEBE in sheet.root.nsmap.values():
        yield from _counted(sheet.root)
    for node, space in _spaces(sheet.root):
        if space == ZEEBE:
            continue
        engine = ENGINES.get(space)
        if (engine or space) in said:
            continue
        said.add(engine or space)
        rule = foreign_catalogue.OTHER_ENGINE if engine else foreign_catalogue.OTHER_WORDS
        yield Note(rule, node, {"engine": engine} if engine else {"namespace": space[:100]})


def _left(node: etree._Element) -> Iterator[str]:
    """Camunda 8's words at the element that mean nothing here: the others were translated as the file was read."""
    inside = node.find(f"{{{BPMN}}}extensionElements")
    words = [*node.attrib, *([each.tag for each in inside.iterchildren(etree.Element)] if inside is not None else [])]
    yield from dict.fromkeys(str(each).rpartition("}")[2] for each in words if str(each).startswith(f"{{{ZEEBE}}}"))


def _counted(root: etree._Element) -> Notes:
    """What is done several times and looks at its number."""
    for loop in root.iter(f"{{{BPMN}}}multiInstanceLoopCharacteristics"):
        host = loop.getparent()
        if host is not None and any("loopCounter" in said for each in host.iter(etree.Element)
                                    for said in (each.text or "", *map(str, each.attrib.values()))):  # fmt: skip
            yield Note(foreign_catalogue.COUNTS_FROM_ONE, host)


def _spaces(root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """Every namespace that is neither BPMN's nor ours, with the element of BPMN that uses it."""
    for node in root.iter(etree.Element):
        if etree.QName(node).namespace != BPMN:
            continue
        inside = node.find(f"{{{BPMN}}}extensionElements")
        used = [
            *node.attrib,
            *((each.tag for each in inside.iterchildren(etree.Element)) if inside is not None else ()),
        ]
        for name in used:
            space = etree.QName(str(name)).namespace
            if space and space not in (BPMN, CAMUNDA) and not space.startswith(HARMLESS):
                yield node, space
