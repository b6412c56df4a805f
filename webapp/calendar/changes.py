"""From a form to a change of the calendar."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date

from flask import url_for
from werkzeug.datastructures import FileStorage

from services import deadlines
from services.deadlines import SpecialDay, TimetableChange
from services.errors import Invalid, InvalidAnswers
from services.letters import as_cell
from services.sheets import MOST_BYTES, as_text
from webapp import asked

COLUMNS = ("date", "kind", "name_kk", "name_ru", "name_en", "decree", "source")


class UnknownChange(Invalid):
    """This form is not one of ours."""


def read(typed: Mapping[str, str], file: FileStorage | None) -> TimetableChange:
    """The change that was asked for. Raises InvalidAnswers, BadLines, NoDays, UnknownChange."""
    said = {name: value.strip() for name, value in typed.items()}
    match said.get("what"), said.get("act"):
        case "days", "remove":
            return deadlines.RemoveDay(_on(said))
        case "days", _:
            return deadlines.PutDays((_day(said),))
        case "import", _:
            text = as_text(file.stream.read(MOST_BYTES + 1)) if file is not None else typed.get("text", "")
            return deadlines.PutDays(
                deadlines.read_days(text, decree=said.get("decree", ""), source=said.get("source", ""))
            )
        case "hours", "remove":
            return deadlines.KeepHours(said.get("office", ""))
        case "hours", _:
            lines = tuple(said.get(f"day-{number}", "") for number in range(1, 8))
            return deadlines.SetHours(said.get("office", ""), lines, said.get("source", ""), said.get("zone", ""))
        case "value", "remove":
            return deadlines.TakeBack(said.get("key", ""))
        case "value", _:
            return deadlines.SetValue(said.get("key", ""), said.get("value", ""), said.get("source", ""))
    raise UnknownChange


def leads_to(change: TimetableChange) -> str:
    """The page that shows what was changed."""
    match change:
        case deadlines.PutDays(days=days):
            return url_for("calendar.show", year=days[0].on.year)
        case deadlines.RemoveDay(on=on):
            return url_for("calendar.show", year=on.year)
        case deadlines.SetHours() | deadlines.KeepHours():
            return url_for("calendar.hours")
    return url_for("calendar.values")


def write_csv(days: Iterable[SpecialDay]) -> str:
    """Days as the table that an import reads."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for day in days:
        kind = "working" if day.working else "off"
        said = (day.name_kk, day.name_ru, day.name_en, day.decree, day.source)
        writer.writerow([day.on, kind, *(as_cell(each) for each in said)])
    return text.getvalue()


def _on(said: Mapping[str, str]) -> date:
    try:
        return deadlines.read_date(said.get("on", ""))
    except ValueError:
        raise asked.WrongDay("on") from None


def _day(said: Mapping[str, str]) -> SpecialDay:
    """What staff say of a day is confirmed by that."""
    if said.get("kind") not in ("off", "working"):
        raise InvalidAnswers({"kind": "Please choose one of the answers."})
    names = (said.get("name_kk", ""), said.get("name_ru", ""), said.get("name_en", ""))
    return SpecialDay(
        _on(said), said["kind"] == "working", *names, said.get("source", ""), decree=said.get("decree", "")
    )
