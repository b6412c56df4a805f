"""The page on which an administrator of a demo system sets its clock. A real system has no such page."""

from datetime import datetime, timedelta

from flask import Blueprint, current_app, g, redirect, render_template, url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from services import clock, deadlines, registry, time_machine
from services.directory import ADMIN, NotAdministrator
from services.errors import Invalid
from services.hours import read_moment
from webapp import asked
from webapp.errors import PageNotFound, message_of, status_of

bp = Blueprint("time_machine", __name__, template_folder="templates", url_prefix="/admin/clock")


class NoMoment(Invalid):
    """Write a day and an hour, like 2013-03-15T09:00."""


@bp.before_request
def check_is_a_demo() -> None:
    """Elsewhere there is no such page. Raises PageNotFound."""
    if not current_app.config["KOMEK"].demo:
        raise PageNotFound


@bp.get("/")
@login_required
def show() -> str:
    """What the clock says, and the ways to set it. Raises NotAdministrator."""
    if ADMIN not in g.person.roles():
        raise NotAdministrator
    return _page()


@bp.post("/")
@login_required
def set_clock() -> tuple[str, int] | Response:
    """Set it by the button that was pressed."""
    try:
        time_machine.set_clock(_wanted(), actor=g.person)
    except Invalid as error:
        return _page(error=message_of(error)), status_of(error)
    return redirect(url_for("time_machine.show"), 303)


def _page(error: str = "") -> str:
    here = deadlines.local(registry.current(), g.office_key, clock.now())
    return render_template("time_machine/page.html", here=here, real=clock.real(), error=error)


def _wanted() -> datetime | None:
    """The moment that is meant; None for the real time. Raises NoMoment."""
    match asked.form.text("to"):
        case "real":
            return None
        case "hour":
            return clock.now() + timedelta(hours=1)
        case "working_day":
            return time_machine.next_working_day(g.office_key)
    here = deadlines.local(registry.current(), g.office_key, clock.now())
    try:
        return read_moment(asked.form.text("at"), here).replace(tzinfo=here.tzinfo)
    except ValueError:
        raise NoMoment from None
