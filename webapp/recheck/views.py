"""Who is due for recheck: seen, printed, told, and their next application begun."""

import secrets
from datetime import date

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from services import cases
from webapp import asked
from webapp.asked import address, form
from webapp.errors import sentences_of
from webapp.printed import as_made, words_on_paper

bp = Blueprint("recheck", __name__, template_folder="templates")

#: what the list calls each state
STATES = {
    "due": _("Due, not told"),
    "told": _("Told, did not come yet"),
    "came": _("Came: the next application"),
    "missed": _("Over, did not come"),
    "ahead": _("Not due yet"),
}


@bp.get("/rechecks/")
@login_required
def show() -> str:
    """The assignments of this office, what ends first before; narrowed by state and by last day."""
    return _list(address.text("state"), address.day("last"), "", _place())


@bp.post("/rechecks/")
@login_required
def find() -> str:
    """The assignments that a number, an IIN or a name means: whom one looks for stands in no address, so in no log."""
    return _list(form.text("state"), form.day("last"), form.text("words", most=100), None)


def _place() -> tuple[date, int] | None:
    """Behind which line the page begins: its last day and its case."""
    day, case_id = address.day("after"), address.number("beyond")
    return (day, case_id) if day is not None and case_id is not None else None


def _list(state: str, last: date | None, words: str, after: tuple[date, int] | None) -> str:
    state = state if state in STATES else ""
    found = cases.rechecks(g.office_key, g.person, state=state, last=last, words=words, after=after)
    return render_template(
        "recheck/list.html", found=found, states=STATES, state=state, last=last, words=words, after=after,
        key=secrets.token_urlsafe(9), most=cases.MOST_REMINDED, counted_to=cases.MOST_RECHECKS_COUNTED,
    )  # fmt: skip


@bp.post("/rechecks/remind")
@login_required
def remind() -> Response | str:
    """The applicants of the ticked cases are told: by letters that are made now, or they were told by word of mouth."""
    chosen, back = form.numbers("case"), asked.local_address(form.text("back")) or url_for("recheck.show")
    if not 0 < len(chosen) <= cases.MOST_REMINDED:
        flash(gettext("Tick at least one line, and at most %(most)s.", most=cases.MOST_REMINDED), "warning")
        return redirect(back, 303)
    verdicts = cases.remind(chosen, "letter" if form.text("way") == "letter" else "spoken", g.person)
    said = [(each, sentences_of(each.error) if each.error is not None else "") for each in verdicts]
    return render_template("recheck/verdicts.html", verdicts=said, back=back)


@bp.post("/rechecks/letters.pdf")
@login_required
def print_letters() -> Response:
    """The reminders of those cases as one file, a list in front: each is counted as if it were printed alone."""
    due = cases.letters_due(form.numbers("case"), g.person)
    return as_made(cases.print_due(due, g.person, g.office_key, words_on_paper()), len(due))


@bp.post("/cases/<int:case_id>/follow")
@login_required
def follow(case_id: int) -> Response:
    """Begin the application for the term after that case: its form opens with what did not change."""
    key = f"follow:{case_id}:{form.text('key', most=60) or secrets.token_urlsafe(9)}"
    return redirect(url_for("case.show", case_id=cases.follow_up(case_id, g.office_key, g.person, key=key)), 303)
