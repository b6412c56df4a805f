"""What time it is. The one place that asks; everybody else is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_stopped_at: datetime | None = None
#: how far a demo system's clock is set; always nothing on a real one
_offset: ContextVar[timedelta] = ContextVar("clock_offset", default=timedelta())


def now() -> datetime:
    """The moment, in UTC; on a demo system, what its clock says."""
    return _stopped_at or datetime.now(UTC) + _offset.get()


def real() -> datetime:
    """The moment wherever a demo's clock stands: for windows of security, which nobody may skip or be caught in."""
    return _stopped_at or datetime.now(UTC)


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
