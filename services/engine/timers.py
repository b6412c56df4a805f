"""Timers that fire when they are told to, never by looking at a clock: the job row is the authority on time."""

from datetime import UTC, datetime
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.timer import (
    CycleTimerEventDefinition,
    DurationTimerEventDefinition,
    TimeDateEventDefinition,
)

from services.bpmn import NO_TIME, as_kept, cycle_after, cycle_begun, read_length, read_moment
from services.expressions import ExpressionError, World, current_world, evaluate, names_in, seen

TOLD = "told"
VALUE = "event_value"


def due_at(task: Any) -> datetime | None:
    """When a waiting timer is due, in UTC; None when it is none, or has run all its cycles."""
    value = task.internal_data.get(VALUE)
    if isinstance(value, dict):
        value = value["next"] if value["cycles"] else None
    return datetime.fromisoformat(value).astimezone(UTC) if isinstance(value, str) else None


def tell(task: Any) -> None:
    """Fire a waiting timer."""
    task.internal_data[TOLD] = True
    task.task_spec._update(task)
    task.internal_data.pop(TOLD, None)


class _Timer:
    """What it waits for is reckoned when the case comes there, and kept."""

    expression: str

    def reckoned(self, my_task: Any) -> Any:
        """What is kept. Raises ExpressionError."""
        try:
            text = evaluate(self.expression, my_task.data)
            if not isinstance(text, str) or not text.strip():
                raise ValueError
            return self._reckoned(text.strip(), current_world())
        except (ValueError, OverflowError):
            read = seen(names_in(self.expression), my_task.data)
            raise ExpressionError(self.expression, NO_TIME, read) from None

    def _reckoned(self, text: str, world: World) -> Any:
        raise NotImplementedError


class _Once(_Timer):
    """A timer of one moment: fires when it is told to."""

    def has_fired(self, my_task: Any) -> bool:
        if VALUE not in my_task.internal_data:
            my_task.internal_data[VALUE] = self.reckoned(my_task)
        return TOLD in my_task.internal_data


class At(_Once, TimeDateEventDefinition):
    """A moment."""

    def _reckoned(self, text: str, world: World) -> str:
        return as_kept(read_moment(text))


class After(_Once, DurationTimerEventDefinition):
    """A duration, from when the case came here."""

    def _reckoned(self, text: str, world: World) -> str:
        return as_kept(read_length(text).after(world.now.astimezone(world.zone)))


class First(_Once, TimeDateEventDefinition):
    """The first moment of a cycle: what interrupts, and what one token waits at, has no second."""

    def _reckoned(self, text: str, world: World) -> str:
        return str(cycle_begun(text, world)["next"])


class Every(_Timer, CycleTimerEventDefinition):
    """A cycle: R3/PT1H. One firing a telling, however long nobody was there to tell it; the next lies ahead."""

    def _reckoned(self, text: str, world: World) -> dict[str, Any]:
        return cycle_begun(text, world)

    def cycle_complete(self, my_task: Any) -> bool:
        kept = my_task.internal_data
        if VALUE not in kept:
            kept[VALUE] = self.reckoned(my_task)
        if kept[VALUE]["cycles"] == 0:
            kept.pop(VALUE)
            kept["event_fired"] = True
            return False
        if TOLD not in kept:
            return False
        kept[VALUE] = cycle_after(kept[VALUE], current_world())
        return True
