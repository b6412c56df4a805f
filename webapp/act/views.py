"""The pages of the act: its editions in their order; one of them, what it changes, and what can be done with it."""

import secrets
from collections.abc import Mapping

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response

from services import directory, editions, law, processes, registry
from services.errors import InvalidAnswers
from webapp.act.looking import said_of_changes
from webapp.act.rooms import bp
from webapp.asked import form


@bp.get("/")
@login_required
def show() -> str:
    """Every edition, the newest first. Raises NotTheirs."""
    lines = editions.all_editions(g.person)
    return render_template("act/editions.html", lines=lines, who=_who(*lines))


@bp.get("/<int:edition_id>")
@login_required
def edition(edition_id: int) -> str:
    """One edition, for all staff; what can be done with it, for those who look after it. Raises NoSuchEdition."""
    return _page(edition_id, {}, {})


@bp.post("/<int:edition_id>/enact")
@login_required
def enact(edition_id: int) -> Response | tuple[str, int]:
    """Put it in force for a day, or a former one again."""
    said = {"act_number": form.text("act_number"), "why": form.text("why"), "base": form.text("base")}
    try:
        row = editions.enact(edition_id, g.person, from_on=form.day("from_on"), act_on=form.day("act_on"), **said)
    except InvalidAnswers as error:
        return _page(edition_id, form.all.to_dict(), error.errors), 422
    day = f"{row.from_on:%d.%m.%Y}"
    flash(gettext("From %(day)s on cases begin under it. Staff are told on that day.", day=day), "plain")
    return redirect(url_for("act.edition", edition_id=edition_id), 303)


@bp.post("/in-force/<int:enactment_id>/cancel")
@login_required
def cancel(enactment_id: int) -> Response | tuple[str, int]:
    """Take it back before its day."""
    edition_id = form.number("edition") or 0
    try:
        editions.cancel(enactment_id, g.person, why=form.text("cancelled_why"))
    except InvalidAnswers as error:
        return _page(edition_id, form.all.to_dict(), error.errors), 422
    flash(gettext("It does not come into force."), "plain")
    return redirect(url_for("act.edition", edition_id=edition_id), 303)


@bp.post("/<int:edition_id>/withdraw")
@login_required
def withdraw(edition_id: int) -> Response | tuple[str, int]:
    """Take a candidate back."""
    try:
        editions.withdraw(edition_id, g.person, why=form.text("withdrawn_why"))
    except InvalidAnswers as error:
        return _page(edition_id, form.all.to_dict(), error.errors), 422
    flash(gettext("It is withdrawn."), "plain")
    return redirect(url_for("act.edition", edition_id=edition_id), 303)


@bp.post("/<int:edition_id>/rehearse")
@login_required
def rehearse(edition_id: int) -> Response:
    """Begin a rehearsal of a route as it would be under that edition."""
    route, key = form.text("route"), form.text("key", most=200)
    case_id = editions.rehearse(edition_id, route, g.person, key=f"{key}:{edition_id}:{route}" if key else "")
    return redirect(url_for("case.show", case_id=case_id), 303)


def _page(edition_id: int, typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    page = editions.edition_page(edition_id)
    act = page.line.edition.act
    given = {"act_number": act.get("number", ""), "act_on": _day(act.get("adopted_on", "")), **typed}
    given.setdefault("from_on", _proposed(act.get("from_on", "")))
    return render_template(
        "act/edition.html", page=page, typed=given, errors=errors,
        may_act=processes.looks_after(g.person), may_rehearse=processes.DESIGNER in g.person.roles(),
        key=secrets.token_urlsafe(12), own=page.line.edition.made_by == f"staff:{g.person.id}", who=_who(page.line),
        routes=registry.current().facts()["service"]["routes"], **_laws(page),
    )  # fmt: skip


def _laws(page: editions.EditionPage) -> dict[str, object]:
    """Each of the two editions names its own clauses; the page speaks by the one that it is about."""
    former = law.registry_under(page.beside.edition.id) if page.beside is not None else None
    g.law = law.registry_under(page.line.edition.id)  # routes, roles and marks are said as it says them
    return said_of_changes(former, g.law)


def _who(*lines: editions.EditionLine) -> dict[str, str]:
    """Actor of the journal -> what people call them."""
    actors = {actor for line in lines for actor in (line.edition.made_by, line.edition.withdrawn_by)}
    actors |= {each.enactment.enacted_by for line in lines for each in line.spans}
    ids = {actor: int(actor.removeprefix("staff:")) for actor in actors if actor.startswith("staff:")}
    known = directory.names(set(ids.values()))
    return {actor: known.get(staff_id, actor) for actor, staff_id in ids.items()}


def _day(iso: str) -> str:
    """A day of the act as people type it."""
    return ".".join(reversed(iso.split("-"))) if iso else ""


def _proposed(iso: str) -> str:
    """The day on which the act says that it comes into force, while that is to come; else today."""
    today = directory.today().isoformat()
    return _day(max(iso, today))
