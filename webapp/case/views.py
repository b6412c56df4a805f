"""The page of one case, and what hangs on it."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote

from flask import Blueprint, Response, flash, g, jsonify, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response as AnyResponse

from services import attachments, cases, deadlines, directory, registry
from services.answers import as_form, begun_lines
from services.answers import asked as asked_fields
from services.cases.pages.shown import CasePage, DueView, StepLine
from services.errors import InvalidAnswers
from webapp import asked
from webapp.case.drawn import drawn_beside, drawn_by_plugin
from webapp.case.outlined import Outlines
from webapp.case.typed import change_rows, typed_answers
from webapp.errors import sentences_of
from webapp.language.i18n import language
from webapp.language.laws import speak_of
from webapp.printed import as_pdf

bp = Blueprint("case", __name__, template_folder="templates")
bp.app_template_global()(drawn_by_plugin)
bp.app_template_global()(drawn_beside)


@bp.get("/cases/<int:case_id>")
@login_required
def show(case_id: int) -> str:
    """The case as this person may see it."""
    return show_page(case_id)


def show_page(
    case_id: int,
    task_id: str | None = None,
    typed: Mapping[str, object] | None = None,
    errors: Mapping[str, str] | None = None,
    comment: tuple[str, str] = ("", ""),
) -> str:
    """The case's page, with what was typed and what is wrong with it; of a comment, too."""
    page = cases.case_page(case_id, g.person, task_id=task_id, typed=typed)
    speak_of(page)
    colleagues = {}
    plugins = registry.current()
    if plugins.roles_that("assigns") & g.person.roles_at(g.office_key):
        roles = {line.role for line in page.open_steps} & plugins.roles_that("executes")
        colleagues = {role: directory.staff_at(g.office_key, role) for role in roles}
    held = cases.time_by_holder(case_id, g.person)
    done = cases.just_done(page, asked.address.text("done"), g.person.full_name)
    registered = done is not None and any(plugins.outcome(each.outcome or "").registers for each in done.steps)
    return render_template(
        "case/page.html", case=page, form=page.form, errors=errors or {}, colleagues=colleagues, held=held,
        comment=comment, comment_key=asked.form.text("comment_key", most=200) or secrets.token_urlsafe(12),
        done=done, may_open=cases.routes_of(g.person, g.office_key) if registered else (), registered=registered,
        follow_key=secrets.token_urlsafe(12), outlines=_outlines(page),
    )  # fmt: skip


def _outlines(page: CasePage) -> Outlines:
    """Every drawing of the case, its own process first."""
    keys = [page.process, *sorted(page.drawn_in.keys() - {page.process})]
    return Outlines({key: page.drawn_in[key] for key in keys})


@bp.get("/cases/<int:case_id>/steps.json")
@login_required
def steps(case_id: int) -> Response:
    """The case's steps as data: code, role, clock, due moment, stamp, outcome, outputs."""
    case, outer, lines = cases.steps_of(case_id, g.person)
    return jsonify(
        id=case.id,
        number=case.number,
        route=case.route,
        office=case.office_key,
        opened_at=_local(case.office_key, case.opened_at),
        closed_at=_local(case.office_key, case.closed_at),
        suspended_since=_local(case.office_key, case.stopped_since if case.closed_at is None else None),
        outcome=case.outcome,
        outer={
            "due_at": _local(case.office_key, outer.at),
            "default": outer.default,
            "stopped_at": _local(case.office_key, case.outer_stopped_at),
            "status": outer.status,
            "late": outer.status == "overdue",
        },
        steps=[_line(line) for line in lines],
    )


@bp.get("/cases/<int:case_id>/diagram/<process>.bpmn")
@login_required
def diagram(case_id: int, process: str) -> Response:
    """The diagram of one of its processes, in the version it runs under, names in the reader's language."""
    xml = cases.diagram_of(case_id, process, language(), g.person)
    return Response(xml, mimetype="application/xml")


@bp.get("/cases/<int:case_id>/decided/<key>")
@login_required
def decided(case_id: int, key: str) -> str:
    """A decision of the case as its designers drew it: what was found there, and which rules fired."""
    return render_template("case/decided.html", picture=cases.decided_picture(case_id, key, g.person))


@bp.get("/cases/<int:case_id>/happenings/<happening_id>")
@login_required
def happening(case_id: int, happening_id: str) -> str:
    """What is asked of whoever tells that this has happened."""
    return _happening(case_id, happening_id, None, {})


@bp.post("/cases/<int:case_id>/happenings/<happening_id>")
@login_required
def happen(case_id: int, happening_id: str) -> AnyResponse | str | tuple[str, int]:
    """Tell that it has happened."""
    typed = typed_answers(asked.form.all)
    if set(asked.form.all) & {"_add", "_remove", "_preview", "_put"}:
        return _happening(case_id, happening_id, change_rows(typed, asked.form.all), {})
    key, reason = asked.form.text("key", most=200), asked.form.text("reason", most=2000)
    try:
        done = cases.happen(case_id, happening_id, typed, reason, person=g.person, key=key)
    except InvalidAnswers as faults:
        return _happening(case_id, happening_id, typed, faults.errors), 422
    flash(gettext("It is written down, and the case goes on by it."), "plain")
    say_of(done)
    return redirect(url_for("case.show", case_id=case_id, done=done.task_id), 303)


def say_of(done: cases.Completed) -> None:
    """What whoever sent a form should know of it: what is unusual in it, and that the case stands."""
    for warning in done.checked.warnings.values():
        flash(gettext(warning), "warning")
    if done.stays:
        flash(gettext("Your answers are kept. The case cannot go on by itself: an administrator was asked."), "warning")


def _happening(case_id: int, happening_id: str, typed: Mapping[str, object] | None, errors: Mapping[str, str]) -> str:
    page = cases.case_page(case_id, g.person)
    speak_of(page)
    found = cases.happening_form(case_id, happening_id, g.person)
    form, fields = found.form, found.form.fields(found.call)
    answers = as_form(form.initial(found.call)) if typed is None else dict(typed)
    answers = {**answers, **begun_lines(fields, answers)}
    now = asked_fields(fields, answers)
    return render_template(
        "case/happening.html", case=page, of=found.of, form=form, fields=now.fields, answers=answers,
        hidden=now.hidden, errors=errors, key=asked.form.text("key", most=200) or secrets.token_urlsafe(12),
        ends=found.ends, names=directory.names([each for _, each in found.ends if each]),
    )  # fmt: skip


@bp.post("/cases/<int:case_id>/comments")
@login_required
def comment(case_id: int) -> AnyResponse | tuple[str, int]:
    """Say something of the case, with scans beside it; refused, what was typed stays."""
    said, key = asked.form.all.get("text", ""), asked.form.text("comment_key", most=200) or secrets.token_urlsafe(12)
    sent = [
        attachments.Sent(each.filename, each.stream.read(attachments.MOST_BYTES + 1))
        for _, each in asked.files("files")
        if each.filename
    ]
    try:
        cases.comment(case_id, said, sent, g.person, key=key)
    except (InvalidAnswers, attachments.FileRefused, attachments.TooManyAttachments) as fault:
        return show_page(case_id, comment=(said, sentences_of(fault))), 422
    return redirect(url_for("case.show", case_id=case_id, _anchor="comments"), 303)


@bp.post("/comments/<int:comment_id>/take-back")
@login_required
def take_comment_back(comment_id: int) -> AnyResponse:
    """Take back what one said oneself."""
    case_id = cases.take_comment_back(comment_id, g.person)
    return redirect(url_for("case.show", case_id=case_id, _anchor="comments"), 303)


@bp.get("/attachments/<int:file_id>")
@login_required
def attachment(file_id: int) -> Response:
    """A file that somebody attached: pictures are shown, all else is saved; nothing in it runs."""
    found = cases.attached_file(file_id, g.person)
    answer = Response(found.content, mimetype=found.media_type)
    shown = "inline" if found.media_type.startswith("image/") else "attachment"
    plain = found.name.encode("ascii", "ignore").decode().replace('"', "")
    names = {"filename": plain, "filename*": f"UTF-8''{quote(found.name, safe='')}"}  # RFC 6266, 4.3
    answer.headers.set("Content-Disposition", shown, **names)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; img-src 'self'; sandbox"
    return answer


@bp.get("/papers/<int:paper_id>.pdf")
@login_required
def paper(paper_id: int) -> Response:
    """A paper of a case, to look at: marked so, and nothing is recorded."""
    return as_pdf(cases.look_at_paper(paper_id, g.person))


@bp.post("/papers/<int:paper_id>.pdf")
@login_required
def print_paper(paper_id: int) -> Response:
    """A paper of a case, to be printed, which is recorded; the second time it is marked as a copy."""
    return as_pdf(cases.print_paper(paper_id, g.person, asked.site()))


@bp.post("/cases/<int:case_id>/code")
@login_required
def give_code(case_id: int) -> Response:
    """A slip with a new secret code; the one of before is none any more."""
    return as_pdf(cases.give_code_anew(case_id, asked.form.text("shown"), g.person, asked.site()))


@bp.post("/cases/<int:case_id>/told/withdraw")
@login_required
def withdraw_agreement(case_id: int) -> AnyResponse:
    """The applicant wants to be told no more."""
    cases.withdraw_agreement(case_id, g.person)
    flash(gettext("Nothing is sent to the applicant any more."), "plain")
    return redirect(url_for("case.show", case_id=case_id) + "#telling", 303)


@bp.get("/papers/<int:paper_id>.svg")
@login_required
def picture(paper_id: int) -> Response:
    """A paper as a picture, to look at."""
    return Response(cases.draw_paper(paper_id, g.person), mimetype="image/svg+xml")


@bp.post("/cases/<int:case_id>/discard")
@login_required
def discard(case_id: int) -> AnyResponse:
    """Close an application opened by mistake."""
    cases.discard_case(case_id, g.person)
    flash("discarded", "done")
    return redirect(url_for("inbox.show_list"), 303)


@bp.post("/rehearsals/<task_id>/on")
@login_required
def rehearse_on(task_id: str) -> AnyResponse:
    """End a wait of a rehearsal by hand."""
    outputs = asked.form.an_object("outputs")
    code = asked.form.text("error_code", most=100)
    case_id = cases.rehearse_on(task_id, g.person, outputs=outputs, error_code=code)
    return redirect(url_for("case.show", case_id=case_id), 303)


@bp.post("/rehearsals/<task_id>/variables")
@login_required
def rehearse_with(task_id: str) -> AnyResponse:
    """Set variables of a rehearsal."""
    case_id = cases.rehearse_with(task_id, g.person, asked.form.an_object("variables"))
    return redirect(url_for("case.show", case_id=case_id, _anchor="variables"), 303)


@bp.post("/cases/<int:case_id>/stop")
@login_required
def stop_clocks(case_id: int) -> AnyResponse:
    """Stop both clocks, where the region's act lets them stop."""
    cases.stop_clocks(case_id, asked.form.text("stop"), asked.form.text("reason"), g.person)
    return redirect(url_for("case.show", case_id=case_id), 303)


@bp.post("/cases/<int:case_id>/resume")
@login_required
def resume_clocks(case_id: int) -> AnyResponse:
    """Let the clocks run again."""
    cases.resume_clocks(case_id, asked.form.text("reason"), g.person)
    return redirect(url_for("case.show", case_id=case_id), 303)


@bp.post("/cases/<int:case_id>/iin")
@login_required
def reveal_iin(case_id: int) -> AnyResponse:
    """Show the IIN in full, once; that it was looked at stands in the case's history."""
    flash(gettext("IIN: %(iin)s", iin=cases.reveal_iin(case_id, g.person)), "plain")
    return redirect(url_for("case.show", case_id=case_id), 303)


def _line(line: StepLine) -> dict[str, object]:
    due: DueView | None = line.due
    return {
        "task_id": line.task_id,
        "key": line.key,
        "code": line.code,
        "role": line.role,
        "office": line.office,
        "rule": due.rule if due else None,
        "clause": due.clause if due else None,
        "default": due.default if due else None,
        "started_at": _local(line.office, line.started_at),
        "due_at": _local(line.office, due.at) if due else None,
        "done_at": _local(line.office, line.done_at),
        "status": due.status if due else None,
        "late": line.late,
        "outcome": line.outcome,
        "outputs": list(line.outputs),
        "round": line.round,
        "cancelled": line.cancelled,
        "delay_reason": line.delay_reason,
    }


def _local(office_key: str, at: datetime | None) -> str | None:
    """ISO, on the office's clock."""
    return deadlines.local(registry.current(), office_key, at).isoformat() if at else None
