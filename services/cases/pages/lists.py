"""What the screens show, read in few statements: lists are keyset-paged, counts are capped."""

from datetime import UTC, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import (
    Select,
    false,
    func,
    literal,
    select,
    tuple_,
    union_all,
)

from services import clock, deadlines, directory, registry
from services.cases.facts import number_of
from services.cases.models import Applicant, Case, Instance, Task
from services.cases.pages.dues import earlier
from services.cases.pages.orders import ORDERS, BadCursor, Order, Place, read_moment
from services.cases.pages.shown import LISTS, Counted, InboxPage, InboxRow
from services.cases.rights import in_hands_of, lists_of, sees, works_as
from services.db import db
from services.processes.models import ProcessDefinition

#: a count looks at this many rows and then says "more"
CAP = 99


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
) -> InboxPage:
    """One page of one of the person's lists at that office, in one of the `ORDERS`. Raises BadCursor."""
    list = list if list in LISTS else "mine"
    by = ORDERS.get(order, ORDERS["due"])
    after = _read_done(cursor) if list == "done" else by.read(cursor)
    ids = _ids(person, office_key, list, after, limit + 1, by)
    found = db.session.execute(_rows(ids)).all() if ids is not None else []
    holders = directory.holders([row[0].assignee_id for row in found if row[0].assignee_id])
    rows = [inbox_row(person, Listed(*row), holders) for row in found[:limit]]
    last = found[limit - 1][0] if len(found) > limit else None
    following = None if last is None else _write_done(last) if list == "done" else by.write(last)
    counts, orders = _counts(person, office_key)
    return InboxPage(list, rows, counts, following, by.name, orders)


def _ids(
    person: directory.Person, office_key: str, list: str, after: Place | None, limit: int, order: Order = ORDERS["due"]
) -> Select[Any] | None:
    """The ids of one list's rows, in that order; each arm walks one index and stops at `limit`."""
    if not person.roles_at(office_key):
        return None
    if list == "done":
        return _done(person, office_key, after, limit)
    wanted = lists_of(person, office_key)[list]
    open_here = select(Task.id).where(Task.office_key == office_key, Task.closed_at.is_(None))
    arms = [arm for condition in wanted for arm in order.arms(open_here.where(condition), after, limit)]
    joined = union_all(*[select(arm.subquery()) for arm in arms]).subquery()
    placed = select(joined.c.id, joined.c.first, joined.c.urgent_at)
    return placed.order_by(joined.c.first, joined.c.urgent_at, joined.c.id).limit(limit)


def _done(person: directory.Person, office_key: str, after: Place | None, limit: int) -> Select[Any]:
    """What this person completed today, the last first."""
    today = deadlines.local(registry.current(), office_key, clock.now()).date()
    zone = deadlines.zone(registry.current(), office_key)
    since = datetime.combine(today, time.min, zone).astimezone(UTC)
    done = select(Task.id).where(Task.done_by_id == person.id, Task.done_at >= since, Task.done_at.is_not(None))
    if after:
        done = done.where(tuple_(Task.done_at, Task.id) < tuple_(literal(after.at), literal(after.task_id)))
    return done.order_by(Task.done_at.desc(), Task.id.desc()).limit(limit)


def _rows(ids: Select[Any]) -> Select[Task, Case, Applicant, str | None, str, int]:
    """Everything of these rows, in the order of their ids."""
    picked = ids.add_columns(func.row_number().over(order_by=ids._order_by_clauses).label("place")).subquery()
    return (
        select(Task, Case, Applicant, Instance.number, ProcessDefinition.name, ProcessDefinition.version)
        .join(picked, picked.c.id == Task.id)
        .join(Case, Case.id == Task.case_id)
        .join(Instance, Instance.id == Task.instance_id)
        .join(ProcessDefinition, ProcessDefinition.id == Instance.definition_id)
        .outerjoin(Applicant, Applicant.case_id == Case.id)
        .order_by(picked.c.place)
    )


def _counts(person: directory.Person, office_key: str) -> tuple[dict[str, Counted], tuple[str, ...]]:
    """How much is in each list, up to the cap, and the orders that would change anything there: one statement."""
    picked = {list: _ids(person, office_key, list, None, CAP + 1) for list in LISTS}
    empty = select(Task.id).where(false())
    columns = [
        select(func.count()).select_from((ids if ids is not None else empty).subquery()).scalar_subquery().label(list)
        for list, ids in picked.items()
    ]
    here = select(Task.id).where(Task.office_key == office_key, Task.closed_at.is_(None))
    orders = {each.name: each.said for each in ORDERS.values()}
    columns += [here.where(said).exists().label(name) for name, said in orders.items() if said is not None]
    row = db.session.execute(select(*columns)).one()
    counts = {list: Counted(min(getattr(row, list), CAP), getattr(row, list) > CAP) for list in LISTS}
    return counts, tuple(name for name, said in orders.items() if said is None or getattr(row, name))


def inbox_row(person: directory.Person, listed: Listed, holders: dict[int, directory.Holder]) -> InboxRow:
    """One line of a list, of a step and its case."""
    task, case = listed.task, listed.case
    mine = task.assignee_id is not None and in_hands_of(task, person)
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
        priority=task.priority,
        follow_up_at=task.follow_up_at,
    )


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
