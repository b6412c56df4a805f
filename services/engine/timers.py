"""Timers that fire when they are told to, never by looking at a clock: the job row is the authority on time."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.timer import (
    CycleTimerEventDefinition,
    DurationTimerEventDefinition,
    TimeDateEventDefinition,
    TimerEventDefinition,
)

from services.engine.errors import ExpressionError
from services.engine.expressions import current_world, evaluate

TOLD = "told"
VALUE = "event_value"
_LENGTH = re.compile(r"P(?=.)(?:\d+W|(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?)")
SHORTEST_CYCLE = timedelta(seconds=1)


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


def is_time(kind: str, text: str) -> bool:
    """Whether a `timeDate`, `timeDuration` or `timeCycle` that is typed as it is can be understood."""
    try:
        if kind == "timeDate":
            return isinstance(_parsed("parse_time_or_duration", text, text), datetime)
        if kind == "timeCycle":
            repeats, _, text = text.upper().partition("/")
            if not repeats.startswith("R") or not (repeats[1:] or "1").isdigit():
                return False
            start, _, text = text.rpartition("/")
            if start:
                _parsed("get_datetime", start, start)
        return _LENGTH.fullmatch(text) is not None
    except ExpressionError:
        return False


def _value(expression: str, task: Any) -> str:
    value = evaluate(expression, task.data)
    if not isinstance(value, str) or not value:
        raise ExpressionError(expression, "it gives neither a moment nor a duration")
    return value


def _parsed(kind: str, expression: str, text: str) -> Any:
    try:
        return getattr(TimerEventDefinition, kind)(text)
    except Exception as fault:  # it raises whatever comes along
        raise ExpressionError(expression, f"{text} is not an ISO 8601 time") from fault


class At(TimeDateEventDefinition):
    """A moment."""

    def has_fired(self, my_task: Any) -> bool:
        if VALUE not in my_task.internal_data:
            moment = _parsed("parse_time_or_duration", self.expression, _value(self.expression, my_task))
            if not isinstance(moment, datetime):
                raise ExpressionError(self.expression, "it gives a duration where a moment is needed")
            my_task.internal_data[VALUE] = moment.astimezone(UTC).isoformat()
        return TOLD in my_task.internal_data


class After(DurationTimerEventDefinition):
    """A duration, from when the case came here."""

    def has_fired(self, my_task: Any) -> bool:
        if VALUE not in my_task.internal_data:
            now = current_world().now
            duration = _parsed("parse_iso_duration", self.expression, _value(self.expression, my_task))
            length = TimerEventDefinition.get_timedelta_from_start(duration, now)
            my_task.internal_data[VALUE] = (now + length).astimezone(UTC).isoformat()
        return TOLD in my_task.internal_data


class Every(CycleTimerEventDefinition):
    """A cycle: R3/PT1H. One firing a telling, however long nobody was there to tell it; the next lies ahead."""

    def cycle_complete(self, my_task: Any) -> bool:
        value = my_task.internal_data.get(VALUE)
        if value is None:
            text = _value(self.expression, my_task)
            value = my_task.internal_data[VALUE] = self._first(text)
        if value["cycles"] == 0:
            my_task.internal_data.pop(VALUE, None)
            my_task.internal_data["event_fired"] = True
            return False
        if TOLD not in my_task.internal_data:
            return False
        due, length = datetime.fromisoformat(value["next"]), timedelta(seconds=value["duration"])
        # those that passed while nobody was there count too, but one firing stands for all of them
        over = 1 + max(0, (current_world().now - due) // length)
        left = value["cycles"] if value["cycles"] < 0 else max(0, value["cycles"] - over)
        my_task.internal_data[VALUE] = {**value, "next": (due + over * length).isoformat(), "cycles": left}
        return True

    def _first(self, text: str) -> dict[str, Any]:
        repeats, _, rest = text.upper().partition("/")
        if not repeats.startswith("R") or not rest or not (repeats[1:] or "1").isdigit():
            raise ExpressionError(self.expression, f"{text} is not a cycle such as R3/PT1H")
        cycles = int(repeats[1:]) if repeats[1:] else -1
        now = current_world().now
        start_text, _, duration_text = rest.rpartition("/")
        duration = _parsed("parse_iso_duration", self.expression, duration_text)
        start = _parsed("get_datetime", self.expression, start_text) if start_text else None
        length = TimerEventDefinition.get_timedelta_from_start(duration, start or now)
        if length < SHORTEST_CYCLE:
            raise ExpressionError(self.expression, f"{text} comes round more than once a second")
        first = start or now + length
        return {"cycles": cycles, "next": first.astimezone(UTC).isoformat(), "duration": length.total_seconds()}
