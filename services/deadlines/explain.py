"""«Why this date?»: the same walk as `terms.due`, told day by day. Pure, and derives the date by itself.

A property test holds the two equal: an explanation that would come to another date than the rule is a fault.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from services.deadlines.calendar import Calendar, Span, SpecialDay, days_from
from services.deadlines.terms import DayPlan, Suspension, TimeRule, add_working_time, stood_still

Why = Literal[
    "counted",  #: one of the days, or its minutes, that the rule counts
    "starts",  #: the day that the start belongs to: not counted
    "after_hours",  #: began after this day's work: belongs to the next
    "weekend",
    "off",  #: a holiday or a day off that was moved
    "passed",  #: an ordinary working day on which nothing is counted: the registry is closed, no run is left
    "other_off",  #: working here, but not at the other office
    "rolled",  #: the last day was off: the term ends here
    "ends",  #: the registry, or the courier's run, of this day
]


USUAL_PLAN = DayPlan()


@dataclass(frozen=True)
class DayLine:
    """One day of the way to the date."""

    on: date
    why: Why
    number: int = 0  #: which of the days that the rule counts; 0 when it is none of them
    counted: tuple[Span, ...] = ()  #: local hours whose minutes were counted
    minutes: int = 0  #: how many whole minutes that is
    special: SpecialDay | None = None  #: what the calendar says of it, when it differs from its weekday


@dataclass(frozen=True)
class SuspensionLine:
    """A suspension of the clocks, and the working time that it took out of this term."""

    suspension: Suspension
    stood: timedelta
    due: datetime  #: what the date became


@dataclass(frozen=True)
class Explanation:
    """«Why this date?», line by line, and the date that the lines come to."""

    rule: TimeRule
    start: datetime
    calendar: Calendar
    lines: Sequence[DayLine]
    at: datetime  #: UTC
    suspensions: Sequence[SuspensionLine] = ()
    hour: time | None = None  #: the registry's cut-off, or the run, that decided


def explain(
    rule: TimeRule,
    start: datetime,
    calendar: Calendar,
    other: Calendar | None = None,
    plan: DayPlan = USUAL_PLAN,
    suspensions: Sequence[Suspension] = (),
) -> Explanation:
    """How the date comes about. Raises NoWorkingDay."""
    hour = None
    match rule.kind:
        case "MIN":
            lines, at = _minutes(calendar, start, rule.count)
        case "WD":
            lines, at = _working_days(calendar, start, rule.count)
        case "TOTAL":
            lines, at = _calendar_days(calendar, start, rule.count)
        case "REG":
            lines, at = _registry(calendar, start, hour := plan.registry_cutoff)
        case "COUR":
            lines, at = _run(calendar, other or calendar, start, sorted(plan.courier_runs))
            hour = (other or calendar).local(at).time()
    told = list(_suspensions(rule, calendar, start, at, suspensions))
    return Explanation(rule, start, calendar, lines, told[-1].due if told else at, told, hour)


def _minutes(calendar: Calendar, start: datetime, minutes: int) -> tuple[list[DayLine], datetime]:
    lines, left = [], timedelta(minutes=minutes)
    for on in days_from(calendar.local(start).date()):
        counted, used = [], timedelta()
        for begins, ends in calendar.spans(on):
            begin, end = max(start, calendar.moment(on, begins)), calendar.moment(on, ends)
            if begin >= end or not left:
                continue
            taken = min(left, end - begin)
            left, used, at = left - taken, used + taken, begin + taken
            counted.append((calendar.local(begin).time(), calendar.local(at).time()))
        why: Why = "counted" if counted else "after_hours" if calendar.works_on(on) else _off(calendar, on)
        lines.append(_line(calendar, on, why, counted=tuple(counted), minutes=round(used / timedelta(minutes=1))))
        if not left:
            return lines, at
    raise AssertionError("a calendar has working days")


def _working_days(calendar: Calendar, start: datetime, days: int) -> tuple[list[DayLine], datetime]:
    lines: list[DayLine] = []
    number = -1  # the working day that the start belongs to is the 0th
    for on in _endless(calendar.local(start).date()):
        if not calendar.works_on(on):
            lines.append(_line(calendar, on, _off(calendar, on)))
        elif number < 0 and start > calendar.end_of(on):
            lines.append(_line(calendar, on, "after_hours"))
        else:
            number += 1
            lines.append(_line(calendar, on, "counted" if number else "starts", number=number))
            if number == days:
                return lines, calendar.end_of(on)
    raise AssertionError("a calendar has working days")


def _calendar_days(calendar: Calendar, start: datetime, days: int) -> tuple[list[DayLine], datetime]:
    lines: list[DayLine] = []
    for number, on in enumerate(_endless(calendar.local(start).date())):
        works = calendar.works_on(on)
        if number <= days:
            lines.append(_line(calendar, on, "counted" if number else "starts", number=number))
        else:
            lines.append(_line(calendar, on, "rolled" if works else _off(calendar, on)))
        if number >= days and works:
            return lines, calendar.end_of(on)
    raise AssertionError("a calendar has working days")


def _registry(calendar: Calendar, start: datetime, cutoff: time) -> tuple[list[DayLine], datetime]:
    lines: list[DayLine] = []
    first = calendar.local(start).date()
    for on in days_from(first):
        if not calendar.works_on(on):
            lines.append(_line(calendar, on, _off(calendar, on)))
        elif on == first and start > calendar.moment(on, cutoff):
            lines.append(_line(calendar, on, "passed"))
        else:
            return [*lines, _line(calendar, on, "ends")], calendar.end_of(on)
    raise AssertionError("a calendar has working days")


def _run(here: Calendar, there: Calendar, start: datetime, runs: Sequence[time]) -> tuple[list[DayLine], datetime]:
    lines: list[DayLine] = []
    for on in days_from(there.local(start).date()):
        arrivals = [at for at in (there.moment(on, run) for run in runs) if at >= start]
        if not there.works_on(on):
            lines.append(_line(there, on, _off(there, on)))
        elif not here.works_on(on):
            lines.append(_line(here, on, "other_off"))
        elif not arrivals:
            lines.append(_line(there, on, "passed"))
        else:
            return [*lines, _line(there, on, "ends")], arrivals[0]
    raise AssertionError("two offices have common working days")


def _suspensions(
    rule: TimeRule, calendar: Calendar, start: datetime, due: datetime, suspensions: Sequence[Suspension]
) -> Iterator[SuspensionLine]:
    for suspension in sorted(suspensions):
        stood = stood_still(calendar, start, due, suspension)
        if stood:
            due = add_working_time(calendar, due, stood)
            due = calendar.end_of(calendar.local(due).date()) if rule.escalates else due
            yield SuspensionLine(suspension, stood, due)


def _line(
    calendar: Calendar, on: date, why: Why, *, number: int = 0, counted: tuple[Span, ...] = (), minutes: int = 0
) -> DayLine:
    return DayLine(on, why, number, counted, minutes, calendar.days.get(on))


def _off(calendar: Calendar, on: date) -> Why:
    return "off" if on in calendar.days else "weekend"


def _endless(on: date) -> Iterator[date]:
    """The day and all after it: a long term reaches further than a search may."""
    while True:
        yield on
        on += timedelta(days=1)
