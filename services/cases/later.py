"""What a case does by itself: its timers, and its operations outside. A worker carries them out, in nobody's name."""

from collections.abc import Mapping, Sequence

import orjson

from services import clock, directory, engine, journal, registry
from services.cases.carrying_on import ANSWERS, refused, run_operation, timer_job, write_history
from services.cases.errors import BadOutputs
from services.cases.history import write_line
from services.cases.messages import move_on
from services.cases.models import Task
from services.cases.move import Move
from services.cases.reading import Work, lock_cases, read_task
from services.cases.staying import WayOn
from services.db import db, transaction
from services.guarded import call_plugin
from services.inputs import read_inputs
from services.jobs import Job
from services.plugin import BusinessError, Call, Input


def wake(job: Job, result: object) -> None:
    """The moment of a timer has come: the case goes on from it, unless it went another way meanwhile.

    Inside the transaction that ends the job.
    """
    work = read_task(job.key, lock=True)
    task, move = work.task, Move.of(work)
    if task.closed_at is not None:
        return
    step = engine.wake(move.definition, work.instance.state, [task.stop_id], move.world())
    again = next((stop.due_at for stop in step.stops if stop.id == task.stop_id), None)
    late_s = round((move.now - job.planned_at).total_seconds())
    move.note("case.timer_fired", task=task.id, step=task.step, element=task.element, late_s=late_s)
    if again is None:
        move.end(task, "fired")
    else:
        task.due_at = again if not task.rule else task.due_at
        move.later.append(timer_job(task, again))
    move_on(move, step, task)


def hear(job: Job, result: object) -> None:
    """The case goes on from where it waits for the signal, unless it went another way meanwhile.

    Inside the transaction that ends the job.
    """
    work = read_task(str(job.args["task"]), lock=True)
    task, move = work.task, Move.of(work)
    if task.closed_at is not None:
        return
    payload = job.args["payload"]
    assert isinstance(payload, dict)
    step = engine.receive(move.definition, work.instance.state, task.stop_id, payload, move.world())
    move.note("case.signal_heard", task=task.id, step=task.step, signal=task.signal)
    move.end(task, "received")
    move_on(move, step, task)


def carry_out(job: Job) -> object:
    """What the plugin's operation gave, or the BusinessError it raised; None when the case went another way.

    In no transaction: at least once, each time with the same key. None, too, for an in-step operation, which
    `take_result` carries out. Raises UnknownOperation, WrongInput, BadOutputs, PluginHangs.
    """
    with transaction():
        work = read_task(job.key)
        if work.task.closed_at is not None or registry.current().in_step(work.task.operation or "") is not None:
            return None
        operation = registry.current().outbound(work.task.operation or "")
        call = _call(work, operation.inputs)
    try:
        outputs = call_plugin(call.operation, lambda: operation.run(call), raw=True)
    except BusinessError as refusal:
        return refusal
    try:
        orjson.dumps(dict(outputs))
    except (TypeError, ValueError):  # asking the world once more would not mend it
        raise BadOutputs(operation=call.operation) from None
    return outputs


def take_result(job: Job, result: object) -> None:
    """The case goes on with what an operation outside gave; dropped when it went another way meanwhile.

    Inside the transaction that ends the job, in which an in-step operation is carried out that waited for its plugin.
    Raises NoBoundary in the plugin's words when no boundary event treats it.
    """
    work = read_task(job.key, lock=True)
    task, move = work.task, Move.of(work)
    told = {"task": task.id, "operation": task.operation, "attempts": job.attempts}
    if task.closed_at is not None:
        if result is not None:
            move.note("case.operation_unneeded", **told)
            write_history(move)
        return
    state, outcome = work.instance.state, "done"
    if move.registry.in_step(task.operation or "") is not None:
        step, outcome = run_operation(move, state, task.stop_id, task.operation or "", task.inputs)
    elif isinstance(result, BusinessError):
        move.note("case.operation_refused", **told, code=result.error_code)
        step, outcome = refused(move, state, task.stop_id, result), "refused"
    else:
        move.note("case.operation_done", **told)
        outputs = result if isinstance(result, Mapping) else {}
        step = engine.complete(move.definition, state, task.stop_id, outputs, move.world())
    move.end(task, outcome)
    move_on(move, step, task)


def go_on_with(job: Job, result: object) -> None:
    """What was set right lets the answers that stayed go on, in the name of whoever gave them; once.

    Inside the transaction that ends the job. Raises what the engine raises: then they stay on.
    """
    work = read_task(job.key, lock=True)
    task, way = work.task, WayOn(**job.args)  # type: ignore[arg-type]
    move = Move.of(work, directory.person(task.done_by_id) if task.done_by_id else None)
    if work.instance.finished_at is not None:
        return
    move.brings = way.brings
    try:
        step = way.go(move, task.stop_id)
    except engine.StopGone:
        return
    move.note("case.went_on", task=task.id, step=task.step)
    move_on(move, step, task, claimed_by=way.claimed_by)


def tell_incident(job: Job, error: Exception) -> None:
    """Write down that a person has to look at it: in its case's history, else in the journal of jobs.

    Inside the transaction that gives the job up.
    """
    told = {"kind": job.kind, "attempts": job.attempts, "error": type(error).__name__}
    task_id = str(job.args.get("task") or job.key)
    if db.session.get(Task, task_id) is not None:
        _tell_at(task_id, job.kind, told)
    elif job.case_id:
        lock_cases([job.case_id])
        write_line(job.case_id, "case.incident", None, job=job.key, **told)
    else:
        journal.append("jobs", [journal.NewLine("case.incident", "worker", {"job": job.key, **told})], at=clock.now())


def _tell_at(task_id: str, kind: str, told: Mapping[str, object]) -> None:
    """At its step, as long as that is open: nobody is to look at what a case has left behind."""
    work = read_task(task_id, lock=True)
    if work.task.closed_at is not None and kind != ANSWERS:
        return
    move = Move.of(work)
    move.note("case.incident", task=work.task.id, **told)
    write_history(move)


def _call(work: Work, declared: Sequence[Input]) -> Call:
    """The call, the same at every attempt: its inputs are those with which the case came here. Raises WrongInput."""
    move, task = Move.of(work), work.task
    inputs = read_inputs(task.operation or "", declared, task.inputs)
    variables = engine.variables(move.definition, work.instance.state, task.stop_id)
    return Call(task.operation or "", inputs, move.facts(variables), task.id, None)
