"""The head's board of one office: what will be late, whose it is, and why; who has how much to do (N421/18)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    TableValuedAlias,
    Text,
    and_,
    case,
    cast,
    column,
    func,
    join,
    literal_column,
    or_,
    select,
    true,
    union_all,
)

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
#: each of its figures looks at this many places, the most urgent first, and then says that there are more
CAP = 499
#: and what each person has before them at so many: nobody has as much and is still given more
CAP_EACH = 299
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
    holder_id: int | None  #: the same person
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
    beyond: frozenset[str] = frozenset()  #: groups of which there are more than was counted
    more: bool = False  #: somebody has so much before them that it is counted only to `CAP_EACH`, or to `CAP` if done


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
    counts = _counts(office_key, edges)
    rows = _rows(found, edges, office_key, person)
    roles = sorted({row.role for row in rows if row.may_reassign})
    workload, more = _workload(office_key, {task.assignee_id for task, *_ in found if task.assignee_id})
    return HeadBoard(
        office_key,
        {group: min(count, CAP) for group, count in counts.items()},
        rows,
        edges.tomorrow,
        edges.until,
        workload,
        {role: directory.staff_at(office_key, role) for role in roles},
        frozenset(group for group, count in counts.items() if count > CAP),
        more,
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
    own = _own(office_key, *wanted).where(Task.urgent_at < edges.ends[-1])
    arms = own.order_by(Task.urgent_at, Task.id), _elsewhere(office_key, edges, *wanted)
    return union_all(*[select(arm.limit(limit).subquery()) for arm in arms]).subquery()


def _own(office_key: str, *wanted: ColumnElement[Any] | Any) -> Select[Any]:
    """Places at this office whose due moment runs; it is the `urgent_at` that the index knows."""
    return (
        select(*wanted)
        .select_from(Task)
        .join(Case, Case.id == Task.case_id)
        .where(Task.office_key == office_key, Task.closed_at.is_(None), is_step())
        .where(or_(Task.due_at.is_not(None), Case.outer_stopped_at.is_(None)))
    )


def _elsewhere(office_key: str, edges: _Edges, *wanted: ColumnElement[Any] | Any) -> Select[Any]:
    """Cases that this body decides and that are at another office just now, by the term of the whole service."""
    # a case without a place at its body has places at others alone
    return (
        select(*wanted)
        .select_from(Case)
        .join(Task, Task.case_id == Case.id)
        .where(Case.body_key == office_key, Case.closed_at.is_(None), Case.outer_stopped_at.is_(None))
        .where(Case.at_body == literal_column("0"), Case.outer_due_at < edges.ends[-1])
        .where(Task.closed_at.is_(None), is_step())
        .order_by(Case.outer_due_at)
    )


def _counts(office_key: str, edges: _Edges) -> dict[str, int]:
    """How many in each group, each kind of places up to `CAP` and one more: one statement."""
    due = due_moment()
    late = due < counted_until(edges.now)
    group = case((late, "late"), *((due < end, name) for name, end in zip(GROUPS[1:], edges.ends, strict=True)))
    (today, tomorrow, week), at = edges.ends, Task.urgent_at
    own = _own(office_key, group.label("due_group"))
    arms = [
        own.where(at < edges.now, late).order_by(at, Task.id),
        # what the law lets stand still is not late by that
        own.where(at < edges.now, ~late, Case.closed_at.is_(None), Case.stopped_since.is_not(None)),
        *[
            own.where(at >= since, at < end).order_by(at, Task.id)
            for since, end in ((edges.now, today), (today, tomorrow), (tomorrow, week))
        ],
        _elsewhere(office_key, edges, group.label("due_group")),
    ]
    places = union_all(*[select(arm.limit(CAP + 1).subquery()) for arm in arms]).subquery()
    counted = select(places.c.due_group, func.count()).group_by(places.c.due_group)
    return dict.fromkeys(GROUPS, 0) | {row[0]: row[1] for row in db.session.execute(counted)}


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
                task.assignee_id,
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


def _workload(office_key: str, urgent: Iterable[int]) -> tuple[list[Executor], bool]:
    """Everybody with something open here or done lately, and the executors without; the busiest first. And whether
    somebody has more than is counted.

    `urgent`: staff in whose hands something urgent is, whether they ever had a role here or not.
    """
    staff = sorted({*directory.ever_at(office_key), *urgent})
    open_by = {(row.person, row.role): row for row in db.session.execute(_open(office_key, staff))}
    done_by = {(row.person, row.role): row.done for row in db.session.execute(_done(office_key, staff))}
    executing = sorted(registry.current().roles_that("executes"))
    idle = {(each.id, role) for role in executing for each in directory.staff_at(office_key, role)}
    keys = set(open_by) | set(done_by) | idle
    names = directory.names([staff_id for staff_id, _ in keys if staff_id])
    lines = []
    for key in keys:
        has = open_by.get(key)
        figures = (
            (has.open, has.week, has.late, done_by.get(key, 0)) if has is not None else (0, 0, 0, done_by.get(key, 0))
        )
        lines.append(Executor(key[0], names.get(key[0] or 0), key[1], *figures))
    lines.sort(key=lambda each: (each.name is not None, -each.late, -each.open, -each.done, each.name or ""))
    return lines, _is_more(lines)


def _is_more(lines: Sequence[Executor]) -> bool:
    """Whether one figure was counted no further than its cap: of a person over all roles, of what is free by role."""
    held: Counter[object] = Counter()
    done: Counter[object] = Counter()
    for each in lines:
        held[each.person_id or each.role] += each.open
        done[each.person_id] += each.done
    return max(held.values(), default=0) > CAP_EACH or max(done.values(), default=0) > CAP


def _open(office_key: str, staff: Sequence[int]) -> Select[Any]:
    """Person, role -> what they have to do: of each person, and of what nobody of a role has taken, the most urgent."""
    work = open_work(office_key)
    whose = _each(list(staff), BigInteger)
    roles = _each(sorted(registry.current().by_key("roles")), Text)
    told = Task.assignee_id.label("person"), Task.role, work["week"].label("week"), work["late"].label("late")
    urgent = select(*told).join(Case, Case.id == Task.case_id).where(work["open"]).order_by(Task.urgent_at, Task.id)
    held = urgent.where(Task.assignee_id == whose.c.each).limit(CAP_EACH + 1).correlate(whose).lateral()
    free = (
        urgent.where(Task.assignee_id.is_(None), Task.role == roles.c.each)
        .limit(CAP_EACH + 1)
        .correlate(roles)
        .lateral()
    )
    every = union_all(
        select(held.c.person, held.c.role, held.c.week, held.c.late).select_from(join(whose, held, true())),
        select(free.c.person, free.c.role, free.c.week, free.c.late).select_from(join(roles, free, true())),
    ).subquery()
    kinds = {name: func.count().filter(every.c[name]).label(name) for name in ("week", "late")}
    counts = func.count().label("open"), kinds["week"], kinds["late"]
    return select(every.c.person, every.c.role, *counts).group_by(every.c.person, every.c.role)


def _each(values: Sequence[object], kind: type[BigInteger | Text]) -> TableValuedAlias:
    """Values as rows, each of which another statement is asked of."""
    rows = func.unnest(cast(values, ARRAY(kind))).table_valued(
        column("each", kind), name=f"each_{kind.__name__.lower()}"
    )
    return rows.render_derived()


def _done(office_key: str, staff: Sequence[int]) -> Select[Any]:
    """Person, role -> how much they did lately, of each person up to the cap."""
    whose = _each(list(staff), BigInteger)
    # `|| ''`: each person's own index, never that of all who are at the office
    here, lately = Task.office_key.concat("") == office_key, done_lately(office_key)[1:]
    last = select(Task.done_by_id.label("person"), Task.role).where(Task.done_by_id == whose.c.each, here, *lately)
    done = last.limit(CAP + 1).correlate(whose).lateral()
    counted = select(done.c.person, done.c.role, func.count().label("done")).select_from(join(whose, done, true()))
    return counted.group_by(done.c.person, done.c.role)


def open_work(office_key: str) -> dict[str, ColumnElement[bool]]:
    """What people have to do at that office: all of it, what is due within `WEEK` working days, what is late."""
    due, until = due_moment(), counted_until(clock.now())
    here = and_(Task.office_key == office_key, Task.closed_at.is_(None), is_step(), Task.waits_for == "person")
    (end,) = ends_ahead(office_key, (WEEK,))
    # nothing is due before it is urgent: by the index, what is not due before the end is not looked at
    return {
        "open": here,
        "week": and_(here, Task.urgent_at < end, due >= until, due < end),
        "late": and_(here, Task.urgent_at < clock.now(), due < until),
    }


def done_lately(office_key: str) -> list[ColumnElement[bool]]:
    """What people did at that office in the last `DONE_DAYS` days."""
    since = clock.now() - timedelta(days=DONE_DAYS)
    return [Task.office_key == office_key, Task.done_at.is_not(None), Task.done_at >= since, Task.waits_for == "person"]
