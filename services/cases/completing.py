"""Completing a task: what the form says, who signed, the stamp, and on to where the case next waits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy import Text, bindparam
from sqlalchemy.dialects.postgresql import insert

from services import attachments, bpmn, deadlines, directory, jobs, kazakh, processes, registry, signing, telling
from services.answers import parse
from services.cases import assigning, finding, related
from services.cases.decided import kept
from services.cases.errors import (
    ConflictReasonMissing,
    DelayReasonMissing,
    NoMoreRounds,
    NoSigningRight,
    NothingToSign,
    OwnDraft,
    WrongBody,
)
from services.cases.escalation import case_jobs
from services.cases.facts import as_kept, form_call, number_of
from services.cases.form_faults import tells_faults
from services.cases.messages import go_on
from services.cases.models import Answer, Applicant, Case, Task
from services.cases.move import Move
from services.cases.reading import Work, lock_known, read_task, suspensions_of
from services.cases.rights import acting_of, check_decides, check_may_work, check_open, in_hands_of, works_as
from services.cases.signatures import note_replaced, settle_papers
from services.cases.staying import WayOn, keeps
from services.cases.to_tell import agreement_job
from services.db import db, table_of, transaction
from services.errors import InvalidAnswers
from services.guarded import call_plugin
from services.plugin import Answers, Checked, Field
from services.plugin import Applicant as ApplicantFacts
from services.written import Once

#: answers as they are given, in the place of a draft; that their form was at fault is over
_GIVEN = insert(table_of(Answer)).values({
    name: bindparam(name, type_=each.type) for name, each in table_of(Answer).columns.items()
})  # fmt: skip
_KEEP = Once(
    _GIVEN.on_conflict_do_update(
        index_elements=["task_id"],
        set_={name: _GIVEN.excluded[name] for name in ("answers", "given_at", "salt", "draft", "draft_at")},
    ).add_cte(jobs.forgetting(bindparam("task_id", type_=Text)))
)


@dataclass(frozen=True)
class Reasons:
    """What a person says of a click beyond the form; empty for nothing."""

    delay: str = ""  #: why it is late
    conflict: str = ""  #: why whoever drafted the answer signs it, too


@dataclass(frozen=True)
class Click:
    """One press of a button: whose, and of which form."""

    person: directory.Person
    key: str  #: of the form as it was drawn: the same again changes nothing
    reasons: Reasons = Reasons()
    signer: signing.Signer | None = None  #: the person's own key, when they sign electronically


@dataclass(frozen=True)
class Completed:
    """What one click did."""

    case_id: int
    task_id: str
    checked: Checked
    goes_on: bool  #: the next step of the same case is this person's, too
    number: str = ""  #: of the case, at the office where it was done
    stays: bool = False  #: the case cannot go on with it: it is kept, and an incident asks for help


@dataclass(frozen=True)
class Given:
    """What a form said of its answers, and what is kept of them."""

    checked: Checked
    kept: Mapping[str, object]
    numbers: list[str]  #: by which the case is found from then on
    decided: list[bpmn.DecisionMade]  #: by tables, while it was checked
    files: list[int] | None = None  #: ids of those that were attached; None of a form that asks for none


@tells_faults
@keeps
def complete_task(task_id: str, answers: Mapping[str, object], click: Click, *, together: bool = False) -> Completed:
    """Complete a task with the answers of its form, and run the case on to where it next waits.

    `together` completes the step that its form goes with as well, if that is this person's: one click, two stamps,
    both or none. The same click again changes nothing. With a `signer`, the paper that the step makes is signed with
    that person's own key.
    Raises InvalidAnswers, NotYours, HeldByAnother, TaskAlreadyDone (naming who), NotYourKey, NothingToSign, OwnDraft,
    NoSigningRight, NotSigned, NotTheSigner.
    """
    person = click.person
    if click.signer is not None:
        signing.check_owner(click.signer.signature, person.full_name)
    with transaction(), db.session.no_autoflush:
        work, move, checked = _complete_one(task_id, answers, click)
        if click.signer is not None and move is not None and not move.signed:
            raise NothingToSign
        following = _goes_with(work.task, move, person) if together and move is not None else None
        if following is not None:
            db.session.flush()
            second = replace(click, key=f"{click.key}+", signer=None)
            _, move, checked = _complete_one(following.id, answers, second)
    opened = move.opened if move is not None else []
    goes_on = any(
        works_as(task, person) and (task.assignee_id is None or in_hands_of(task, person))
        for task in opened
        if task.waits_for == "person" and task.office_key == work.task.office_key
    )
    number = number_of(work.case, work.instance.number) or ""
    return Completed(work.case.id, work.task.id, checked, goes_on, number, stays=move is not None and move.stays)


def _complete_one(task_id: str, answers: Mapping[str, object], click: Click) -> tuple[Work, Move | None, Checked]:
    """One task of a click; no move when this very form was sent before."""
    work = read_task(task_id)
    if _done_by_this_form(work, click):
        return work, None, Checked(work.task.outcome or "")
    answered = _check(work, answers, click)
    if not lock_known(work):  # somebody was here meanwhile: look again, now that nobody else can
        work = read_task(task_id)
        if _done_by_this_form(work, click):
            return work, None, Checked(work.task.outcome or "")
        answered = _check(work, answers, click)
    return work, carry_out(work, answered, click), answered.checked


def _goes_with(task: Task, move: Move, person: directory.Person) -> Task | None:
    """The step that opened in this move, is this person's, and may be completed by the same click."""
    wanted = processes.form(move.definition, task.form).goes_with
    for each in move.opened:
        if each.form is not None and each.form == wanted and works_as(each, person):
            return each if each.assignee_id is None or in_hands_of(each, person) else None
    return None


def carry_out(
    work: Work, answered: Given, click: Click, *, verb: Literal["complete", "receive", "begin"] = "complete"
) -> Move:
    """What was answered becomes the case's, and it goes on: from a task, or from what a person told of it.

    The case is locked.
    """
    checked, task, case = answered.checked, work.task, work.case
    move = Move.of(work, click.person)
    move.signer = click.signer
    plugins, rehearsed = move.registry, case.plays is not None
    if asks_delay_reason(task, move.counted_until) and not click.reasons.delay.strip():
        raise InvalidAnswers({"delay_reason": DelayReasonMissing.__doc__ or ""})
    signed_by = click.person.id if click.signer is not None else checked.signed_by
    own_draft = not rehearsed and _signs_own_draft(work, checked.signer, signed_by, click)
    _stamp(move, task, checked.outcome, click, own_draft=own_draft)
    move.asks_first = plugins.outcome(checked.outcome).registers
    if plugins.outcome(checked.outcome).sends_back:
        _count_round(case)
    if case.outer_stopped_at is None and task.step and deadlines.step_rule(plugins, case.route, task.step).ends_outer:
        case.outer_stopped_at = move.counted_until
    event = "case.task_completed" if verb == "complete" else "case.happened"
    move.note(event, task=task.id, step=task.step, code=task.code, outcome=checked.outcome,
              late=bool(task.due_at and move.counted_until > task.due_at),
              warnings=sorted(checked.warnings))  # fmt: skip
    if own_draft:
        move.note("case.own_draft_signed", task=task.id, signer=signed_by)
    if checked.body is not None and not rehearsed:
        give_to_body(move, checked.body)
    _keep_answers(move, work, answered)
    for item, content in checked.papers.items():
        move.make_paper(item, content)
    settle_papers(move, checked)
    note_replaced(move, checked)
    if checked.assigned is not None:
        assigning.keep(move, checked.assigned)
    move.outputs.extend(checked.outputs)
    known = work.known or {} if verb == "begin" else {}
    go_on(move, task, WayOn(verb, {**known, **checked.variables}))
    return move


def _count_round(case: Case) -> None:
    """One return more. Raises NoMoreRounds beyond what the region allows (nought: no limit, as in the act)."""
    limit = deadlines.whole_number(registry.of(case), "return_rounds_limit")
    if limit and case.rounds >= limit and not case.plays:
        raise NoMoreRounds(limit=limit)
    case.rounds += 1


def give_to_body(move: Move, body_key: str) -> None:
    """Another body than the PSC's own decides: the whole service is counted in its calendar. Raises WrongBody."""
    case, plugins = move.case, move.registry
    if not case.office_key == case.body_key == body_key:
        row = plugins.by_key("offices").get(body_key)
        taken_in_by_a_body = plugins.row("offices", case.office_key)["kind"] == "body"
        if row is None or row["kind"] != "body" or taken_in_by_a_body:
            raise WrongBody
        outer = deadlines.outer_due(plugins, case.opened_at, body_key, suspensions=suspensions_of(case.stops))
        case.body_key, case.outer_due_at, case.outer_default = body_key, outer.at, outer.default
        case.outer_calendar = outer.version
    if body_key != plugins.row("offices", case.office_key)["parent"]:
        move.note("case.body_chosen", office=body_key)
        move.later += case_jobs(plugins, case, move.now)


def asks_delay_reason(task: Task, now: datetime) -> bool:
    """Whether the one who completes it must say why it is late: for terms counted in days (worked case C07)."""
    return task.rule.startswith("R-WD") and task.due_at is not None and now > task.due_at


def _check(work: Work, answers: Mapping[str, object], click: Click) -> Given:
    """The form's verdict on the answers. Raises InvalidAnswers."""
    check_open(work, click.person)
    check_may_work(work, click.person)
    return answered_in(work, answers, click)


def answered_in(work: Work, answers: Mapping[str, object], click: Click, *, on_paper: bool = False) -> Given:
    """What its form says of the answers, whoever asked whether this person may. Raises InvalidAnswers.

    `on_paper`: they were given there, before Komek.
    """
    form = processes.form(processes.definition(work.instance.definition_id), work.task.form)
    decided: list[bpmn.DecisionMade] = []
    call = form_call(registry.of(work.case), work, click.person, decided)
    call = replace(call, with_key=click.signer is not None, on_paper=on_paper)

    def said() -> tuple[Sequence[Field], Answers, Checked]:
        fields = form.fields(call)
        parsed = parse(fields, answers)
        decided.clear()
        return fields, parsed, form.check(call, parsed)

    fields, parsed, checked = call_plugin(work.task.form or "", said)  # all of it at arm's length, on one way there
    numbers = [str(parsed[field.name]) for field in fields if field.finds and parsed.get(field.name)]
    files = [parsed.get(field.name) or [] for field in fields if field.kind == "files"]
    chosen = [int(each) for ids in files if isinstance(ids, list) for each in ids] if files else None
    return Given(checked, parsed if checked.answers is None else checked.answers, numbers, decided, chosen)


def drafter_may_sign(plugins: registry.Registry) -> bool:
    """Whether the region lets whoever drafted an answer sign it, with a reason."""
    row = plugins.by_key("parameters").get("drafter_may_sign")
    return row is not None and row["value"] == "yes"


def _signs_own_draft(work: Work, next_one: int | None, signed_by: int | None, click: Click) -> bool:
    """Whether the signer drafted the answer themself. However it is signed: by ink, by key, or recorded by another.

    Who is to sign next must be one who may, too. Raises NoSigningRight, OwnDraft, InvalidAnswers for a missing reason.
    """
    for signer_id in (next_one, signed_by):
        if signer_id is not None:
            _check_may_sign(work, signer_id, click.person)
    if signed_by is None or work.drafted_by != signed_by:
        return False
    if not click.reasons.conflict.strip():
        raise InvalidAnswers({"conflict_reason": ConflictReasonMissing.__doc__ or ""})
    return True


def _check_may_sign(work: Work, signer_id: int, person: directory.Person) -> None:
    """Raises NoSigningRight, OwnDraft, DecidedBefore."""
    task = work.task
    check_decides(task, signer_id)
    if signer_id == person.id and task.role not in person.signs_at(task.office_key):
        acting = acting_of(task, person)
        raise NoSigningRight(who=acting.for_name if acting else "?")
    if work.drafted_by == signer_id and not drafter_may_sign(registry.of(work.case)):
        raise OwnDraft(who=directory.names([signer_id]).get(signer_id, "?"))


def _done_by_this_form(work: Work, click: Click) -> bool:
    """Whether this very form was sent before: a double click, or a request sent again."""
    task = work.task
    return task.done_at is not None and (task.submit_key, task.done_by_id) == (click.key, click.person.id)


def _stamp(move: Move, task: Task, outcome: str, click: Click, *, own_draft: bool) -> None:
    move.end(task, outcome)
    task.submit_key = click.key
    task.delay_reason = click.reasons.delay.strip()
    task.conflict_reason = click.reasons.conflict.strip() if own_draft else ""
    if task.assignee_id is None:
        task.assignee_id = task.done_for_id or click.person.id


def _keep_answers(move: Move, work: Work, answered: Given) -> None:
    """The answers as given, in the place of the draft (which may have been kept a moment ago by another request)."""
    task, form = work.task, work.task.form or ""
    given = dict(answered.kept)
    salt = move.attested.answer(task, form, given)
    if answered.checked.agreed is not None and work.case.plays is None:
        telling.keep_agreement(work.case.id, answered.checked.agreed, move.person_id or 0)
        move.later.append(agreement_job(work.case, move.office_key, move.now))
        move.note("case.telling_agreed")
    keep_beside_others(answer_row(task, given, move.now, salt), move, answered.checked)
    if answered.files is not None:
        attachments.give(task.id, answered.files, move.now)
    if answered.checked.applicant is not None:
        move.applicant = keep_applicant(work.case, work.applicant, answered.checked.applicant)
        move.attested.applicant(move.applicant)
    move.answers = {**work.answers, form: answered.kept}
    move.numbers += answered.numbers
    move.decided += [kept(each, task.process, task.element, move.now, task.id) for each in answered.decided]


def answer_row(task: Task, given: Mapping[str, object], at: datetime, salt: bytes) -> dict[str, object]:
    """The row of what was answered in that task, for `keep_beside_others`."""
    said = {"answers": given, "given_at": at, "salt": salt, "draft": None, "draft_at": None}
    return {"task_id": task.id, "case_id": task.case_id, "form": task.form or "", **said}


def keep_beside_others(row: Mapping[str, object], move: Move, checked: Checked) -> None:
    """Write a row of answers down, and which other cases they say that this one has to do with. Raises NotRelated."""
    _KEEP.wait(**row)
    if not checked.related or move.case.plays is not None:  # a rehearsal has to do with no other case
        return
    related.keep_beside(move.case, checked.related)
    for relation, to_id in checked.related:
        move.note("case.related", relation=relation, to=to_id)


def keep_applicant(case: Case, row: Applicant | None, facts: ApplicantFacts) -> Applicant:
    """The applicant's row as the form says it, with the keys that they are found by."""
    if row is None:
        row = Applicant(case_id=case.id)
        db.session.add(row)
    row.office_key, row.body_key = case.office_key, case.body_key
    who = facts.representative
    kept_ = {name: getattr(facts, name) for name in ApplicantFacts.__dataclass_fields__}
    for name, said in (kept_ | {"representative": as_kept(who)}).items():
        setattr(row, name, said)
    row.sort_key = kazakh.sort_key(facts.full_name)
    names = " ".join([facts.full_name, *([who.name] if who else [])])
    keys = finding.keys_of_person(names, facts.phone or facts.phone_raw, facts.iin, facts.address)
    row.found_by = finding.told({case.office_key, case.body_key}, keys)
    return row
