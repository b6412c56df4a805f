"""Reading XML that anybody may have written: no entities, no DTD, no network, no giants."""

from typing import Any

from lxml import etree

from services.bpmn.errors import BadDiagram, Problem
from services.bpmn.readings import DIGITS_ARE_TRUTHS, READING, TEXTS_ARE_WHOLE
from services.bpmn.rules import DOCTYPE, NOT_XML, TOO_LARGE, TOO_MANY_ATTRIBUTES
from services.bpmn.zeebe import translate

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"  #: Camunda 8's own
OPERATON = "http://operaton.org/schema/1.0/bpmn"  #: the same words, in the name of Camunda 7's successor
B, C = f"{{{BPMN}}}", f"{{{CAMUNDA}}}"
LARGEST_FILE = 5 * 1024 * 1024
#: attributes of BPMN that are yes or no: XML Schema writes them as true and false, or 1 and 0
TRUTHS = frozenset({
    "isExecutable", "isClosed", "isInterrupting", "parallelMultiple", "cancelActivity", "isSequential", "testBefore",
    "triggeredByEvent", "isForCompensation", "isCollection", "waitForCompletion", "instantiate", "isImmediate",
})  # fmt: skip
#: what of a mapping holds a value
VALUED = ("inputParameter", "outputParameter", "value", "entry")
MOST_ATTRIBUTES = 500  #: of one element: lxml takes the square of their number to list them


def read_xml(resource: str, content: bytes, *, reading: int = READING) -> etree._Element:
    """The root of a diagram or decision, as that reading has it. Raises BadDiagram for what is no clean XML."""
    if len(content) > LARGEST_FILE:
        raise BadDiagram([Problem(resource, "", "", None, TOO_LARGE)])
    plain = reading >= TEXTS_ARE_WHOLE
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=plain,
        remove_pis=plain,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as fault:
        if fault.code == etree.ErrorTypes.ERR_NO_MEMORY:  # type: ignore[attr-defined]
            raise MemoryError from None
        raise BadDiagram([Problem(resource, "", "", fault.lineno, NOT_XML, {"reason": fault.msg})]) from None
    docinfo: Any = root.getroottree().docinfo
    if docinfo.doctype:
        raise BadDiagram([Problem(resource, "", "", 1, DOCTYPE)])
    if any(len(node.attrib) > MOST_ATTRIBUTES for node in root.iter(etree.Element)):
        raise BadDiagram([Problem(resource, "", "", None, TOO_MANY_ATTRIBUTES, {"most": MOST_ATTRIBUTES})])
    if reading >= DIGITS_ARE_TRUTHS:
        _read_truths(root)
    if plain:
        _read_nulls(root)
    if OPERATON.encode() in content:
        _as_camunda(root)
    if ZEEBE.encode() in content:
        translate(root)
    return root


def _read_truths(root: etree._Element) -> None:
    for node in root.iter(etree.Element):
        for name in TRUTHS & set(node.attrib):
            value = str(node.get(name)).strip()
            node.set(name, {"1": "true", "0": "false"}.get(value, value))


def _read_nulls(root: etree._Element) -> None:
    """What a parameter, an item of a list or an entry of a map says with nothing in it: null, as in Camunda 7."""
    for space in (CAMUNDA, OPERATON):
        for mapping in root.iter(f"{{{space}}}inputOutput"):
            for each in mapping.iter(*(f"{{{space}}}{name}" for name in VALUED)):
                if not len(each) and not (each.text or "").strip():
                    each.text = "=null"


def _as_camunda(root: etree._Element) -> None:
    theirs = f"{{{OPERATON}}}"
    for node in root.iter(etree.Element):
        if node.tag.startswith(theirs):
            node.tag = C + node.tag[len(theirs) :]
        for name in [str(each) for each in node.attrib if str(each).startswith(theirs)]:
            node.set(C + name[len(theirs) :], node.attrib.pop(name))


def local_name(node: etree._Element) -> str:
    """`userTask` of `{…}userTask`."""
    return node.tag.rpartition("}")[2]


def in_bpmn(node: etree._Element) -> bool:
    """Whether it is an element of BPMN (not a comment, not an extension)."""
    return isinstance(node.tag, str) and node.tag.startswith(B)
