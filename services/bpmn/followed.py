"""What is drawn and would never be carried out, or not as it is drawn. Part of what is allowed.

BPMN 2.0.2: 10.5.3 (start and end events have flows on one side, a border event none that comes in), 10.5.1 and 10.5.3
(an error or a cancellation interrupts, whatever the file says), 10.5.6 (links), 10.6.6 (event gateways).
"""

from collections.abc import Iterator, Mapping

from lxml import etree

from services.bpmn import lenient_rules, rules
from services.bpmn.events import CATCHES_ALL
from services.bpmn.redrawn import outgoing_of
from services.bpmn.rules import Fault, Faults
from services.bpmn.xml import B, C, in_bpmn, local_name

#: what passes at once: nothing can happen to it while it waits, for it does not wait
PASSES = frozenset({"task", "manualTask", "scriptTask", "businessRuleTask"})
#: what throws neither errors nor escalations: only programs, sub-processes and calls do
QUIET = PASSES | {"userTask", "receiveTask"}
#: what comes from outside, whenever it comes
COMES = ("timerEventDefinition", "messageEventDefinition", "signalEventDefinition", "conditionalEventDefinition")
#: what interrupts by its nature
BREAKS_OFF = ("errorEventDefinition", "cancelEventDefinition")
DECIDES = frozenset({"exclusiveGateway", "inclusiveGateway"})
TAKES_ALL = frozenset({"parallelGateway", "eventBasedGateway"})
SENDS = frozenset({"intermediateThrowEvent", "endEvent", "sendTask"})
WAITS = frozenset({"intermediateCatchEvent", "startEvent", "boundaryEvent", "receiveTask"})
#: what holds others, or is done by a program: they may send and await any message
WHATEVER = frozenset({"subProcess", "transaction", "callActivity"})
ANYTHING = "*"
LOOPS = ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics")


def faults_in_direction(root: etree._Element) -> Faults:
    """Flows into what only begins, and out of what only ends."""
    nodes = {node.get("id"): node for node in root.iter() if in_bpmn(node) and node.get("id")}
    for flow in root.iter(f"{B}sequenceFlow"):
        source, target = nodes.get(flow.get("sourceRef")), nodes.get(flow.get("targetRef"))
        if target is not None and local_name(target) in ("startEvent", "boundaryEvent"):
            yield Fault(flow, rules.FLOW_INTO_BEGINNING)
        if source is not None and (local_name(source) == "endEvent" or _links_away(source)):
            yield Fault(flow, rules.FLOW_OUT_OF_END)


def _links_away(node: etree._Element) -> bool:
    return local_name(node) == "intermediateThrowEvent" and node.find(f"{B}linkEventDefinition") is not None


def faults_in_choosing(root: etree._Element) -> Faults:
    """Event gateways behind which something stands that does not come, or nothing at all."""
    nodes = {node.get("id"): node for node in root.iter() if in_bpmn(node) and node.get("id")}
    flows = outgoing_of(root)
    for gateway in root.iter(f"{B}eventBasedGateway"):
        out = flows.get(gateway.get("id", ""), [])
        if not out:
            yield Fault(gateway, rules.GATEWAY_ALONE)
        for flow in out:
            target = nodes.get(flow.get("targetRef"))
            if target is not None and not _is_awaited(target):
                said = target.get("name") or target.get("id") or ""
                yield Fault(gateway, rules.GATEWAY_WAITS_FOR, {"element": said[:100]})


def _is_awaited(node: etree._Element) -> bool:
    """Whether an event gateway can wait for it: an event that comes, or a receive task done once, without a border."""
    if local_name(node) == "intermediateCatchEvent":
        return node.find(f"{B}linkEventDefinition") is None
    if local_name(node) != "receiveTask" or any(node.find(B + each) is not None for each in LOOPS):
        return False
    around = node.getparent()
    borders = around.iterfind(f"{B}boundaryEvent") if around is not None else ()
    return not any(
        each.get("attachedToRef") == node.get("id") and each.find(f"{B}compensateEventDefinition") is None
        for each in borders
    )


def faults_in_interrupting(root: etree._Element) -> Faults:
    """Events that interrupt by their nature, and say that they do not."""
    for event in root.iter(f"{B}boundaryEvent", f"{B}startEvent"):
        goes_on = "false" in (event.get("cancelActivity"), event.get("isInterrupting"))
        if goes_on and any(event.find(B + kind) is not None for kind in BREAKS_OFF):
            yield Fault(event, rules.ALWAYS_INTERRUPTS)


def faults_in_catching(root: etree._Element) -> Faults:
    """Of two events that would catch the same error or escalation in one place, one never does."""
    codes = {node.get("id"): node.get("errorCode") or node.get("escalationCode") for node in root}
    seen: set[tuple[object, ...]] = set()
    for event in root.iter(f"{B}boundaryEvent", f"{B}startEvent"):
        for kind in CATCHES_ALL:
            definition = event.find(B + kind)
            if definition is None:
                continue
            place = event.get("attachedToRef") or _around(event)
            named = definition.get("errorRef") or definition.get("escalationRef") or ""
            caught = codes.get(named, named) or ""  # what has no code catches any
            if (place, kind, caught) in seen:
                yield Fault(event, rules.CAUGHT_TWICE)
            seen.add((place, kind, caught))


def _around(event: etree._Element) -> etree._Element | None:
    """What the event sub-process that begins here stands in."""
    inside = event.getparent()
    return None if inside is None else inside.getparent()


def faults_in_waiting(root: etree._Element) -> Faults:
    """Events on the border of what passes at once, and errors and escalations where nothing throws any."""
    kinds = {(node.getparent(), node.get("id")): local_name(node) for node in root.iter(*(B + kind for kind in QUIET))}
    for event in root.iter(f"{B}boundaryEvent"):
        kind = kinds.get((event.getparent(), event.get("attachedToRef")))
        if kind in PASSES and any(event.find(B + each) is not None for each in COMES):
            yield Fault(event, lenient_rules.NEVER_COMES, {"kind": kind})
        elif kind and any(event.find(B + each) is not None for each in CATCHES_ALL):
            yield Fault(event, lenient_rules.NOTHING_THROWS, {"kind": kind})
    for script in root.iter(f"{B}scriptTask"):
        if not script.get(f"{C}resultVariable"):
            yield Fault(script, lenient_rules.SCRIPT_FOR_NOTHING)


def faults_in_asking(root: etree._Element) -> Faults:
    """Conditions that nobody asks, and flows that all have one; a default where nothing is chosen."""
    flows = outgoing_of(root)
    for node in root.iter():
        if not in_bpmn(node) or not (out := flows.get(node.get("id", ""))):
            continue
        default, kind = node.get("default"), local_name(node)
        asked = [each for each in out if each.find(f"{B}conditionExpression") is not None]
        if default and kind in TAKES_ALL:
            yield Fault(node, lenient_rules.MEANS_NOTHING, {"what": "default", "kind": kind})
        elif default:
            yield from (Fault(each, lenient_rules.DEFAULT_ASKS) for each in asked if each.get("id") == default)
        elif len(asked) == len(out) and kind not in TAKES_ALL and (kind not in DECIDES or len(out) == 1):
            yield Fault(node, lenient_rules.ALL_ASK)


def faults_in_numbers(root: etree._Element) -> Faults:
    """Multi-instances that say twice how many."""
    for loop in root.iter(f"{B}multiInstanceLoopCharacteristics"):
        if loop.find(f"{B}loopCardinality") is not None and loop.get(f"{C}collection"):
            yield Fault(loop, rules.HOW_MANY_TWICE)


# ---------------------------------------------------------------- message flows


def faults_in_message_flows(root: etree._Element) -> Faults:
    """Message flows between two executable pools where nothing is sent, nothing waits, or another message is meant."""
    nodes = {node.get("id"): node for process in _executable(root) for node in process.iter() if in_bpmn(node)}
    names = {node.get("id"): node.get("name", "") for node in root.iter(f"{B}message")}
    for flow in root.iter(f"{B}messageFlow"):
        source, target = nodes.get(flow.get("sourceRef")), nodes.get(flow.get("targetRef"))
        if source is None or target is None:
            continue  # to or from a pool that is only shown: it tells the reader something
        sent, awaited = _message(source, SENDS, names), _message(target, WAITS, names)
        if sent is None or awaited is None or (ANYTHING not in (sent, awaited) and sent != awaited):
            yield Fault(flow, lenient_rules.NOTHING_FLOWS)


def _executable(root: etree._Element) -> Iterator[etree._Element]:
    return (each for each in root.iter(f"{B}process") if each.get("isExecutable") == "true")


def _message(node: etree._Element, kinds: frozenset[str], names: Mapping[str | None, str]) -> str | None:
    """The name of the message that an element sends, or waits for; None where it does neither."""
    kind = local_name(node)
    if kind in WHATEVER or node.get(f"{C}type") == "external":
        return ANYTHING
    said = node if kind.endswith("Task") else node.find(f"{B}messageEventDefinition")
    if kind not in kinds or said is None:
        return None
    reference = said.get("messageRef")
    return ANYTHING if said.get(f"{C}type") == "external" else names.get(reference, reference or node.get("id", ""))
