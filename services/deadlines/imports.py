"""Days from a file that somebody sends: CSV as we write it, or a calendar (ICS) of holidays. Pure."""

import re
from collections.abc import Iterator
from datetime import date

from services.days import read_day
from services.deadlines import refusals
from services.deadlines.calendar import SpecialDay
from services.deadlines.changes import check_day
from services.deadlines.ics import read_events
from services.errors import Invalid, InvalidAnswers
from services.letters import tidy
from services.sheets import BadLines, NoTable, UnreadableLine, read_rows

_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
#: what spreadsheets add to a day
_MIDNIGHT = re.compile(r"[ T]+0?0:00(:00)?$", re.ASCII)
COLUMNS = ("date", "kind", "name_kk", "name_ru", "name_en", "decree", "source")
KINDS = {"off": False, "working": True}
MOST_LINES = 2000


class NoDays(Invalid):
    """There are no days in this file: a table has the columns date, kind, name_kk, name_ru, name_en, decree, source."""


def read_days(text: str, *, decree: str = "", source: str = "") -> tuple[SpecialDay, ...]:
    """The days of the file; `decree` and `source` stand in where a line, or a calendar, has none of its own.

    Raises BadLines with each line that is wrong, and NoDays.
    """
    text = tidy(text)
    is_calendar = text.lstrip().upper().startswith("BEGIN:VCALENDAR")
    found: Iterator[tuple[int, dict[str, str] | str]] = read_events(text) if is_calendar else _csv(text)
    days: dict[date, SpecialDay] = {}
    wrong: list[tuple[int, str]] = []
    for number, (line, row) in enumerate(found, start=1):
        if number > MOST_LINES:
            wrong.append((line, refusals.TOO_MANY))
            break
        if isinstance(row, str):
            wrong.append((line, row))
            continue
        try:
            day = _day(row, decree, source)
            if day.on in days:
                wrong.append((line, refusals.TWICE))
            days[day.on] = day
        except InvalidAnswers as error:
            wrong.append((line, next(iter(error.errors.values()))))
    if wrong:
        raise BadLines(wrong)
    if not days:
        raise NoDays
    return tuple(days[on] for on in sorted(days))


def _day(row: dict[str, str], decree: str, source: str) -> SpecialDay:
    """One line as a day. Raises InvalidAnswers."""
    try:
        on = read_date(_MIDNIGHT.sub("", row["date"]))
    except ValueError:
        raise InvalidAnswers({"on": refusals.NOT_A_DATE}) from None
    if row["kind"] not in KINDS:
        raise InvalidAnswers({"kind": refusals.NOT_A_KIND})
    kk = row["name_kk"]
    names = (kk, row["name_ru"] or kk, row["name_en"] or row["name_ru"] or kk)
    day = SpecialDay(on, KINDS[row["kind"]], *names, row["source"] or source, decree=row["decree"] or decree)
    check_day(day)
    return day


def read_date(text: str) -> date:
    """ "31.12.2013", "2013-12-31" or "20131231" as a day. Raises ValueError."""
    compact = _COMPACT.fullmatch(text.strip())
    return date(*map(int, compact.groups())) if compact else read_day(text)


def _csv(text: str) -> Iterator[tuple[int, dict[str, str] | str]]:
    """The table's rows. Raises NoDays, BadLines."""
    try:
        yield from read_rows(text, COLUMNS, ("date", "kind", "name_kk"))
    except NoTable:
        raise NoDays from None
    except UnreadableLine as fault:
        raise BadLines([(int(str(fault.details["line"])), refusals.UNREADABLE)]) from None
