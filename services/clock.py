"""What time it is. The one place that asks; everybody else is told.

Every process of every machine goes by the database's clock: what it counts from is set right when the database says
otherwise, and from one look to the next seconds are counted. A machine's clock that is wrong, or jumps, does no harm.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

#: clocks that are no further apart agree, beside what the way to the database takes
AGREE_S = 0.25
#: counted on while the machine sleeps, where its system can
_COUNT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)

_stopped_at: datetime | None = None
#: a moment, and the count of seconds at it
_since: tuple[datetime, float] = (datetime.now(UTC), time.clock_gettime(_COUNT))
#: how far a demo system's clock is set; always nothing on a real one
_offset: ContextVar[timedelta] = ContextVar("clock_offset", default=timedelta())


def now() -> datetime:
    """The moment, in UTC; on a demo system, what its clock says."""
    return _stopped_at or _counted() + _offset.get()


def real() -> datetime:
    """The moment wherever a demo's clock stands: for windows of security, which nobody may skip or be caught in."""
    return _stopped_at or _counted()


def machine() -> datetime:
    """What this machine's own clock says, for whoever wants to know whether it is right."""
    return datetime.now(UTC)


def count() -> float:
    """Seconds since some moment in the past, the same for all processes of this machine; no clock that is set."""
    return time.clock_gettime(_COUNT)


def agree(told: datetime, way_s: float) -> None:
    """Go by that from now on: what the database said just now, and how many seconds the answer was under way."""
    global _since
    known = told + timedelta(seconds=way_s / 2)
    if abs((known - _counted()).total_seconds()) > AGREE_S + way_s / 2:
        _since = known, count()


def _counted() -> datetime:
    moment, then = _since
    return moment + timedelta(seconds=count() - then)


def offset() -> timedelta:
    """How far the clock is set."""
    return _offset.get()


def shift(by: timedelta) -> None:
    """Let every later `now()` of this thread be so much later (or earlier); only `services.time_machine` calls it."""
    _offset.set(by)


@contextmanager
def stopped(at: datetime) -> Iterator[None]:
    """For replays and tests: every `now()` in this process answers `at`, until the block ends.

    Raises ValueError when `at` has no time zone.
    """
    global _stopped_at
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone")
    before, _stopped_at = _stopped_at, at.astimezone(UTC)
    try:
        yield
    finally:
        _stopped_at = before
