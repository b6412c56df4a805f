"""One day of the calendar, and many of them from a file."""

from collections.abc import Mapping, Sequence

from flask import render_template

from services import deadlines
from services.days import read_day
from services.errors import NotFound
from webapp import asked
from webapp.calendar.rooms import Typed, administrators, bp, region


@bp.get("/admin/calendar/day")
@administrators
def new_day() -> str:
    """A day that the calendar does not tell apart yet."""
    return form_page({"on": "", "kind": "off"}, {})


@bp.get("/admin/calendar/day/<on>")
@administrators
def day(on: str) -> str:
    """What the calendar says of that day, to correct or to confirm it. Raises NotFound."""
    try:
        known = region().timetable.days.get(day_asked := read_day(on))
    except ValueError:
        raise NotFound from None
    typed = {"on": f"{day_asked:%d.%m.%Y}", "kind": "off"}
    if known is not None:
        told = ("name_kk", "name_ru", "name_en", "decree", "source")
        typed |= {"kind": "working" if known.working else "off", **{name: getattr(known, name) for name in told}}
    return form_page(typed, {})


def form_page(typed: Typed, errors: Mapping[str, str], faults: Sequence[object] = ()) -> str:
    """The page on which a day is entered."""
    try:
        known = region().timetable.days.get(deadlines.read_date(typed.get("on", "")))
    except ValueError:
        known = None
    return render_template("calendar/day.html", typed=typed, errors=errors, known=known)


@bp.get("/admin/calendar/import")
@administrators
def choose_file() -> str:
    """Send a table or a calendar file."""
    return import_page(asked.address.all.to_dict(), {})


def import_page(typed: Typed, errors: Mapping[str, str], faults: Sequence[object] = ()) -> str:
    """The page on which a file of days is sent."""
    return render_template("calendar/import.html", typed=typed, errors=errors, faults=faults)
