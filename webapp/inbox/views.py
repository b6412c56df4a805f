"""The person's lists, and what may be done to a task."""

import secrets
from dataclasses import replace

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_login import login_required
from markupsafe import Markup
from werkzeug.wrappers import Response

from services import attachments, boards, cases, custody, directory, documents, notices, registry
from services.answers import begun_lines
from services.errors import InvalidAnswers, KomekError
from webapp import undo
from webapp.asked import address, files, form, header
from webapp.case.typed import change_rows, typed_answers
from webapp.case.views import say_of, show_page
from webapp.errors import message_of
from webapp.frame import desk_is_for, landing, part
from webapp.inbox import listing
from webapp.inbox.alike import DIFFERS, SaidOnce, addresses, told_apart
from webapp.inbox.listing import Listing
from webapp.language.laws import speak_of
from webapp.language.words import is_drawn_anew

bp = Blueprint("inbox", __name__, template_folder="templates")

#: lists of what this person may do, in the order in which the next is looked for
WORK = ("mine", "role", "record")
#: what the session keeps the words under that were sought last
SOUGHT = "sought"


@bp.get("/")
@bp.get("/inbox", endpoint="show_inbox")
@login_required
def show_list() -> str | Response:
    """One page of a list; with `found`, what was found for the words sought last.

    Whoever works elsewhere, by the region's table of roles, lands there.
    """
    if request.path == "/" and not address.all and (place := landing(g.person, g.office_key)):
        return redirect(url_for(place))
    words = session.get(SOUGHT, "") if "found" in address.all else ""
    asked_for = listing.read(address.all)
    page = cases.inbox(
        g.person, g.office_key, asked_for.list, cursor=address.text("after"), order=asked_for.order, only=asked_for.only
    )
    asked_for = replace(asked_for, list=page.list, order=page.order)
    over = "next" in address.all and not page.rows and not asked_for.only
    if over and (other := next((each for each in WORK if page.counts[each].value), "")):
        return redirect(url_for("inbox.show_list", list=other, next=1))
    found = cases.find(g.person, g.office_key, words) if words.strip() else None
    may_share = cases.may_share(g.person, g.office_key)
    shown = {
        "may_share": may_share,
        "page": page,
        "found": found,
        "words": words,
        "listing": asked_for,
        "unread": notices.unread(g.person),
        "alike": SaidOnce(),
        "addresses": addresses,
        "differs": DIFFERS,
        "told_apart": told_apart,
    }
    if header("HX-Request"):
        return render_template("inbox/_rows.html", **shown)
    return render_template("inbox/list.html", **shown, **_around(asked_for, page, may_share))


def _around(asked_for: Listing, page: cases.InboxPage, may_share: bool) -> dict[str, object]:
    """What stands around a list: what else there is to look at, and what it may be narrowed by."""
    colleagues = directory.colleagues_at(g.office_key) if may_share else {}
    if may_share:
        g.loads = cases.loads(g.office_key)  # read whether anybody is listed or not: a page costs the same
    offers = cases.offered(g.person, g.office_key, asked_for.list, asked_for.only)
    return {
        "offers": offers,
        "rechecks": cases.looks_at_cases(g.person, g.office_key),
        "chosen": listing.in_words(asked_for.only, offers),
        "offered_in_words": listing.offered_in_words,
        "saved": cases.saved_lists(g.person, g.office_key),
        "colleagues": {role: people for role, people in colleagues.items() if role in {row.role for row in page.rows}},
        "routes": cases.routes_of(g.person, g.office_key),
        "missing": custody.missing_at(g.office_key) if may_desk() else 0,
        "apart": cases.how_many_disagree(g.office_key),
        "key": secrets.token_urlsafe(12),
    }


def may_desk() -> bool:
    """Whether this person has to do with paper that travels."""
    return desk_is_for(g.person.roles_at(g.office_key))


@bp.post("/cases")
@login_required
def open_case() -> Response:
    """Begin an application: its form opens."""
    route, office_key = form.text("route"), form.text("office") or g.office_key
    key = form.text("key", most=200) or secrets.token_urlsafe(12)
    case_id = cases.open_case(route, office_key, g.person, key=key)
    return redirect(url_for("case.show", case_id=case_id), 303)


@bp.post("/inbox/<task_id>/claim")
@login_required
def claim(task_id: str) -> Response:
    """Take it into work, and open it."""
    case_id = cases.claim_task(task_id, g.person)
    return redirect(url_for("case.show", case_id=case_id, list=form.text("_list") or None), 303)


@bp.post("/inbox/<task_id>/release")
@login_required
def release(task_id: str) -> Response:
    """Give it back to the role."""
    cases.release_task(task_id, g.person)
    again = url_for("inbox.claim", task_id=task_id)
    undo.offer(gettext("Given back: whoever is free takes it."), gettext("Undo: take it again"), again)
    return redirect(url_for("inbox.show_list", list="role"), 303)


@bp.post("/inbox/<task_id>/reassign")
@login_required
def reassign(task_id: str) -> Response:
    """Put it into another's hands."""
    former, to = cases.in_whose_hands(task_id), form.number("to")
    case_id = cases.reassign_task(task_id, to or 0, g.person, seen=form.number("from"))
    if former is not None and former != to:
        name = directory.names([former]).get(former, "")
        back = gettext("Undo: into the hands of %(name)s again", name=name)
        undo.offer(
            gettext("Handed on."), back, url_for("inbox.reassign", task_id=task_id), [("to", former), ("from", to)]
        )
    return redirect(url_for("case.show", case_id=case_id), 303)


@bp.post("/inbox/<task_id>/draft")
@login_required
def save_draft(task_id: str) -> tuple[str, int]:
    """Keep what stands in the form."""
    cases.save_draft(task_id, typed_answers(form.all), g.person)
    return "", 204


@bp.post("/inbox/<task_id>/asked")
@login_required
def asked(task_id: str) -> Response:
    """What stands in the form now hides which fields, and what it makes of those that are asked another way."""
    typed = typed_answers(form.all)
    now = cases.asked_now(task_id, typed, g.person)
    answers = {**typed, **begun_lines(now.fields, typed)}
    anew = {field.name: render_template("inbox/_anew.html", field=field, answers=answers, hidden=now.hidden)
            for field in now.fields if is_drawn_anew(field)}  # fmt: skip
    return jsonify(hidden=sorted(now.hidden), anew=anew)


@bp.post("/inbox/<task_id>/beside")
@login_required
def beside(task_id: str) -> str:
    """What the form looks up by what stands in it now, to be shown beside it."""
    now = cases.form_as_typed(task_id, typed_answers(form.all), g.person)
    speak_of(now)
    return render_template("inbox/_beside.html", form=now)


@bp.post("/inbox/<task_id>/complete")
@login_required
def complete(task_id: str) -> Response | str | tuple[str, int]:
    """Complete it with the answers of its form; or, by its other buttons, change lines or calculate once more."""
    typed = typed_answers(form.all)
    if refused := _attach_all(task_id):
        cases.save_draft(task_id, typed, g.person)
        return show_page(cases.case_of_task(task_id), task_id, typed, refused), 422
    if (taken := form.number("_detach")) is not None:
        cases.detach(taken, g.person)
    if (former := form.number("_carry")) is not None:
        cases.save_draft(task_id, typed, g.person)  # refused, nothing is lost either
        case_id = cases.carry_over(task_id, former, typed, g.person)
        return redirect(url_for("case.show", case_id=case_id, list=form.text("_list") or None), 303)
    if set(form.all) & {"_add", "_remove", "_preview", "_put", "_attach", "_detach"}:
        return show_page(cases.case_of_task(task_id), task_id, change_rows(typed, form.all))
    key, reason = form.text("key", most=200), form.text("delay_reason")
    conflict = form.text("conflict_reason")
    together = "_together" in form.all
    try:
        done = cases.complete_task(
            task_id, typed, cases.Click(g.person, key, cases.Reasons(reason, conflict)), together=together
        )
    except InvalidAnswers as faults:
        cases.save_draft(task_id, typed, g.person)  # whoever comes back another way finds it, too
        return show_page(cases.case_of_task(task_id), task_id, typed, faults.errors), 422
    except cases.FAULTS:  # its incident stands on the page
        cases.save_draft(task_id, typed, g.person)
        return show_page(cases.case_of_task(task_id), task_id, typed), 503
    say_of(done)
    return redirect(_next_page(done), 303)


def _attach_all(task_id: str) -> dict[str, str]:
    """Attach every file that was sent, whichever button sent it; question -> why its files were refused."""
    sent: dict[str, list[attachments.Sent]] = {}
    for name, each in files():
        if each.filename:
            sent.setdefault(name, []).append(
                attachments.Sent(each.filename, each.stream.read(attachments.MOST_BYTES + 1))
            )
    refused = {}
    for name, chosen in sent.items():
        try:
            cases.attach(task_id, name, chosen, g.person)
        except (attachments.FileRefused, attachments.TooManyAttachments) as error:
            refused[name] = message_of(error)
        except cases.TaskAlreadyDone:  # perhaps by this very form, sent twice: completing it says so
            break
    return refused


@bp.post("/scan")
@login_required
def scan() -> Response:
    """Open a case by what a scanner read or a person typed; what is no number here is searched for.

    Names and IINs stand in no address: addresses are written into the logs of every server on the way.
    """
    code = form.text("code")
    if page := _page_of(code):
        return redirect(page, 303)
    session[SOUGHT] = code
    return redirect(url_for("inbox.show_list", found=1), 303)


def _page_of(code: str) -> str:
    """Where this person reads of the case with that number; empty for whoever may not, as if there were none."""
    try:
        case_id = cases.case_by_number(documents.read_payload(code))
        if case_id is None:
            return ""
        if boards.may_compare(g.person):
            return url_for("boards.case", case_id=boards.standing(case_id, g.person).case_id)
        return url_for("case.show", case_id=cases.case_seen_by(case_id, g.person).id)
    except KomekError:
        return ""


def _next_page(done: cases.Completed) -> str:
    """The case while there is more to do or to print; else what stands next in the list that it was taken from.

    The case's page says itself what was just done; wherever else one lands is told, and leads back there.
    """
    begun_from, outcome = form.text("_list"), done.checked.outcome
    if done.goes_on or registry.current().outcome(outcome).registers:
        return url_for("case.show", case_id=done.case_id, done=done.task_id, list=begun_from or None)
    said = {"outcome": outcome, "case_id": done.case_id, "task_id": done.task_id, "number": done.number,
            "from_list": begun_from}  # fmt: skip
    flash(Markup(part("case/_recorded.html", **said)), "recorded")
    if not begun_from:
        return url_for("inbox.show_list", list="mine", next=1)
    return url_for("inbox.show_following", list=begun_from)  # looked for there: completing costs no statement more
