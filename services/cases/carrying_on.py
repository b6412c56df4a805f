"""From a step of the engine to rows: what opened, what closed, what is due when. Runs inside a verb's transaction."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm.attributes import set_committed_value

from services import attachments, custody, deadlines, directory, engine, expressions, jobs, journal, notices, processes
from services.cases import assigning, finding
from services.cases.decided import MOST_KEPT, kept
from services.cases.escalation import step_jobs
from services.cases.house import MoveHouse
from services.cases.models import Instance, Task
from services.cases.move import Move, wait
from services.cases.put_out import put_out
from services.cases.rights import check_decides
from services.cases.signals import shouted
from services.cases.to_tell import telling_jobs
from services.db import db
from services.errors import NotFound
from services.guarded import PluginFault, run_in_step
from services.inputs import read_inputs
from services.plugin import BusinessError, Call
from services.processes import beginnings
from services.written import write_rows

#: kinds of jobs; the key of such a job is the id of the task that waits for it, or whose answers wait (staying.py)
TIMER, OPERATION, ANSWERS = "timer", "operation", "answers"

#: by what a task is known, and what closing it sets
CLOSING = ("id", "closed_at", "worked_s", "term_s")
CLOSE = (
    update(cast(Table, Task.__table__))
    .where(Task.id == bindparam("new_id"))
    .values({name: bindparam(f"new_{name}") for name in CLOSING[1:]})
)


def carry_on(
    move: Move, step: engine.Step, finished: Task | None, *, claimed_by: int | None = None
) -> list[engine.Thrown]:
    """Run the operations that belong to this click, and write down where this pool now waits; what it tells the others.

    `finished` is the task whose completion led here; it gets the outputs the operations brought. `claimed_by` takes
    the person's tasks that open into work at once. Raises WrongInput, PluginFault.
    """
    opened = {stop.id: stop for stop in step.opened}
    closed = set(step.closed)
    passed = [f"{each.process}/{each.element}" for each in step.passed]
    decided, thrown, signals = list(step.decided), list(step.thrown), list(step.signals)
    ran: dict[str, str] = {}
    while (stop := _next_in_step(move, step)) is not None:
        step, ran[stop.id] = run_operation(move, step.state, stop.id, stop.operation or "", stop.inputs)
        opened |= {each.id: each for each in step.opened}
        closed |= set(step.closed)
        passed += [f"{each.process}/{each.element}" for each in step.passed]
        decided += step.decided
        thrown += step.thrown
        signals += step.signals
    move.instance.state = step.state
    move.attested.pool(move.instance)
    move.instance.passed = list(dict.fromkeys([*move.instance.passed, *passed]))
    move.decided += [kept(each.decided, each.process, each.element, move.now) for each in decided]
    if move.decided:
        move.instance.decided = [*move.instance.decided, *move.decided][-MOST_KEPT:]
    if finished is not None:
        finished.outputs = list(dict.fromkeys([*finished.outputs, *move.outputs]))
    _close_earlier(move, closed - set(opened), finished, ran)
    for stop in opened.values():
        if stop.id not in closed:
            _open(move, stop, finished, claimed_by)
    if signals:
        move.later += shouted(move, signals)
    if step.finished:
        _finish(move, step)
    return thrown


def write_history(move: Move) -> None:
    """The move's new papers, its jobs, and its lines, chained to the case's stream, in the same transaction."""
    if move.papers:
        custody.track(move.case.id, list(move.papers.values()), person_id=move.person_id, at=move.now)
        move.papers.clear()
    if move.numbers:
        finding.find_by({move.case.office_key, move.case.body_key}, move.numbers, move.case.id)
        move.numbers.clear()
    write_rows()
    if move.given_before is None and not move.asks_first:
        move.later += telling_jobs(move.case, move.office_key, move.lines)
    jobs.enqueue(move.later)
    move.later.clear()
    if not move.lines:  # what was written is attested with the next line of this move
        return
    first = move.lines[0]
    holds = move.attested.holds(move.case)
    move.lines[0] = replace(first, details={**first.details, journal.HOLDS: holds})
    journal.append(f"case:{move.case.id}", move.lines, at=move.now)
    move.lines.clear()


def _open(move: Move, stop: engine.Stop, finished: Task | None, claimed_by: int | None) -> None:
    """Write down where this pool now waits, into whose hands it goes, and what is to come of it later."""
    task = task_of(move, stop, finished)
    task.outputs = list(move.brings.get(task.office_key, ()))
    if task.waits_for == "person" and task.assignee_id is None:
        task.assignee_id = claimed_by or _held_on(move, task, finished)
    db.session.add(task)
    wait(move.case, task, 1)
    move.opened.append(task)
    if task.waits_for == "operation" and not move.registry.answers(task.operation or ""):
        _leave_to_programs(move, task)
    move.later += [*_later(move, stop, task), *step_jobs(move.registry, task, move.now)]


def _leave_to_programs(move: Move, task: Task) -> None:
    """No plugin carries it out. Raises PluginFault for the operation of one that did not load: it is no program's."""
    if away := move.registry.away(task.operation or ""):
        raise PluginFault(plugin=away)
    put_out(task, rehearsal=move.case.plays is not None, at=move.now)


def _next_in_step(move: Move, step: engine.Step) -> engine.Stop | None:
    for stop in step.stops:
        operation = stop.operation or ""
        if stop.waits_for != "operation" or not move.registry.answers(operation):
            continue
        if move.registry.in_step(operation) is not None:
            return stop
    return None


def run_operation(
    move: Move, state: bytes, stop_id: str, operation: str, given: Mapping[str, object]
) -> tuple[engine.Step, str]:
    """Carry out an in-step operation with what the diagram has given it, here: where that leads, and how it ended.

    A BusinessError goes to its boundary event. Raises WrongInput, PluginFault, NoBoundary.
    """
    handler = move.registry.in_step(operation)
    assert handler is not None
    inputs = read_inputs(operation, handler.inputs, given)
    variables = engine.variables(move.definition, state, stop_id)
    key = f"{move.instance.id}.{stop_id}"
    call = Call(operation, inputs, move.facts(variables), key, move.person_facts())
    try:
        outputs = run_in_step(handler, call, MoveHouse(move, call))
    except BusinessError as error:
        move.note("case.operation_refused", operation=operation, code=error.error_code)
        return refused(move, state, stop_id, error), "refused"
    move.note("case.operation_done", operation=operation)
    return engine.complete(move.definition, state, stop_id, outputs, move.world()), "done"


def refused(move: Move, state: bytes, stop_id: str, refusal: BusinessError) -> engine.Step:
    """On from the boundary event for it. Raises NoBoundary, in the plugin's own words, when there is none."""
    try:
        return engine.fail(move.definition, state, stop_id, refusal.error_code, move.world())
    except engine.NoBoundary:
        if refusal.message == BusinessError.__doc__:
            raise
        raise engine.NoBoundary(refusal.message, **refusal.details) from None


def _close_earlier(move: Move, closed: set[str], finished: Task | None, ran: Mapping[str, str]) -> None:
    """Close the tasks of earlier moves that are over.

    Those are done that `ran` now: operations that were left to programs while their plugin was switched off. Others are
    not: the engine took them away (a boundary event, an end of everything).
    """
    gone = closed - ({finished.stop_id} if finished is not None else set())
    if not gone:
        return
    wanted = select(Task).where(Task.instance_id == move.instance.id, Task.closed_at.is_(None), Task.stop_id.in_(gone))
    earlier = db.session.scalars(wanted).all()
    taken_away = [task for task in earlier if task.stop_id not in ran]
    for task in earlier:
        if task.stop_id in ran:
            move.end(task, ran[task.stop_id])
    for task in taken_away:
        move.close(task)
        if task.step or task.waits_for != "message":  # what never had to come is not worth a line
            move.note("case.task_cancelled", task=task.id, step=task.step)
        if task.assignee_id not in (None, move.person_id) and move.case.plays is None:
            _tell_holder(move, task)
    _write_closed(taken_away)
    for stop_id in gone - {task.stop_id for task in earlier}:  # answers wait there no longer
        jobs.forget(f"{move.instance.id}.{stop_id}")


def _write_closed(tasks: Sequence[Task]) -> None:
    """What `Move.close` sets, of all of them with one statement: a flush writes them apart, wherever their ids fall."""
    if not tasks:
        return
    db.session.connection().execute(CLOSE, [{f"new_{name}": getattr(task, name) for name in CLOSING} for task in tasks])
    for task in tasks:
        for name in CLOSING[1:]:
            set_committed_value(task, name, getattr(task, name))


def _tell_holder(move: Move, task: Task) -> None:
    """Whoever had it in hand is told that it is no longer needed: it goes from their list, not from their knowledge."""
    notices.give(
        notices.NewNotice(
            f"called_off:{task.id}", "called_off", "step", move.case.id, task.code, task.name, move.number or "",
            task.office_key, move.now, task_id=task.id, staff_id=task.assignee_id,
        )
    )  # fmt: skip


def task_of(move: Move, stop: engine.Stop, finished: Task | None) -> Task:
    """The row for a place where the case now waits."""
    rule = _rule(move, stop)
    code = rule.code if rule else ""
    continues = finished if finished is not None and code and finished.code == code else None
    if continues is not None:
        continues.clock_goes_on = True
    started_at = continues.clock_started_at if continues else move.now
    task = Task(
        id=f"{move.instance.id}.{stop.id}",
        case_id=move.case.id,
        instance_id=move.instance.id,
        stop_id=stop.id,
        process=stop.process,
        element=stop.element,
        # an event is named after what happens in the end; people read what is waited for until then
        name=_called(stop) if code or rule is None or stop.waits_for == "person" else rule.title_kk,
        waits_for=stop.waits_for,
        step=stop.step or "",
        code=code,
        clause=rule.clause if rule else "",
        office_key=move.instance.office_key,
        form=stop.form,
        operation=stop.operation,
        message=stop.message,
        signal=stop.signal,
        inputs=dict(stop.inputs),
        opened_at=move.now,
        clock_started_at=started_at,
        round=move.case.rounds + 1,
        outputs=[],
    )
    _whose(move, task, stop, rule)
    _not_by(move, task)
    _until(move, task, stop, rule)
    return task


def _called(stop: engine.Stop) -> str:
    """What is drawn there; of what is drawn without a name, the message or signal it waits for, or its id."""
    return stop.name or stop.message or stop.signal or stop.element


def _held_on(move: Move, task: Task, finished: Task | None) -> int | None:
    """Consecutive steps with one clock and one role stay in the same hands."""
    if finished is None or not finished.clock_goes_on or move.person is None:
        return None
    same = (task.code, task.role, task.office_key) == (finished.code, finished.role, finished.office_key)
    has_role = task.role in move.person.roles_at(task.office_key)
    return finished.assignee_id if same and has_role else None


def _rule(move: Move, stop: engine.Stop) -> deadlines.StepRule | None:
    """What the region says of the step. Raises UnknownStep, but in a rehearsal."""
    if not stop.step:
        return None
    try:
        return deadlines.step_rule(move.registry, move.case.route, stop.step)
    except NotFound:
        if move.case.plays is None:
            raise
        return None


def _whose(move: Move, task: Task, stop: engine.Stop, rule: deadlines.StepRule | None) -> None:
    """Role and person; in a rehearsal every part is played by the designer who began it."""
    task.named = False
    if move.case.plays is not None:
        task.role, task.assignee_id = processes.DESIGNER, move.case.opened_by_id
        return
    form = processes.form(move.definition, stop.form)
    task.role = stop.groups[0] if stop.groups else "" if stop.users or rule is None else rule.role
    if is_start(move.definition, stop):
        task.role = task.role or beginnings.role_of(move.registry, move.case.route)
    task.recorder = form.recorders[0] if form.recorders else next(iter(stop.groups[1:]), None)
    task.assignee_id = _staff([stop.assignee])[0] if stop.assignee else None
    task.named = task.assignee_id is not None
    task.candidates = _staff(stop.users) if stop.users else None
    task.priority, task.follow_up_at = stop.priority, stop.follow_up_at


def _not_by(move: Move, task: Task) -> None:
    """Where something is decided anew, not by whoever decided before. Raises DecidedBefore where they are named."""
    decides = task.waits_for == "person" and task.step in move.registry.deciding_steps()
    task.not_by = move.instance.not_by if decides and move.case.plays is None else None
    check_decides(task, task.assignee_id)


def is_start(definition: engine.Definition, stop: engine.Stop) -> bool:
    """Whether somebody fills in there what a case begins with."""
    return any(stop.element == each.element for each in definition.starts) and stop.process == definition.process_id


def _staff(names: Sequence[str]) -> list[int]:
    """Whom a diagram names: by sign-in name, or by the number that a form's list of staff gives.

    Raises ExpressionError for a name that nobody has.
    """
    ids = directory.ids_of([each for each in names if not _is_number(each)])
    found = [int(each) if _is_number(each) else ids.get(each.casefold()) for each in names]
    for name, staff_id in zip(names, found, strict=True):
        if staff_id is None:
            raise expressions.nobody_called(name)
    return [each for each in found if each is not None]


def _is_number(said: str) -> bool:
    return said.isascii() and said.isdigit() and len(said) < 19


def _until(move: Move, task: Task, stop: engine.Stop, rule: deadlines.StepRule | None) -> None:
    """When it is due; nothing is, in a rehearsal."""
    task.rule = ""
    if move.case.plays is None:
        due = move.due(task.step, task.clock_started_at) if rule else None
        task.rule = rule.rule if rule else ""
        task.due_at = due.at if due else stop.due_at
        task.due_default, task.calendar = (due.default, due.version) if due else (False, "")
    task.urgent_at = urgent_at(task.due_at, move.case.outer_due_at, move.case.outer_stopped_at)


def _later(move: Move, stop: engine.Stop, task: Task) -> list[jobs.NewJob]:
    """What a worker does about that place: an operation outside at once, a timer at its moment."""
    if stop.waits_for == "operation":
        # in a rehearsal nothing outside is touched: whoever rehearses says what came of it
        ours = move.case.plays is None and move.registry.answers(stop.operation or "")
        return [jobs.NewJob(OPERATION, task.id, move.now, case_id=task.case_id)] if ours else []
    if stop.waits_for != "person" and stop.due_at is not None:
        return [timer_job(task, stop.due_at)]
    return []


def timer_job(task: Task, due_at: datetime) -> jobs.NewJob:
    """Wakes the case at that moment; the timers of one case one after another."""
    return jobs.NewJob(TIMER, task.id, due_at, case_id=task.case_id, lane=f"case:{task.case_id}")


def urgent_at(due_at: datetime | None, outer_due_at: datetime, outer_stopped_at: datetime | None) -> datetime:
    """The earlier of the step's and the whole case's due moment."""
    return min(due_at, outer_due_at) if due_at and outer_stopped_at is None else due_at or outer_due_at


def _finish(move: Move, step: engine.Step) -> None:
    """The instance is at its end; the case, when it was the pool that took it in, or the one that took it up again.

    The outcome is the end event's id without `End_`, in small letters.
    """
    move.instance.finished_at = move.now
    if move.definition.process_id != move.case.route and not _ends_what_was_taken_up(move):
        return
    move.case.closed_at = move.now
    if move.case.plays is not None:
        attachments.erase(move.case.id)
    outcome = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", (step.ended_by or "").removeprefix("End_")).lower()
    move.case.outcome = outcome
    move.note("case.closed", outcome=outcome)
    move.later += assigning.jobs_of_end(move)


def _ends_what_was_taken_up(move: Move) -> bool:
    """Whether no other pool of the case, which is open, goes on: the one that took it in is over already.

    What goes on aside, such as a caller's request, ends no case and keeps none open.
    """
    if move.case.closed_at is not None or processes.is_aside(move.definition):
        return False
    others = select(Instance.definition_id).where(Instance.case_id == move.case.id, Instance.id != move.instance.id)
    going_on = db.session.scalars(others.where(Instance.finished_at.is_(None)))
    return all(processes.is_aside(processes.definition(each)) for each in going_on)
