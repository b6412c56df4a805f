"""What stands twice where one counts, has no name, or stands where nobody looks. Part of what is allowed.

Modeler writes none of it; hands do, and what merges files: of two the reader would take one, in silence.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from lxml import etree

from services.bpmn import rules
from services.bpmn.rules import Fault, Faults
from services.bpmn.said import EXTENSIONS, of_bpmn_proper
from services.bpmn.xml import C, in_bpmn, local_name

#: of BPMN's own elements, what an element holds at most once
ONCE = frozenset({
    "extensionElements", "conditionExpression", "loopCardinality", "completionCondition", "loopCondition", "condition",
    "script",
})  # fmt: skip
LOOPS = frozenset({"multiInstanceLoopCharacteristics", "standardLoopCharacteristics"})
#: of Camunda's, what stands once among the extension elements
ONCE_EXTENDED = frozenset({"inputOutput", "formData"})
PARAMETERS = (f"{C}inputParameter", f"{C}outputParameter")
#: what a parameter, an item of a list or an entry of a map may be instead of a text
VALUES = (f"{C}list", f"{C}map", f"{C}script")


def faults_in_saying(root: etree._Element) -> Faults:
    """Faults of what is said twice, under no name, or outside of the extension elements."""
    for node in of_bpmn_proper(root):
        kinds = [local_name(each) for each in node if in_bpmn(each)]
        yield from _twice(node, (f"<{kind}>" for kind in kinds if kind in ONCE))
        yield from _twice(node, ("<loopCharacteristics>" for kind in kinds if kind in LOOPS))
        for each in node.iterchildren(f"{C}*"):
            yield Fault(node, rules.NOT_EXTENDED, {"what": _shown(each)})
        inside = node.find(EXTENSIONS)
        if inside is not None:
            yield from _extended(node, inside)


def _extended(node: etree._Element, inside: etree._Element) -> Faults:
    ours = [*inside.iterchildren(f"{C}*")]
    yield from _twice(node, (_shown(each) for each in ours if local_name(each) in ONCE_EXTENDED))
    yield from _named(node, [*inside.iterfind(f"{C}properties/{C}property")])
    for mapping in inside.iterchildren(f"{C}inputOutput"):
        for tag in PARAMETERS:
            yield from _named(node, [*mapping.iterchildren(tag)])
        yield from _valued(node, mapping)
    for each in inside.iterchildren(f"{C}in", f"{C}out"):
        yield from _passed(node, each)


def _named(node: etree._Element, found: list[etree._Element], attribute: str = "name") -> Faults:
    for each in found:
        if not each.get(attribute, "").strip():
            yield Fault(node, rules.NAMELESS, {"what": _shown(each), "attribute": attribute})
    names = (each.get(attribute, "").strip() for each in found)
    yield from _twice(node, (f"{_shown(found[0])} «{name[:60]}»" for name in names if name))


def _valued(node: etree._Element, mapping: etree._Element) -> Faults:
    """Parameters, items and entries that are a text and a list at once, or two lists."""
    for each in mapping.iter(*PARAMETERS, f"{C}entry", f"{C}value"):
        values = [*each.iterchildren(*VALUES)]
        if len(values) > 1 or (values and (each.text or "").strip()):
            yield Fault(node, rules.SAID_TWICE, {"what": f"{_shown(each)} «{(each.get('name') or '')[:60]}»"})
    for each in mapping.iter(f"{C}map"):
        yield from _named(node, [*each.iterchildren(f"{C}entry")], "key")


def _passed(node: etree._Element, each: etree._Element) -> Faults:
    """What goes into a called process, or comes back: from where, and as what."""
    if each.get("variables") is not None or each.get("businessKey") is not None:
        return
    for attribute in ("source", "target"):
        if not each.get(attribute, "").strip() and not (attribute == "source" and each.get("sourceExpression")):
            yield Fault(node, rules.NAMELESS, {"what": _shown(each), "attribute": attribute})


def _twice(node: etree._Element, said: Iterable[str]) -> Iterator[Fault]:
    for what, count in Counter(said).items():
        if count > 1:
            yield Fault(node, rules.SAID_TWICE, {"what": what})


def _shown(node: etree._Element) -> str:
    return f"camunda:{local_name(node)}"
