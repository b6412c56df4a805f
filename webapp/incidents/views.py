"""What workers gave up: looked at, tried again one by one or in bulk, settled by hand with a reason."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response as AnyResponse

from services import cases
from services.errors import KomekError
from webapp.errors import message_of

bp = Blueprint("incidents", __name__, template_folder="templates", url_prefix="/admin/incidents")


@bp.get("/")
@login_required  # type: ignore[untyped-decorator]
def show() -> str:
    """One page of the list, of one kind when asked so."""
    what = request.args.get("what", "")
    page = cases.incidents(g.person, what=what, cursor=request.args.get("after"))
    return render_template("incidents/list.html", page=page, what=what)


@bp.post("/retry")
@login_required  # type: ignore[untyped-decorator]
def retry() -> AnyResponse:
    """Those that were ticked, or all of the kind that is shown."""
    what = request.form.get("what", "")
    if request.form.get("all"):
        done = cases.retry_all(what, g.person)
    else:
        ids = [int(each) for each in request.form.getlist("job") if each.isascii() and each.isdigit()]
        done = cases.retry_incidents([each for each in ids if each < 2**63], g.person)
    flash(gettext("Tried again: %(count)s.", count=done), "plain")
    return redirect(url_for("incidents.show", what=what or None), 303)


@bp.post("/<int:job_id>/settle")
@login_required  # type: ignore[untyped-decorator]
def settle(job_id: int) -> AnyResponse:
    """Settle one by hand."""
    cases.settle_incident(job_id, request.form.get("why", ""), g.person)
    flash(gettext("Settled by hand; it stands in the case's history."), "plain")
    return redirect(url_for("incidents.show", what=request.form.get("what") or None), 303)


@bp.app_template_global()
def words_of(incident: cases.Incident) -> str:
    """What it said, in the reader's language."""
    return message_of(KomekError(incident.message, **incident.details))
