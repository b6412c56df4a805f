"""The head's board of one office: what will be late, whose it is, and why; who has how much to do (N421/18)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, select, union_all
from sqlalchemy.orm import aliased

from services import cases, clock, custody, deadlines, directory, registry
from services.boards import access
from services.boards.whose_time import waits_for
from services.cases import counted_until, due_moment, ends_ahead, is_step, looks_at_cases
from services.cases.models import Case, Instance, Task
from services.cases.pages.dues import earlier
from services.cases.pages.shown import DueView
from services.db import db

GROUPS = ("late", "today", "tomorrow", "week")
#: working days ahead that "this week" reaches, today not counted
WEEK = 5
#: rows that the board shows; the numbers above it count everything
MOST = 300
#: its figures look at this many places of each kind, the most urgent first, and then say that there are more
CAP = 9_999
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

    @property
    def edition(self) -> int | None:
        """Of the act, by whose words the row speaks."""
        return self.due.edition


@dataclass(frozen=True)
class Executor:
    """What one person has to do, and did; `name` is None for what nobody has taken yet."""

    person_id: int | None
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
    more: bool = False  #: so much is open that its figures are of the `CAP` most urgent alone


def head_board(office_key: str, person: directory.Person) -> HeadBoard:
    """Today's board of that office. Raises NotYours."""
    access.check_may_lead(person, office_key)
    edges = _edges(office_key)
    ids = _both(office_key, edges, MOST, Task.id)
    due = due_moment().label("due")
    wanted = (
        select(Task, Case, Instance.number, due)
        .join(ids, ids.c.id == Task.id)
        .join(Case, Case.id == Task.case_id)
        .join(Instance, Instance.id == Task.instance_id)
        .order_by(due, Task.id)
    )
    found = db.session.execute(wanted.limit(MOST)).all()
    counts, more = _counts(office_key, edges)
    rows = _rows(found, edges, office_key, person)
    roles = sorted({row.role for row in rows if row.may_reassign})
    workload = _workload(office_key, edges)
    return HeadBoard(
        office_key,
        counts,
        rows,
        edges.tomorrow,
        edges.until,
        workload,
        {role: directory.staff_at(office_key, role) for role in roles},
        more or sum(each.open for each in workload) > CAP,
    )


@dataclass(frozen=True)
class _Edges:
    """Where one group ends and the next begins, on the office's clock."""

    now: datetime
    tomorrow: date
    until: date
    ends: tuple[datetime, datetime, datetime]  #: of today, of the next working day, of this week

    def group(self, due: DueView) -> str:
        """Where it stands on the board. What the law lets stand still is not late by that."""
        if due.status == "overdue":
            return "late"
        return next((group for group, end in zip(GROUPS[1:], self.ends, strict=True) if due.at < end), "week")


def _edges(office_key: str) -> _Edges:
    today, tomorrow, week = ends_ahead(office_key, (0, 1, WEEK))
    local = deadlines.calendar_for(registry.current(), office_key).local
    next_day, last_day = [local(end - timedelta(seconds=1)).date() for end in (tomorrow, week)]
    return _Edges(clock.now(), next_day, last_day, (today, tomorrow, week))


def _both(office_key: str, edges: _Edges, limit: int, *wanted: ColumnElement[Any] | Any) -> Subquery:
    """The most urgent places of both kinds, which have none in common: each walks its index, and stops at `limit`."""
    arms = _own(office_key, edges, *wanted), _elsewhere(office_key, edges, *wanted)
    return union_all(*[select(arm.limit(limit).subquery()) for arm in arms]).subquery()


def _own(office_key: str, edges: _Edges, *wanted: ColumnElement[Any] | Any) -> Select[Any]:
    """Places at this office; `urgent_at` is what the index knows, the running clock decides."""
    return (
        select(*wanted)
        .select_from(Task)
        .join(Case, Case.id == Task.case_id)
        .where(Task.office_key == office_key, Task.closed_at.is_(None), is_step())
        .where(Task.urgent_at < edges.ends[-1], due_moment() < edges.ends[-1])
        .order_by(Task.urgent_at, Task.id)
    )


def _elsewhere(office_key: str, edges: _Edges, *wanted: ColumnElement[Any] | Any) -> Select[Any]:
    """Cases that this body decides and that are at another office just now, by the term of the whole service."""
    mine = aliased(Task)
    here = select(mine.id).where(mine.case_id == Case.id, mine.office_key == office_key, mine.closed_at.is_(None))
    return (
        select(*wanted)
        .select_from(Task)
        .join(Case, Case.id == Task.case_id)
        .where(Case.body_key == office_key, Case.closed_at.is_(None), Case.outer_stopped_at.is_(None))
        .where(Case.outer_due_at < edges.ends[-1], Task.office_key != office_key, Task.closed_at.is_(None))
        .where(is_step(), ~here.exists())
        .order_by(Case.outer_due_at)
    )


def _counts(office_key: str, edges: _Edges) -> tuple[dict[str, int], bool]:
    """How many in each group, of the `CAP` most urgent of each kind, and whether there are more: one statement."""
    due, here = due_moment(), (Task.office_key == office_key).label("here")
    groups = case(
        (due < counted_until(edges.now), "late"),
        (due < edges.ends[0], "today"),
        (due < edges.ends[1], "tomorrow"),
        else_="week",
    ).label("due_group")
    places = _both(office_key, edges, CAP + 1, groups, here)
    found = db.session.execute(
        select(places.c.due_group, places.c.here, func.count()).group_by(places.c.due_group, places.c.here)
    )
    counts, kinds = dict.fromkeys(GROUPS, 0), {True: 0, False: 0}
    for group, is_here, count in found:
        counts[group] += count
        kinds[is_here] += count
    return counts, max(kinds.values()) > CAP


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
                edges.group(due),
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
        for staff_id, role, count, week, late in db.session.execute(_open(office_key))
    }
    counted = (
        select(Task.done_by_id, Task.role, func.count())
        .where(*done_lately(office_key))
        .group_by(Task.done_by_id, Task.role)
    )
    done_by = {(staff_id, role): count for staff_id, role, count in db.session.execute(counted)}
    executing = sorted(registry.current().roles_that("executes"))
    idle = {(each.id, role) for role in executing for each in directory.staff_at(office_key, role)}
    keys = set(open_by) | set(done_by) | idle
    names = directory.names([staff_id for staff_id, _ in keys if staff_id])
    lines = [
        Executor(key[0], names.get(key[0] or 0), key[1], *open_by.get(key, (0, 0, 0)), done_by.get(key, 0))
        for key in keys
    ]
    return sorted(lines, key=lambda each: (each.name is not None, -each.late, -each.open, -each.done, each.name or ""))


def _open(office_key: str) -> Select[int | None, str, int, int, int]:
    """Person, role -> what they have to do, of the `CAP` most urgent and one more."""
    work = open_work(office_key)
    urgent = (
        select(Task.assignee_id, Task.role, work["week"].label("week"), work["late"].label("late"))
        .join(Case, Case.id == Task.case_id)
        .where(work["open"])
        .order_by(Task.urgent_at, Task.id)
        .limit(CAP + 1)
        .subquery()
    )
    columns = urgent.c
    counts = func.count(), func.count().filter(columns.week), func.count().filter(columns.late)
    return select(columns.assignee_id, columns.role, *counts).group_by(columns.assignee_id, columns.role)


def open_work(office_key: str) -> dict[str, ColumnElement[bool]]:
    """What people have to do at that office: all of it, what is due within `WEEK` working days, what is late."""
    due, until = due_moment(), counted_until(clock.now())
    here = and_(Task.office_key == office_key, Task.closed_at.is_(None), is_step(), Task.waits_for == "person")
    (end,) = ends_ahead(office_key, (WEEK,))
    return {"open": here, "week": and_(here, due >= until, due < end), "late": and_(here, due < until)}


def done_lately(office_key: str) -> list[ColumnElement[bool]]:
    """What people did at that office in the last `DONE_DAYS` days."""
    since = clock.now() - timedelta(days=DONE_DAYS)
    return [Task.office_key == office_key, Task.done_at.is_not(None), Task.done_at >= since, Task.waits_for == "person"]
