"""The lists of the day, read in few statements: keyset-paged, counted whole."""

from typing import Any, NamedTuple

from sqlalchemy import Select, func, select

from services import directory, registry
from services.cases.facts import number_of
from services.cases.lists.only import ALL, Only
from services.cases.lists.orders import ORDERS, SORTS, BadCursor, Place, read_moment
from services.cases.lists.standing import CAP, LISTS, ahead, how_many, ids_of
from services.cases.models import Applicant, Case, Instance, Task
from services.cases.pages.dues import earlier
from services.cases.pages.shown import Counted, InboxPage, InboxRow
from services.cases.rights import in_hands_of, sees, sees_outcomes, works_as
from services.db import db
from services.processes.models import ProcessDefinition


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
    ids = ids_of(person, office_key, list, after, limit + 1, by, only)
    found = db.session.execute(_rows(ids)).all() if ids is not None else []
    holders = directory.holders([row[0].assignee_id for row in found if row[0].assignee_id])
    rows = [inbox_row(person, Listed(*row[:-1]), holders) for row in found[:limit]]
    following = None
    if len(found) > limit:
        last, first = found[limit - 1][0], found[limit - 1][-1]
        following = _write_done(last) if list == "done" else by.write(first, last)
    counts, orders, total = _counts(person, office_key, list, only)
    return InboxPage(list, rows, counts, following, by.name, orders, only, total)


def first_of(person: directory.Person, office_key: str, list: str, order: str = "due", only: Only = ALL) -> int | None:
    """The case of what stands first of that list for a person to do now; None when nothing does."""
    picked = ahead(person, office_key, list, order, only, 1)
    if picked is None:
        return None
    return db.session.scalar(select(Task.case_id).join(picked, picked.c.id == Task.id))


def _rows(ids: Select[Any]) -> Select[Any]:
    """Everything of these rows, in the order of their ids, and by what each stands where it does."""
    picked = ids.add_columns(func.row_number().over(order_by=ids._order_by_clauses).label("place")).subquery()
    return (
        select(
            Task, Case, Applicant, Instance.number, ProcessDefinition.name, ProcessDefinition.version, picked.c.first
        )
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
    lists = {each: how_many(person, office_key, each, ALL) for each in LISTS}
    columns = [count.label(each) for each, count in lists.items()]
    here = select(Task.id).where(Task.office_key == office_key, Task.closed_at.is_(None))
    orders = {each.name: each.said for each in ORDERS.values()}
    columns += [here.where(said).exists().label(name) for name, said in orders.items() if said is not None]
    if only:
        columns.append(how_many(person, office_key, list, only).label("wanted"))
    row = db.session.execute(select(*columns)).one()
    counts = {each: Counted(min(getattr(row, each), CAP), getattr(row, each) > CAP) for each in LISTS}
    wanted = Counted(min(row.wanted, CAP), row.wanted > CAP) if only else counts[list]
    return counts, tuple(name for name, said in orders.items() if said is None or getattr(row, name)), wanted


def inbox_row(person: directory.Person, listed: Listed, holders: dict[int, directory.Holder]) -> InboxRow:
    """One line of a list, of a step and its case."""
    task, case, mine = listed.task, listed.case, _is_mine(listed.task, person)
    holder = holders.get(task.assignee_id) if task.assignee_id else None
    free = task.assignee_id is None and works_as(task, person)
    open_here = free and task.closed_at is None
    may_open = sees(case, person)
    known = listed.applicant if may_open else None
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
        several=registry.current().forms_of_several().get(task.form or "", "") if mine or open_here else "",
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
