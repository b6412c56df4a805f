"""Another calendar: which open cases' dates it moves, and moving them.

Past dates never move. Whoever saves holds the region's calendar: a click before it has ended with the old one and its
dates are recounted, a click after it counts with the new one, and none sees half of either.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Literal

from sqlalchemy import BigInteger, Boolean, Text, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from services import clock, deadlines, directory, journal, registry
from services.cases.escalation import replan
from services.cases.models import OPEN, Case, Task
from services.cases.reading import suspensions_of
from services.db import Moment, db, transaction
from services.deadlines import Due, RegionTime, Timetable
from services.errors import Invalid

#: cases read, counted and written at a time
BATCH = 1000


class NothingChanged(Invalid):
    """This is how the calendar is already: there is nothing to save."""


@dataclass(frozen=True)
class MovedDate:
    """A due date of an open case that another calendar puts elsewhere, or that only loses or gains its mark."""

    case_id: int
    number: str | None
    office_key: str
    clock: Literal["step", "outer"]
    task_id: str | None  #: none for the outer clock
    code: str
    title: str  #: of the step, in Kazakh
    before: datetime | None
    after: datetime | None
    default: bool  #: after: rests on what is not in the act
    version: str

    @property
    def moved(self) -> bool:
        return self.before != self.after


@dataclass
class Preview:
    """What saving would do to open cases."""

    base: str  #: the version that was looked at: saving upon another one is refused
    at: datetime
    steps: int = 0  #: due dates of steps that move
    outer: int = 0  #: outer due dates that move
    cases: int = 0  #: cases that these belong to
    marks: int = 0  #: dates that stay, but lose or gain the mark "not in the act"
    late: int = 0  #: of those that move: how many would be past at once
    first: list[MovedDate] = field(default_factory=list)
    more: int | None = None  #: case after which the next page begins


def preview_calendar(
    change: deadlines.TimetableChange, person: directory.Actor, *, after: int = 0, limit: int = 50, count: bool = True
) -> Preview:
    """Which dates a change of the calendar would move, from what to what; nothing is saved.

    One page of at most `limit` cases after that case; `count` looks at all of them. Raises NotAdministrator,
    InvalidAnswers, NotFound, NothingChanged.
    """
    directory.check_administers(person)
    plugins = registry.current()
    base = deadlines.calendar_version(plugins.region)
    now = deadlines.region_at(plugins, base).timetable
    new = _changed(change, now)
    seen, listed = Preview(base, clock.now()), 0
    for moves in _batches(_under(new), changed_days(now, new), seen.at, after):
        for _, dates in groupby(moves, key=lambda each: each.case_id):
            moved = _note(seen, list(dates))
            if moved and listed < limit:
                seen.first += moved
                listed += 1
            elif moved and seen.more is None:
                seen.more = seen.first[-1].case_id
        if seen.more is not None and not count:
            break
    return seen


def save_calendar(
    change: deadlines.TimetableChange, base: str, person: directory.Actor, *, reason: str = ""
) -> Preview:
    """Put the change in force and move the dates that it moves: one transaction, all or nothing.

    `base` is the version that was looked at. Raises NotAdministrator, CalendarChanged, InvalidAnswers, NotFound,
    NothingChanged.
    """
    directory.check_administers(person)
    plugins, actor = registry.current(), _actor(person)
    with transaction():
        before = deadlines.take_version(plugins.region)
        if before != base:
            raise deadlines.CalendarChanged
        now = deadlines.region_at(plugins, before).timetable
        new = _changed(change, now)
        version = deadlines.put_in_force(plugins.region, new, actor=actor, reason=reason)
        done = Preview(version, clock.now())
        for moves in _batches(_saved(version), changed_days(now, new), done.at, 0):
            for _, dates in groupby(moves, key=lambda each: each.case_id):
                _note(done, list(dates))
            _write(moves)
            tell_moved([each for each in moves if each.moved], actor=actor, at=done.at)
        told = {"before": before, "after": version, "cases": done.cases, "steps": done.steps, "outer": done.outer}
        deadlines.note(plugins.region, change.event, actor, **change.details(), reason=reason, **told)
    return done


def recount_all(*, actor: str) -> None:
    """Count every open date anew that is not past, each by the act that its case lives under now.

    In the caller's transaction, which holds the region's calendar.
    """
    now, version = clock.now(), deadlines.calendar_version(registry.shipped().region)
    for moves in _batches(_saved(version), None, now, 0):
        _write(moves)
        tell_moved([each for each in moves if each.moved], actor=actor, at=now)


def fill_calendar(years: Iterable[int]) -> None:
    """Fill the calendar from the list of public holidays, and move the open dates that this moves.

    For the one who installs Komek; again, it changes nothing.
    """
    change = deadlines.FillYears(tuple(years))
    # another machine that is installed at the same moment has filled it
    with suppress(NothingChanged, deadlines.CalendarChanged):
        save_calendar(change, deadlines.calendar_version(registry.current().region), "console")


def tell_moved(moved: Sequence[MovedDate], *, actor: str, at: datetime) -> None:
    """Everybody who hangs on a due date is told here that it moved, in the same transaction, a batch at a time.

    The case's history gets its line; warnings and escalations that were planned for the old date are planned anew.
    """
    lines = {}
    for case_id, dates in groupby(moved, key=lambda each: each.case_id):
        told = [
            {"clock": each.clock, "task": each.task_id, "code": each.code, "from": _iso(each.before),
             "to": _iso(each.after)}
            for each in dates
        ]  # fmt: skip
        lines[f"case:{case_id}"] = journal.NewLine(
            "case.dates_moved", actor, {"dates": told, "calendar": moved[0].version}
        )
    journal.append_each(lines, actor=actor, at=at)
    replan({each.case_id for each in moved}, at)


def _changed(change: deadlines.TimetableChange, now: Timetable) -> Timetable:
    new = change.made(registry.current(), now)
    if new == now:
        raise NothingChanged
    return new


def _note(seen: Preview, dates: list[MovedDate]) -> list[MovedDate]:
    """Count a case's dates; those that move."""
    moved = [each for each in dates if each.moved]
    seen.steps += sum(each.clock == "step" for each in moved)
    seen.outer += sum(each.clock == "outer" for each in moved)
    seen.cases += bool(moved)
    seen.marks += len(dates) - len(moved)
    seen.late += sum(each.after is not None and each.after <= seen.at for each in moved)
    return moved


_CASES = (
    select(Case.id, Case.number, Case.edition, Case.route, Case.office_key, Case.body_key, Case.opened_at,
           Case.outer_due_at, Case.outer_default, Case.outer_stopped_at, Case.stops, Case.stopped_since)
    .where(Case.region == bindparam("region"), Case.id > bindparam("after"), OPEN, Case.plays.is_(None))
    .order_by(Case.id)
    .limit(BATCH)
)  # fmt: skip
_TASKS = (
    select(Task.id, Task.case_id, Task.step, Task.code, Task.name, Task.office_key, Task.clock_started_at,
           Task.due_at, Task.due_default)
    .where(Task.case_id.in_(bindparam("case_ids", expanding=True)), Task.closed_at.is_(None), Task.step != "")
    .order_by(Task.case_id, Task.seq)
)  # fmt: skip


#: what a case is counted by, under the new timetable: of the edition of the act that it lives under
Counted = Callable[[Any], RegionTime]


def _under(new: Timetable) -> Counted:
    """By a timetable that nobody saved yet."""
    made: dict[int | None, RegionTime] = {}

    def of(case: Any) -> RegionTime:
        if case.edition not in made:
            made[case.edition] = RegionTime(registry.of(case), new, "?")
        return made[case.edition]

    return of


def _saved(version: str) -> Counted:
    return lambda case: deadlines.region_at(registry.of(case), version)


def _batches(new: Counted, days: tuple[date, date] | None, now: datetime, after: int) -> Iterator[list[MovedDate]]:
    """Every date of an open case that is not as it would be under the new timetable, by case, a batch at a time.

    `days`: the first and the last that the two timetables tell apart; None when they differ in more than days.
    """
    while cases := db.session.execute(_CASES, {"region": registry.current().region, "after": after}).all():
        after = cases[-1].id
        found = db.session.execute(_TASKS, {"case_ids": [case.id for case in cases]})
        tasks = {case_id: list(each) for case_id, each in groupby(found, key=lambda task: task.case_id)}
        moves = [each for case in cases for each in _moved(new(case), case, tasks.get(case.id, []), now, days)]
        if moves:
            yield moves


def changed_days(before: Timetable, after: Timetable) -> tuple[date, date] | None:
    """The first and the last day that two timetables tell apart; none when they differ in more than days."""
    if (before.hours, before.values) != (after.hours, after.values):
        return None
    differ = [on for on in before.days.keys() | after.days.keys() if before.days.get(on) != after.days.get(on)]
    return (min(differ), max(differ)) if differ else None


def _moved(
    new: RegionTime, case: Any, tasks: Sequence[Any], now: datetime, days: tuple[date, date] | None
) -> Iterator[MovedDate]:
    stops, now = suspensions_of(case.stops), case.stopped_since or now
    if case.outer_stopped_at is None and _open(case.opened_at, case.outer_due_at, now, days):
        due: Due = deadlines.case_due(new, case.opened_at, case.body_key, stops)
        if (due.at, due.default) != (case.outer_due_at, case.outer_default):
            yield _date(case, None, case.outer_due_at, due)
    for task in tasks:
        if (case.route, task.step) in new.steps and _open(task.clock_started_at, task.due_at, now, days):
            other = next((key for key in (case.office_key, case.body_key) if key != task.office_key), None)
            due = deadlines.step_due(
                new, case.route, task.step, task.clock_started_at, task.office_key, other, stops
            )  # fmt: skip
            if (due.at, due.default) != (task.due_at, task.due_default):
                yield _date(case, task, task.due_at, due)


def _open(start: datetime, due: datetime | None, now: datetime, days: tuple[date, date] | None) -> bool:
    """Whether a date may move at all: it is not past, and a day that changed lies on its way."""
    if due is not None and due <= now:
        return False
    if days is None or due is None:
        return True
    # a day more on either side, whatever the zone
    return due.date() + timedelta(days=1) >= days[0] and start.date() - timedelta(days=1) <= days[1]


def _date(case: Any, task: Any, before: datetime | None, due: Due) -> MovedDate:
    known: dict[str, Any] = {"clock": "outer", "task_id": None, "code": "", "title": "", "office_key": case.body_key}
    if task is not None:
        known = {"clock": "step", "task_id": task.id, "code": task.code, "title": task.name,
                 "office_key": task.office_key}  # fmt: skip
    return MovedDate(
        case.id, case.number, before=before, after=due.at, default=due.default, version=due.version, **known
    )


_UPDATE_CASES = text("""
    UPDATE "case" SET outer_due_at = told.at, outer_default = told.mark, outer_calendar = :version
    FROM unnest(:keys, :ats, :marks) AS told (id, at, mark) WHERE "case".id = told.id
""").bindparams(bindparam("keys", type_=ARRAY(BigInteger)))
_UPDATE_TASKS = text("""
    UPDATE task SET due_at = told.at, due_default = told.mark, calendar = :version
    FROM unnest(:keys, :ats, :marks) AS told (id, at, mark) WHERE task.id = told.id
""").bindparams(bindparam("keys", type_=ARRAY(Text)))
#: after both: the order of every list is the earlier of the two clocks
_UPDATE_ORDER = text("""
    WITH moved AS (
        UPDATE "case" SET version = version + 1 WHERE id = ANY(:ids) RETURNING id, outer_due_at, outer_stopped_at
    )
    UPDATE task SET urgent_at = CASE WHEN moved.outer_stopped_at IS NULL THEN LEAST(due_at, outer_due_at)
                                     ELSE COALESCE(due_at, outer_due_at) END
    FROM moved WHERE task.case_id = moved.id AND task.closed_at IS NULL
""").bindparams(bindparam("ids", type_=ARRAY(BigInteger)))


def _write(moves: Sequence[MovedDate]) -> None:
    """The new dates of a batch, in three statements."""
    for statement, clock_ in ((_UPDATE_CASES, "outer"), (_UPDATE_TASKS, "step")):
        told = [each for each in moves if each.clock == clock_]
        if told:
            typed = statement.bindparams(
                bindparam("ats", type_=ARRAY(Moment())), bindparam("marks", type_=ARRAY(Boolean))
            )
            keys = [each.task_id or each.case_id for each in told]
            values = {"keys": keys, "ats": [each.after for each in told], "marks": [each.default for each in told]}
            db.session.execute(typed, {**values, "version": told[0].version})
    db.session.execute(_UPDATE_ORDER, {"ids": sorted({each.case_id for each in moves})})
    db.session.expire_all()


def _actor(person: directory.Actor) -> str:
    return f"staff:{person.id}" if isinstance(person, directory.Person) else person


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
