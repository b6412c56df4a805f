"""The times of timers, as ISO 8601 writes them, read and reckoned.

Months and years are the calendar's: counted from the beginning and clipped to the end of a month, so that P1M from
31 January is 28 February, 31 March, 30 April. A time without an offset is the office's own.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from services.bpmn.limits import (
    LONGEST_WAIT,
    MOST_REPEATS,
    MOST_SHORT_REPEATS,
    SHORTEST_CYCLE,
    SHORTEST_ENDLESS_CYCLE,
)
from services.expressions import ExpressionError, World, current_world
from services.shown import Words

NO_TIME = Words("it gives no time as ISO 8601 writes it, or one that nobody lives to see")
_LENGTH = re.compile(
    r"P(?=.)(?:(?P<weeks>\d{1,6})W|(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,5})M)?(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,7})H)?(?:(?P<minutes>\d{1,8})M)?(?:(?P<seconds>\d{1,10})S)?)?)"
)
_CYCLE = re.compile(r"R(?P<repeats>\d*)/(?:(?P<start>[^/P][^/]*)/)?(?P<length>P[^/]*)")


@dataclass(frozen=True)
class Length:
    """A duration: months of the calendar, and what is always as long."""

    months: int
    rest: timedelta

    def after(self, start: datetime, times: int = 1) -> datetime:
        """So many of the length after the start. Raises OverflowError beyond the calendar."""
        year, month = divmod(start.year * 12 + start.month - 1 + self.months * times, 12)
        if not 1 <= year <= 9998:
            raise OverflowError
        day = min(start.day, monthrange(year, month + 1)[1])
        return start.replace(year=year, month=month + 1, day=day) + self.rest * times

    @property
    def at_most(self) -> timedelta:
        """How long it is, at the most."""
        return timedelta(days=31 * self.months) + self.rest

    @property
    def about(self) -> timedelta:
        """How long it is, at the least."""
        return timedelta(days=28 * self.months) + self.rest


@dataclass(frozen=True)
class Cycle:
    """R3/PT1H: how often, from when (None: from when the case comes there), and how long between."""

    repeats: int | None
    start: str | None
    length: Length
    written: str


class CycleOfNone(ValueError):
    """A cycle that comes round no time at all (R0): only where it is typed as it is."""


class CycleTooOften(ValueError):
    """A cycle that would make tasks faster than anybody does them."""


def read_length(text: str) -> Length:
    """Raises ValueError for what is no duration, or longer than anybody waits."""
    found = _LENGTH.fullmatch(text)
    if found is None:
        raise ValueError
    parts = {name: int(value or 0) for name, value in found.groupdict().items()}
    months = parts.pop("years") * 12 + parts.pop("months")
    length = Length(months, timedelta(**parts))
    if length.about > LONGEST_WAIT:
        raise ValueError
    return length


def read_cycle(text: str) -> Cycle:
    """Raises ValueError for what is no cycle, or longer than anybody waits; CycleTooOften."""
    found = _CYCLE.fullmatch(text.strip().upper())
    if found is None or len(found["repeats"]) > 9:
        raise ValueError
    length = read_length(found["length"])
    repeats = int(found["repeats"]) if found["repeats"] else None
    if (repeats or 0) > MOST_REPEATS:
        raise ValueError
    many = repeats is None or repeats > MOST_SHORT_REPEATS
    if length.about < (SHORTEST_ENDLESS_CYCLE if many else SHORTEST_CYCLE):
        raise CycleTooOften
    return Cycle(repeats, found["start"], length, found["length"])


def read_moment(text: str) -> datetime:
    """A moment; without an offset it is meant where the office is. Raises ValueError."""
    moment = datetime.fromisoformat(text.strip())
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=_zone())


def _zone() -> tzinfo:
    """The office's; UTC where there is no move (a diagram is read, a state is only looked at)."""
    try:
        return current_world().zone
    except ExpressionError:
        return UTC


def check_time(kind: str, text: str) -> None:
    """A `timeDate`, `timeDuration` or `timeCycle` that is typed as it is.

    Raises ValueError, CycleTooOften, CycleOfNone.
    """
    try:
        if kind == "timeDate":
            read_moment(text).astimezone(UTC)
        elif kind == "timeDuration":
            read_length(text)
        else:
            cycle = read_cycle(text)
            if cycle.repeats == 0:
                raise CycleOfNone
            if cycle.start:
                read_moment(cycle.start).astimezone(UTC)
    except OverflowError as fault:
        raise ValueError from fault


def is_time(kind: str, text: str) -> bool:
    """Whether that time can be understood."""
    try:
        check_time(kind, text)
    except ValueError:
        return False
    return True


def cycle_begun(text: str, world: World) -> dict[str, Any]:
    """The cycle before its first firing: how many are left (-1: no end), the next, and how the others are reckoned."""
    cycle = read_cycle(text)
    start, count = (read_moment(cycle.start), 0) if cycle.start else (world.now.astimezone(world.zone), 1)
    cycles = -1 if cycle.repeats is None else cycle.repeats
    first = as_kept(cycle.length.after(start, count))
    return {"cycles": cycles, "next": first, "from": start.isoformat(), "count": count, "length": cycle.written}


def first_start(kind: str, text: str, world: World) -> dict[str, Any] | None:
    """When a timer start event is due first, from now on, and how the others are reckoned; None when never.

    `kind` is timeDate, timeDuration or timeCycle. Raises ValueError, OverflowError for what is no time.
    """
    if kind == "timeCycle":
        first = cycle_begun(text, world)
        if not first["cycles"]:
            return None
        return first if datetime.fromisoformat(first["next"]) > world.now else next_start(first, world)
    if kind == "timeDuration":
        return {"cycles": 1, "next": as_kept(read_length(text).after(world.now.astimezone(world.zone)))}
    moment = read_moment(text)
    return {"cycles": 1, "next": as_kept(moment)} if moment > world.now else None


def next_start(due: dict[str, Any], world: World) -> dict[str, Any] | None:
    """After it came: when a timer start event is due again; None when never."""
    after = cycle_after(due, world) if "length" in due else None
    return after if after is not None and after["cycles"] else None


def cycle_after(value: dict[str, Any], world: World) -> dict[str, Any]:
    """The cycle after a firing. Those that passed while nobody was there count too, but one stands for all of them."""
    if "length" in value:
        length, count = read_length(value["length"]), value["count"]
        start = datetime.fromisoformat(value["from"]).astimezone(world.zone)
    else:  # as states before this one kept it
        length, count, start = Length(0, timedelta(seconds=value["duration"])), 0, datetime.fromisoformat(value["next"])
    turn = max(count + 1, (world.now - start) // length.at_most)
    try:
        while length.after(start, turn) <= world.now:
            turn += 1
        due = as_kept(length.after(start, turn))
    except OverflowError:
        return {**value, "cycles": 0}
    left = value["cycles"] if value["cycles"] < 0 else max(0, value["cycles"] - (turn - count))
    return {**value, "cycles": left, "next": due} | ({"count": turn} if "length" in value else {})


def as_kept(moment: datetime) -> str:
    """A moment as it is kept: in UTC."""
    return moment.astimezone(UTC).isoformat()
