"""Whether events say what they catch or throw, and gateways and boundaries hang together. Part of what is allowed."""

from collections.abc import Iterator

from lxml import etree

from services.engine.xml import B, in_bpmn, local_name

Fault = tuple[etree._Element, str]

ACTIVITIES = frozenset({
    "userTask", "task", "manualTask", "serviceTask", "businessRuleTask", "receiveTask", "callActivity", "subProcess",
})  # fmt: skip
#: event definition -> the attribute that says which, and what it names
REFERENCES = {
    "messageEventDefinition": ("messageRef", "message"),
    "signalEventDefinition": ("signalRef", "signal"),
    "errorEventDefinition": ("errorRef", "error"),
    "escalationEventDefinition": ("escalationRef", "escalation"),
}
#: a boundary event without a reference catches every error
CATCHES_ALL = frozenset({"errorEventDefinition", "escalationEventDefinition"})
TIMES = ("timeDate", "timeDuration", "timeCycle")
#: kind of event -> the fewest definitions it needs; nothing takes more than one
EVENTS = {"startEvent": 0, "intermediateCatchEvent": 1, "boundaryEvent": 1, "intermediateThrowEvent": 0, "endEvent": 0}


def check_events(root: etree._Element) -> Iterator[Fault]:
    """Faults of events: none or several definitions, references that lead nowhere, timers without a time."""
    named = {(local_name(node), node.get("id")) for node in root.iter() if in_bpmn(node)}
    for event in root.iter(*(f"{B}{kind}" for kind in EVENTS)):
        definitions = [each for each in event if in_bpmn(each) and local_name(each).endswith("EventDefinition")]
        if not EVENTS[local_name(event)] <= len(definitions) <= 1:
            yield event, "It catches exactly one event: a message, a timer, a signal or an error. Choose one."
        for each in definitions:
            yield from _definition(event, each, named)
    for task in root.iter(f"{B}receiveTask"):
        if ("message", task.get("messageRef")) not in named:
            yield task, "A receive task needs a message."


def _definition(event: etree._Element, node: etree._Element, named: set[tuple[str, str | None]]) -> Iterator[Fault]:
    kind = local_name(node)
    if kind == "timerEventDefinition" and len([each for each in node if local_name(each) in TIMES]) != 1:
        yield event, "The timer has no time, or several. Give it a date, a duration or a cycle."
    if kind not in REFERENCES:
        return
    attribute, what = REFERENCES[kind]
    wanted = node.get(attribute)
    if wanted is None and local_name(event) == "boundaryEvent" and kind in CATCHES_ALL:
        return
    if (what, wanted) not in named:
        yield event, f"The event does not say which {what}, or it is not there. Choose one."


def check_boundaries(root: etree._Element) -> Iterator[Fault]:
    """Faults of boundary events: on nothing, or leading nowhere."""
    sources = {flow.get("sourceRef") for flow in root.iter(f"{B}sequenceFlow")}
    for event in root.iter(f"{B}boundaryEvent"):
        beside = event.getparent()
        hosts = [] if beside is None else [each for each in beside if in_bpmn(each) and local_name(each) in ACTIVITIES]
        if event.get("attachedToRef") not in {host.get("id") for host in hosts}:
            yield event, "The boundary event is not attached to a task or sub-process beside it."
        if event.get("id") not in sources:
            yield event, "No flow leaves the boundary event. Draw what is to happen."


def check_defaults(root: etree._Element) -> Iterator[Fault]:
    """Faults of default flows: they must leave the element that names them."""
    sources = {flow.get("id"): flow.get("sourceRef") for flow in root.iter(f"{B}sequenceFlow")}
    for node in root.iter():
        if in_bpmn(node) and node.get("default") is not None and sources.get(node.get("default")) != node.get("id"):
            yield node, "The default flow does not leave this element. Mark one that does."


def check_borders(root: etree._Element) -> Iterator[Fault]:
    """Faults of flows that cross the border of a process or sub-process."""
    nodes = {node.get("id"): node for node in root.iter() if in_bpmn(node) and node.get("id")}
    for flow in root.iter(f"{B}sequenceFlow"):
        ends = [nodes.get(flow.get("sourceRef")), nodes.get(flow.get("targetRef"))]
        if any(end is not None and end.getparent() is not flow.getparent() for end in ends):
            yield flow, "The flow crosses the border of a sub-process. End it inside, and go on outside."
