"""The head's board of one office: what will be late, whose it is, and why; who has how much to do (N421/18)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select, union
from sqlalchemy.orm import aliased

from services import cases, clock, custody, deadlines, directory, registry
from services.boards import access
from services.boards.whose_time import waits_for
from services.cases import looks_at_cases
from services.cases.models import Case, Instance, Task
from services.cases.pages.dues import earlier
from services.cases.pages.shown import DueView
from services.db import db

GROUPS = ("late", "today", "tomorrow", "week")
#: working days ahead that "this week" reaches, today not counted
WEEK = 5
#: rows that the board shows; the numbers above it count everything
MOST = 300
DONE_DAYS = 30


@dataclass(frozen=True)
class Late:
    """A case that is late or will be, at the place where it waits."""

    task_id: str
    case_id: int
    number: str | None
    applicant: str  #: empty for whoever may not know
    title: str  #: of the step, in Kazakh
    code: str
    office: str  #: key: where it waits
    role: str
    holder: str | None  #: the person in whose hands it is
    waits_for: str  #: body, psc, courier or citizen
    waiting: bool  #: for somebody who is not of this office
    due: DueView
    round: int
    group: str
    may_reassign: bool
    missing: bool  #: its folder or its result is missing

    @property
    def order(self) -> int:
        return GROUPS.index(self.group)


@dataclass(frozen=True)
class Executor:
    """What one person has to do, and did; `name` is None for what nobody has taken yet."""

    name: str | None
    role: str
    open: int
    week: int
    late: int
    done: int


@dataclass(frozen=True)
class HeadBoard:
    """What the head of one office has before them today."""

    office: str
    counts: dict[str, int]  #: group -> how many, all of them
    rows: Sequence[Late]  #: the most urgent first, at most `MOST`
    tomorrow: date  #: the next working day
    until: date  #: the last day of this week
    workload: Sequence[Executor]
    colleagues: dict[str, Sequence[directory.Person]]  #: role -> those whom its tasks may be given to


def head_board(office_key: str, person: directory.Person) -> HeadBoard:
    """Today's board of that office. Raises NotYours."""
    access.check_may_lead(person, office_key)
    edges = _edges(office_key)
    ids = union(_own(office_key, edges), _elsewhere(office_key, edges)).subquery()
    due = _due().label("due")
    wanted = (
        select(Task, Case, Instance.number, due)
        .join(ids, ids.c.id == Task.id)
        .join(Case, Case.id == Task.case_id)
        .join(Instance, Instance.id == Task.instance_id)
        .order_by(due, Task.id)
    )
    found = db.session.execute(wanted.limit(MOST)).all()
    counts = dict.fromkeys(GROUPS, 0) | _counts(ids, edges)
    rows = _rows(found, edges, office_key, person)
    roles = sorted({row.role for row in rows if row.may_reassign})
    return HeadBoard(
        office_key,
        counts,
        rows,
        edges.tomorrow,
        edges.until,
        _workload(office_key, edges),
        {role: directory.staff_at(office_key, role) for role in roles},
    )


@dataclass(frozen=True)
class _Edges:
    """Where one group ends and the next begins, on the office's clock."""

    now: datetime
    tomorrow: date
    until: date
    ends: tuple[datetime, datetime, datetime]  #: of today, of the next working day, of this week

    def group(self, at: datetime) -> str:
        if at < self.now:
            return "late"
        return next((group for group, end in zip(GROUPS[1:], self.ends, strict=True) if at < end), "week")


def _edges(office_key: str) -> _Edges:
    calendar = deadlines.calendar_for(registry.current(), office_key)
    now = clock.now()
    today = calendar.local(now).date()
    days = [today]
    for _ in range(WEEK):
        days.append(calendar.next_working_day(days[-1]))
    midnights = [
        datetime.combine(day + timedelta(days=1), time.min, calendar.zone).astimezone(UTC)
        for day in (days[0], days[1], days[-1])
    ]
    return _Edges(now, days[1], days[-1], (midnights[0], midnights[1], midnights[2]))


def _due() -> ColumnElement[datetime]:
    """Whichever of the two clocks still runs and ends first; NULL when none runs."""
    return func.least(Task.due_at, case((Case.outer_stopped_at.is_(None), Case.outer_due_at)))


def _is_step() -> ColumnElement[bool]:
    return or_(Task.waits_for == "person", Task.step != "")


def _own(office_key: str, edges: _Edges) -> Select[str]:
    """Places at this office; `urgent_at` is what the index knows, the running clock decides."""
    return (
        select(Task.id)
        .join(Case, Case.id == Task.case_id)
        .where(Task.office_key == office_key, Task.closed_at.is_(None), _is_step())
        .where(Task.urgent_at < edges.ends[-1], _due() < edges.ends[-1])
    )


def _elsewhere(office_key: str, edges: _Edges) -> Select[str]:
    """Cases that this body decides and that are at another office just now, by the term of the whole service."""
    mine = aliased(Task)
    here = select(mine.id).where(mine.case_id == Case.id, mine.office_key == office_key, mine.closed_at.is_(None))
    return (
        select(Task.id)
        .join(Case, Case.id == Task.case_id)
        .where(Case.body_key == office_key, Case.closed_at.is_(None), Case.outer_stopped_at.is_(None))
        .where(Case.outer_due_at < edges.ends[-1], Task.office_key != office_key, Task.closed_at.is_(None))
        .where(_is_step(), ~here.exists())
    )


def _counts(ids: Any, edges: _Edges) -> dict[str, int]:
    """How many in each group: one statement."""
    due = _due()
    groups = case(
        (due < edges.now, "late"), (due < edges.ends[0], "today"), (due < edges.ends[1], "tomorrow"), else_="week"
    ).label("due_group")
    inner = select(groups).select_from(Task).join(ids, ids.c.id == Task.id).join(Case, Case.id == Task.case_id)
    grouped = inner.subquery()
    counted = select(grouped.c.due_group, func.count()).group_by(grouped.c.due_group)
    return {row[0]: row[1] for row in db.session.execute(counted)}


def _rows(found: Sequence[Any], edges: _Edges, office_key: str, person: directory.Person) -> list[Late]:
    names = directory.names([task.assignee_id for task, *_ in found if task.assignee_id])
    known = cases.applicants([row.case_id for row, *_ in found]) if looks_at_cases(person, office_key) else {}
    assigns = bool(registry.current().roles_that("assigns") & person.roles_at(office_key))
    missing = _missing([row.id for _, row, *_ in found])
    rows = []
    for task, row, number, _ in found:
        due = earlier(task, row)
        if due is None:
            continue
        rows.append(
            Late(
                task.id,
                row.id,
                number or row.number,
                known.get(row.id, ""),
                task.name,
                task.code,
                task.office_key,
                task.role,
                names.get(task.assignee_id or 0),
                waits_for(task),
                task.waits_for != "person" or task.office_key != office_key,
                due,
                task.round,
                edges.group(due.at),
                assigns and task.office_key == office_key and task.waits_for == "person",
                row.id in missing,
            )
        )
    return rows


def _missing(case_ids: Sequence[int]) -> set[int]:
    """Which of the cases have one of whose papers is missing."""
    wanted = select(custody.Item.case_id).where(custody.Item.case_id.in_(case_ids), custody.Item.state == "missing")
    return set(db.session.scalars(wanted))


def _workload(office_key: str, edges: _Edges) -> list[Executor]:
    """Everybody with something open here or done lately, and the executors without; the busiest first."""
    open_by: dict[tuple[int | None, str], tuple[int, int, int]] = {
        (staff_id, role): (count, week, late)
        for staff_id, role, count, week, late in db.session.execute(_open(office_key, edges))
    }
    since = edges.now - timedelta(days=DONE_DAYS)
    counted = (
        select(Task.done_by_id, Task.role, func.count())
        .where(Task.office_key == office_key, Task.done_at.is_not(None), Task.done_at >= since)
        .where(Task.waits_for == "person")
        .group_by(Task.done_by_id, Task.role)
    )
    done_by = {(staff_id, role): count for staff_id, role, count in db.session.execute(counted)}
    executing = sorted(registry.current().roles_that("executes"))
    idle = {(each.id, role) for role in executing for each in directory.staff_at(office_key, role)}
    keys = set(open_by) | set(done_by) | idle
    names = directory.names([staff_id for staff_id, _ in keys if staff_id])
    lines = [
        Executor(names.get(key[0] or 0), key[1], *open_by.get(key, (0, 0, 0)), done_by.get(key, 0)) for key in keys
    ]
    return sorted(lines, key=lambda each: (each.name is not None, -each.late, -each.open, -each.done, each.name or ""))


def _open(office_key: str, edges: _Edges) -> Select[int | None, str, int, int, int]:
    due = _due()
    return (
        select(
            Task.assignee_id,
            Task.role,
            func.count(),
            func.count().filter(due >= edges.now, due < edges.ends[-1]),
            func.count().filter(due < edges.now),
        )
        .join(Case, Case.id == Task.case_id)
        .where(Task.office_key == office_key, Task.closed_at.is_(None), Task.waits_for == "person")
        .group_by(Task.assignee_id, Task.role)
    )
