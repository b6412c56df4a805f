"""«Why this date?»: how a due date came about, day by day."""

from flask import g, render_template
from flask_login import login_required

from services import cases
from services.errors import NotFound
from webapp.calendar.rooms import bp
from webapp.language.laws import speak_of


class NoTimeLimit(NotFound):
    """This step has no time limit: there is no date to explain."""


@bp.get("/why/<task_id>")
@login_required
def why_step(task_id: str) -> str:
    """Why a step is due when it is. Raises NoSuchTask, NotYours, NoTimeLimit."""
    told = cases.why_step(task_id, g.person)
    if told is None:
        raise NoTimeLimit
    speak_of(told)
    return render_template("calendar/why.html", why=told)


@bp.get("/cases/<int:case_id>/why")
@login_required
def why_case(case_id: int) -> str:
    """Why the whole case is due when it is. Raises NoSuchCase, NotYours."""
    told = cases.why_case(case_id, g.person)
    speak_of(told)
    return render_template("calendar/why.html", why=told)
