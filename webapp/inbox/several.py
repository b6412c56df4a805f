"""Rows that are ticked: one act for all of them, and a verdict for each."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response

from services import cases, directory
from services.errors import InvalidAnswers
from webapp.asked import form
from webapp.case.typed import typed_answers
from webapp.errors import sentences_of
from webapp.inbox import listing
from webapp.inbox.views import bp
from webapp.printed import as_made, words_on_paper

#: what may be done with what is ticked, each by the verb of one task
ACTS: Mapping[str, Callable[[Sequence[str]], Sequence[cases.TaskVerdict]]] = {
    "take": lambda ticked: cases.claim_tasks(ticked, g.person),
    "release": lambda ticked: cases.release_tasks(ticked, g.person),
    "hand": lambda ticked: cases.hand_on_tasks(ticked, form.number("to") or 0, g.person, form.numbers_of("held")),
}


@bp.post("/lists/several")
@login_required
def act_on_several() -> Response | str | tuple[str, int]:
    """Do one thing with every row that is ticked; or open the form that is filled in once for all of them."""
    ticked, act = form.texts("task"), form.text("act")
    if not ticked:
        flash(gettext("Nothing was ticked."), "warning")
        return redirect(url_for("inbox.show_list", **listing.read_said(form.text("_list")).query), 303)
    if act == "print":
        return _to_print(cases.papers_due(ticked, g.person))
    if act == "answer":
        return _asked(cases.form_of_several(ticked, g.person), {}, {})
    if act not in ACTS:
        return redirect(url_for("inbox.show_list", **listing.read_said(form.text("_list")).query), 303)
    verdicts = ACTS[act](ticked)
    return _verdicts(verdicts, _undoing(act, [each for each in verdicts if each.error is None]))


@dataclass(frozen=True)
class Undoing:
    """A button under the verdicts that undoes what was done with some of the rows."""

    button: str
    act: str
    tasks: Sequence[str]
    to: int | None = None
    by: int | None = None  #: who has them now: what is in a third person's hands by then stays there


def _undoing(act: str, done: Sequence[cases.TaskVerdict]) -> Sequence[Undoing]:
    """How it is undone: taken rows are given back, those given back are taken, and handed on to whoever had them."""
    ids = [each.task_id for each in done]
    if act != "hand":
        button = gettext("Undo: give them back") if act == "take" else gettext("Undo: take them again")
        return [Undoing(button, "release" if act == "take" else "take", ids)] if ids else []
    held: dict[int, list[str]] = {}
    for each in done:
        if each.former is not None and each.former != form.number("to"):
            held.setdefault(each.former, []).append(each.task_id)
    names = directory.names(list(held))
    return [
        Undoing(
            gettext("Undo: into the hands of %(name)s again", name=names.get(former, "")),
            "hand",
            tasks,
            former,
            form.number("to"),
        )
        for former, tasks in held.items()
    ]


@bp.post("/lists/answered")
@login_required
def answer_several() -> str | tuple[str, int]:
    """Complete every one of them with the same answers."""
    ticked, typed = form.texts("task"), typed_answers(form.all)
    verdicts = cases.complete_tasks(
        ticked, form.text("form"), typed, g.person, key=form.text("key", most=200) or secrets.token_urlsafe(12)
    )
    faults = [each.error for each in verdicts if isinstance(each.error, InvalidAnswers)]
    if faults and len(faults) == len(verdicts):  # the form itself is wrong: nothing was done
        return _asked(cases.form_of_several(ticked, g.person), typed, faults[0].errors), 422
    return _verdicts(verdicts)


@bp.post("/lists/printed.pdf")
@login_required
def print_several() -> Response:
    """The papers of several cases as one file, a list in front: each is counted as if it were printed alone."""
    ticked = form.texts("task")
    due = cases.papers_due(ticked, g.person)
    return as_made(cases.print_due(due, g.person, g.office_key, words_on_paper()), len(due))


def _to_print(due: Sequence[cases.DuePapers]) -> str:
    """What would be printed of each, and why nothing of the rest: nothing is printed yet."""
    return render_template(
        "inbox/print.html", due=[(each, said_of(each.verdict)) for each in due], from_list=form.text("_list")
    )


def _asked(together: cases.FormOfSeveral, typed: Mapping[str, object], errors: Mapping[str, str]) -> str:
    return render_template(
        "inbox/several.html", together=together, answers={**together.answers, **typed}, errors=errors,
        verdicts=[(each, said_of(each)) for each in together.tasks], from_list=form.text("_list"),
        key=form.text("key", most=200) or secrets.token_urlsafe(12),
    )  # fmt: skip


def _verdicts(verdicts: Sequence[cases.TaskVerdict], undoing: Sequence[Undoing] = ()) -> str:
    said = [(each, said_of(each)) for each in verdicts]
    return render_template("inbox/verdicts.html", verdicts=said, undoing=undoing, from_list=form.text("_list"))


def said_of(verdict: cases.TaskVerdict) -> str:
    """Why it was not done, in words; empty when it was."""
    return sentences_of(verdict.error) if verdict.error is not None else ""
