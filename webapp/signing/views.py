"""The list of papers to sign, and signing them. The key lives for one request, in memory alone."""

from dataclasses import dataclass

from flask import Blueprint, g, render_template
from flask_babel import gettext
from flask_login import login_required

from services import cases, clock, registry, signing
from services.errors import InvalidAnswers, KomekError
from webapp import asked
from webapp.errors import message_of

bp = Blueprint("signing", __name__, template_folder="templates", url_prefix="/signing")


@dataclass(frozen=True)
class Done:
    """What became of one paper."""

    number: str
    case_id: int
    said: str  #: why it was not signed; empty when it was


@bp.get("/")
@login_required  # type: ignore[untyped-decorator]
def show() -> str:
    """Every paper that waits for this person's signature, as a picture."""
    return _page()


@bp.post("/")
@login_required  # type: ignore[untyped-decorator]
def sign() -> str | tuple[str, int]:
    """Sign those that were chosen, one by one: one that cannot be signed does not stop the others."""
    chosen = asked.form.texts("task")
    waiting = {each.task_id: each for each in cases.to_sign(g.person, g.office_key)}
    file = asked.file("key")
    try:
        key = file.stream.read(signing.MOST_BYTES + 1) if file else b""
        signer = signing.open_key(key, asked.secret("passphrase"), at=clock.now())
        signing.check_owner(signer.signature, g.person.full_name)
    except KomekError as error:
        return _page(wrong=message_of(error), chosen=chosen), 422
    reason = asked.form.text("conflict_reason")
    return _page([_sign(waiting[task_id], signer, reason) for task_id in chosen if task_id in waiting], signer)


def _sign(paper: cases.ToSign, signer: signing.Signer, reason: str) -> Done:
    answers = registry.current().form(paper.form).sign_with or {}
    try:
        key = f"key:{paper.task_id}"
        cases.complete_task(paper.task_id, answers, person=g.person, key=key, signer=signer, conflict_reason=reason)
    except InvalidAnswers as error:
        return Done(paper.number, paper.case_id, " ".join(gettext(text) for text in error.errors.values()))
    except KomekError as error:
        return Done(paper.number, paper.case_id, message_of(error))
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
        papers=papers,
        done=done or [],
        asks_reason=cases.drafter_may_sign(),
        signer=signer,
        wrong=wrong,
        chosen=chosen or [],
    )
