"""A time of day and a moment, as people type them and programs write them, on one office's clock.

Kept as text, the way a form asks for it (`Written`): 14:30 and 2026-03-05T14:30 as typed, with the office's offset
(14:30+05:00), or in UTC (09:30Z). Minutes are the finest that is asked.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Literal

from services.days import read_day

Written = Literal["no_timezone", "utc_offset", "utc_normalized"]

DAY_MIN = 24 * 60
_TIME = re.compile(
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?::00(?:\.0{1,9})?)?(?:\s?(?P<half>[ap])\.?m\.?)?"
    r"(?P<zone>Z|[+-]\d{2}:?\d{2})?",
    re.ASCII | re.IGNORECASE,
)
_PARTS = re.compile(r"(?P<day>\S+?)(?:T|,?\s+)(?P<hour>.+)", re.ASCII)


def read_time(text: str, now: datetime | None = None) -> time:
    """ "14:30", "14.30", "2:30 PM"; one with a zone ("09:30Z", "14:30+05:00") as the clock of `now` shows it then.

    Raises ValueError, for seconds too.
    """
    at, zone = _read(text)
    if zone is None or now is None or now.tzinfo is None:
        return at
    return datetime.combine(now.date(), at, zone).astimezone(now.tzinfo).time()


def read_moment(text: str, now: datetime | None = None) -> datetime:
    """ "31.12.2013 14:30", "2013-12-31T14:30+05:00": as the clock of `now` shows it. Raises ValueError."""
    found = _PARTS.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"no moment: {text[:40]!r}")
    day = read_day(found["day"])
    at, zone = _read(found["hour"])
    if zone is None or now is None or now.tzinfo is None:
        return datetime.combine(day, at)
    try:
        return datetime.combine(day, at, zone).astimezone(now.tzinfo).replace(tzinfo=None)
    except OverflowError:
        raise ValueError(f"no moment: {text[:40]!r}") from None


def write_time(at: time, written: Written, now: datetime | None) -> str:
    """The time of the day of `now`, in the form that is asked for."""
    day = now.date() if now is not None else date(1970, 1, 1)
    return write_moment(datetime.combine(day, at), written, now).partition("T")[2]


def write_moment(at: datetime, written: Written, now: datetime | None) -> str:
    """A moment of the office's clock, in the form that is asked for."""
    if written == "no_timezone" or now is None or now.tzinfo is None:
        return f"{at:%Y-%m-%dT%H:%M}" if at.year > 999 else at.isoformat(timespec="minutes")
    there = at.replace(tzinfo=now.tzinfo)
    if written == "utc_offset":
        return there.isoformat(timespec="minutes")
    try:
        return there.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="minutes") + "Z"
    except OverflowError:
        raise ValueError(f"no moment: {at}") from None


def to_python(text: str) -> date | time | datetime:
    """A day, a time or a moment as it is kept, with its zone where it says one. Raises ValueError."""
    if "T" in text:
        return datetime.fromisoformat(text)
    return time.fromisoformat(text) if ":" in text else date.fromisoformat(text)


def offered(every: int, *, half_day: bool = False) -> Sequence[str]:
    """The times of a day that many minutes apart, as they are typed; of a clock of 24 hours or of twice twelve."""
    return [said(time(*divmod(minute, 60)), half_day=half_day) for minute in range(0, DAY_MIN, every)]


def said(at: time, *, half_day: bool = False) -> str:
    """ "14:30"; "2:30 PM" on a clock of twice twelve hours."""
    return f"{at.hour % 12 or 12}:{at:%M} {'PM' if at.hour > 11 else 'AM'}" if half_day else f"{at:%H:%M}"


def _read(text: str) -> tuple[time, tzinfo | None]:
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"no time: {text[:40]!r}")
    hour, half = int(found["hour"]), (found["half"] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(f"no time: {text[:40]!r}")
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, int(found["minute"])), _zone(found["zone"])


def _zone(said: str | None) -> tzinfo | None:
    if not said:
        return None
    if said in "Zz":
        return UTC
    hours, minutes = int(said[1:3]), int(said[-2:])
    return timezone(timedelta(hours=hours, minutes=minutes) * (-1 if said[0] == "-" else 1))
