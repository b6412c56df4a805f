"""What time it is. The one place that asks; everybody else is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

_stopped_at: datetime | None = None


def now() -> datetime:
    """This moment, in UTC."""
    return _stopped_at or datetime.now(UTC)


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
