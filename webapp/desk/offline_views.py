"""What a desk kept while nobody answered: sent again until it is answered, merged once, or decided by a person."""

from collections.abc import Mapping
from datetime import timedelta
from typing import cast

from flask import abort, flash, g, jsonify, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import login_required
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from services import cases, clock, deadlines, desk, documents, registry
from services.answers import as_form
from services.errors import Conflict, KomekError
from services.languages import LANGUAGES
from webapp import asked
from webapp.desk.views import bp, cards_of, only_carries
from webapp.errors import message_of
from webapp.language import words
from webapp.language.i18n import reading_in


class AnotherPerson(Conflict):
    """Somebody else is signed in on this computer now; what you did waits for you."""


@bp.get("/outbox.json")
@login_required
def outbox() -> Response:
    """Whose desk this is now, what it needs to know while nobody answers, and the token with which it sends."""
    office = registry.current().row("offices", g.office_key)
    here = deadlines.local(registry.current(), g.office_key, clock.now())
    routes = cases.routes_of(g.person, g.office_key)
    return jsonify(
        person=g.person.id,
        name=g.person.full_name,
        office=g.office_key,
        office_number=f"{office['number']:0>2}",
        offset=(here.utcoffset() or timedelta()) // timedelta(minutes=1),
        office_names={language: office[f"name_{language}"] for language in LANGUAGES},
        routes={route: as_form(cases.intake_form(route, g.office_key).initial) for route in routes},
        round=_round() if only_carries() else None,
        csrf=generate_csrf(),
    )


def _round() -> list[dict[str, object]]:
    """What the courier's page shows of each registry to take or to deliver: numbers and offices, nobody's name."""
    found = desk.round_page(g.person)
    return [
        {"number": row.number, "act": act, "said": {language: _said_of(row, language) for language in LANGUAGES}}
        for act, rows in (("taken", found.take), ("delivered", found.deliver))
        for row in rows
    ]


def _said_of(row: desk.ConsignmentRow, language: str) -> dict[str, str]:
    with reading_in(language):
        way = f"{words.office_short(row.sender)} → {words.office_short(row.receiver)}"
        return {"way": way, "papers": words.counted("papers", row.papers)}


@bp.post("/merge")
@login_required
def merge() -> Response:
    """Each entry on its own: what became of it, in the order in which they came. 400 for what is no list of entries.

    Raises AnotherPerson.
    """
    sent = asked.body()
    sent = sent if isinstance(sent, dict) else {}
    entries = sent.get("entries")
    if not isinstance(entries, list) or not 0 < len(entries) <= desk.MOST_ENTRIES:
        abort(400)
    if sent.get("person") != g.person.id:
        raise AnotherPerson
    return jsonify({"results": [_merged(each) for each in entries]})


@bp.get("/conflicts")
@login_required
def conflicts() -> str:
    """What could not be merged and waits for a person."""
    return render_template("desk/conflicts.html", rows=desk.conflicts(g.office_key, g.person), said=message_of)


@bp.get("/conflicts/<entry_id>")
@login_required
def conflict(entry_id: str) -> str:
    """An application that was refused, as it was typed, with what is wrong beside its fields."""
    row = desk.conflict(entry_id, g.person)
    return _correction(row) if row.kind == "intake" else abort(404)


@bp.post("/conflicts/<entry_id>/again")
@login_required
def apply_again(entry_id: str) -> Response | tuple[str, int]:
    """Try it once more: a scan as it was, an application as it is corrected."""
    corrected = {name: value for name, value in asked.form.all.items() if name not in ("csrf_token", "label")}
    typed = {"answers": corrected, "label": asked.form.text("label")} if "label" in asked.form.all else {}
    done = desk.apply_again(entry_id, typed, g.person)
    if done.error is not None and typed:
        return _correction(desk.conflict(entry_id, g.person)), 422
    if done.error is not None:
        flash(message_of(done.error), "warning")
    else:
        flash(gettext("Done now."), "plain")
    if typed:
        return redirect(url_for("case.show", case_id=done.case_id), 303)
    return redirect(url_for("desk.conflicts"), 303)


@bp.post("/conflicts/<entry_id>/aside")
@login_required
def set_aside(entry_id: str) -> Response:
    """An entry is not to be done, for a reason."""
    desk.set_aside(entry_id, asked.form.text("reason"), g.person)
    flash(gettext("Set aside; the reason is kept."), "plain")
    return redirect(url_for("desk.conflicts"), 303)


def _correction(row: desk.OpenConflict) -> str:
    content = cast("Mapping[str, Mapping[str, str]]", row.content)
    form = cases.intake_form(str(content["route"]), row.office)
    errors = dict(row.errors) or {"label": row.error.message}
    return render_template("desk/conflict.html", row=row, form=form, answers=content["answers"], errors=errors,
        said=message_of(row.error))  # fmt: skip


def _merged(raw: object) -> dict[str, object]:
    """An entry that cannot be read, or is another's, stays where it was kept, and is told of."""
    entry_id = str(raw.get("id"))[:64] if isinstance(raw, dict) else ""
    try:
        entry = desk.read_entry(raw)
        done = desk.merge_entry(entry, g.person)
    except KomekError as error:
        scanned = desk.Scanned("", "refused", error=error)
        return {"id": entry_id, "state": "unreadable", "card": _cards([scanned])}
    if entry.kind == "intake":
        return {"id": done.id, "state": done.state, "card": _taken_in(done)}
    return {"id": done.id, "state": done.state, "card": _cards([done.scanned]) if done.scanned is not None else ""}


def _taken_in(done: desk.Merged) -> str:
    """An application's number and papers, also when it is told a second time; or why a person has to look at it."""
    home = registry.current().papers_that("taken_home")
    papers = [each for each in documents.papers_of(done.case_id) if each.item in home] if done.case_id else []
    number = cases.number_at(done.case_id, g.office_key) if done.case_id is not None else ""
    why = message_of(done.error) if done.error is not None else ""
    return render_template("desk/_taken_in.html", done=done, number=number, papers=papers, why=why)


def _cards(scans: list[desk.Scanned]) -> str:
    return render_template("desk/_cards.html", cards=cards_of(scans))
