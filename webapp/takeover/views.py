"""Cases that were begun on paper: look at the file line by line, take it, confirm or undo it. For administrators."""

from collections.abc import Callable

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response

from services import directory, registry, takeover
from services.errors import KomekError
from services.sheets import MOST_BYTES, BadLines, as_text
from webapp import asked
from webapp.errors import message_of, sentences_of, status_of
from webapp.language.i18n import language

bp = Blueprint("takeover", __name__, template_folder="templates", url_prefix="/admin/take-over")
Page = str | Response | tuple[str, int]


@bp.get("/")
@login_required
def show() -> Page:
    """What was taken, and a file to look at. Raises NotAdministrator."""
    directory.check_administers(g.person)
    return _page()


@bp.post("/look")
@login_required
def look() -> Page:
    """What each line of the file would come to; nothing stays."""
    sent, text = asked.file("file"), asked.form.all.get("text", "")
    name = (sent.filename or "") if sent is not None else asked.form.text("file_name")
    try:
        text = as_text(sent.stream.read(MOST_BYTES + 1)) if sent is not None else text
        return _page(text=text, file_name=name, verdicts=takeover.look(text, name, person=g.person))
    except KomekError as error:
        return _page(text=text, file_name=name, wrong=sentences_of(error)), status_of(error)


@bp.post("/take")
@login_required
def take() -> Page:
    """Take what was looked at: all of it, or nothing."""
    text, name = asked.form.all.get("text", ""), asked.form.text("file_name")
    try:
        takeover.take(text, name, person=g.person)
    except BadLines:
        return _page(text=text, file_name=name, verdicts=takeover.look(text, name, person=g.person)), 422
    except KomekError as error:
        return _page(text=text, file_name=name, wrong=sentences_of(error)), status_of(error)
    flash(gettext("Taken. Look at the cases, then confirm the file; until then it can be undone."), "plain")
    return redirect(url_for("takeover.show"), 303)


@bp.post("/<int:take_over_id>/confirm")
@login_required
def confirm(take_over_id: int) -> Page:
    """Cases that came over are right."""
    return _settle(lambda: takeover.confirm(take_over_id, person=g.person))


@bp.post("/<int:take_over_id>/undo")
@login_required
def undo(take_over_id: int) -> Page:
    """Take them back."""
    return _settle(lambda: takeover.undo(take_over_id, person=g.person))


def _settle(act: Callable[[], None]) -> Page:
    try:
        act()
    except KomekError as error:
        return _page(wrong=sentences_of(error)), status_of(error)
    flash(gettext("Recorded."), "plain")
    return redirect(url_for("takeover.show"), 303)


def _page(**more: object) -> str:
    told: dict[str, object] = {"text": "", "file_name": "", "verdicts": None, "wrong": "", **more}
    taken = takeover.taken_over()
    plugins = registry.current()
    verdicts = told["verdicts"] or []
    holders = [each.holder_id for each in verdicts if each.holder_id]  # type: ignore[attr-defined]
    people = [each.taken_by_id for each in taken if each.taken_by_id]
    return render_template(
        "takeover/page.html", taken=taken, names=directory.names([*holders, *people]), columns=takeover.COLUMNS,
        message_of=message_of,
        steps=[(row["route"], row["key"], row[f"title_{language()}"]) for row in plugins.table("steps")],
        outcomes=[key for decide in ("granted", "denied") for key in plugins.ends_that(decide)], **told,
    )  # fmt: skip
