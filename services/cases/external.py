"""External tasks: what programs outside fetch, do, and report. As Camunda 7 does it, down to its words.

Nothing runs here: a worker asks for the tasks of its topics, holds them for a while, and says what came of each. Real
cases are for accounts with the role of an external worker, each for its own topics; rehearsals are for designers, who
try a worker out on them. A lock is one account's and one worker's: nobody else reports, gives back, or reads the name.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, literal, not_, or_, select, true, tuple_

from services import clock, directory, engine, jobs, processes
from services.cases.errors import (
    BadRetries,
    CannotLock,
    CannotReport,
    DoneAlready,
    HeldByAccount,
    HeldByWorker,
    LockExpired,
    NoSuchExternalTask,
    NotWorker,
    NotYourTopic,
    WentAnotherWay,
)
from services.cases.facts import number_of
from services.cases.later import move_of
from services.cases.messages import go_on
from services.cases.models import Case, ExternalTask, Instance, Task
from services.cases.moves import close_task, write_history
from services.cases.put_out import ring
from services.cases.reading import Work, read_task
from services.cases.records import called
from services.cases.staying import Way, keeps
from services.db import db, transaction
from services.jobs import Job, NewJob
from services.processes.models import ProcessDefinition

#: role of the account that a worker of real cases signs in with
WORKER = "external_worker"
#: kind of the job that stands for an external task which failed for good
EXTERNAL = "external"
MOST_WORDS, MOST_DETAILS = 666, 50_000
#: rows looked at in one go, when variables decide
AT_ONCE = 20


@dataclass(frozen=True)
class Topic:
    """What a worker wants of one topic; nothing is asked by None."""

    name: str
    lock_s: float
    variables: Sequence[str] | None = None  #: only these; None: all
    local_only: bool = False
    properties: bool = False  #: with the extension properties of the diagram's element
    business_key: str | None = None
    definition_ids: Sequence[int] | None = None
    definition_keys: Sequence[str] | None = None
    holds: Mapping[str, object] = field(default_factory=dict)  #: variables that must have these values
    rehearsal: bool | None = None  #: only of rehearsals, or only of real cases


@dataclass(frozen=True)
class External:
    """An external task as a worker or an administrator is shown it."""

    row: ExternalTask
    task: Task
    case: Case
    instance: Instance
    definition: ProcessDefinition
    variables: Mapping[str, object] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)

    @property
    def business_key(self) -> str | None:
        return number_of(self.case, self.instance.number)


@dataclass(frozen=True)
class Asking:
    """Which external tasks are listed; nothing is asked by None."""

    task_id: str | None = None
    topic: str | None = None
    worker_id: str | None = None
    locked: bool | None = None
    retries_left: bool | None = None
    instance_id: int | None = None
    definition_id: int | None = None


def fetch_and_lock(
    topics: Sequence[Topic], worker_id: str, person: directory.Person, *, most: int, newest_first: bool = False
) -> list[External]:
    """At most so many tasks of those topics, this worker's alone for a while; the oldest first.

    Raises NotWorker, and NotYourTopic for a topic of real cases that is not this account's.
    Never waits for another worker: what that one is just taking is passed over.
    """
    mine = _for(person)
    found: list[External] = []
    if processes.DESIGNER not in person.roles():
        theirs = directory.topics_of(person.id)
        for topic in topics:
            if topic.name not in theirs:
                raise NotYourTopic(topic=topic.name)
    with transaction():
        for topic in topics:
            for each in _wanted(topic, mine, newest_first, most - len(found)):
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
    """It is done; the case goes on with what it gave. Raises NotWorker, NoSuchExternalTask, HeldByWorker."""
    with transaction():
        work = _held(task_id, worker_id, person)[0]
        move = move_of(work, person)
        move.note("case.operation_done", task=task_id, operation=work.task.operation, worker=worker_id)
        _end(work, "done", person)
        move.case.version += 1
        go_on(move, work.task, Way("complete", outputs, local or {}))


@keeps
def bpmn_error(
    task_id: str, worker_id: str, code: str, person: directory.Person, *, brings: Mapping[str, object]
) -> None:
    """It failed as the diagram knows how to treat: on from the boundary event for that code.

    Raises NoBoundary when there is none (the case stays where it is), and what `complete` raises.
    """
    with transaction():
        work = _held(task_id, worker_id, person, CannotReport)[0]
        move = move_of(work, person)
        move.note("case.operation_refused", task=task_id, operation=work.task.operation, worker=worker_id, code=code)
        _end(work, "refused", person)
        move.case.version += 1
        go_on(move, work.task, Way("fail", brings, code=code))


def fail(
    task_id: str, worker_id: str, person: directory.Person, *, message: str, details: str, retries: int, pause_s: float
) -> None:
    """It could not be done; it may be fetched again after the pause, so often. None left: a person has to look at it.

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
        if _is_locked(row) and not (row.worker_id == worker_id and _is_owned_by(row, person)):
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


def externals(asking: Asking, person: directory.Person, *, first: int = 0, most: int = 100) -> Sequence[External]:
    """Those that wait, the oldest first; one page. Raises NotWorker."""
    wanted = _joined().where(_for(person, looks_after=True), *_asked(asking, person))
    wanted = wanted.order_by(ExternalTask.created_at, ExternalTask.task_id)
    return [External(*row) for row in db.session.execute(wanted.offset(first).limit(most))]


def count(asking: Asking, person: directory.Person) -> int:
    """How many of those wait. Raises NotWorker."""
    wanted = _joined().where(_for(person, looks_after=True), *_asked(asking, person))
    ids = wanted.with_only_columns(ExternalTask.task_id).subquery()
    return db.session.scalar(select(func.count()).select_from(ids)) or 0


def external(task_id: str, person: directory.Person) -> External:
    """One of them. Raises NotWorker, NoSuchExternalTask."""
    found = externals(Asking(task_id=task_id), person, most=1)
    if not found:
        raise NoSuchExternalTask(task=task_id)
    return found[0]


def worker_of(each: External, person: directory.Person) -> str | None:
    """The name of the worker that has it, for its own account and for administrators."""
    named = _is_owned_by(each.row, person) or directory.ADMIN in person.roles()
    return each.row.worker_id if named else None


def of_nobody() -> list[tuple[str, int]]:
    """Topic -> how many tasks of real cases wait for it, though no account has it."""
    waiting = select(ExternalTask.topic, func.count()).where(not_(ExternalTask.rehearsal))
    there = db.session.execute(waiting.group_by(ExternalTask.topic).order_by(ExternalTask.topic)).all()
    held = directory.topics_of_anybody() if there else frozenset()
    return [(topic, count) for topic, count in there if topic not in held]


def try_again(job: Job, result: object) -> None:
    """An administrator had the incident of one tried again: once more. Inside the transaction that ends the job."""
    read_task(job.key, lock=True)
    row = db.session.get(ExternalTask, job.key, with_for_update=True, populate_existing=True)
    if row is not None:
        row.retries, row.owner_id, row.worker_id, row.locked_until = 1, None, None, None
        ring()


# ---------------------------------------------------------------- who, which, whose


def _for(person: directory.Person, *, looks_after: bool = False) -> ColumnElement[bool]:
    """The tasks that an account is for; administrators look after all, and do none. Raises NotWorker."""
    roles = person.roles()
    if looks_after and directory.ADMIN in roles:
        return true()
    kinds: list[ColumnElement[bool]] = []
    if WORKER in roles:
        mine = ExternalTask.topic.in_(directory.topics_of(person.id))
        kinds.append(and_(not_(ExternalTask.rehearsal), mine))
    if processes.DESIGNER in roles:
        kinds.append(ExternalTask.rehearsal.is_(True))
    if not kinds:
        raise NotWorker
    return or_(*kinds)


def _one(task_id: str, person: directory.Person, *, looks_after: bool = False) -> tuple[Work, ExternalTask]:
    """One of this account's, with its case, both locked."""
    mine = _for(person, looks_after=looks_after)
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
    if WORKER in roles:
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
    if row.worker_id != worker_id or not _is_owned_by(row, person):
        raise otherwise(task=task_id, worker=worker_id, holder=_holder(row, person))
    return work, row


def _is_locked(row: ExternalTask) -> bool:
    return row.worker_id is not None and row.locked_until is not None and row.locked_until > clock.now()


def _is_owned_by(row: ExternalTask, person: directory.Person) -> bool:
    """Whether this account has it; a lock of before accounts were kept is whoever's knows its name."""
    return row.owner_id in (None, person.id)


def _holder(row: ExternalTask, person: directory.Person) -> str:
    return (row.worker_id or "null") if _is_owned_by(row, person) else "another account"


def _check_not_anothers(row: ExternalTask, person: directory.Person) -> None:
    """Raises HeldByAccount while another account has it, unless an administrator asks."""
    if _is_locked(row) and not _is_owned_by(row, person) and directory.ADMIN not in person.roles():
        raise HeldByAccount(task=row.task_id)


def _end(work: Work, outcome: str, person: directory.Person) -> None:
    now = clock.now()
    work.task.done_at = now
    close_task(work.task, now)
    work.task.done_by_id, work.task.outcome = person.id, outcome


def _try_so_often(work: Work, row: ExternalTask, retries: int, person: directory.Person) -> None:
    had_none, row.retries = row.retries == 0, max(retries, 0)
    if row.retries:
        if had_none:
            jobs.forget(row.task_id)
        ring()
        return
    job = NewJob(EXTERNAL, row.task_id, clock.now(), case_id=work.case.id)
    jobs.give_up(job, "%(text)s", {"text": row.error_message or row.topic})
    move = move_of(work, person)
    move.note("case.incident", task=row.task_id, kind=EXTERNAL, operation=row.topic)
    move.case.version += 1
    write_history(move)


def _wanted(topic: Topic, mine: ColumnElement[bool], newest_first: bool, most: int) -> Iterator[External]:
    """At most so many that may be taken now, each locked; none more, so that others get the next ones.

    Read in goes where variables decide, which the database does not know.
    """
    at_once = AT_ONCE if topic.holds else most
    order = (ExternalTask.created_at.desc(), ExternalTask.task_id.desc())
    order = order if newest_first else (ExternalTask.created_at, ExternalTask.task_id)  # type: ignore[assignment]
    free = or_(ExternalTask.locked_until.is_(None), ExternalTask.locked_until <= clock.now())
    left = or_(ExternalTask.retries.is_(None), ExternalTask.retries > 0)
    wanted = _joined().where(ExternalTask.topic == topic.name, mine, free, left, *_of_topic(topic)).order_by(*order)
    after: tuple[datetime, str] | None = None
    while most:
        go = wanted
        if after is not None:
            here, last = tuple_(ExternalTask.created_at, ExternalTask.task_id), tuple_(*map(literal, after))
            go = go.where(here < last if newest_first else here > last)
        rows = db.session.execute(
            go.limit(at_once).with_for_update(of=ExternalTask, skip_locked=True),
            execution_options={"populate_existing": True},
        ).all()
        for row in rows:
            each = _filled(row, topic) if most else None
            if each is not None:
                most -= 1
                yield each
        if len(rows) < at_once:
            return
        after = rows[-1][0].created_at, rows[-1][0].task_id


def _filled(row: Row[ExternalTask, Task, Case, Instance, ProcessDefinition], topic: Topic) -> External | None:
    """With what the worker wants to know; None when its variables are not those that are asked for."""
    out, task, case, instance, named = row
    definition = processes.definition(named.id)
    process = engine.variables(definition, instance.state, task.stop_id)
    if any(process.get(name) != value or name not in process for name, value in topic.holds.items()):
        return None
    known = dict(task.inputs) if topic.local_only else {**process, **task.inputs}
    if topic.variables is not None:
        known = {name: known[name] for name in topic.variables if name in known}
    properties: Mapping[str, str] = {}
    if topic.properties:
        stops = engine.look(definition, instance.state)
        properties = next((stop.properties for stop in stops if stop.id == task.stop_id), {})
    return External(out, task, case, instance, named, known, properties)


def _joined() -> Select[ExternalTask, Task, Case, Instance, ProcessDefinition]:
    return (
        select(ExternalTask, Task, Case, Instance, ProcessDefinition)
        .join(Task, Task.id == ExternalTask.task_id)
        .join(Case, Case.id == Task.case_id)
        .join(Instance, Instance.id == Task.instance_id)
        .join(ProcessDefinition, ProcessDefinition.id == Instance.definition_id)
    )


def _of_topic(topic: Topic) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if topic.business_key is not None:
        found.append(called(topic.business_key))
    if topic.rehearsal is not None:
        found.append(ExternalTask.rehearsal == topic.rehearsal)
    if topic.definition_ids is not None:
        found.append(ProcessDefinition.id.in_(topic.definition_ids) if topic.definition_ids else false())
    if topic.definition_keys is not None:
        found.append(ProcessDefinition.key.in_(topic.definition_keys) if topic.definition_keys else false())
    return found


def _asked(asking: Asking, person: directory.Person) -> list[ColumnElement[bool]]:
    row = ExternalTask
    pairs = (
        (row.task_id, asking.task_id), (row.topic, asking.topic), (row.worker_id, asking.worker_id),
        (Instance.id, asking.instance_id), (ProcessDefinition.id, asking.definition_id),
    )  # fmt: skip
    found: list[ColumnElement[bool]] = [column == value for column, value in pairs if value is not None]
    if asking.worker_id is not None and directory.ADMIN not in person.roles():
        found.append(row.owner_id == person.id)
    if asking.locked is not None:
        locked = and_(row.worker_id.is_not(None), row.locked_until > clock.now())
        found.append(locked if asking.locked else or_(row.locked_until.is_(None), row.locked_until <= clock.now()))
    if asking.retries_left is not None:
        left = or_(row.retries.is_(None), row.retries > 0)
        found.append(left if asking.retries_left else row.retries == 0)
    return found
