"""Days off of a calendar file (iCalendar, RFC 5545): whole-day events; nothing is guessed. Pure."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from services.deadlines import refusals

if TYPE_CHECKING:
    from icalendar import Event

#: days off in a row; more is a mistake of whoever wrote the end
LONGEST = 31
#: what makes other days of an event than the one it stands at
REPEATING = ("RRULE", "RDATE", "EXDATE", "RECURRENCE-ID")


def read_events(text: str) -> Iterator[tuple[int, dict[str, str] | str]]:
    """(line of its BEGIN, a day of the event), several where it lasts longer; or what is wrong with it.

    Cancelled events bring no days. KOMEK's own property tells a worked day.
    """
    from icalendar import Calendar, Event

    lines = [number for number, line in enumerate(text.splitlines(), 1) if line.strip().upper() == "BEGIN:VEVENT"]
    try:
        calendars = [each for each in Calendar.from_ical(text, multiple=True) if isinstance(each, Calendar)]
        events = [event for each in calendars for event in each.walk("VEVENT") if isinstance(event, Event)]
    except (ValueError, KeyError, AttributeError, TypeError, IndexError, RecursionError):  # whatever a stranger sends
        yield (lines or [1])[0], refusals.UNREADABLE
        return
    if len(events) != len(lines):
        yield (lines or [1])[0], refusals.UNREADABLE
        return
    cancelled = any(str(each.get("METHOD", "")).upper() == "CANCEL" for each in calendars)
    for line, event in zip(lines, events, strict=True):
        if cancelled or str(event.get("STATUS", "")).strip().upper() == "CANCELLED":
            continue
        days = _days(event)
        if isinstance(days, str):
            yield line, days
            continue
        kind = "working" if str(event.get("X-KOMEK-KIND", "")).strip().lower() == "working" else "off"
        named = {"name_kk": _text(event, "SUMMARY"), "name_ru": "", "name_en": "", "decree": ""}
        for on in days:
            yield line, {"date": on.isoformat(), "kind": kind, **named, "source": _text(event, "URL")}


def _days(event: "Event") -> list[date] | str:
    """An event's days from its beginning up to its end, which is the first day after it; or what is wrong."""
    if event.errors:
        return refusals.UNREADABLE
    if any(each in event for each in REPEATING):
        return refusals.REPEATS
    try:
        first, after = event.start, event.end
    except Exception:  # none, two, or of another kind: the library has a class for each
        return refusals.NO_DAYS
    if isinstance(first, datetime) or isinstance(after, datetime):
        return refusals.MOMENT
    if after == first:  # as some programs write one day
        after = first + timedelta(days=1)
    if after < first:
        return refusals.NO_DAYS
    if after - first > timedelta(days=LONGEST):
        return refusals.LONG_SPAN
    return [first + timedelta(days=number) for number in range((after - first).days)]


def _text(event: "Event", name: str) -> str:
    said = event.get(name, "")
    return " ".join(str(said[0] if isinstance(said, list) else said).split())
