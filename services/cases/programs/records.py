"""Cases as programs ask for them: instances, tasks and what happened, in pages, and only what the person may see."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    SQLColumnExpression,
    and_,
    false,
    literal,
    or_,
    select,
    true,
    union_all,
)

from services import directory, processes
from services.cases.errors import NoSuchInstance, NoSuchTask, NotYourCase, NotYours
from services.cases.facts import number_of
from services.cases.models import Case, Instance, Task
from services.cases.pages.shown import TaskForm
from services.cases.pages.task_form import task_form
from services.cases.reading import read_task
from services.cases.rights import check_may_work, in_inbox, names, seen_by, sees, sees_outcomes
from services.db import db
from services.processes.models import ProcessDefinition

_TEST = re.compile(r"TEST-(\d{5,15})")


@dataclass(frozen=True)
class InstanceRecord:
    """A pool of a case."""

    id: int
    case_id: int
    business_key: str | None  #: what people call the case at that office
    definition: ProcessDefinition
    rehearsal: bool
    started_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True)
class TaskRecord:
    """An open task of a person."""

    task: Task
    business_key: str | None
    definition: ProcessDefinition
    rehearsal: bool
    assignee: str | None  #: sign-in name


@dataclass(frozen=True)
class RecordsAsked:
    """Which instances or tasks are asked for; nothing is asked by None."""

    business_key: str | None = None
    instance_ids: Sequence[int] | None = None
    definition_id: int | None = None
    definition_key: str | None = None
    element: str | None = None
    roles: Sequence[str] | None = None
    assignee: str | None = None
    assigned: bool | None = None
    candidate: str | None = None  #: sign-in name of whom the diagram names
    least_priority: int | None = None
    most_priority: int | None = None
    due_before: datetime | None = None
    due_after: datetime | None = None
    follow_up_before: datetime | None = None
    follow_up_after: datetime | None = None
    #: those without a follow-up date count as to be followed up already
    or_no_follow_up: bool = False


#: what tasks are sorted by -> the column; a task that says nothing of it comes last
SORTED_BY: Mapping[str, SQLColumnExpression[Any]] = {
    "urgency": Task.urgent_at,
    "priority": Task.priority,
    "dueDate": Task.due_at,
    "followUpDate": Task.follow_up_at,
    "created": Task.opened_at,
    "name": Task.name,
    "id": Task.id,
}


def called(business_key: str) -> ColumnElement[bool]:
    """Whether a case or its instance is called so."""
    test = _TEST.fullmatch(business_key)
    if test is not None:
        return and_(Case.id == int(test[1]), Case.plays.is_not(None))
    numbered = union_all(
        select(Case.id).where(Case.number == business_key),
        select(Instance.case_id).where(Instance.number == business_key),
    )
    return and_(Case.plays.is_(None), Case.id.in_(numbered))


def instances(
    asking: RecordsAsked, person: directory.Person, *, first: int = 0, most: int = 100
) -> Sequence[InstanceRecord]:
    """Running instances of cases that this person may see, the newest first; one page."""
    wanted = _joined_instances().where(seen_by(person), Instance.finished_at.is_(None), *_asked(asking))
    found = db.session.execute(wanted.order_by(Instance.id.desc()).offset(first).limit(most))
    return [_instance(*row) for row in found]


def instance(instance_id: int, person: directory.Person) -> InstanceRecord:
    """One of them, running or not. Raises NoSuchInstance, NotYours."""
    row = _row_of(instance_id)
    if not sees(row[1], person):
        raise NotYourCase
    return _instance(*row)


def record_of(instance_id: int) -> InstanceRecord:
    """One of them for whoever may know of it already. Raises NoSuchInstance."""
    return _instance(*_row_of(instance_id))


def first_instance(case_id: int, person: directory.Person) -> InstanceRecord:
    """The pool that a case began with. Raises NoSuchInstance, NotYours."""
    return instance(first_of(case_id).id, person)


def first_of(case_id: int) -> InstanceRecord:
    """The pool that a case began with, for whoever may know of it already. Raises NoSuchInstance."""
    wanted = select(Instance.id).where(Instance.case_id == case_id).order_by(Instance.id).limit(1)
    return record_of(db.session.scalar(wanted) or 0)


def tasks(
    asking: RecordsAsked,
    person: directory.Person,
    *,
    first: int = 0,
    most: int = 100,
    by: str = "urgency",
    descending: bool = False,
) -> Sequence[TaskRecord]:
    """Open tasks that stand in this person's inbox (theirs, their role's, to be recorded), by one of SORTED_BY."""
    reach = first + most

    def sorted_by(column: SQLColumnExpression[Any], key: SQLColumnExpression[str]) -> tuple[Any, ...]:
        return (column.desc() if descending else column.asc()).nulls_last(), key

    arms = [
        _joined_tasks(select(Task.id, SORTED_BY[by].label("place")))
        .where(Task.closed_at.is_(None), Task.waits_for == "person", mine, *_asked(asking), *_asked_of_task(asking))
        .order_by(*sorted_by(SORTED_BY[by], Task.id))
        .limit(reach)
        for mine in in_inbox(person)
    ]
    if not arms:
        return []
    picked = union_all(*[select(arm.subquery()) for arm in arms]).subquery()
    ids = select(picked.c.id, picked.c.place).distinct().order_by(*sorted_by(picked.c.place, picked.c.id))
    page = ids.offset(first).limit(most).subquery()
    wanted = _joined_tasks(select(Task, Case, Instance, ProcessDefinition)).join(page, page.c.id == Task.id)
    rows = db.session.execute(wanted.order_by(*sorted_by(SORTED_BY[by], Task.id))).all()
    logins = directory.logins([task.assignee_id for task, *_ in rows if task.assignee_id])
    return [_task(logins, *row) for row in rows]


def task(task_id: str, person: directory.Person) -> TaskRecord:
    """An open task of a case that this person may see. Raises NoSuchTask, NotYours."""
    wanted = _joined_tasks(select(Task, Case, Instance, ProcessDefinition)).where(Task.id == task_id)
    row = db.session.execute(wanted).one_or_none()
    if row is None or row[0].closed_at is not None or row[0].waits_for != "person":
        raise NoSuchTask(task=task_id)
    if not sees(row[1], person):
        raise NotYours(role=row[0].role, office=row[0].office_key)
    return _task(directory.logins([row[0].assignee_id] if row[0].assignee_id else []), *row)


def form_of(task_id: str, person: directory.Person) -> TaskForm | None:
    """The form of an open task that this person may work on, with what stands in it; None when it has none.

    Raises NoSuchTask, NotYours, HeldByAnother.
    """
    found = task(task_id, person).task
    work = read_task(task_id)
    check_may_work(work, person)
    return task_form([found], person, task_id, None)


@dataclass(frozen=True)
class Activity:
    """An element that the instance went through, or where it waited or waits."""

    element: str
    process: str
    name: str
    kind: str  #: of BPMN: userTask, exclusiveGateway …
    task: Task | None  #: none for what the instance only passed through: then no moment is kept
    assignee: str | None


def activities(instance_id: int, person: directory.Person) -> tuple[InstanceRecord, Sequence[Activity]]:
    """What happened in an instance: every wait in its order, then what was passed on the way.

    Raises NoSuchInstance, NotYours.
    """
    record = instance(instance_id, person)
    case, row = db.session.get_one(Case, record.case_id), db.session.get_one(Instance, instance_id)
    definition = processes.definition(record.definition.id)
    whole = sees_outcomes(case, person) or row.office_key in person.offices()
    waits = (
        db.session.scalars(select(Task).filter_by(instance_id=instance_id).order_by(Task.seq)).all() if whole else []
    )
    logins = directory.logins([id for each in waits if (id := each.done_by_id or each.assignee_id)])
    found = []
    for each in waits:
        element = definition.elements.get((each.process, each.element))
        who = logins.get(each.done_by_id or each.assignee_id or 0)
        found.append(Activity(each.element, each.process, each.name, element.kind if element else "", each, who))
    waited = {(each.process, each.element) for each in waits}
    for said in row.passed if whole else []:
        process, _, key = said.partition("/")
        element = definition.elements.get((process, key))
        if element is not None and (process, key) not in waited:
            found.append(Activity(key, process, element.name, element.kind, None, None))
    return record, found


def _row_of(instance_id: int) -> Row[Instance, Case, ProcessDefinition]:
    row = db.session.execute(_joined_instances().where(Instance.id == instance_id)).one_or_none()
    if row is None:
        raise NoSuchInstance(id=instance_id)
    return row


def _joined_instances() -> Select[Instance, Case, ProcessDefinition]:
    return (
        select(Instance, Case, ProcessDefinition)
        .join(Case, Case.id == Instance.case_id)
        .join(ProcessDefinition, ProcessDefinition.id == Instance.definition_id)
    )


def _joined_tasks(wanted: Select) -> Select:  # type: ignore[type-arg]
    return (
        wanted.join(Case, Case.id == Task.case_id)
        .join(Instance, Instance.id == Task.instance_id)
        .join(ProcessDefinition, ProcessDefinition.id == Instance.definition_id)
    )


def _asked(asking: RecordsAsked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asking.business_key is not None:
        found.append(called(asking.business_key))
    if asking.instance_ids is not None:
        found.append(Instance.id.in_(asking.instance_ids))
    if asking.definition_id is not None:
        found.append(ProcessDefinition.id == asking.definition_id)
    if asking.definition_key is not None:
        found.append(ProcessDefinition.key == asking.definition_key)
    return found


def _asked_of_task(asking: RecordsAsked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asking.element is not None:
        found.append(Task.element == asking.element)
    if asking.roles is not None:
        found.append(and_(Task.role.in_(asking.roles), Task.assignee_id.is_(None)))
    if asking.assignee is not None:
        staff_id = directory.id_of(asking.assignee)
        found.append(Task.assignee_id == literal(staff_id) if staff_id is not None else false())
    if asking.candidate is not None:
        found.append(and_(names(directory.id_of(asking.candidate) or 0), Task.assignee_id.is_(None)))
    bounds = (
        (Task.priority, asking.least_priority, asking.most_priority),
        (Task.due_at, asking.due_after, asking.due_before),
        (Task.follow_up_at, asking.follow_up_after, asking.follow_up_before),
    )
    for column, least, most in bounds:
        within = and_(true(), *([column >= least] if least is not None else []),
                      *([column <= most] if most is not None else []))  # fmt: skip
        either = asking.or_no_follow_up and column is Task.follow_up_at
        if least is not None or most is not None:
            found.append(or_(within, column.is_(None)) if either else within)
    if asking.assigned is not None:
        found.append(Task.assignee_id.is_not(None) if asking.assigned else Task.assignee_id.is_(None))
    return found or [true()]


def _instance(row: Instance, case: Case, definition: ProcessDefinition) -> InstanceRecord:
    key = number_of(case, row.number)
    return InstanceRecord(row.id, case.id, key, definition, bool(case.plays), row.started_at, row.finished_at)


def _task(
    logins: dict[int, str], task: Task, case: Case, instance: Instance, definition: ProcessDefinition
) -> TaskRecord:
    assignee = logins.get(task.assignee_id or 0)
    return TaskRecord(task, number_of(case, instance.number), definition, case.plays is not None, assignee)
