"""External tasks: what programs outside fetch, do, and report. As Camunda 7 does it, down to its words.

Nothing runs here: a worker asks for the tasks of its topics, holds them for a while, and says what came of each. Real
cases are for accounts with the role of an external worker, each for its own topics; rehearsals are for designers, who
try a worker out on them. A lock is one account's and one worker's: nobody else reports, gives back, or reads the name.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import and_, false, or_, select

from services import clock, directory, jobs, processes
from services.cases.carrying_on import write_history
from services.cases.errors import (
    BadRetries,
    CannotLock,
    CannotReport,
    DoneAlready,
    HeldByAccount,
    HeldByWorker,
    LockExpired,
    NoSuchExternalTask,
    NotYourTopic,
    WentAnotherWay,
)
from services.cases.messages import go_on
from services.cases.models import Case, ExternalTask, Task
from services.cases.move import Move
from services.cases.programs.external_queries import External, Topic, for_account, free_ones, is_owned_by
from services.cases.put_out import EXTERNAL, ring
from services.cases.reading import Work, read_task
from services.cases.staying import WayOn, keeps
from services.db import db, transaction
from services.jobs import Job, NewJob

MOST_WORDS, MOST_DETAILS = 666, 50_000


def fetch_and_lock(
    topics: Sequence[Topic], worker_id: str, person: directory.Person, *, most: int, newest_first: bool = False
) -> list[External]:
    """At most so many tasks of those topics, this worker's alone for a while; the oldest first.

    Raises NotWorker, and NotYourTopic for a topic of real cases that is not this account's.
    Never waits for another worker: what that one is just taking is passed over.
    """
    mine = for_account(person)
    found: list[External] = []
    if processes.DESIGNER not in person.roles():
        theirs = directory.topics_of(person.id)
        for topic in topics:
            if topic.name not in theirs:
                raise NotYourTopic(topic=topic.name)
    with transaction():
        for topic in topics:
            for each in free_ones(topic, mine, newest_first, most - len(found)):
                each.row.owner_id, each.row.worker_id = person.id, worker_id
                each.row.locked_until = clock.now() + timedelta(seconds=topic.lock_s)
                found.append(each)
    return found


@keeps
def complete(
    task_id: str,
    worker_id: str,
    person: directory.Person,
    *,
    outputs: Mapping[str, object],
    local: Mapping[str, object] | None = None,
) -> None:
    """A task is done; the case goes on with what it gave. Raises NotWorker, NoSuchExternalTask, HeldByWorker."""
    with transaction():
        work = _held(task_id, worker_id, person)[0]
        move = Move.of(work, person, own_right=True)
        move.note("case.operation_done", task=task_id, operation=work.task.operation, worker=worker_id)
        move.end(work.task, "done")
        go_on(move, work.task, WayOn("complete", outputs, local or {}))


@keeps
def bpmn_error(
    task_id: str, worker_id: str, code: str, person: directory.Person, *, brings: Mapping[str, object]
) -> None:
    """An external task failed as the diagram knows how to treat: on from the boundary event for that code.

    Raises NoBoundary when there is none (the case stays where it is), and what `complete` raises.
    """
    with transaction():
        work = _held(task_id, worker_id, person, CannotReport)[0]
        move = Move.of(work, person, own_right=True)
        move.note("case.operation_refused", task=task_id, operation=work.task.operation, worker=worker_id, code=code)
        move.end(work.task, "refused")
        go_on(move, work.task, WayOn("fail", brings, code=code))


def fail(
    task_id: str, worker_id: str, person: directory.Person, *, message: str, details: str, retries: int, pause_s: float
) -> None:
    """A task could not be done; it may be fetched again after the pause, so often. None left: a person has to look.

    Raises what `complete` raises.
    """
    with transaction():
        work, row = _held(task_id, worker_id, person, CannotReport)
        row.error_message, row.error_details = message[:MOST_WORDS], details[:MOST_DETAILS]
        row.locked_until = clock.now() + timedelta(seconds=pause_s)
        _try_so_often(work, row, retries, person)


def set_retries(task_id: str, retries: int, person: directory.Person) -> None:
    """Let it be tried so often from now on; none is an incident. Raises NotWorker, NoSuchExternalTask, BadRetries."""
    if retries < 0:
        raise BadRetries
    with transaction():
        work, row = _one(task_id, person, looks_after=True)
        _check_not_anothers(row, person)
        _try_so_often(work, row, retries, person)


def lock(task_id: str, worker_id: str, person: directory.Person, *, lock_s: float) -> None:
    """Take one that is nobody's now. Raises NotWorker, NoSuchExternalTask, CannotLock."""
    with transaction():
        _, row = _one(task_id, person)
        if _is_locked(row) and not (row.worker_id == worker_id and is_owned_by(row, person)):
            raise CannotLock(task=task_id, worker=worker_id, holder=_holder(row, person))
        row.owner_id, row.worker_id = person.id, worker_id
        row.locked_until = clock.now() + timedelta(seconds=lock_s)


def extend_lock(task_id: str, worker_id: str, person: directory.Person, *, lock_s: float) -> None:
    """Keep it for so long from now on. Raises LockExpired, and what `complete` raises."""
    with transaction():
        _, row = _held(task_id, worker_id, person, CannotLock)
        if row.locked_until is None or row.locked_until < clock.now():
            raise LockExpired(task=task_id)
        row.locked_until = clock.now() + timedelta(seconds=lock_s)


def unlock(task_id: str, person: directory.Person) -> None:
    """Let anybody have it. Raises NotWorker, NoSuchExternalTask, HeldByAccount."""
    with transaction():
        _, row = _one(task_id, person, looks_after=True)
        _check_not_anothers(row, person)
        row.owner_id = row.worker_id = row.locked_until = None
        ring()


def try_again(job: Job, result: object) -> None:
    """An administrator had the incident of one tried again: once more. Inside the transaction that ends the job."""
    read_task(job.key, lock=True)
    row = db.session.get(ExternalTask, job.key, with_for_update=True, populate_existing=True)
    if row is not None:
        row.retries, row.owner_id, row.worker_id, row.locked_until = 1, None, None, None
        ring()


# ---------------------------------------------------------------- one of them


def _one(task_id: str, person: directory.Person, *, looks_after: bool = False) -> tuple[Work, ExternalTask]:
    """One of this account's, with its case, both locked."""
    mine = for_account(person, looks_after=looks_after)
    if db.session.scalar(select(ExternalTask.task_id).where(ExternalTask.task_id == task_id, mine)) is None:
        raise _gone(task_id, person)
    work = read_task(task_id, lock=True)
    row = db.session.get(ExternalTask, task_id, with_for_update=True, populate_existing=True)
    if row is None:  # the case went on meanwhile
        raise _gone(task_id, person)
    return work, row


def _gone(task_id: str, person: directory.Person) -> NoSuchExternalTask:
    """What there is to say of one that is not there: it was done, its case went another way, or it never was."""
    db.session.expire_all()
    roles, mine = person.roles(), []
    if directory.WORKER in roles:
        mine.append(and_(Case.plays.is_(None), Task.operation.in_(directory.topics_of(person.id))))
    if processes.DESIGNER in roles:
        mine.append(Case.plays.is_not(None))
    asked = select(Task.outcome).join(Case, Case.id == Task.case_id)
    was = asked.where(Task.id == task_id, Task.closed_at.is_not(None), or_(false(), *mine))
    closed = db.session.execute(was.where(Task.waits_for == "operation")).first()
    if closed is None:
        return NoSuchExternalTask(task=task_id)
    return DoneAlready(task=task_id) if closed[0] else WentAnotherWay(task=task_id)


def _held(
    task_id: str, worker_id: str, person: directory.Person, otherwise: type[HeldByWorker] = HeldByWorker
) -> tuple[Work, ExternalTask]:
    """One that this worker has, also when its time is over but nobody took it since."""
    work, row = _one(task_id, person)
    if row.worker_id != worker_id or not is_owned_by(row, person):
        raise otherwise(task=task_id, worker=worker_id, holder=_holder(row, person))
    return work, row


def _is_locked(row: ExternalTask) -> bool:
    return row.worker_id is not None and row.locked_until is not None and row.locked_until > clock.now()


def _holder(row: ExternalTask, person: directory.Person) -> str:
    return (row.worker_id or "null") if is_owned_by(row, person) else "another account"


def _check_not_anothers(row: ExternalTask, person: directory.Person) -> None:
    """Raises HeldByAccount while another account has it, unless an administrator asks."""
    if _is_locked(row) and not is_owned_by(row, person) and directory.ADMIN not in person.roles():
        raise HeldByAccount(task=row.task_id)


def _try_so_often(work: Work, row: ExternalTask, retries: int, person: directory.Person) -> None:
    had_none, row.retries = row.retries == 0, max(retries, 0)
    if row.retries:
        if had_none:
            jobs.forget(row.task_id)
        ring()
        return
    job = NewJob(EXTERNAL, row.task_id, clock.now(), case_id=work.case.id)
    jobs.give_up(job, "%(text)s", {"text": row.error_message or row.topic})
    move = Move.of(work, person, own_right=True)
    move.note("case.incident", task=row.task_id, kind=EXTERNAL, operation=row.topic)
    write_history(move)
