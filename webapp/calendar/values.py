"""What is not in the act: every such value on one page, until an administrator confirms it with a source (I-48)."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from flask import render_template

from services import deadlines, registry
from services.deadlines import NoSuchValue, Unsettled
from webapp.calendar.rooms import Typed, administrators, bp, region


@bp.get("/admin/not-in-the-act")
@administrators
def values() -> str:
    """What waits to be confirmed, by table, and what was confirmed."""
    waiting, confirmed = deadlines.unsettled(registry.current(), region())
    tables = [(table, list(rows)) for table, rows in groupby(waiting, key=lambda each: each.table)]
    days = [day for _, day in sorted(region().timetable.days.items()) if not day.confirmed]
    return render_template("calendar/values.html", tables=tables, count=len(waiting), confirmed=confirmed, days=days)


@bp.get("/admin/not-in-the-act/<path:key>")
@administrators
def value(key: str) -> str:
    """One value, to confirm it as it is or to replace it. Raises NoSuchValue."""
    known = _known(key)
    return form_page(
        {"key": key, "value": known.value, "source": known.source if known.mark == "confirmed" else ""}, {}
    )


def form_page(typed: Typed, errors: Mapping[str, str], faults: Sequence[object] = ()) -> str:
    """The page on which a value of the region is confirmed."""
    return render_template("calendar/value.html", typed=typed, errors=errors, known=_known(typed.get("key", "")))


def _known(key: str) -> Unsettled:
    waiting, confirmed = deadlines.unsettled(registry.current(), region())
    for each in [*waiting, *confirmed]:
        if each.key == key and each.table != "hours":
            return each
    raise NoSuchValue(key=key[:60])
