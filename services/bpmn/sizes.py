"""Budgets that can be seen in the drawing: how many at once, and how many in a row. Part of what is allowed."""

from collections.abc import Iterator
from datetime import UTC, datetime

from lxml import etree

from services.bpmn import rules
from services.bpmn.limits import MOST_AT_ONCE, MOST_IN_A_ROW
from services.bpmn.rules import Fault, Faults
from services.bpmn.xml import B, in_bpmn, local_name
from services.expressions import ExpressionError, World, evaluate, in_world, names_in


def faults_in_sizes(root: etree._Element) -> Faults:
    """Faults of numbers and lengths."""
    for loop in root.iter(f"{B}multiInstanceLoopCharacteristics"):
        yield from _instances(loop)
    for loop in root.iter(f"{B}standardLoopCharacteristics"):
        most = (loop.get("loopMaximum") or "1").strip()
        if not most.isascii() or not most.isdigit() or len(most) > 9:
            yield Fault(loop, rules.BAD_NUMBER, {"number": most[:100], "most": 10**9 - 1})
    for scope in root.iter(f"{B}process", f"{B}subProcess", f"{B}transaction"):
        if (far := _too_far(scope)) is not None:
            yield Fault(far, rules.TOO_LONG)


def _instances(loop: etree._Element) -> Faults:
    """A number that is written out, and its product with those around it."""
    text, count = (loop.findtext(f"{B}loopCardinality") or "").strip(), _constant(loop)
    if count is None:
        return
    if type(count) is not int or not 0 <= count <= MOST_AT_ONCE:
        yield Fault(loop, rules.BAD_NUMBER, {"number": text[:100], "most": MOST_AT_ONCE})
        return
    around = [_constant(each) for each in _loops_around(loop)]
    for each in around:
        count *= each if type(each) is int and each > 0 else 1
    if count > MOST_AT_ONCE and any(type(each) is int and each > 1 for each in around):
        yield Fault(loop, rules.TOO_MANY_AT_ONCE, {"count": count, "most": MOST_AT_ONCE})


def _loops_around(loop: etree._Element) -> Iterator[etree._Element]:
    host = loop.getparent()
    for each in host.iterancestors() if host is not None else ():
        yield from each.iterchildren(f"{B}multiInstanceLoopCharacteristics")


def _constant(loop: etree._Element) -> object:
    """The number of instances where no variable decides it; None where one does, or where it cannot be read."""
    text = (loop.findtext(f"{B}loopCardinality") or "").strip()
    try:
        if not text or names_in(text) or "(" in text:
            return None
        with in_world(World(datetime.now(UTC), lambda step, start: start)):
            found = evaluate(text, {})
    except ExpressionError:
        return None  # said where expressions are looked at
    return found if found is not None else text


def _too_far(scope: etree._Element) -> etree._Element | None:
    """The element at which a row gets longer than the engine's reader can go in one breath."""
    ways: dict[str, list[str]] = {}
    nodes = {each.get("id", ""): each for each in scope if in_bpmn(each) and local_name(each) != "sequenceFlow"}
    for flow in scope.iterchildren(f"{B}sequenceFlow"):
        ways.setdefault(flow.get("sourceRef", ""), []).append(flow.get("targetRef", ""))
    for each in scope.iterchildren(f"{B}boundaryEvent"):
        ways.setdefault(each.get("attachedToRef", ""), []).append(each.get("id", ""))
    seen: set[str] = set()
    for start in scope.iterchildren(f"{B}startEvent"):
        trail = [iter([start.get("id", "")])]
        while trail:
            key = next(trail[-1], None)
            if key is None:
                trail.pop()
            elif key not in seen and key in nodes:
                seen.add(key)
                if len(trail) > MOST_IN_A_ROW:
                    return nodes[key]
                trail.append(iter(ways.get(key, [])))
    return None
