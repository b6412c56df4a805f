"""Whether what is to be undone says how, and transactions hang together. Part of what is allowed.

BPMN 2.0.2, 10.5.6 and 10.7. What Camunda 7 refuses is refused: BpmnParse, CompensationEventParseInvalidProcessTest.
"""

from collections import Counter
from collections.abc import Iterator

from lxml import etree

from services.engine import rules
from services.engine.redrawn import handler_of
from services.engine.rules import Fault, Faults
from services.engine.xml import B, in_bpmn, local_name

UNDOES, CANCELS = f"{B}compensateEventDefinition", f"{B}cancelEventDefinition"


def check_undoing(root: etree._Element) -> Faults:
    """Faults of compensation: nothing that undoes, or several; what undoes on a flow; what is undone elsewhere."""
    used: set[str | None] = set()
    for event in root.iter(f"{B}boundaryEvent"):
        if (scope := event.getparent()) is not None and event.find(UNDOES) is not None:
            handler = handler_of(scope, event)
            used.add(handler)
            if handler is None:
                yield Fault(event, rules.NO_HANDLER)
    aside = {node.get("id") for node in root.iter(f"{B}boundaryEvent") if node.find(UNDOES) is not None}
    for node in root.iter(etree.Element):
        if in_bpmn(node) and node.get("isForCompensation") == "true":
            aside.add(node.get("id"))
            if node.get("id") not in used and node.get("triggeredByEvent") != "true":
                yield Fault(node, rules.HANDLER_ALONE)
    for flow in root.iter(f"{B}sequenceFlow"):
        if {flow.get("sourceRef"), flow.get("targetRef")} & aside:
            yield Fault(flow, rules.HANDLER_IN_FLOW)
    yield from _several(root)
    yield from _elsewhere(root)


def _several(root: etree._Element) -> Faults:
    ways: Counter[tuple[etree._Element | None, str | None]] = Counter()
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
    for (scope, key), count in ways.items():
        for node in scope if scope is not None and count > 1 else ():
            if in_bpmn(node) and node.get("id") == key:
                yield Fault(node, rules.UNDONE_TWICE)


def _begins_with_compensation(inside: etree._Element) -> bool:
    return inside.get("triggeredByEvent") == "true" and inside.find(f"{B}startEvent/{UNDOES}") is not None


def _elsewhere(root: etree._Element) -> Faults:
    for event in root.iter(f"{B}intermediateThrowEvent", f"{B}endEvent"):
        definition = event.find(UNDOES)
        wanted = None if definition is None else definition.get("activityRef")
        if wanted is not None and not any(wanted == node.get("id") for scope in _scopes(event) for node in scope):
            yield Fault(event, rules.UNDO_ELSEWHERE, {"activity": wanted})


def _scopes(event: etree._Element) -> Iterator[etree._Element]:
    """Where what it undoes may stand: beside it; out of an event sub-process, around that, too."""
    scope = event.getparent()
    while scope is not None:
        yield scope
        scope = scope.getparent() if scope.get("triggeredByEvent") == "true" else None


def check_transactions(root: etree._Element) -> Faults:
    """Faults of cancel events: outside of a transaction, several on one, none on one that can be cancelled."""
    borders: Counter[tuple[etree._Element | None, str | None]] = Counter()
    for event in root.iter(f"{B}boundaryEvent"):
        if event.find(CANCELS) is None:
            continue
        place = event.getparent(), event.get("attachedToRef")
        borders[place] += 1
        hosts = [node for node in place[0] if node.get("id") == place[1]] if place[0] is not None else []
        if borders[place] > 1 or any(local_name(node) != "transaction" for node in hosts if in_bpmn(node)):
            yield Fault(event, rules.CANCEL_ELSEWHERE)
    for event in root.iter(f"{B}endEvent"):
        if event.find(CANCELS) is not None and not _ends_transaction(event):
            yield Fault(event, rules.CANCEL_ELSEWHERE)
    for transaction in root.iter(f"{B}transaction"):
        ends = [event for event in transaction.iterchildren(f"{B}endEvent") if event.find(CANCELS) is not None]
        if ends and not borders[transaction.getparent(), transaction.get("id")]:
            yield Fault(transaction, rules.NO_CANCEL_BORDER)


def _ends_transaction(event: etree._Element) -> bool:
    around = event.getparent()
    return around is not None and local_name(around) == "transaction"
