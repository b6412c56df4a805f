"""What a diagram says beyond what is carried out: walks the elements and asks the table of meanings."""

from collections.abc import Iterator
from copy import deepcopy

from lxml import etree

from services.bpmn import lenient_rules, rules
from services.bpmn.meaning import (
    DESCRIBES,
    HONOURED,
    REFUSED,
    Meaning,
    inside_extension,
    of_bpmn,
    of_camunda,
    of_extension,
)
from services.bpmn.named import by_id
from services.bpmn.rules import Fault, Faults, Rule
from services.bpmn.xml import B, C, in_bpmn, local_name

#: attribute -> the values that are honoured; another is refused
BOUND = {"decisionRefBinding": ("latest", "deployment"), "calledElementBinding": ("latest", "deployment")}
#: what has a rule of its own, with better words
OWN_RULE = frozenset({"formKey", "formRef", "formRefBinding", "formRefVersion", "formData", "language"})
#: extension elements that are looked into
OPENED = frozenset({"inputOutput", "formData", "properties", "formField", "validation", "list", "map", "entry"})
#: what means something by what stands around it
NESTED = frozenset({"value", "list", "map", "entry"})
EXTENSIONS = f"{B}extensionElements"


def of_bpmn_proper(root: etree._Element) -> Iterator[etree._Element]:
    """The elements of BPMN, without what stands inside extension elements: that is anybody's."""
    ahead = [root]
    while ahead:
        node = ahead.pop()
        if node.tag == EXTENSIONS:
            continue
        if in_bpmn(node):
            yield node
        ahead += list(node.iterchildren(etree.Element))[::-1]


def proper(root: etree._Element) -> etree._Element:
    """A copy for the engine's parser: without what only describes, and without other people's extensions.

    A flow without an id, which is lawful, gets one: SpiffWorkflow knows flows by their ids.
    """
    copied = deepcopy(root)
    for node in [*copied.iter(EXTENSIONS)]:
        for each in [*node.iterchildren(etree.Element)]:
            if not each.tag.startswith(C):
                node.remove(each)
    for node in [*copied.iter(*(f"{B}{name}" for name in DESCRIBES))]:
        if (above := node.getparent()) is not None:
            above.remove(node)
    taken = {node.get("id") for node in copied.iter(etree.Element)}
    for number, flow in enumerate(copied.iter(f"{B}sequenceFlow")):
        if not flow.get("id"):
            key = f"flow_{number}"
            while key in taken:
                key += "_"
            flow.set("id", key)
    by_id(copied)
    return copied


def not_honoured(node: etree._Element) -> Faults:
    """What is refused in the attributes and extensions of one element."""
    for what, meaning in _said_at(node):
        name = what.rpartition(":")[2]
        if meaning == REFUSED and name not in OWN_RULE:
            if what.startswith("camunda:") and name not in BOUND:
                yield Fault(node, rules.EXTENSION, {"extension": name})
            else:
                yield Fault(node, rules.BINDING_VERSION if name in BOUND else rules.ATTRIBUTE, {"what": what})


def told(root: etree._Element) -> Faults:
    """What is taken and means less here than it says; each thing once an element."""
    errors = {each.get("id") for each in root.iter(f"{B}error")}
    for node in of_bpmn_proper(root):
        above = node.getparent()
        kind = local_name(node)
        if kind in DESCRIBES:
            if above is None or local_name(above) not in DESCRIBES:
                yield Fault(node, lenient_rules.DESCRIBES_ONLY, {"kind": kind})
            continue
        if any(local_name(each) in DESCRIBES for each in node.iterancestors()):
            continue
        if kind == "receiveTask" and node.get("messageRef") is None:
            yield Fault(node, lenient_rules.NO_MESSAGE, {"name": node.get("id", "")})
        if kind == "errorEventDefinition" and (code := node.get("errorRef")) and code.rpartition(":")[2] not in errors:
            yield Fault(node, lenient_rules.CODE_ITSELF, {"code": code})
        seen: set[str] = set()
        for what, meaning in _said_at(node):
            if isinstance(meaning, Rule) and what not in seen:
                seen.add(what)
                yield Fault(node, meaning, {"what": what, "kind": kind})


def _said_at(node: etree._Element) -> Iterator[tuple[str, Meaning]]:
    """(its name, what it means) of every attribute and extension of an element of BPMN."""
    kind = local_name(node)
    for key, value in node.attrib.items():
        name = etree.QName(str(key))
        if name.namespace is None:
            yield name.localname, of_bpmn(name.localname, str(value))
        elif str(key).startswith(C):
            meaning = of_camunda(name.localname, kind)
            if name.localname in BOUND and meaning == HONOURED and value not in BOUND[name.localname]:
                meaning = REFUSED
            yield f"camunda:{name.localname}", meaning
    inside = node.find(EXTENSIONS)
    if inside is not None:
        yield from _inside(inside, _mapping_kind(node))


def _mapping_kind(node: etree._Element) -> str:
    """A throw event is mapped only when it throws a message."""
    kind = local_name(node)
    throws = kind in ("intermediateThrowEvent", "endEvent")
    return kind if not throws or node.find(f"{B}messageEventDefinition") is not None else "throwEvent"


def _inside(around: etree._Element, kind: str) -> Iterator[tuple[str, Meaning]]:
    for each in around.iterchildren(etree.Element):
        if not each.tag.startswith(C):
            continue
        name = local_name(each)
        meaning = of_extension(name, local_name(around) if name in NESTED else kind)
        yield f"camunda:{name}", meaning
        if meaning == REFUSED:
            continue
        for key, value in each.attrib.items():
            attribute = etree.QName(str(key)).localname
            if not (attribute == "local" and value == "false"):
                yield f"camunda:{name} {attribute}", inside_extension(name, attribute)
        if name in OPENED or (name.endswith("Parameter") and len(each)):
            yield from _inside(each, kind)
