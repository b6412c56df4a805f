"""Whether what is to be undone says how, and transactions hang together. Part of what is allowed.

BPMN 2.0.2, 10.5.6 and 10.7. What Camunda 7 refuses is refused: BpmnParse, CompensationEventParseInvalidProcessTest.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from lxml import etree

from services.bpmn import rules
from services.bpmn.redrawn import handlers
from services.bpmn.rules import Fault, Faults
from services.bpmn.xml import B, in_bpmn, local_name

UNDOES, CANCELS = f"{B}compensateEventDefinition", f"{B}cancelEventDefinition"
Place = tuple[etree._Element | None, str | None]  #: the scope, and the id in it
Places = Mapping[Place, etree._Element]


def faults_in_undoing(root: etree._Element) -> Faults:
    """Faults of compensation: nothing that undoes, or several; what undoes on a flow; what is undone elsewhere."""
    leads = handlers(root)
    aside: set[str | None] = set()
    for event in root.iter(f"{B}boundaryEvent"):
        if event.find(UNDOES) is not None:
            aside.add(event.get("id"))
            if event not in leads:
                yield Fault(event, rules.NO_HANDLER)
    used = set(leads.values())
    for node in root.iter(etree.Element):
        if in_bpmn(node) and node.get("isForCompensation") == "true":
            aside.add(node.get("id"))
            if node.get("id") not in used and node.get("triggeredByEvent") != "true":
                yield Fault(node, rules.HANDLER_ALONE)
    for flow in root.iter(f"{B}sequenceFlow"):
        if {flow.get("sourceRef"), flow.get("targetRef")} & aside:
            yield Fault(flow, rules.HANDLER_IN_FLOW)
    places = _places(root)
    yield from _several(root, places)
    yield from _elsewhere(root, places)


def _places(root: etree._Element) -> Places:
    return {(node.getparent(), node.get("id")): node for node in root.iter(etree.Element) if in_bpmn(node)}


def _several(root: etree._Element, places: Places) -> Faults:
    ways: Counter[Place] = Counter()
    for event in root.iter(f"{B}boundaryEvent"):
        if event.find(UNDOES) is not None:
            ways[event.getparent(), event.get("attachedToRef")] += 1
    for inside in root.iter(f"{B}subProcess"):
        around = inside.getparent()
        if around is None or not _begins_with_compensation(inside):
            continue
        if local_name(around) == "process":
            yield Fault(inside, rules.UNDO_OF_PROCESS)
        else:
            ways[around.getparent(), around.get("id")] += 1
    for place, count in ways.items():
        if count > 1 and place in places:
            yield Fault(places[place], rules.UNDONE_TWICE)


def _begins_with_compensation(inside: etree._Element) -> bool:
    return inside.get("triggeredByEvent") == "true" and inside.find(f"{B}startEvent/{UNDOES}") is not None


def _elsewhere(root: etree._Element, places: Places) -> Faults:
    for event in root.iter(f"{B}intermediateThrowEvent", f"{B}endEvent"):
        definition = event.find(UNDOES)
        wanted = None if definition is None else definition.get("activityRef")
        if wanted is not None and not any((scope, wanted) in places for scope in _scopes(event)):
            yield Fault(event, rules.UNDO_ELSEWHERE, {"activity": wanted})


def _scopes(event: etree._Element) -> Iterator[etree._Element]:
    """Where what it undoes may stand: beside it; out of an event sub-process, around that, too."""
    scope = event.getparent()
    while scope is not None:
        yield scope
        scope = scope.getparent() if scope.get("triggeredByEvent") == "true" else None


def faults_in_transactions(root: etree._Element) -> Faults:
    """Faults of cancel events: outside of a transaction, several on one, none on one that can be cancelled."""
    borders: Counter[Place] = Counter()
    transactions = {(node.getparent(), node.get("id")): node for node in root.iter(f"{B}transaction")}
    for event in root.iter(f"{B}boundaryEvent"):
        if event.find(CANCELS) is None:
            continue
        place = event.getparent(), event.get("attachedToRef")
        borders[place] += 1
        if borders[place] > 1 or place not in transactions:
            yield Fault(event, rules.CANCEL_ELSEWHERE)
    ends = [event for event in root.iter(f"{B}endEvent") if event.find(CANCELS) is not None]
    for event in ends:
        around = event.getparent()
        if around is None or local_name(around) != "transaction":
            yield Fault(event, rules.CANCEL_ELSEWHERE)
    cancelled = {event.getparent() for event in ends}
    for place, transaction in transactions.items():
        if transaction in cancelled and not borders[place]:
            yield Fault(transaction, rules.NO_CANCEL_BORDER)
