"""Where a process begins, and by what: a person, a message, a signal, a moment or a condition.

BPMN 2.0.2, 13.5.1: of several start events one begins the instance, each time. Who begins without naming one begins
at the plain one; without a plain one at the only timer; else at the only start event, whatever it is (Camunda 7:
MessageStartEventTest#testSingleMessageStartEvent, #testMultipleMessageStartEvents).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from lxml import etree

from services.bpmn import times
from services.bpmn.reading import read_extensions
from services.bpmn.times import NO_TIME
from services.bpmn.xml import B
from services.expressions import ExpressionError, World, evaluate, holds, in_world

Kind = Literal["plain", "message", "signal", "timer", "condition"]
KINDS: Mapping[str, Kind] = {
    "messageEventDefinition": "message", "signalEventDefinition": "signal", "timerEventDefinition": "timer",
    "conditionalEventDefinition": "condition",
}  # fmt: skip


@dataclass(frozen=True)
class Start:
    """A start event of a process."""

    element: str
    name: str
    kind: Kind
    says: str = ""  #: the name of its message or signal, the time of its timer, its condition
    timed: str = ""  #: of a timer: timeDate, timeDuration or timeCycle
    form: str | None = None  #: asked of whoever begins there by hand
    properties: Mapping[str, str] = field(default_factory=dict)


def starts_of(root: etree._Element, process: etree._Element) -> tuple[Start, ...]:
    """The start events of that process, as drawn."""
    names = {node.get("id"): node.get("name", "") for node in root.iter(f"{B}message", f"{B}signal")}
    return tuple(_start(node, process.get("id", ""), names) for node in process.iterchildren(f"{B}startEvent"))


def _start(node: etree._Element, process: str, names: Mapping[str | None, str]) -> Start:
    key, said = node.get("id", ""), read_extensions(node)
    form = said.form(process, key)
    for tag, kind in KINDS.items():
        definition = node.find(f"{B}{tag}")
        if definition is None:
            continue
        text, timed = names.get(definition.get(f"{kind}Ref"), ""), ""
        if kind == "timer":
            time = next(definition.iterchildren(f"{B}timeDate", f"{B}timeDuration", f"{B}timeCycle"), None)
            text, timed = ("", "") if time is None else ((time.text or "").strip(), etree.QName(time).localname)
        elif kind == "condition":
            text = (definition.findtext(f"{B}condition") or "").strip()
        return Start(key, node.get("name", ""), kind, text, timed, form, said.properties)
    return Start(key, node.get("name", ""), "plain", form=form, properties=said.properties)


def begins_process(node: etree._Element) -> bool:
    """Whether that start event is a process's, not a sub-process's."""
    around = node.getparent()
    return around is not None and around.tag == f"{B}process"


def begun_plainly(starts: Sequence[Start]) -> str | None:
    """The one at which a case begins when nobody says where; None when that is not to be known."""
    for kind in ("plain", "timer"):
        found = [each.element for each in starts if each.kind == kind]
        if found:
            return found[0] if len(found) == 1 else None
    return starts[0].element if len(starts) == 1 else None


def first_start(start: Start, world: World) -> dict[str, Any] | None:
    """When a timer start event is due first, from that moment on (`next`, ISO text); None when it never is.

    To be kept, and given to `next_start` when it came. Raises ExpressionError.
    """
    with in_world(world):
        try:
            text = evaluate(start.says, {})
            if not isinstance(text, str):
                raise ValueError
            return times.first_start(start.timed, text.strip(), world)
        except (ValueError, OverflowError):
            raise ExpressionError(start.says, NO_TIME) from None


def begins_now(start: Start, values: Mapping[str, Any], world: World) -> bool:
    """Whether the condition of a start event holds over these values. Raises ExpressionError."""
    with in_world(world):
        return holds(start.says, dict(values))


def next_start(due: Mapping[str, Any], world: World) -> dict[str, Any] | None:
    """When it is due again after it came; those moments that passed meanwhile count as one. None: never."""
    return times.next_start(dict(due), world)
