"""The lists of the day, read in few statements: keyset-paged, counted whole."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple, cast

from sqlalchemy import Select, func, select

from services import directory, registry
from services.cases.facts import number_of
from services.cases.lists.only import ALL, Only
from services.cases.lists.orders import ORDERS, SORTS, BadCursor, Order, Place, read_moment
from services.cases.lists.standing import CAP, LISTS, ahead, how_many, ids_of, today
from services.cases.models import Applicant, Case, Instance, Task
from services.cases.pages.dues import earlier
from services.cases.pages.shown import Counted, InboxPage, InboxRow
from services.cases.rights import in_hands_of, sees, sees_outcomes, works_as
from services.db import Prepared, db
from services.processes.models import ProcessDefinition
from services.registry import Registry


class Listed(NamedTuple):
    """What one line of a list is read from: a step, its case and applicant, its pool's number, and of what process."""

    task: Task
    case: Case
    applicant: Applicant | None
    number: str | None
    process: str
    version: int


def inbox(
    person: directory.Person,
    office_key: str,
    list: str,
    *,
    cursor: str | None = None,
    limit: int = 50,
    order: str = "due",
    only: Only = ALL,
) -> InboxPage:
    """One page of one of the person's lists at that office, in one of the `SORTS`. Raises BadCursor."""
    list = list if list in LISTS else "mine"
    by = SORTS.get(order, SORTS["due"])
    after = _read_done(cursor) if list == "done" else by.read(cursor)
    found = _read(person, office_key, list, after, limit + 1, by, only)
    holders = directory.holders([row.task_assignee_id for row in found if row.task_assignee_id])
    listed = [_listed(row) for row in found]
    rows = [inbox_row(person, each, holders) for each in listed[:limit]]
    following = None
    if len(found) > limit:
        last, first = listed[limit - 1].task, found[limit - 1].first
        following = _write_done(last) if list == "done" else by.write(first, last)
    counts, orders, total = _counts(person, office_key, list, only)
    return InboxPage(list, rows, counts, following, by.name, orders, only, total)


class _TaskListed(NamedTuple):
    """What a line of a list says of a step, by its columns' names."""

    id: str
    case_id: int
    office_key: str
    role: str
    name: str
    code: str
    assignee_id: int | None
    candidates: list[int] | None
    not_by: list[int] | None
    waits_for: str
    message: str | None
    form: str | None
    round: int
    outcome: str | None
    opened_at: datetime
    done_at: datetime | None
    closed_at: datetime | None
    due_at: datetime | None
    urgent_at: datetime
    rule: str
    clause: str
    due_default: bool
    priority: int
    follow_up_at: datetime | None


class _CaseListed(NamedTuple):
    """And of its case."""

    id: int
    number: str | None
    route: str
    plays: int | None
    office_key: str
    body_key: str
    outcome: str | None
    closed_at: datetime | None
    archived_at: datetime | None
    assigned_until: date | None
    outer_due_at: datetime
    outer_default: bool
    outer_stopped_at: datetime | None
    stopped_since: datetime | None
    edition: int | None


class _ApplicantListed(NamedTuple):
    """And of who applied."""

    surname: str
    given_name: str
    patronymic: str


_CASE_AT = len(_TaskListed._fields)
_APPLICANT_AT = _CASE_AT + len(_CaseListed._fields)
_REST_AT = _APPLICANT_AT + len(_ApplicantListed._fields)


def _listed(row: Any) -> Listed:
    """A row of `_rows`: it is read by fifties, and none of it is a row of the session's."""
    task, case = _TaskListed._make(row[:_CASE_AT]), _CaseListed._make(row[_CASE_AT:_APPLICANT_AT])
    applicant = _ApplicantListed._make(row[_APPLICANT_AT:_REST_AT]) if row.applicant_surname is not None else None
    return Listed(cast(Task, task), cast(Case, case), cast("Applicant | None", applicant), *row[_REST_AT:-1])


def first_of(person: directory.Person, office_key: str, list: str, order: str = "due", only: Only = ALL) -> int | None:
    """The case of what stands first of that list for a person to do now; None when nothing does."""
    picked = ahead(person, office_key, list, order, only, 1)
    if picked is None:
        return None
    return db.session.scalar(select(Task.case_id).join(picked, picked.c.id == Task.id))


def _read(
    person: directory.Person, office_key: str, list: str, after: Place | None, limit: int, by: Order, only: Only
) -> Sequence[Any]:
    """The rows of `_rows`. What everybody looks at, and every half minute anew, is asked by a statement that was made
    once: the beginning of a whole list."""
    since = today(office_key)
    if after is None and not only:
        made = _beginning(person, office_key, list, limit, by.name, registry.current())
        return made.all(since=since) if made is not None else []
    ids = ids_of(person, office_key, list, after, limit, by, only)
    return db.session.execute(_rows(ids), {"since": since}).all() if ids is not None else []


@lru_cache(maxsize=1000)
def _beginning(
    person: directory.Person, office_key: str, list: str, limit: int, order: str, _plugins: Registry
) -> Prepared | None:
    """Of each person as they stand today, in the region as it is."""
    ids = ids_of(person, office_key, list, None, limit, SORTS[order])
    return Prepared(_rows(ids)) if ids is not None else None


def _rows(ids: Select[Any]) -> Select[Any]:
    """What a line says of each of these, in the order of their ids, and by what each stands where it does."""
    picked = ids.add_columns(func.row_number().over(order_by=ids._order_by_clauses).label("place")).subquery()
    read = ((Task, _TaskListed, "task"), (Case, _CaseListed, "case"), (Applicant, _ApplicantListed, "applicant"))
    columns = [getattr(model, each).label(f"{said}_{each}") for model, names, said in read for each in names._fields]
    process = ProcessDefinition.name.label("process"), ProcessDefinition.version
    return (
        select(*columns, Instance.number, *process, picked.c.first)
        .join(picked, picked.c.id == Task.id)
        .join(Case, Case.id == Task.case_id)
        .join(Instance, Instance.id == Task.instance_id)
        .join(ProcessDefinition, ProcessDefinition.id == Instance.definition_id)
        .outerjoin(Applicant, Applicant.case_id == Case.id)
        .order_by(picked.c.place)
    )


def _counts(
    person: directory.Person, office_key: str, list: str, only: Only
) -> tuple[dict[str, Counted], tuple[str, ...], Counted]:
    """How much is in each list, the orders that would change anything there, how much of `list` is asked for.

    One statement: it counts all there is, up to the cap.
    """
    since = today(office_key)
    if only:
        wanted = how_many(person, office_key, list, only).label("wanted")
        row = db.session.execute(select(*_counted(person, office_key), wanted), {"since": since}).one()
    else:
        row = _all_counted(person, office_key, registry.current()).one(since=since)
    counts = {each: Counted(min(getattr(row, each), CAP), getattr(row, each) > CAP) for each in LISTS}
    total = Counted(min(row.wanted, CAP), row.wanted > CAP) if only else counts[list]
    orders = tuple(name for name, each in ORDERS.items() if each.said is None or getattr(row, name))
    return counts, orders, total


@lru_cache(maxsize=500)
def _all_counted(person: directory.Person, office_key: str, _plugins: Registry) -> Prepared:
    """Of each person as they stand today, in the region as it is."""
    return Prepared(select(*_counted(person, office_key)))


def _counted(person: directory.Person, office_key: str) -> Sequence[Any]:
    """How much is in each list, and whether any open task there says something of each order."""
    counts = [how_many(person, office_key, each, ALL).label(each) for each in LISTS]
    here = select(Task.id).where(Task.office_key == office_key, Task.closed_at.is_(None))
    orders = {name: each.said for name, each in ORDERS.items() if each.said is not None}
    return [*counts, *[here.where(said).exists().label(name) for name, said in orders.items()]]


def inbox_row(person: directory.Person, listed: Listed, holders: dict[int, directory.Holder]) -> InboxRow:
    """One line of a list, of a step and its case."""
    task, case, mine = listed.task, listed.case, _is_mine(listed.task, person)
    holder = holders.get(task.assignee_id) if task.assignee_id else None
    open_here = task.assignee_id is None and task.closed_at is None and works_as(task, person)
    known = listed.applicant if (may_open := sees(case, person)) else None
    return InboxRow(
        task_id=task.id,
        case_id=case.id,
        number=number_of(case, listed.number),
        applicant=f"{known.surname} {known.given_name} {known.patronymic}".strip() if known else "",
        route=case.route,
        process=listed.process,
        version=listed.version if case.plays else None,
        title=task.name,
        code=task.code,
        due=earlier(task, case) if case.plays is None else None,
        holder=holder.name if holder else None,
        holder_id=task.assignee_id,
        deputy=holder.deputy_at(task.office_key, task.role) if holder else "",
        stands_for=holder.name if holder and mine and task.assignee_id != person.id else "",
        mine=mine,
        may_claim=open_here and task.waits_for == "person",
        round=task.round,
        opened_at=task.opened_at,
        done_at=task.done_at,
        outcome=task.outcome,
        waits_for=task.waits_for,
        message=task.message if open_here else None,
        may_open=may_open,
        closed_at=case.closed_at,
        ended_as=case.outcome,
        archived=case.archived_at is not None,
        assigned_until=case.assigned_until if may_open and sees_outcomes(case, person) else None,
        priority=task.priority,
        follow_up_at=task.follow_up_at,
        role=task.role,
        several=registry.current().forms_of_several.get(task.form or "", "") if mine or open_here else "",
        edition=case.edition,
    )


def _is_mine(task: Task, person: directory.Person) -> bool:
    return task.assignee_id is not None and in_hands_of(task, person)


def _write_done(task: Task) -> str:
    return f"{(task.done_at or task.urgent_at).isoformat()}~{task.id}"


def _read_done(cursor: str | None) -> Place | None:
    if not cursor:
        return None
    at, _, task_id = cursor.partition("~")
    try:
        moment = read_moment(at)
    except ValueError:
        raise BadCursor from None
    if not task_id:
        raise BadCursor
    return Place(0, moment, task_id)
