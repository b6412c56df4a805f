"""The rules of time (R-MIN, R-WD, R-REG, R-COUR, R-TOTAL, R-ESC): when a step is due. Pure: no database, no clock.

A step is counted in the calendar, hours and zone of the office that does it (R-CAL). Every moment returned is in UTC.
Which parts of the rules are defaults and not in the act stands in the region's tables, with its mark.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Literal, NamedTuple, cast

from services.deadlines.calendar import Calendar, NoWorkingDay, days_from

Kind = Literal["MIN", "WD", "REG", "COUR", "TOTAL"]

_COUNTED: tuple[Kind, ...] = ("MIN", "WD", "TOTAL")
_RULE = re.compile(r"R-(?:(MIN|WD|TOTAL)\(([1-9][0-9]{0,4})\)|(REG|COUR))", re.ASCII)


class BadTimeRule(ValueError):
    """A rule of time that nobody knows."""


@dataclass(frozen=True)
class TimeRule:
    """A rule of time as a region's table writes it: "R-MIN(15)", "R-WD(8)", "R-REG", "R-COUR", "R-TOTAL(10)"."""

    kind: Kind
    count: int = 0  #: minutes, working days or calendar days

    def __str__(self) -> str:
        return f"R-{self.kind}({self.count})" if self.kind in _COUNTED else f"R-{self.kind}"

    @property
    def escalates(self) -> bool:
        """Whether R-ESC warns and escalates: for terms of days only, never for minutes, registry and courier."""
        return self.kind in ("WD", "TOTAL")


@dataclass(frozen=True)
class DayPlan:
    """The hours that the act leaves open: until when the registry takes folders, when the courier's runs end."""

    registry_cutoff: time = time(15, 30)
    courier_runs: tuple[time, ...] = (time(11), time(16))


class Escalation(NamedTuple):
    """When people are told (R-ESC). A moment before the step began is skipped, never fired late."""

    warn: datetime  #: the person who holds the step
    overdue: datetime  #: marked, and the head of the office is told
    escalate: datetime  #: the control level


@cache
def parse_rule(text: str) -> TimeRule:
    """The rule that a table's cell names. Raises BadTimeRule when there is no such rule."""
    found = _RULE.fullmatch(text)
    if not found:
        raise BadTimeRule(f"{text!r} is no rule of time")
    kind = cast("Kind", found[1] or found[3])
    return TimeRule(kind, int(found[2] or 0))


def due(
    rule: TimeRule,
    start: datetime,
    calendar: Calendar,
    other: Calendar | None = None,
    plan: DayPlan = DayPlan(),
) -> datetime:
    """When something that begins at `start` is due by that rule. `other`: the office where a courier arrives."""
    match rule.kind:
        case "MIN":
            return add_working_minutes(calendar, start, rule.count)
        case "WD":
            return add_working_days(calendar, start, rule.count)
        case "TOTAL":
            return add_calendar_days(calendar, start, rule.count)
        case "REG":
            return registry_due(calendar, start, plan.registry_cutoff)
        case "COUR":
            return courier_due(calendar, other or calendar, start, plan.courier_runs)


def add_working_minutes(calendar: Calendar, start: datetime, minutes: int) -> datetime:
    """R-MIN: so many working minutes after `start`.

    A start outside working hours moves to the next working minute; lunch, nights and days off are skipped;
    what ends exactly at the end of a span is due then.
    """
    _check(minutes)
    return add_working_time(calendar, start, timedelta(minutes=minutes))


def add_working_time(calendar: Calendar, start: datetime, left: timedelta) -> datetime:
    """So much working time after `start`."""
    local = calendar.local(start)
    day, start = calendar.working_day_from(local.date()), local.astimezone(UTC)
    while True:
        for begins, ends in calendar.spans(day):
            # in UTC, so that a change of the zone's offset neither gives nor takes an hour
            begin, end = max(start, calendar.moment(day, begins)), calendar.moment(day, ends)
            if begin + left <= end:
                return begin + left
            left -= max(end - begin, timedelta())
        day = calendar.next_working_day(day)


class Suspension(NamedTuple):
    """A lawful suspension of a case's clocks. Still stopped: `until` is the moment that is asked about."""

    since: datetime
    until: datetime


def after_suspensions(
    rule: TimeRule, due: datetime, start: datetime, calendar: Calendar, suspensions: Sequence[Suspension]
) -> datetime:
    """When it is due if the clock stood still meanwhile: later by the working time of the suspensions.

    A suspension that begins after the due moment saves nothing any more. Terms of days end with a working day.
    """
    for suspension in sorted(suspensions):
        stood = stood_still(calendar, start, due, suspension)
        if stood:
            due = add_working_time(calendar, due, stood)
            if rule.escalates:
                due = calendar.end_of(calendar.local(due).date())
    return due


def stood_still(calendar: Calendar, start: datetime, due: datetime, suspension: Suspension) -> timedelta:
    """The working time that a suspension takes out of a term that runs from `start` until `due`."""
    since = max(start, suspension.since)
    return working_time(calendar, since, suspension.until) if since < due else timedelta()


def working_time(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """How much working time lies between the two moments; none when `end` is not after `start`."""
    total, day, last = timedelta(), calendar.local(start).date(), calendar.local(end).date()
    while day <= last:
        for begins, ends in calendar.spans(day):
            inside = min(end, calendar.moment(day, ends)) - max(start, calendar.moment(day, begins))
            total += max(inside, timedelta())
        day += timedelta(days=1)
    return total


def add_working_days(calendar: Calendar, start: datetime, days: int) -> datetime:
    """R-WD: the end of the n-th working day; the day of the start is not counted.

    A start after the end of a working day, or on a day off, belongs to the next working day.
    """
    _check(days)
    day = counted_from(calendar, start)
    for _ in range(days):
        day = calendar.next_working_day(day)
    return calendar.end_of(day)


def counted_from(calendar: Calendar, start: datetime) -> date:
    """The working day that a start belongs to: itself not counted by R-WD."""
    day = calendar.local(start).date()
    if calendar.works_on(day) and start <= calendar.end_of(day):
        return day
    return calendar.next_working_day(day)


def add_calendar_days(calendar: Calendar, start: datetime, days: int) -> datetime:
    """R-TOTAL: the end of the n-th calendar day after the day of `start`; a last day that is off rolls forward.

    Civil Code, arts 173-175 (recalled).
    """
    _check(days)
    last = calendar.local(start).date() + timedelta(days=days)
    return calendar.end_of(calendar.working_day_from(last))


def registry_due(calendar: Calendar, start: datetime, cutoff: time) -> datetime:
    """R-REG: the end of the working day whose registry still takes the folder: up to the cut-off the same day."""
    day = calendar.local(start).date()
    in_time = calendar.works_on(day) and start <= calendar.moment(day, cutoff)
    return calendar.end_of(day if in_time else calendar.next_working_day(day))


def courier_due(origin: Calendar, destination: Calendar, start: datetime, runs: Sequence[time]) -> datetime:
    """R-COUR: when the first run at or after `start` ends, on a day that is working at both offices.

    The runs are told by the clock of the office where they arrive. Raises NoWorkingDay when no day is common to both.
    """
    for day in days_from(destination.local(start).date()):
        if origin.works_on(day) and destination.works_on(day):
            for run in sorted(runs):
                if (arrival := destination.moment(day, run)) >= start:
                    return arrival
    raise NoWorkingDay(f"the two offices have no courier run within a year from {start}")


def escalation_moments(due: datetime, calendar: Calendar, warn_at: time = time(9), after: int = 1) -> Escalation:
    """R-ESC: warned on the due day, overdue at the due moment, escalated at the end of the `after`-th working day.

    Only for rules that escalate; whether a moment is past or before the step's start is the caller's question.
    """
    day = calendar.local(due).date()
    warn = calendar.moment(day, warn_at)
    for _ in range(after):
        day = calendar.next_working_day(day)
    return Escalation(warn, due.astimezone(UTC), calendar.end_of(day))


def _check(count: int) -> None:
    if count < 1:
        raise ValueError(f"a term is at least 1, not {count}")
