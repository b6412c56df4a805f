"""A case that was begun on paper, brought to the step at which it stands: the diagram is walked, nothing is attested.

The forms of the steps before it check the answers that the file gives and set what the diagram knows; their steps are
closed as done before Komek, by nobody of ours. No paper is made anew and no number is given: those of the file stand.
"""

from collections.abc import Mapping

from services import clock, deadlines, directory, engine, processes, registry
from services.cases.carrying_on import carry_on, write_history
from services.cases.completing import Click, answered_in, keep_applicant
from services.cases.escalation import NOTICE, case_jobs
from services.cases.facts import form_call
from services.cases.models import Answer, Case, Task
from services.cases.move import Move
from services.cases.reading import Work
from services.db import db
from services.plugin import Applicant as ApplicantFacts
from services.takeover import refusals
from services.takeover.errors import EndsBeforeStep, PaperUnderWay, StepNotReached, WrongRow
from services.takeover.rows import APPLICANT, Arriving

#: a walk that is longer goes round in circles
MOST_STEPS = 40
BEFORE = "taken_over"


def bring_in(row: Arriving, take_over_id: int, person: directory.Person) -> tuple[Case, Task | None]:
    """The case, and the step at which it stands; no step when it is closed. In the caller's transaction.

    Raises WrongRow, InvalidAnswers, StepNotReached, PaperUnderWay, and what the engine raises.
    """
    move = _opened(row, take_over_id, person)
    if row.outcome:
        _close(move, row)
        task = None
    else:
        task = _walk(move, row)
        _give(task, row)
    move.numbers.append(row.number)
    move.note("case.taken_over", file=take_over_id, line=row.line, step=row.step, outcome=row.outcome)
    move.later = [job for job in move.later if job.kind != NOTICE or job.due_at > clock.now()]
    move.now = clock.now()  # the history says when it was written, not when it was so
    write_history(move)
    return move.case, task


def _opened(row: Arriving, take_over_id: int, person: directory.Person) -> Move:
    plugins = registry.current()
    outer = deadlines.outer_due(plugins, row.registered_at, row.office_key)
    case = Case(
        route=row.route, region=plugins.region, office_key=row.office_key, body_key=row.office_key, number=row.number,
        opened_at=row.registered_at, opened_by_id=person.id, open_key=f"take-over:{take_over_id}:{row.line}",
        outer_due_at=outer.at, outer_default=outer.default, outer_calendar=outer.version, stops=[], rounds=0, kept=0,
        version=1,
    )  # fmt: skip
    db.session.add(case)
    db.session.flush()
    move = Move.beginning(case, processes.in_force(row.route), person)
    move.instance.number, move.given_before = row.number, {"in": row.number}
    move.later += case_jobs(plugins, case, clock.now())
    return move


def _close(move: Move, row: Arriving) -> None:
    """A case was over before Komek: found, printed in the register, and nothing more."""
    case = move.case
    said = {name: row.answers.get(name, "") for name in APPLICANT}
    facts = ApplicantFacts(**{**said, "phone_raw": said["phone"], "language": said["language"] or "kk"})
    db.session.add(keep_applicant(case, None, facts))
    case.outcome, case.closed_at, case.outer_stopped_at = row.outcome, row.since, row.since
    move.instance.finished_at = row.since
    move.later.clear()


def _walk(move: Move, row: Arriving) -> Task:
    """From the start to the step, each form before it answered by the file."""
    carry_on(move, engine.start(move.definition, {"route": row.route}, move.world(), asks=True), None)
    for _ in range(MOST_STEPS):
        task = _waiting(move, row)
        if task.step == row.step:
            return task
        variables = _answered(move, task, row)
        move.now = row.since
        _done_before(task, move)
        move.opened.clear()
        carry_on(
            move, engine.complete(move.definition, move.instance.state, task.stop_id, variables, move.world()), task
        )
        if move.papers:
            raise PaperUnderWay
    raise EndsBeforeStep


def _waiting(move: Move, row: Arriving) -> Task:
    """The one step at which it waits for a person. Raises StepNotReached, EndsBeforeStep."""
    db.session.flush()
    people = [task for task in move.opened if task.waits_for == "person" and task.closed_at is None]
    here = [task for task in people if task.step == row.step] or people
    if not move.opened:
        raise EndsBeforeStep
    if len(here) != 1:
        raise StepNotReached(stops=", ".join(task.name for task in move.opened))
    return here[0]


def _answered(move: Move, task: Task, row: Arriving) -> Mapping[str, object]:
    """What the form of a step before makes of the file's answers; they are kept as given. Raises InvalidAnswers."""
    assert move.person is not None
    work = Work(task, move.case, move.instance, move.applicant, None, move.answers)
    given = answered_in(work, _raw(move, work, row), Click(move.person, key=""))
    if given.checked.applicant is not None:
        move.applicant = keep_applicant(move.case, move.applicant, given.checked.applicant)
    form, kept = task.form or "", dict(given.kept)
    db.session.add(Answer(task_id=task.id, case_id=move.case.id, form=form, answers=kept, given_at=move.now))
    move.answers = {**move.answers, form: kept}
    return given.checked.variables


def _raw(move: Move, work: Work, row: Arriving) -> dict[str, str]:
    """The file's answers to that form: a column is called as the question, or with the form before it."""
    assert move.person is not None
    name = work.task.form or ""
    form = processes.form(move.definition, work.task.form)
    call = form_call(move.registry, work, move.person)
    initial = {each: said for each, said in form.initial(call).items() if isinstance(said, str)}
    own = {each.removeprefix(f"{name}."): said for each, said in row.answers.items() if each.startswith(f"{name}.")}
    people = {each.name: str(row.executor_id) for each in form.fields(call) if each.people and row.executor_id}
    return {**initial, **people, **row.answers, **own}


def _done_before(task: Task, move: Move) -> None:
    """Closed, and done by nobody of ours: no board counts it as work that was done here."""
    task.closed_at, task.outcome = move.now, BEFORE
    task.worked_s, task.term_s = None, None


def _give(task: Task, row: Arriving) -> None:
    """Into the hands of whoever has it on paper. Raises WrongRow."""
    if row.executor_id is None or task.assignee_id == row.executor_id:
        return
    holders = {each.id for each in directory.staff_at(task.office_key, task.role)}
    if row.executor_id not in holders | set(task.candidates or ()):
        raise WrongRow(refusals.NOT_THEIRS)
    task.assignee_id = row.executor_id
