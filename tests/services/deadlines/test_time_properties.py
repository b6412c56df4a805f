"""True of every calendar: adding and measuring agree, a slow count agrees, the server's own clock does not matter."""

import os
import time as clock_of_the_server
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.deadlines.calendar import Calendar, SpecialDay
from services.deadlines.explain import explain
from services.deadlines.terms import (
    DayPlan,
    Suspension,
    TimeRule,
    add_working_time,
    after_suspensions,
    due,
    working_time,
)
from tests.examples import tried
from tests.services.deadlines.calendars import (
    MINUTE,
    calendars,
    day_of,
    slow_add,
    slow_working_time,
    spans,
    starts,
    suspensions,
    works_in,
)

#: making a calendar at random takes longer than counting in it
SLOWLY_MADE = [HealthCheck.too_slow, HealthCheck.data_too_large]
patient = tried(50, suppress_health_check=SLOWLY_MADE)
some_minutes = st.integers(1, 1500)
rules = st.one_of(
    st.builds(TimeRule, st.just("MIN"), some_minutes),
    st.builds(TimeRule, st.sampled_from(["WD", "TOTAL"]), st.integers(1, 30)),
    st.sampled_from([TimeRule("REG"), TimeRule("COUR")]),
)
hours = st.integers(6, 22).map(time)
plans = st.builds(DayPlan, hours, st.lists(hours, min_size=1, max_size=3, unique=True).map(sorted).map(tuple))


@patient
@given(calendars(), starts, some_minutes)
def test_what_was_added_is_what_is_measured(calendar: Calendar, start: datetime, minutes: int) -> None:
    end = add_working_time(calendar, start, minutes * MINUTE)
    assert working_time(calendar, start, end) == minutes * MINUTE
    assert working_time(calendar, start, end - MINUTE) < minutes * MINUTE


@patient
@given(calendars(), starts, starts, starts)
def test_time_measured_in_two_parts_is_the_time_of_the_whole(
    calendar: Calendar, one: datetime, two: datetime, three: datetime
) -> None:
    first, middle, last = sorted((one, two, three))
    parts = working_time(calendar, first, middle) + working_time(calendar, middle, last)
    assert parts == working_time(calendar, first, last)


@tried(20, suppress_health_check=SLOWLY_MADE)
@given(calendars(), starts, st.integers(1, 500))
def test_a_slow_count_of_every_minute_comes_to_the_same(calendar: Calendar, start: datetime, minutes: int) -> None:
    end = add_working_time(calendar, start, minutes * MINUTE)
    assert end == slow_add(calendar, start, minutes)
    assert working_time(calendar, start, end + timedelta(days=2)) == slow_working_time(
        calendar, start, end + timedelta(days=2)
    )


@patient
@given(calendars(), starts, st.integers(1, 30))
def test_days_counted_one_by_one_come_to_the_same(calendar: Calendar, start: datetime, days: int) -> None:
    """R-WD by asking every minute of a day whether it is worked."""

    def worked(on: date) -> list[datetime]:
        midnight = datetime.combine(on, time(), calendar.zone).astimezone(UTC)
        minutes = (midnight + number * MINUTE for number in range(26 * 60))
        return [minute for minute in minutes if day_of(calendar, minute) == on and works_in(calendar, minute)]

    on = day_of(calendar, start)
    while not (own := worked(on)) or start > own[-1] + MINUTE:
        on += timedelta(days=1)
    for _ in range(days):
        on += timedelta(days=1)
        while not (own := worked(on)):
            on += timedelta(days=1)
    assert due(TimeRule("WD", days), start, calendar) == own[-1] + MINUTE


@tried(150, suppress_health_check=SLOWLY_MADE)
@given(rules, starts, calendars(), calendars(), plans, suspensions())
def test_an_explanation_comes_to_the_date_of_the_rule(
    rule: TimeRule, start: datetime, here: Calendar, there: Calendar, plan: DayPlan, halted: list[Suspension]
) -> None:
    told = explain(rule, start, here, there, plan, halted)
    at = due(rule, start, here, there, plan)
    assert told.at == after_suspensions(rule, at, start, here, halted)
    assert [line.on for line in told.lines] == sorted({line.on for line in told.lines})
    if rule.kind == "MIN":
        assert sum(line.minutes for line in told.lines) == rule.count
    if rule.kind in ("WD", "TOTAL"):
        assert [line.number for line in told.lines if line.why == "counted"] == list(range(1, rule.count + 1))


@patient
@given(calendars(), starts, some_minutes, suspensions())
def test_a_stop_moves_a_term_of_minutes_by_the_working_time_it_lasted(
    calendar: Calendar, start: datetime, minutes: int, halted: list[Suspension]
) -> None:
    rule = TimeRule("MIN", minutes)
    at = due(rule, start, calendar)
    moved = after_suspensions(rule, at, start, calendar, halted[:1])
    for since, until in halted[:1]:
        stood = working_time(calendar, max(since, start), until) if since < at else timedelta()
        assert working_time(calendar, start, moved) == minutes * MINUTE + stood


@pytest.fixture
def server_zone() -> Iterator[None]:
    before = os.environ.get("TZ")
    yield
    os.environ.pop("TZ", None)
    if before is not None:
        os.environ["TZ"] = before
    clock_of_the_server.tzset()


@pytest.mark.usefixtures("server_zone")
@settings(patient, suppress_health_check=list(HealthCheck))
@given(rules, starts, calendars(), plans)
def test_the_time_zone_of_the_server_does_not_matter(
    rule: TimeRule, start: datetime, calendar: Calendar, plan: DayPlan
) -> None:
    found = set()
    for zone in ("UTC", "America/New_York", "Pacific/Kiritimati"):
        os.environ["TZ"] = zone
        clock_of_the_server.tzset()
        found.add((due(rule, start, calendar, None, plan), explain(rule, start, calendar, None, plan).at))
        found.add((due(rule, start.astimezone(ZoneInfo(zone)), calendar, None, plan),) * 2)
    assert len(found) == 1


@patient
@given(calendars(zones=("Europe/Berlin",)), starts, some_minutes, spans())
def test_summer_time_neither_gives_nor_takes_a_minute(
    calendar: Calendar, start: datetime, minutes: int, _: object
) -> None:
    """The same working day on the same local clock, in a zone that never changes."""
    local = start.astimezone(calendar.zone).replace(tzinfo=None, fold=0)
    steady = Calendar(ZoneInfo("Etc/GMT-1"), calendar.week, calendar.days)
    end = add_working_time(calendar, datetime.combine(local.date(), local.time(), calendar.zone), minutes * MINUTE)
    alike = add_working_time(steady, datetime.combine(local.date(), local.time(), steady.zone), minutes * MINUTE)
    assert calendar.local(end).replace(tzinfo=None) == steady.local(alike).replace(tzinfo=None)


# ---------------------------------------------------------------- the edges by name

DAY = ((time(9), time(13)), (time(14), time(18)))
ALMATY = Calendar(
    ZoneInfo("Asia/Almaty"),
    (DAY,) * 5 + ((), ()),
    {
        on: SpecialDay(on, working)
        for on, working in [
            (date(2012, 12, 29), True), (date(2012, 12, 31), False), (date(2013, 1, 1), False),
            (date(2013, 1, 2), False), (date(2013, 1, 7), False),
        ]
    },
)  # fmt: skip


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ALMATY.zone)


def test_a_term_crosses_the_end_of_the_year_and_the_saturday_worked_for_it() -> None:
    assert due(TimeRule("WD", 3), at("2012-12-28T10:00"), ALMATY) == at("2013-01-04T18:00")
    assert due(TimeRule("MIN", 60), at("2012-12-29T17:30"), ALMATY) == at("2013-01-03T09:30")


def test_the_change_of_the_zone_on_1_march_2024_is_no_working_time() -> None:
    """At midnight the clocks of Almaty went back an hour: the night was longer, the day was not."""
    end = add_working_time(ALMATY, at("2024-02-29T17:30"), timedelta(hours=1))
    assert end == at("2024-03-01T09:30")
    assert end.astimezone(UTC) == datetime(2024, 3, 1, 4, 30, tzinfo=UTC)
    assert end.astimezone(UTC) - at("2024-02-29T17:30").astimezone(UTC) == timedelta(hours=17)
    assert working_time(ALMATY, at("2024-02-29T09:00"), at("2024-03-01T18:00")) == timedelta(hours=16)
    assert due(TimeRule("WD", 1), at("2024-02-29T10:00"), ALMATY).astimezone(UTC).hour == 13
