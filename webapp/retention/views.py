"""The archive; acts of destruction, proposed by one administrator and carried out by another; a person's file."""

from collections.abc import Callable

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response

from services import archive, deadlines, directory, registry, retention
from services.errors import KomekError
from webapp import asked
from webapp.errors import message_of, sentences_of, status_of

bp = Blueprint("retention", __name__, template_folder="templates", url_prefix="/admin")
Page = str | Response | tuple[str, int]


@bp.get("/retention/")
@login_required
def show() -> Page:
    """What has been kept for its whole time, and every act. Raises NotAdministrator."""
    directory.check_administers(g.person)
    return _page()


@bp.post("/retention/propose")
@login_required
def propose() -> Page:
    """A list of what is to be destroyed; a second administrator carries it out."""
    return _do(lambda: retention.propose(person=g.person))


@bp.get("/retention/<int:act_id>")
@login_required
def act(act_id: int) -> Page:
    """One act, as it is printed. Raises NotAdministrator, NoSuchAct."""
    row = retention.act(act_id, person=g.person)
    names = directory.names([each for each in (row.proposed_by_id, row.done_by_id) if each])
    signed = [
        (names.get(who or 0, ""), directory.office_on(who, at) if who and at else "", at)
        for who, at in ((row.proposed_by_id, row.proposed_at), (row.done_by_id, row.done_at))
    ]
    return render_template("retention/act.html", act=row, signed=signed)


@bp.post("/retention/<int:act_id>/carry-out")
@login_required
def carry_out(act_id: int) -> Page:
    """Destroy what it names, for good."""
    number = asked.form.text("number")
    return _do(lambda: retention.carry_out(act_id, number, person=g.person))


@bp.post("/retention/<int:act_id>/withdraw")
@login_required
def withdraw(act_id: int) -> Page:
    """A list is not carried out."""
    return _do(lambda: retention.withdraw(act_id, person=g.person))


@bp.get("/archive/")
@login_required
def archived() -> Page:
    """What lies in the archive, and what goes there next. Raises NotAdministrator."""
    return _archive()


@bp.post("/archive/take-out")
@login_required
def take_out() -> Page:
    """A case comes back into the working tables, for a reason."""
    number, reason = asked.form.text("number"), asked.form.text("reason")
    try:
        said = archive.take_out(number, reason, person=g.person)
    except KomekError as error:
        return _archive(sentences_of(error), number=number, reason=reason), status_of(error)
    flash(gettext("Taken out of the archive: %(number)s.", number=said), "plain")
    return redirect(url_for("retention.archived"), 303)


@bp.get("/person-file")
@login_required
def ask_for_person() -> Page:
    """By which request, and whose. Raises NotAdministrator."""
    directory.check_administers(g.person)
    return render_template("retention/person.html", found=None, iin="", request_number="", wrong="")


@bp.post("/person-file")
@login_required
def person_file() -> Page:
    """Everything held under an IIN. By post: an IIN stands in no address; each reading is written down."""
    iin, said = asked.form.text("iin"), asked.form.text("request_number")
    try:
        found = retention.person_file(iin, said, person=g.person)
    except KomekError as error:
        told = {"found": None, "iin": iin, "request_number": said, "wrong": message_of(error)}
        return render_template("retention/person.html", **told), status_of(error)
    # files are only named: they open on a case's page
    return render_template(
        "retention/person.html", found=found, iin=iin, request_number=said, wrong="", only_named=True
    )


def _do(verb: Callable[[], object]) -> Page:
    try:
        verb()
    except KomekError as error:
        return _page(message_of(error)), status_of(error)
    flash(gettext("Recorded."), "plain")
    return redirect(url_for("retention.show"), 303)


def _archive(wrong: str = "", **typed: str) -> str:
    row = registry.current().by_key("parameters").get(archive.PARAMETER)
    found = archive.overview(person=g.person)
    return render_template("retention/archive.html", found=found, term=row, wrong=wrong, typed=typed)


def _page(wrong: str = "") -> str:
    acts = retention.acts()
    people = {each for row in acts for each in (row.proposed_by_id, row.done_by_id) if each}
    row = registry.current().by_key("parameters").get("retention_years")
    return render_template(
        "retention/page.html", acts=acts, names=directory.names(sorted(people)), ripe=retention.ripe(), wrong=wrong,
        years=deadlines.whole_number(registry.current(), "retention_years"), term=row,
    )  # fmt: skip
