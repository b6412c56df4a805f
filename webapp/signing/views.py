"""The list of drafts to agree with and of papers to sign. The key lives for one request, in memory alone."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response as AnyResponse

from services import cases, clock, registry, signing
from services.errors import KomekError
from webapp import asked
from webapp.errors import message_of, sentences_of

bp = Blueprint("signing", __name__, template_folder="templates", url_prefix="/signing")


@dataclass(frozen=True)
class Done:
    """What became of one paper."""

    number: str
    case_id: int
    said: str  #: why it was not done; empty when it was


@bp.get("/")
@login_required
def show() -> str:
    """Every paper that waits for this person's signature, as a picture."""
    return _page()


@bp.post("/")
@login_required
def sign() -> str | tuple[str, int]:
    """Sign those that were chosen, one by one: one that cannot be signed does not stop the others."""
    chosen = asked.form.texts("task")
    waiting = {each.task_id or each.code: each for each in cases.to_sign(g.person, g.office_key) if each.code}
    file = asked.file("key")
    try:
        key = file.stream.read(signing.MOST_BYTES + 1) if file else b""
        signer = signing.open_key(key, asked.secret("passphrase"), at=clock.now())
        signing.check_owner(signer.signature, g.person.full_name)
    except KomekError as error:
        return _page(wrong=message_of(error), chosen=chosen), 422
    reason = asked.form.text("conflict_reason")
    return _page([_sign(waiting[task_id], signer, reason) for task_id in chosen if task_id in waiting], signer)


@bp.post("/agree")
@login_required
def agree() -> str:
    """Agree with the drafts that were chosen: each gets its number, and waits to be signed."""
    chosen = asked.form.texts("task")
    drafts = {each.task_id: each for each in cases.to_sign(g.person, g.office_key) if not each.code}
    return _page([_agree(drafts[task_id]) for task_id in chosen if task_id in drafts])


@bp.post("/papers/<code>/confirm")
@login_required
def confirm(code: str) -> AnyResponse:
    """A paper was signed by ink: whoever says so scanned the code on it."""
    case_id = cases.confirm_scanned(code, asked.form.text("scanned"), g.person)
    flash(gettext("The signature of %(code)s is confirmed.", code=code), "plain")
    return redirect(url_for("case.show", case_id=case_id, _anchor="custody"), 303)


@bp.post("/papers/<code>/take-back")
@login_required
def take_back(code: str) -> AnyResponse:
    """Nobody has signed it after all: until that is confirmed anew it goes nowhere."""
    case_id = cases.take_signature_back(code, asked.form.text("why"), g.person)
    flash(gettext("Taken back: %(code)s goes nowhere before it is signed.", code=code), "warning")
    return redirect(url_for("case.show", case_id=case_id, _anchor="custody"), 303)


def _agree(draft: cases.ToSign) -> Done:
    answers = registry.current().form(draft.form).agree_with or {}
    click = cases.Click(g.person, f"agree:{draft.task_id}")
    return _done(draft, lambda: cases.complete_task(draft.task_id, answers, click))


def _sign(paper: cases.ToSign, signer: signing.Signer, reason: str) -> Done:
    if not paper.task_id:
        return _done(paper, lambda: cases.confirm_signature(paper.code, g.person, signer=signer))
    answers = registry.current().form(paper.form).sign_with or {}
    click = cases.Click(g.person, f"key:{paper.task_id}", cases.Reasons(conflict=reason), signer)
    return _done(paper, lambda: cases.complete_task(paper.task_id, answers, click))


def _done(paper: cases.ToSign, act: Callable[[], object]) -> Done:
    """What became of it: a refusal of one stops no other."""
    try:
        act()
    except KomekError as error:
        return Done(paper.number, paper.case_id, sentences_of(error))
    return Done(paper.number, paper.case_id, "")


def _page(
    done: list[Done] | None = None,
    signer: signing.Signer | None = None,
    *,
    wrong: str = "",
    chosen: list[str] | None = None,
) -> str:
    papers = cases.to_sign(g.person, g.office_key)
    return render_template(
        "signing/list.html",
        drafts=[each for each in papers if not each.code],
        papers=[each for each in papers if each.code],
        done=done or [],
        asks_reason=cases.drafter_may_sign(registry.current()),
        signer=signer,
        wrong=wrong,
        chosen=chosen or [],
    )
