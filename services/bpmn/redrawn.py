"""The drawing as SpiffWorkflow reads it: what it cannot read as drawn is drawn another way that means the same.

A link is a flow. Several flows out of one activity or event, and conditions on them, are a gateway behind it
(BPMN 2.0.2, 13.2.1 and 8.4.13). The start of an event sub-process waits in the scope around it (13.5.4). Ids that
SpiffWorkflow has for itself get another name; the diagram's own is put back.
"""

from copy import deepcopy
from typing import Any

from lxml import etree

from services.bpmn.xml import B, in_bpmn, local_name

#: stands for the gateway behind an activity: no diagram that is accepted has one of its own
SPLIT = "complexGateway"
#: stands for the start of an event sub-process, which waits outside of it: nobody draws this element of BPMN
OPENING = "implicitThrowEvent"
#: attributes of ours: what undoes an activity, what undoes the sub-process itself, and an event sub-process
UNDONE_BY, UNDO_START, ASIDE = "undoneBy", "undoStart", "standsAside"
INSIDE = " inside"
OURS = " drawn"  #: no id in XML has a blank
RESERVED = ("Start", "End", "Root")
RESERVED_ENDS = (".EndJoin", ".BoundaryEventSplit", ".BoundaryEventJoin")
SPLITS = frozenset({"exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway"})
REFERS = ("id", "sourceRef", "targetRef", "attachedToRef", "activityRef")


def redraw(root: etree._Element) -> etree._Element:
    """A copy for the engine's parser."""
    copied = deepcopy(root)
    _rename(copied)
    for each in copied.iter(f"{B}transaction"):
        each.tag = f"{B}subProcess"
    for scope in copied.iter(f"{B}process", f"{B}subProcess"):
        _join_links(scope)
    _take_handlers_aside(copied)
    for each in [*copied.iter(f"{B}subProcess")]:
        if each.get("triggeredByEvent") == "true":
            each.set(ASIDE, "true")
            if each.find(f"{B}startEvent/{B}compensateEventDefinition") is None:
                _take_start_out(each)
            else:
                _undo_by(each)
    _split(copied)
    _say_conditions(copied)
    return copied


def without_condition(gateway: etree._Element, flows: list[etree._Element]) -> list[etree._Element]:
    """The flows of a gateway that have neither a condition nor are the default."""
    default = gateway.get("default")
    return [
        each
        for each in flows
        if each.find(f"{B}conditionExpression") is None and (default is None or each.get("id") != default)
    ]


def id_as_drawn(name: str) -> str | None:
    """The id in the diagram; None for what is not drawn."""
    if name.endswith((f" {SPLIT}", INSIDE)):
        return None
    return name.removesuffix(OURS)


def engine_name(key: str) -> str:
    """What an id of the diagram is called for the engine's parser."""
    return key + OURS if key in RESERVED or key.endswith(RESERVED_ENDS) else key


def _rename(root: etree._Element) -> None:
    for node in root.iter(etree.Element):
        for attribute in REFERS:
            name = node.get(attribute)
            if name is not None:
                node.set(attribute, engine_name(name))


def links_of(scope: etree._Element) -> tuple[list[tuple[etree._Element, str]], dict[str, list[etree._Element]]]:
    """(throwing event, name) and name -> catching events of the links of one process or sub-process."""
    throws: list[tuple[etree._Element, str]] = []
    catches: dict[str, list[etree._Element]] = {}
    for event in scope.iterchildren(f"{B}intermediateThrowEvent", f"{B}intermediateCatchEvent"):
        link = event.find(f"{B}linkEventDefinition")
        if link is None:
            continue
        name = link.get("name", "")
        if local_name(event) == "intermediateThrowEvent":
            throws.append((event, name))
        else:
            catches.setdefault(name, []).append(event)
    return throws, catches


def _join_links(scope: etree._Element) -> None:
    throws, catches = links_of(scope)
    for throw, name in throws:
        _flow(scope, throw.get("id", ""), catches[name][0].get("id", ""), f"{throw.get('id')} link")
    for event in [*(each for each, _ in throws), *(each for found in catches.values() for each in found)]:
        event.tag = f"{B}intermediateThrowEvent"
        link = event.find(f"{B}linkEventDefinition")
        if link is not None:
            event.remove(link)


def is_handler(node: etree._Element) -> bool:
    """Whether it is an activity for compensation."""
    if node.get("isForCompensation") != "true":
        return False
    kind = local_name(node)
    return kind.endswith(("ask", "Process")) or kind in ("callActivity", "transaction")


def handlers(root: etree._Element) -> dict[etree._Element, str]:
    """Compensation border event -> the activity beside it that an association leads to, drawn either way round."""
    marked = {(node.getparent(), node.get("id")) for node in root.iter(etree.Element) if is_handler(node)}
    tied: dict[str, list[str]] = {}
    for each in root.iter(f"{B}association"):
        one, other = each.get("sourceRef", ""), each.get("targetRef", "")
        tied.setdefault(one, []).append(other)
        tied.setdefault(other, []).append(one)
    found: dict[etree._Element, str] = {}
    for event in root.iter(f"{B}boundaryEvent"):
        if event.find(f"{B}compensateEventDefinition") is not None:
            for key in tied.get(event.get("id", ""), ()):
                if (event.getparent(), key) in marked:
                    found.setdefault(event, key)
    return found


def _take_handlers_aside(root: Any) -> None:
    """What undoes an activity stands on the activity, in place of the border event that leads to it."""
    undone = {(each.getparent(), each.get("attachedToRef")): (each, key) for each, key in handlers(root).items()}
    for node in [*root.iter(etree.Element)]:
        if (node.getparent(), node.get("id")) in undone:
            event, key = undone[node.getparent(), node.get("id")]
            node.set(UNDONE_BY, key)
            if (scope := event.getparent()) is not None:
                scope.remove(event)


def _undo_by(inside: Any) -> None:
    """An event sub-process that begins with compensation is what undoes the sub-process around it."""
    inside.getparent().set(UNDO_START, inside.get("id", ""))
    inside.set("isForCompensation", "true")
    del inside.attrib["triggeredByEvent"]
    start = inside.find(f"{B}startEvent")
    start.remove(start.find(f"{B}compensateEventDefinition"))


def _flow(scope: Any, source: str, target: str, key: str) -> None:
    etree.SubElement(scope, f"{B}sequenceFlow", id=key, sourceRef=source, targetRef=target)


def _take_start_out(inside: Any) -> None:
    scope, start = inside.getparent(), inside.find(f"{B}startEvent")
    key = start.get("id", "")
    opening = etree.SubElement(scope, f"{B}{OPENING}", dict(start.attrib))
    for each in [*start]:
        opening.append(each)
    del inside.attrib["triggeredByEvent"]
    start.set("id", key + INSIDE)
    for flow in inside.iterchildren(f"{B}sequenceFlow"):
        if flow.get("sourceRef") == key:
            flow.set("sourceRef", key + INSIDE)
    _flow(scope, key, inside.get("id", ""), f"{key} opens")


def _split(root: etree._Element) -> None:
    outgoing = outgoing_of(root)
    for node in [*root.iter(etree.Element)]:
        flows = outgoing.get(node.get("id", ""), [])
        if not flows or not in_bpmn(node) or local_name(node) in SPLITS:
            continue
        if len(flows) > 1 or flows[0].find(f"{B}conditionExpression") is not None:
            _put_gateway(node, flows)


def _say_conditions(root: etree._Element) -> None:
    """The one flow without a condition is the default of an exclusive gateway; of an inclusive one it is always taken.

    As Camunda 7 has it: `BpmnParse.validateExclusiveGateway`, `InclusiveGatewayActivityBehavior`.
    """
    outgoing = outgoing_of(root)
    for node in root.iter(f"{B}exclusiveGateway", f"{B}inclusiveGateway"):
        flows = outgoing.get(node.get("id", ""), [])
        free = without_condition(node, flows) if len(flows) > 1 else []
        if local_name(node) == "inclusiveGateway":
            for flow in free:
                etree.SubElement(flow, f"{B}conditionExpression").text = "${true}"
        elif len(free) == 1 and node.get("default") is None:
            node.set("default", free[0].get("id", ""))


def outgoing_of(root: etree._Element) -> dict[str, list[etree._Element]]:
    """Element -> the flows that leave it."""
    outgoing: dict[str, list[etree._Element]] = {}
    for flow in root.iter(f"{B}sequenceFlow"):
        outgoing.setdefault(flow.get("sourceRef", ""), []).append(flow)
    return outgoing


def _put_gateway(node: Any, flows: list[etree._Element]) -> None:
    scope, key = node.getparent(), f"{node.get('id')} {SPLIT}"
    gateway = etree.SubElement(scope, f"{B}{SPLIT}", id=key)
    if node.get("default") is not None:
        gateway.set("default", str(node.attrib.pop("default")))
    for flow in flows:
        flow.set("sourceRef", key)
    _flow(scope, node.get("id", ""), key, f"{key} flow")
