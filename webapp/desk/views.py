"""Scanning, registries and what lies where. Every act is one POST; everything works without scripts, too."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from flask import Blueprint, Response, flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response as AnyResponse

from services import cases, clock, deadlines, desk, registry
from webapp import asked
from webapp.errors import message_of
from webapp.language import words
from webapp.language.i18n import reading_in
from webapp.printed import as_made, as_pdf

bp = Blueprint("desk", __name__, template_folder="templates", url_prefix="/desk")

#: what a refusal is about -> its colour and sound
TONES = {
    "WrongOffice": "elsewhere",
    "AlreadyHere": "again",
    "AlreadyListed": "again",
    "Misread": "unreadable",
    "WrongCheck": "unreadable",
    "UnknownPaper": "unknown",
    "NotExpected": "unexpected",
    "NotToSend": "unexpected",
    "NotSent": "unexpected",
    "NotSigned": "unexpected",
    "Annulled": "unexpected",
    "TakeOverUndone": "unexpected",
}
GOOD = {"received": "good", "listed": "good", "found": "good", "offer": "asks", "look": "plain", "person": "plain",
        "taken": "good", "delivered": "good", "undelivered": "plain"}  # fmt: skip


@dataclass(frozen=True)
class Card:
    """One scan, as it is shown."""

    scanned: desk.Scanned
    tone: str
    applicant: str
    said: str  #: why it was refused


@bp.get("/")
@login_required
def show() -> str:
    """The desk of the office one stands in; a courier's round, for whoever only carries."""
    if only_carries():
        return render_template("desk/round.html", round=desk.round_page(g.person))
    return _page([])


def only_carries() -> bool:
    """Whether whoever asks does nothing at this office but carry papers: they have a round and no desk."""
    held = g.person.roles_at(g.office_key)
    return bool(held) and held <= registry.current().roles_that("carries")


@bp.post("/trips")
@login_required
def carry() -> AnyResponse:
    """What the courier did with a consignment, where no script keeps it."""
    done = desk.carry(asked.form.text("code", most=200), asked.form.text("act"), g.person)
    flash(f"{words.word('scan', done.word)}: {done.code}", "plain")
    return redirect(url_for("desk.show"), 303)


@bp.post("/scan")
@login_required
def scan() -> str | AnyResponse:
    """Every line of what was scanned or pasted, one by one; what each did."""
    unpacking = asked.form.number("unpacking")
    cards = cards_of(desk.scan_all(asked.form.all.get("codes", ""), g.office_key, g.person, unpacking=unpacking))
    return _page(cards)


@bp.get("/lists")
@login_required
def lists() -> str:
    """What lies here and what is expected, anew."""
    return render_template("desk/_lists.html", desk=desk.desk_page(g.office_key, g.person))


@bp.get("/consignments")
@login_required
def consignments() -> str:
    """Consignments from and to the offices of this person, the newest first."""
    rows = desk.consignments_page([g.office_key], before=asked.address.number("before"))
    return render_template("desk/consignments.html", rows=rows)


@bp.get("/consignments/<int:consignment_id>")
@login_required
def consignment(consignment_id: int) -> str:
    """One registry, its papers, and what may be done with it."""
    page = desk.consignment_page(consignment_id, g.person)
    return render_template("desk/consignment.html", page=page, row=page.row)


@bp.post("/consignments/<int:consignment_id>/close")
@login_required
def close(consignment_id: int) -> AnyResponse:
    """Close the registry: it gets its number."""
    desk.close_registry(consignment_id, g.person)
    return _back_to(consignment_id)


@bp.post("/consignments/<int:consignment_id>/hand-over")
@login_required
def hand_over(consignment_id: int) -> AnyResponse:
    """Hand it to the courier: every paper on it is scanned out."""
    desk.hand_over(consignment_id, g.person, badge=asked.form.text("badge"))
    flash(gettext("Handed to the courier; every folder on it went out."), "plain")
    return _back_to(consignment_id)


@bp.post("/consignments/<int:consignment_id>/finish")
@login_required
def finish(consignment_id: int) -> AnyResponse:
    """A consignment is unpacked: what was not in it is missing."""
    missing = desk.finish_receiving(consignment_id, g.person)
    if missing:
        flash(gettext("Missing: %(codes)s. Both offices see it.", codes=", ".join(missing)), "warning")
    else:
        flash(gettext("Everything on the registry has arrived."), "plain")
    return _back_to(consignment_id)


@bp.post("/consignments/<int:consignment_id>/act")
@login_required
def record_act(consignment_id: int) -> AnyResponse:
    """The act of discrepancy was signed."""
    desk.record_act(consignment_id, asked.form.text("signed_with"), g.person)
    return _back_to(consignment_id)


@bp.post("/papers/<code>/take-off")
@login_required
def take_off(code: str) -> AnyResponse:
    """Take a paper off a registry that is still open."""
    desk.take_off_registry(code, g.office_key, g.person)
    return redirect(asked.form.address("back") or url_for("desk.show"), 303)


@bp.post("/papers/<code>/take-in")
@login_required
def take_in_stray(code: str) -> AnyResponse:
    """A paper for another office lies here: it goes on with the next registry."""
    desk.take_in_stray(code, g.office_key, g.person)
    flash(gettext("%(code)s lies here now; put it on the registry to its own office.", code=code), "warning")
    return redirect(url_for("desk.show"), 303)


@bp.post("/consignments/<int:consignment_id>/papers/<code>/damage")
@login_required
def note_damage(consignment_id: int, code: str) -> AnyResponse:
    """What is wrong with a paper that was unpacked, with a photo where somebody took one."""
    file = asked.file("photo")
    photo = file.stream.read() if file else None
    desk.note_damage(consignment_id, code, asked.form.text("what"), g.person, photo=photo)
    return _back_to(consignment_id)


@bp.get("/photos/<int:photo_id>.jpg")
@login_required
def photo(photo_id: int) -> Response:
    """A photo of a damaged paper."""
    return Response(desk.photo(photo_id, g.person), mimetype="image/jpeg")


@bp.post("/papers/<code>/label")
@login_required
def replace_label(code: str) -> AnyResponse:
    """A paper's label was lost: printed anew, or another one put on it."""
    why, label = asked.form.text("why"), asked.form.text("label")
    desk.replace_label(code, g.office_key, why, g.person, label=label)
    flash(gettext("Noted: %(code)s has a new label.", code=code), "plain")
    return _to_custody(code)


@bp.post("/papers/<code>/unsent")
@login_required
def take_in_unsent(code: str) -> AnyResponse:
    """A paper lies here, though nobody scanned it out."""
    desk.take_in_unsent(code, g.office_key, g.person)
    flash(gettext("Taken in: %(code)s. It was never scanned out; both offices see that.", code=code), "warning")
    return redirect(url_for("desk.show"), 303)


@bp.post("/papers/<code>/replace")
@login_required
def replace_paper(code: str) -> AnyResponse:
    """A paper is lost for good: its duplicate goes on."""
    desk.replace_paper(code, g.office_key, asked.form.text("why"), g.person)
    flash(gettext("The duplicate of %(code)s goes with the next registry.", code=code), "warning")
    return _to_custody(code)


@bp.post("/cases/<int:case_id>/send-back")
@login_required
def send_back(case_id: int) -> AnyResponse:
    """Nobody came for the result: back to the body."""
    desk.send_back_unclaimed(case_id, g.person)
    flash(gettext("It goes back with the next registry; the case still waits for its applicant."), "plain")
    return redirect(url_for("desk.show"), 303)


@bp.post("/papers/<code>/send-again")
@login_required
def send_again(code: str) -> AnyResponse:
    """The applicant has asked for a result: to the counter once more."""
    desk.send_again(code, g.office_key, g.person)
    return redirect(url_for("desk.show"), 303)


@bp.post("/labels.pdf")
@login_required
def labels() -> Response:
    """A sheet of labels for papers that are still to come."""
    return as_pdf(desk.print_labels(g.office_key, asked.form.number("count") or 0, g.person))


@bp.get("/badge.pdf")
@login_required
def badge() -> Response:
    """One's own badge."""
    return as_pdf(desk.print_badge(g.office_key, g.person))


@bp.post("/register.pdf")
@login_required
def register() -> Response:
    """The register of this office for some days."""
    since, until = _day("from"), _day("until")
    with reading_in(registry.first_language()):
        book = desk.print_register_book(g.office_key, since, until, g.person, called=partial(words.word, "outcome"))
    return _list(book)


@bp.post("/consignments/<int:consignment_id>/registry.pdf")
@login_required
def registry_pdf(consignment_id: int) -> Response:
    """The registry, to print and sign."""
    return _list(desk.print_registry(consignment_id, g.person))


@bp.post("/consignments/<int:consignment_id>/act.pdf")
@login_required
def act_pdf(consignment_id: int) -> Response:
    """The act of discrepancy, to print and sign."""
    return _list(desk.print_discrepancy_act(consignment_id, g.person))


@bp.post("/cases/<int:case_id>/came")
@login_required
def applicant_came(case_id: int) -> AnyResponse:
    """The applicant stands at the counter: from now on the issuing counts."""
    cases.applicant_came(case_id, g.person)
    return redirect(url_for("case.show", case_id=case_id), 303)


def _page(cards: Sequence[Card]) -> str:
    today = deadlines.local(registry.current(), g.office_key, clock.now()).date().isoformat()
    return render_template("desk/page.html", cards=cards, desk=desk.desk_page(g.office_key, g.person), today=today,
        conflicts=desk.count_conflicts(g.office_key), prints=cases.looks_at_cases(g.person, g.office_key),
        takes_in=bool(cases.routes_of(g.person, g.office_key)))  # fmt: skip


def cards_of(scans: Sequence[desk.Scanned]) -> list[Card]:
    """The last one first, as they are read."""
    may_look = cases.looks_at_cases(g.person, g.office_key)
    ids = [each.case_id for each in scans if each.case_id]
    known = cases.applicants(ids) if may_look and ids else {}
    return [_card(each, known.get(each.case_id or 0, "")) for each in reversed(scans)]


def _card(scanned: desk.Scanned, applicant: str) -> Card:
    if scanned.error is not None:
        return Card(scanned, TONES.get(scanned.error.code, "refused"), applicant, message_of(scanned.error))
    return Card(scanned, "late" if scanned.irregular else GOOD[scanned.word], applicant, "")


def _to_custody(code: str) -> AnyResponse:
    case_id = cases.case_by_number(code)
    return redirect(url_for("case.show", case_id=case_id, _anchor="custody"), 303)


def _day(name: str) -> date:
    """A day of the form. Raises WrongDay, WrongDays."""
    if (on := asked.form.day(name)) is None:
        raise cases.WrongDays
    return on


def _back_to(consignment_id: int) -> AnyResponse:
    return redirect(url_for("desk.consignment", consignment_id=consignment_id), 303)


def _list(wanted: desk.Print) -> Response:
    return as_made(wanted.make_in_parts(), wanted.lines)
