"""Looking up for a caller, reading out what their own page says, and taking down what they ask.

What is looked for travels in the body of a request: no address, and so no log, has a name or a phone.
"""

import secrets
from collections.abc import Mapping

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import login_required
from markupsafe import Markup
from werkzeug.wrappers import Response

from services import calls, deadlines, registry
from services.answers import as_form, begun_lines
from services.answers import asked as asked_fields
from services.errors import InvalidAnswers
from webapp import asked
from webapp.case.typed import typed_answers
from webapp.language.i18n import reading_in

bp = Blueprint("calls", __name__, template_folder="templates", url_prefix="/calls")

#: why a caller asks
REASONS = {
    "where": _("Where the application is"),
    "bring": _("What to bring"),
    "result": _("Whether the result is ready"),
    "letter": _("A letter that did not come"),
    "complains": _("A complaint"),
    "data": _("Data that are wrong"),
    "other": _("Something else"),
}
WAYS = {"number": _("by number"), "phone": _("by phone"), "name": _("by name and address")}
#: what is said to a caller, in these
SPOKEN = {"kk": "Қазақша", "ru": "Русский"}


@bp.get("/")
@login_required
def show() -> str:
    """The questions, and the guide. Raises NotACallCentre."""
    if not calls.answers_calls(g.person):
        raise calls.NotACallCentre
    return _page({}, {})


@bp.post("/")
@login_required
def look_up() -> str | tuple[str, int]:
    """What was found, to be read out; the questions again, where something is missing."""
    names = ("number", "who", "phone", "name", "address", "reason")
    said = {name: asked.form.text(name, most=200) for name in names}
    try:
        found = calls.look_up(calls.CallerSaid(**{name: said[name] for name in names[:-1]}), said["reason"], g.person)
    except InvalidAnswers as faults:
        return _page(said, faults.errors), 422
    return _page(said, {}, found)


@bp.get("/<int:case_id>/request")
@login_required
def ask(case_id: int) -> str:
    """What is taken down for the office."""
    return _request(case_id, None, {})


@bp.post("/<int:case_id>/request")
@login_required
def take_down(case_id: int) -> Response | tuple[str, int]:
    """Pass it on: it is a task of the office from then on."""
    typed, key = typed_answers(asked.form.all), asked.form.text("key", most=200)
    try:
        calls.take_down(case_id, typed, g.person, key=key)
    except InvalidAnswers as faults:
        return _request(case_id, typed, faults.errors), 422
    flash(gettext("Passed on: it stands in the office's list, with a term."), "plain")
    return redirect(url_for("calls.show"), 303)


@bp.get("/looked-up")
@login_required
def watch() -> str:
    """What was looked up for callers, for the control level."""
    lines = calls.looked_up(g.person)
    limit = deadlines.whole_number(registry.current(), calls.LIMIT)
    settled = deadlines.is_settled(registry.current(), calls.LIMIT)
    return render_template("calls/watch.html", lines=lines, limit=limit, settled=settled)


@bp.app_template_global()
def why_asked(reason: object) -> str:
    """Why a caller asked, in words."""
    return str(REASONS.get(str(reason), reason))


@bp.app_template_global()
def way_asked(way: object) -> str:
    """By what an application was looked up, in words."""
    return str(WAYS.get(str(way), way))


def _page(said: Mapping[str, str], errors: Mapping[str, str], found: calls.LookedUp | None = None) -> str:
    spoken = {each.case_id: {key: _spoken(each, key) for key in SPOKEN} for each in found.found} if found else {}
    return render_template(
        "calls/page.html", said=said, errors=errors, found=found, spoken=spoken, languages_spoken=SPOKEN,
        reasons=REASONS, call_centre=registry.current().facts()["call_centre"],
    )  # fmt: skip


def _spoken(found: calls.Found, language: str) -> Markup:
    """What to tell the caller, word for word, in that language."""
    with reading_in(language):
        return Markup(render_template("calls/_spoken.html", found=found.said))


def _request(case_id: int, typed: Mapping[str, object] | None, errors: Mapping[str, str]) -> str:
    found = calls.request_form(case_id, g.person)
    fields = found.form.fields(found.call)
    answers = as_form(found.form.initial(found.call)) if typed is None else dict(typed)
    answers = {**answers, **begun_lines(fields, answers)}
    now = asked_fields(fields, answers)
    return render_template(
        "calls/request.html", case_id=case_id, number=found.call.case.number, body=found.call.case.body, of=found.of,
        form=found.form, fields=now.fields, answers=answers, hidden=now.hidden, errors=errors,
        key=asked.form.text("key", most=200) or secrets.token_urlsafe(12),
    )  # fmt: skip
