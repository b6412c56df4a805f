"""Days from a file that somebody sends: CSV as we write it, or a calendar (ICS) of holidays. Pure."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date

from services.days import read_day
from services.deadlines import faults
from services.deadlines.calendar import SpecialDay
from services.deadlines.changes import check_day
from services.errors import Invalid, InvalidAnswers
from services.letters import from_cell, tidy

_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
COLUMNS = ("date", "kind", "name_kk", "name_ru", "name_en", "decree", "source")
KINDS = {"off": False, "working": True}
MOST_LINES = 2000
MOST_ERRORS = 50


class BadLines(Invalid):
    """The file was not taken: %(count)s lines are wrong."""

    def __init__(self, wrong: list[tuple[int, str]]) -> None:
        super().__init__(count=len(wrong))
        self.faults = wrong[:MOST_ERRORS]  #: (line, what is wrong with it)


class NoDays(Invalid):
    """There are no days in this file: a table has the columns date, kind, name_kk, name_ru, name_en, decree, source."""


def read_days(text: str, *, decree: str = "", source: str = "") -> tuple[SpecialDay, ...]:
    """The days of the file; `decree` and `source` stand in where a line, or a calendar, has none of its own.

    Raises BadLines with each line that is wrong, and NoDays.
    """
    text = tidy(text)
    found = _ics(text) if text.lstrip().upper().startswith("BEGIN:VCALENDAR") else _csv(text)
    days: dict[date, SpecialDay] = {}
    wrong: list[tuple[int, str]] = []
    for line, row in found:
        try:
            day = _day(row, decree, source)
            if day.on in days:
                wrong.append((line, faults.TWICE))
            days[day.on] = day
        except InvalidAnswers as error:
            wrong.append((line, next(iter(error.errors.values()))))
        if line > MOST_LINES:
            wrong.append((line, faults.TOO_MANY))
            break
    if wrong:
        raise BadLines(wrong)
    if not days:
        raise NoDays
    return tuple(days[on] for on in sorted(days))


def _day(row: dict[str, str], decree: str, source: str) -> SpecialDay:
    """One line as a day. Raises InvalidAnswers."""
    try:
        on = read_date(row["date"])
    except ValueError:
        raise InvalidAnswers({"on": faults.NOT_A_DATE}) from None
    if row["kind"] not in KINDS:
        raise InvalidAnswers({"kind": faults.NOT_A_KIND})
    kk = row["name_kk"]
    names = (kk, row["name_ru"] or kk, row["name_en"] or row["name_ru"] or kk)
    day = SpecialDay(on, KINDS[row["kind"]], *names, row["source"] or source, decree=row["decree"] or decree)
    check_day(day)
    return day


def read_date(text: str) -> date:
    """ "31.12.2013", "2013-12-31" or "20131231" as a day. Raises ValueError."""
    compact = _COMPACT.fullmatch(text.strip())
    return date(*map(int, compact.groups())) if compact else read_day(text)


def _csv(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    first = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ",")
    if not {"date", "kind", "name_kk"} <= set(reader.fieldnames or ()):
        raise NoDays
    try:
        for row in reader:
            yield reader.line_num, {name: from_cell((row.get(name) or "").strip()) for name in COLUMNS}
    except csv.Error:
        raise BadLines([(reader.line_num, faults.UNREADABLE)]) from None


def _ics(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Whole-day events as days off; KOMEK's own property tells a worked day."""
    event: dict[str, str] = {}
    begun = 0
    for number, line in enumerate(text.replace("\r\n ", "").replace("\n ", "").splitlines(), start=1):
        name, _, value = line.partition(":")
        name = name.partition(";")[0].upper().strip()
        if (name, value.strip().upper()) == ("BEGIN", "VEVENT"):
            event, begun = {}, number
        elif (name, value.strip().upper()) == ("END", "VEVENT"):
            kk = event.get("SUMMARY", "")
            kind = "working" if event.get("X-KOMEK-KIND", "").lower() == "working" else "off"
            named = {"name_kk": kk, "name_ru": "", "name_en": "", "decree": "", "source": event.get("URL", "")}
            yield begun, {"date": event.get("DTSTART", "")[:8], "kind": kind, **named}
        else:
            event[name] = value.strip().replace("\\,", ",").replace("\\;", ";")
