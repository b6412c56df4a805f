"""The year, its versions, and the two steps of every change: look at what would move, then save exactly that."""

from calendar import Calendar as Weeks
from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, abort, flash, g, redirect, render_template
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from services import cases, deadlines, directory, registry
from services.deadlines import TimetableChange
from services.errors import InvalidAnswers, NotFound
from webapp import asked
from webapp.calendar import changes, days, hours, values
from webapp.calendar.rooms import Typed, administrators, bp, region, today

#: years that the calendar shows: from independence on
FIRST_YEAR, LAST_YEAR = 1991, 2100


class NoSuchYear(NotFound):
    """The calendar has the years from %(first)s to %(last)s."""


@bp.get("/admin/calendar/")
@administrators
def show() -> str:
    """One year: its holidays, moved days and worked Saturdays, and the questions that are open."""
    shown = asked.address.number("year") or today().year
    if not FIRST_YEAR <= shown <= LAST_YEAR:
        raise NoSuchYear(first=FIRST_YEAR, last=LAST_YEAR)
    days = region().timetable.days
    own = [days[on] for on in sorted(days) if on.year == shown]
    open_questions = [day for on, day in sorted(days.items()) if not day.confirmed and on.year in (shown, today().year)]
    weeks = {month: Weeks().monthdatescalendar(shown, month) for month in range(1, 13)}
    years = sorted({on.year for on in days} | {today().year})
    return render_template(
        "calendar/year.html", year=shown, years=years, weeks=weeks, days=days, own=own, questions=open_questions,
        today=today(), works=region().calendar(g.office_key).works_on,
    )  # fmt: skip


@bp.get("/admin/calendar/<int:year>.csv")
@administrators
def export(year: int) -> Response:
    """The days of a year as a table that can be edited and imported again."""
    days = region().timetable.days
    text = changes.write_csv([days[on] for on in sorted(days) if on.year == year])
    answer = Response("\ufeff" + text, mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=f"calendar-{year}.csv")
    return answer


@bp.get("/admin/calendar/versions")
@administrators
def versions() -> str:
    """Every calendar that was saved, the newest first."""
    known = deadlines.versions(registry.current().region, before=asked.address.number("before"))
    ids = [int(each.actor.removeprefix("staff:")) for each in known if each.actor.startswith("staff:")]
    return render_template("calendar/versions.html", versions=known, names=directory.names(ids))


@bp.post("/admin/calendar/preview")
@administrators
def preview() -> AnyResponse | str | tuple[str, int]:
    """What a change would move; nothing is saved yet."""
    typed, after = asked.form.all.to_dict(), asked.form.number("after") or 0
    try:
        change = changes.read(typed, asked.file("file"))
        seen = cases.preview_calendar(change, g.person, after=after, count=not after)
    except InvalidAnswers as error:
        return again(typed, error.errors), 422
    except deadlines.BadLines as error:
        return again(typed, {"file": str(error)}, error.faults), 422
    return render_template(
        "calendar/preview.html", change=change, seen=seen, typed=_kept(typed, change), after=str(after)
    )


@bp.post("/admin/calendar/save")
@administrators
def save() -> AnyResponse | tuple[str, int]:
    """Put it in force, and move what moves."""
    typed = asked.form.all.to_dict()
    try:
        change = changes.read(typed, None)
        done = cases.save_calendar(change, typed.get("base", ""), g.person, reason=asked.form.text("reason", most=300))
    except InvalidAnswers as error:
        return again(typed, error.errors), 422
    moved = done.steps + done.outer
    flash(gettext("Saved. Dates moved: %(count)s, in %(cases)s cases.", count=moved, cases=done.cases), "plain")
    return redirect(changes.leads_to(change), 303)


def again(typed: Typed, errors: Mapping[str, str], faults: Any = ()) -> str:
    """The form that a change came from, with what is wrong with it."""
    pages: dict[str, Callable[..., str]] = {
        "days": days.form_page, "hours": hours.form_page, "value": values.form_page, "import": days.import_page,
    }  # fmt: skip
    if typed.get("what") not in pages:
        abort(400)
    return pages[typed["what"]](typed, errors, faults)


def _kept(typed: Typed, change: TimetableChange) -> dict[str, str]:
    """The form as it travels on; a file as the text that was read from it."""
    kept = {name: value for name, value in typed.items() if name not in ("csrf_token", "base", "reason", "after")}
    if isinstance(change, deadlines.PutDays) and typed.get("what") == "import":
        kept["text"] = changes.write_csv(change.days)
    return kept
