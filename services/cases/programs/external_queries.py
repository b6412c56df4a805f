"""Which external tasks wait, for whom, and what a worker or an administrator is shown of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, literal, not_, or_, select, true, tuple_

from services import clock, directory, engine, processes
from services.cases.errors import NoSuchExternalTask, NotWorker
from services.cases.facts import number_of
from services.cases.models import Case, ExternalTask, Instance, Task
from services.cases.programs.records import called
from services.db import db
from services.processes.models import ProcessDefinition

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
class ExternalsAsked:
    """Which external tasks are listed; nothing is asked by None."""

    task_id: str | None = None
    topic: str | None = None
    worker_id: str | None = None
    locked: bool | None = None
    retries_left: bool | None = None
    instance_id: int | None = None
    definition_id: int | None = None


def externals(
    asking: ExternalsAsked, person: directory.Person, *, first: int = 0, most: int = 100
) -> Sequence[External]:
    """External tasks that wait, the oldest first; one page. Raises NotWorker."""
    wanted = _joined().where(for_account(person, looks_after=True), *_asked(asking, person))
    wanted = wanted.order_by(ExternalTask.created_at, ExternalTask.task_id)
    return [External(*row) for row in db.session.execute(wanted.offset(first).limit(most))]


def count(asking: ExternalsAsked, person: directory.Person) -> int:
    """How many of those wait. Raises NotWorker."""
    wanted = _joined().where(for_account(person, looks_after=True), *_asked(asking, person))
    ids = wanted.with_only_columns(ExternalTask.task_id).subquery()
    return db.session.scalar(select(func.count()).select_from(ids)) or 0


def external(task_id: str, person: directory.Person) -> External:
    """One of them. Raises NotWorker, NoSuchExternalTask."""
    found = externals(ExternalsAsked(task_id=task_id), person, most=1)
    if not found:
        raise NoSuchExternalTask(task=task_id)
    return found[0]


def worker_of(each: External, person: directory.Person) -> str | None:
    """The name of the worker that has it, for its own account and for administrators."""
    named = is_owned_by(each.row, person) or directory.ADMIN in person.roles()
    return each.row.worker_id if named else None


def of_nobody() -> list[tuple[str, int]]:
    """Topic -> how many tasks of real cases wait for it, though no account has it."""
    waiting = select(ExternalTask.topic, func.count()).where(not_(ExternalTask.rehearsal))
    there = db.session.execute(waiting.group_by(ExternalTask.topic).order_by(ExternalTask.topic)).all()
    held = directory.topics_of_anybody() if there else frozenset()
    return [(topic, count) for topic, count in there if topic not in held]


def for_account(person: directory.Person, *, looks_after: bool = False) -> ColumnElement[bool]:
    """The tasks that an account is for; administrators look after all, and do none. Raises NotWorker."""
    roles = person.roles()
    if looks_after and directory.ADMIN in roles:
        return true()
    kinds: list[ColumnElement[bool]] = []
    if directory.WORKER in roles:
        mine = ExternalTask.topic.in_(directory.topics_of(person.id))
        kinds.append(and_(not_(ExternalTask.rehearsal), mine))
    if processes.DESIGNER in roles:
        kinds.append(ExternalTask.rehearsal.is_(True))
    if not kinds:
        raise NotWorker
    return or_(*kinds)


def is_owned_by(row: ExternalTask, person: directory.Person) -> bool:
    """Whether this account has it; a lock of before accounts were kept is whoever's knows its name."""
    return row.owner_id in (None, person.id)


def free_ones(topic: Topic, mine: ColumnElement[bool], newest_first: bool, most: int) -> Iterator[External]:
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


def _asked(asking: ExternalsAsked, person: directory.Person) -> list[ColumnElement[bool]]:
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
