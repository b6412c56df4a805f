"""Calendars at random, and a count of their minutes that knows nothing of how ours is made."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from services.deadlines.calendar import Calendar, Span, SpecialDay
from services.deadlines.terms import Suspension

#: one that changed for good on 1 March 2024, two with summer time, one with half an hour, one far west
ZONES = ("Asia/Almaty", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata")
FIRST, LAST = datetime(2023, 11, 20), datetime(2025, 2, 1)
MINUTE = timedelta(minutes=1)

starts = st.datetimes(FIRST, LAST).map(lambda at: at.replace(second=0, microsecond=0, tzinfo=UTC))
#: whole hours from early to late, never at night when clocks are changed
edges = st.lists(st.integers(6, 22), min_size=2, max_size=6, unique=True).map(sorted)


@st.composite
def spans(draw: st.DrawFn) -> tuple[Span, ...]:
    hours = draw(edges)
    return tuple((time(begins), time(ends)) for begins, ends in zip(hours[::2], hours[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn, zones: tuple[str, ...] = ZONES) -> Calendar:
    """Any week, any days off and worked, over the year's end and over changes of the zone."""
    week = tuple(draw(st.one_of(spans(), st.just(()))) for _ in range(7))
    week = (draw(spans()), *week[1:])
    offsets = draw(st.lists(st.integers(0, 440), max_size=25, unique=True))
    days = {
        (on := FIRST.date() + timedelta(days=offset)): SpecialDay(
            on, draw(st.booleans()), confirmed=draw(st.booleans())
        )
        for offset in offsets
    }
    return Calendar(ZoneInfo(draw(st.sampled_from(zones))), week, days)


@st.composite
def suspensions(draw: st.DrawFn) -> list[Suspension]:
    """Some lawful suspensions, one after the other."""
    moments = sorted(draw(st.lists(starts, max_size=4, unique=True)))
    return [Suspension(since, until) for since, until in zip(moments[::2], moments[1::2], strict=False)]


def works_in(calendar: Calendar, minute: datetime) -> bool:
    """Whether the minute that begins then is worked: asked of the plain data, minute by minute."""
    there = minute.astimezone(calendar.zone)
    special = calendar.days.get(there.date())
    hours = calendar.week[there.weekday()]
    if special is not None:
        hours = () if not special.working else hours or next(each for each in calendar.week if each)
    return any(begins <= there.time() < ends for begins, ends in hours)


def slow_working_time(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """Every minute between the two, one after the other."""
    total, minute = timedelta(), start
    while minute < end:
        total += MINUTE * works_in(calendar, minute)
        minute += MINUTE
    return total


def slow_add(calendar: Calendar, start: datetime, minutes: int) -> datetime:
    minute = start
    while minutes:
        minutes -= works_in(calendar, minute)
        minute += MINUTE
    return minute


def day_of(calendar: Calendar, at: datetime) -> date:
    return at.astimezone(calendar.zone).date()
