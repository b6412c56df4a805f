"""Working hours, breaks and time zone: of a kind of office, or of one."""

from collections.abc import Mapping, Sequence

from flask import render_template

from services import registry
from services.deadlines import NoSuchValue, write_spans
from webapp.calendar.rooms import Typed, administrators, bp, region


@bp.get("/admin/calendar/hours")
@administrators
def hours() -> str:
    """Whose hours differ, and from what they come."""
    now = region()
    kinds = sorted({row["kind"] for row in now.offices.values()})
    own = [key for key in now.weeks if key not in kinds]
    shown = [*(kind for kind in kinds if kind in now.weeks), *sorted(own)]
    lines = [
        (key, key in kinds, [write_spans(day) for day in now.weeks[key]],
         now.timetable.hours.get(key), key in now.default_hours)
        for key in shown
    ]  # fmt: skip
    others = [row for row in registry.current().table("offices") if row["key"] not in own]
    return render_template("calendar/hours.html", lines=lines, others=others)


@bp.get("/admin/calendar/hours/<office>")
@administrators
def hours_of(office: str) -> str:
    """The week of an office or of a kind of office. Raises NoSuchValue."""
    now = region()
    if office not in now.offices and office not in now.weeks:
        raise NoSuchValue(key=office[:60])
    said, week = now.timetable.hours.get(office), now.weeks[now.hours_of(office) if office in now.offices else office]
    typed = {"office": office, "zone": said.zone if said else "", "source": said.source if said else ""}
    return form_page({**typed, **{f"day-{number}": write_spans(day) for number, day in enumerate(week, start=1)}}, {})


def form_page(typed: Typed, errors: Mapping[str, str], faults: Sequence[object] = ()) -> str:
    """The page on which an office's hours are entered."""
    now, office = region(), typed.get("office", "")
    zone = now.zone(office).key if office in now.offices else str(registry.current().facts()["time_zone"])
    return render_template(
        "calendar/hours_of.html", typed=typed, errors=errors, office=office, zone=zone,
        entered=office in now.timetable.hours, one=office in now.offices,
    )  # fmt: skip
