"""Whether events say what they catch or throw, and gateways and boundaries hang together. Part of what is allowed."""

from lxml import etree

from services.bpmn import rules
from services.bpmn.rules import Fault, Faults
from services.bpmn.xml import B, C, in_bpmn, local_name
from services.shown import Words

ACTIVITIES = frozenset({
    "userTask", "task", "manualTask", "serviceTask", "businessRuleTask", "receiveTask", "sendTask", "scriptTask",
    "callActivity", "subProcess", "transaction",
})  # fmt: skip
#: event definition -> the attribute that says which, and what it names
REFERENCES = {
    "messageEventDefinition": ("messageRef", "message"),
    "signalEventDefinition": ("signalRef", "signal"),
    "errorEventDefinition": ("errorRef", "error"),
    "escalationEventDefinition": ("escalationRef", "escalation"),
}
#: what an event names, in words
WHAT = {
    "message": Words("message"),
    "signal": Words("signal"),
    "error": Words("error"),
    "escalation": Words("escalation"),
}
#: a boundary event without a reference catches every error
CATCHES_ALL = frozenset({"errorEventDefinition", "escalationEventDefinition"})
#: what is caught by its code, and the attribute that says it: without one nothing but «any» could catch it
CODES = {"error": "errorCode", "escalation": "escalationCode"}
THROWS = frozenset({"endEvent", "intermediateThrowEvent"})
#: what is known by its name, and is none without one
NAMED = frozenset({"message", "signal"})
EVENTS_OF_VARIABLES = frozenset({"create", "update", "delete"})
TIMES = ("timeDate", "timeDuration", "timeCycle")
#: kind of event -> the fewest definitions it needs; nothing takes more than one
EVENTS = {"startEvent": 0, "intermediateCatchEvent": 1, "boundaryEvent": 1, "intermediateThrowEvent": 0, "endEvent": 0}
#: BPMN 2.0.2, tables 10.84, 10.86 to 10.90: what an event of a kind cannot be
MISPLACED = {
    "intermediateCatchEvent": {
        "errorEventDefinition",
        "escalationEventDefinition",
        "terminateEventDefinition",
        "compensateEventDefinition",
        "cancelEventDefinition",
    },
    "intermediateThrowEvent": {
        "errorEventDefinition",
        "timerEventDefinition",
        "terminateEventDefinition",
        "conditionalEventDefinition",
        "cancelEventDefinition",
    },
    "endEvent": {"timerEventDefinition", "conditionalEventDefinition", "linkEventDefinition"},
    "boundaryEvent": {"terminateEventDefinition", "linkEventDefinition"},
}


def faults_in_events(root: etree._Element) -> Faults:
    """Faults of events: none or several definitions, references that lead nowhere, timers without a time."""
    named = {
        (kind, node.get("id"))
        for node in root.iter(f"{B}*")
        if (kind := local_name(node)) not in NAMED or node.get("name", "").strip()
    }
    uncoded = {node.get("id") for node in root if local_name(node) in CODES and not node.get(CODES[local_name(node)])}
    for event in root.iter(*(f"{B}{kind}" for kind in EVENTS)):
        definitions = [each for each in event if in_bpmn(each) and local_name(each).endswith("EventDefinition")]
        if not EVENTS[local_name(event)] <= len(definitions) <= 1:
            yield Fault(event, rules.EVENT_KIND)
        for each in definitions:
            yield from _definition(event, each, named)
            if local_name(event) in THROWS and {each.get("errorRef"), each.get("escalationRef")} & uncoded - {None}:
                yield Fault(event, rules.NO_CODE)
    for task in root.iter(f"{B}receiveTask"):
        if ("message", task.get("messageRef")) not in named:
            yield Fault(task, rules.NO_REFERENCE, {"what": WHAT["message"]})


def _definition(event: etree._Element, node: etree._Element, named: set[tuple[str, str | None]]) -> Faults:
    kind = local_name(node)
    if kind in MISPLACED.get(local_name(event), ()):
        yield Fault(event, rules.MISPLACED)
    if kind == "timerEventDefinition" and len([each for each in node if local_name(each) in TIMES]) != 1:
        yield Fault(event, rules.NO_TIME)
    if kind == "conditionalEventDefinition":
        yield from _condition(event, node)
    if kind not in REFERENCES:
        return
    if kind == "messageEventDefinition" and node.get(f"{C}type") == "external":
        return  # a worker does it, whatever the message is called
    attribute, what = REFERENCES[kind]
    wanted = node.get(attribute)
    if wanted is None and local_name(event) in ("boundaryEvent", "startEvent") and kind in CATCHES_ALL:
        return
    if (what, wanted) not in named:
        yield Fault(event, rules.NO_REFERENCE, {"what": WHAT[what]})


def _condition(event: etree._Element, node: etree._Element) -> Faults:
    if not (node.findtext(f"{B}condition") or "").strip():
        yield Fault(event, rules.NO_CONDITION_SAID)
    for said in node.get(f"{C}variableEvents", "").split(","):
        if said.strip() and said.strip() not in EVENTS_OF_VARIABLES:
            yield Fault(event, rules.VARIABLE_EVENTS, {"said": said.strip()[:100]})


def faults_in_boundaries(root: etree._Element) -> Faults:
    """Faults of boundary events: on nothing, or leading nowhere."""
    sources = {flow.get("sourceRef") for flow in root.iter(f"{B}sequenceFlow")}
    activities = root.iter(*(f"{B}{kind}" for kind in ACTIVITIES))
    hosts = {
        (each.getparent(), each.get("id")) for each in activities if each.get("triggeredByEvent") != "true"
    }  # an event sub-process has no border that a case comes to
    for event in root.iter(f"{B}boundaryEvent"):
        if (event.getparent(), event.get("attachedToRef")) not in hosts:
            yield Fault(event, rules.UNATTACHED)
        if event.get("id") not in sources and event.find(f"{B}compensateEventDefinition") is None:
            yield Fault(event, rules.BOUNDARY_ENDS)


def faults_in_defaults(root: etree._Element) -> Faults:
    """Faults of default flows: they must leave the element that names them."""
    sources = {flow.get("id"): flow.get("sourceRef") for flow in root.iter(f"{B}sequenceFlow")}
    for node in root.iter():
        if in_bpmn(node) and node.get("default") is not None and sources.get(node.get("default")) != node.get("id"):
            yield Fault(node, rules.DEFAULT_ELSEWHERE)


def faults_in_borders(root: etree._Element) -> Faults:
    """Faults of flows that cross the border of a process or sub-process."""
    nodes = {node.get("id"): node for node in root.iter() if in_bpmn(node) and node.get("id")}
    for flow in root.iter(f"{B}sequenceFlow"):
        ends = [nodes.get(flow.get("sourceRef")), nodes.get(flow.get("targetRef"))]
        if any(end is not None and end.getparent() is not flow.getparent() for end in ends):
            yield Fault(flow, rules.CROSSES_BORDER)
