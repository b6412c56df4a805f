"""What workers gave up: looked at, tried again one by one or in bulk, settled by hand with a reason."""

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response as AnyResponse

from services import cases, last_calls
from services.errors import KomekError
from webapp import asked
from webapp.errors import message_of
from webapp.language import dates
from webapp.language.i18n import language

bp = Blueprint("incidents", __name__, template_folder="templates", url_prefix="/admin/incidents")


@bp.get("/")
@login_required
def show() -> str:
    """One page of the list, of one kind when asked so."""
    what = asked.address.text("what")
    page = cases.incidents(g.person, what=what, cursor=asked.address.text("after"))
    found = last_calls.last_calls()
    return render_template("incidents/list.html", page=page, what=what, last_calls=found, lasted=_lasted)


def _lasted(seconds: int) -> str:
    """«37 с»; from two minutes on in hours and minutes."""
    if seconds < 120:
        return str(gettext("%(seconds)s s", seconds=seconds))
    return dates.worked(seconds, language())


@bp.post("/retry")
@login_required
def retry() -> AnyResponse:
    """Tries again what was ticked, or all of the kind that is shown."""
    what = asked.form.text("what")
    if asked.form.text("all"):
        done = cases.retry_all(what, g.person)
    else:
        done = cases.retry_incidents(asked.form.numbers("job"), g.person)
    flash(gettext("Tried again: %(count)s.", count=done), "plain")
    return redirect(url_for("incidents.show", what=what or None), 303)


@bp.post("/<int:job_id>/settle")
@login_required
def settle(job_id: int) -> AnyResponse:
    """Settle one by hand."""
    cases.settle_incident(job_id, asked.form.text("why"), g.person)
    flash(gettext("Settled by hand; it stands in the case's history."), "plain")
    return redirect(url_for("incidents.show", what=asked.form.text("what") or None), 303)


@bp.post("/<int:job_id>/set-right")
@login_required
def set_right(job_id: int) -> AnyResponse:
    """Set right what hinders answers that stay, and have them tried again."""
    values, newest = asked.form.an_object("values"), asked.form.text("newest") == "1"
    case_id = cases.set_right(job_id, g.person, values=values, newest=newest)
    flash(gettext("The answers go on in a moment; if not, it says here why."), "plain")
    if asked.form.text("back") == "case":
        return redirect(url_for("case.show", case_id=case_id), 303)
    return redirect(url_for("incidents.show"), 303)


@bp.app_template_global()
def words_of(incident: cases.Incident) -> str:
    """What it said, in the reader's language."""
    return message_of(KomekError(incident.message, **incident.details))
