"""Incidents: what a worker gave up, for an administrator to look at, to try again, or to settle by hand."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Select, func, or_, select

from services import clock, directory, engine, jobs, journal, processes
from services.cases.carrying_on import ANSWERS, OPERATION, write_history
from services.cases.errors import NoSuchIncident, NothingElse, OnlyTriedAgain
from services.cases.messages import move_on
from services.cases.models import Case, Task
from services.cases.move import Move
from services.cases.put_out import EXTERNAL
from services.cases.reading import Work, lock_cases, read_task
from services.cases.rights import may_set_right
from services.db import db, transaction
from services.errors import ReasonMissing
from services.jobs.models import JobRow

#: so many cases are locked at a time when all incidents of a kind are tried again
AT_ONCE = 100
MOST_WORDS = 500
#: the place where a case waits that a job is about: the job's key, or what a signal's job says (a place hears many)
OF_TASK = Task.id == func.coalesce(JobRow.args["task"].astext, JobRow.key)
#: what failed: the plugin's operation, else the kind of job
WHAT = func.coalesce(Task.operation, JobRow.kind)
#: those whose case went another way meanwhile are no longer anybody's concern
UNSETTLED = JobRow.incident_at.is_not(None), or_(Task.id.is_(None), Task.closed_at.is_(None), JobRow.kind == ANSWERS)


def retry_incidents(job_ids: Sequence[int], person: directory.Person) -> int:
    """Have them tried again, from the first attempt on; how many. Each is a line of its case's history.

    Those that are no incident any more are passed over. Raises NotAdministrator.
    """
    directory.check_administers(person)
    with transaction():
        rows = db.session.execute(open_incidents(JobRow.id.in_(job_ids))).all()
        lock_cases({row.case_id for row, _, _ in rows if row.case_id})
        done = jobs.try_again([row.id for row, _, _ in rows])
        for row, _, _ in sorted(rows, key=lambda each: each[0].case_id or 0):
            if row.id in done:
                _write(row, "case.incident_retried", person)
    return len(done)


def retry_all(what: str, person: directory.Person) -> int:
    """Have everything of that kind tried again that is an incident now; how many. Raises NotAdministrator."""
    directory.check_administers(person)
    ids = list(db.session.scalars(open_incidents(*of_kind(what)).with_only_columns(JobRow.id).order_by(JobRow.id)))
    return sum(retry_incidents(ids[at : at + AT_ONCE], person) for at in range(0, len(ids), AT_ONCE))


def set_right(
    job_id: int, person: directory.Person, *, values: Mapping[str, object] | None = None, newest: bool = False
) -> int:
    """Set right what hinders answers that stay, and have them tried again: both, or nothing; the id of the case.

    With these variables of the case, in the place of what the answers said under the same names; `newest`: under the
    diagram that is in force now, every place where this process of the case waits.
    For administrators; of a rehearsal, for designers. Raises NotAdministrator, NoSuchIncident, CannotMigrate,
    ExpressionError.
    """
    with transaction():
        found = db.session.execute(open_incidents(JobRow.id == job_id, JobRow.kind == ANSWERS)).one_or_none()
        if found is None:
            raise NoSuchIncident
        row, _, case = found
        if not may_set_right(case, person):
            directory.check_administers(person)
        lock_cases([case.id])
        work = read_task(row.key)
        if not jobs.try_again([job_id]):
            raise NoSuchIncident
        move, corrected = Move.of(work, person, own_right=True), dict(values or {})
        if newest:
            _under_the_newest(move)
        if corrected:
            step = engine.change(move.definition, move.instance.state, corrected, move.world())
            move_on(move, step, None)
        said = row.args["values"]
        assert isinstance(said, dict)
        row.args = {**row.args, "values": {name: corrected.get(name, value) for name, value in said.items()}}
        told = {"names": sorted(corrected), **({"definition": move.instance.definition_id} if newest else {})}
        move.note("case.incident_set_right", task=work.task.id, kind=ANSWERS, **told)
        write_history(move)
        return work.case.id


def _under_the_newest(move: Move) -> None:
    """Raises CannotMigrate, naming every place where it waits that the newest diagram does not have."""
    newest = processes.in_force(move.definition.process_id)
    if newest == move.instance.definition_id:
        return
    new = processes.definition(newest)
    step = engine.migrate(move.definition, new, move.instance.state, {}, move.world())
    move.instance.definition_id, move.definition = newest, new
    move_on(move, step, None)


def settle_incident(job_id: int, why: str, person: directory.Person) -> None:
    """Settle it by hand, with a reason: an operation was done outside and the case goes on without outputs; a timer
    does not fire any more; anything else is not done.

    Raises NotAdministrator, ReasonMissing, NoSuchIncident, NothingElse (a timer that alone would bring the case on),
    OnlyTriedAgain (answers of somebody).
    """
    directory.check_administers(person)
    if not why.strip():
        raise ReasonMissing
    with transaction():
        found = db.session.execute(open_incidents(JobRow.id == job_id)).one_or_none()
        if found is None:
            raise NoSuchIncident
        row, task, _ = found
        if row.kind == ANSWERS:
            raise OnlyTriedAgain
        lock_cases([row.case_id] if row.case_id else [])
        work = read_task(task.id) if task is not None else None
        if not jobs.put_away(job_id) or (work is not None and work.task.closed_at is not None):
            raise NoSuchIncident
        if work is None:
            _write(row, "case.incident_settled", person)
            return
        work.task.why = why.strip()[:MOST_WORDS]
        _settle(work, row.kind, person)


def _settle(work: Work, kind: str, person: directory.Person) -> None:
    task, move = work.task, Move.of(work, person, own_right=True)
    move.note("case.incident_settled", task=task.id, kind=kind, operation=task.operation)
    if kind in (OPERATION, EXTERNAL):
        step = engine.complete(move.definition, work.instance.state, task.stop_id, {}, move.world())
        move.end(task, "done_outside")
        move_on(move, step, task)
        return
    others = select(Task.id).where(Task.instance_id == task.instance_id, Task.closed_at.is_(None), Task.id != task.id)
    if task.waits_for == "timer":
        if db.session.scalar(others.limit(1)) is None:
            raise NothingElse
        move.close(task)
    write_history(move)


def _write(row: JobRow, event: str, person: directory.Person) -> None:
    stream = f"case:{row.case_id}" if row.case_id else "jobs"
    line = journal.NewLine(event, f"staff:{person.id}", {"kind": row.kind, "job": row.key})
    journal.append(stream, [line], at=clock.now())


def open_incidents(*conditions: ColumnElement[bool]) -> Select[JobRow, Task, Case]:
    """Incidents that nobody settled, with the task and the case that they belong to."""
    return joined().where(*UNSETTLED, *conditions)


def of_kind(what: str) -> list[ColumnElement[bool]]:
    """Whether such a thing failed; no condition for none."""
    return [WHAT.in_([what])] if what else []


def joined() -> Select[JobRow, Task, Case]:
    """Jobs with the task and the case that they belong to."""
    return (
        select(JobRow, Task, Case)
        .select_from(JobRow)
        .outerjoin(Task, OF_TASK)
        .outerjoin(Case, Case.id == JobRow.case_id)
        .execution_options(populate_existing=True)
    )
