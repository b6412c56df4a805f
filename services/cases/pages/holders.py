"""Whose time it was: the working time of a case, charged to whoever held it; courier and citizen apart."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal

from sqlalchemy import ARRAY, BigInteger, any_, bindparam, select

from services import clock, deadlines, directory, registry
from services.cases.messages import APPLICANT_CAME
from services.cases.models import Case, Task
from services.cases.reading import suspensions_of
from services.cases.rights import case_seen_by
from services.db import Prepared
from services.deadlines import Calendar, Suspension, working_time
from services.loaded import Loaded

#: the time of whoever carries papers between offices
CARRIED: Literal["courier"] = "courier"
Holder = Literal["office", "courier", "citizen"]
#: what is waited for there is a moment, or that something holds: it may stand beside a step that is somebody's
_CLOCKS = ("timer", "condition")


@dataclass(frozen=True)
class Held:
    """How long one of them held a case."""

    holder: Holder
    office_key: str  #: of the office, or in whose calendar the courier's and the citizen's time is counted
    time: timedelta  #: working time, without lawful suspensions


@dataclass(frozen=True)
class Holding:
    """A stretch of a case in somebody's hands."""

    holder: Holder
    office_key: str
    since: datetime
    until: datetime


def charge(
    holdings: Iterable[Holding], calendars: dict[str, Calendar], suspensions: Sequence[Suspension] = ()
) -> list[Held]:
    """The working time of each holder, in the order in which they came; held twice by one is charged once. Pure."""
    stretches: dict[tuple[Holder, str], list[tuple[datetime, datetime]]] = defaultdict(list)
    for each in sorted(holdings, key=lambda each: each.since):
        stretches[each.holder, each.office_key].append((each.since, each.until))
    charged = []
    for (holder, office_key), own in stretches.items():
        calendar, total, reached = calendars[office_key], timedelta(), own[0][0]
        for since, until in own:
            for begin, end in _running(max(since, reached), until, suspensions):
                total += working_time(calendar, begin, end)
            reached = max(reached, until)
        charged.append(Held(holder, office_key, total))
    return charged


def unheld(waits: Iterable[Holding], held: Sequence[Holding]) -> list[Holding]:
    """What is left of waits for a moment while nobody else held the case: a clock at a step's border, or beside it,
    takes no time of its own. Pure."""
    taken = [Suspension(each.since, each.until) for each in held]
    return [
        replace(each, since=since, until=until)
        for each in waits
        for since, until in _running(each.since, each.until, taken)
    ]


def _running(
    since: datetime, until: datetime, suspensions: Sequence[Suspension]
) -> Iterable[tuple[datetime, datetime]]:
    """A stretch without its lawful suspensions."""
    for suspension in sorted(suspensions):
        if since < suspension.since < until:
            yield since, suspension.since
        if suspension.since < until:
            since = max(since, suspension.until)
    if since < until:
        yield since, until


def time_by_holder(case_id: int, person: directory.Person) -> list[Held]:
    """Whose time a case has taken so far. Raises NoSuchCase, NotYours."""
    case_seen_by(case_id, person)
    return times_by_holder([case_id])[case_id]


def times_by_holder(case_ids: Sequence[int]) -> dict[int, list[Held]]:
    """Case -> whose time it has taken so far: two statements for all of them, for reports."""
    plugins, now = registry.current(), clock.now()
    region = deadlines.region_at(plugins)
    told = sorted(set(case_ids))
    cases = _CASES.all(ids=told)
    suspensions = {case_id: [*suspensions_of(stops), *_open_suspension(since, now)] for case_id, stops, since in cases}
    held: dict[int, list[Holding]] = defaultdict(list)
    clocks: dict[int, list[Holding]] = defaultdict(list)
    for task in _tasks().all(ids=told):
        if (holder := holder_of(task)) is not None:
            kept = clocks if task.waits_for in _CLOCKS else held
            kept[task.case_id].append(Holding(holder, task.office_key, task.opened_at, task.closed_at or now))
    for case_id, waits in clocks.items():
        held[case_id] += unheld(waits, held[case_id])
    calendars = {each.office_key: region.calendar(each.office_key) for own in held.values() for each in own}
    return {case_id: charge(held[case_id], calendars, suspensions[case_id]) for case_id in suspensions}


_IDS = bindparam("ids", type_=ARRAY(BigInteger))
_CASES = Loaded(select(Case.id, Case.stops, Case.stopped_since).where(Case.id == any_(_IDS)))


@cache
def _tasks() -> Prepared:
    return Prepared(
        select(
            Task.case_id,
            Task.office_key,
            Task.role,
            Task.waits_for,
            Task.message,
            Task.code,
            Task.step,
            Task.opened_at,
            Task.closed_at,
        )
        .where(Task.case_id == any_(_IDS))
        .order_by(Task.seq)
    )


def _open_suspension(since: datetime | None, now: datetime) -> list[Suspension]:
    return [Suspension(since, now)] if since is not None else []


def holder_of(task: Any) -> Holder | None:
    """Who holds a case while it waits there; nobody where an office only waits for another one's answer.

    Where nothing is left but that the applicant comes (I-47), it is the applicant: such steps have that part.
    """
    plugins = registry.current()
    if task.role in plugins.roles_that("carries"):
        return CARRIED
    if task.message == APPLICANT_CAME or task.step in plugins.steps_that("only_applicant"):
        return "citizen"
    return "office" if task.code or task.waits_for not in ("message", "signal") else None
