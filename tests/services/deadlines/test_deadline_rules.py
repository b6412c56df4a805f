"""The rules of time: their edges one by one, their properties for any start, and a slow counter beside them."""

import sys
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.deadlines.calendar import Calendar, NoWorkingDay, Span, SpecialDay
from services.deadlines.holidays import special_days
from services.deadlines.terms import (
    BadTimeRule,
    DayPlan,
    TimeRule,
    add_calendar_days,
    add_working_days,
    add_working_minutes,
    courier_due,
    due,
    escalation_moments,
    parse_rule,
    registry_due,
)

ALMATY = ZoneInfo("Asia/Almaty")
DAY: tuple[Span, ...] = ((time(9), time(13)), (time(14), time(18)))
WEEK = (DAY,) * 5 + ((), ())
KZ = Calendar(ALMATY, WEEK, {day.on: day for day in special_days(range(2012, 2030))}, "test")

starts = st.datetimes(datetime(2012, 1, 1), datetime(2028, 12, 1)).map(
    lambda at: at.replace(second=0, microsecond=0, tzinfo=UTC)
)
exact_starts = st.datetimes(datetime(2012, 1, 1), datetime(2028, 12, 1)).map(lambda at: at.replace(tzinfo=UTC))
minutes = st.integers(1, 1200)
days = st.integers(1, 40)


def at(text: str) -> datetime:
    """A moment on Almaty's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=ALMATY)


# ---------------------------------------------------------------- a slow counter, with the library's own word on days

_KZ = holidays.country_holidays("KZ", years=range(2012, 2030))


def works_on(on: date) -> bool:
    return _KZ.is_working_day(on)


def works_in(minute: datetime) -> bool:
    """Whether the minute that begins then, local, is worked."""
    return works_on(minute.date()) and (9 <= minute.hour < 13 or 14 <= minute.hour < 18)


def slow_working_minutes(start: datetime, minutes: int) -> datetime:
    at = start.astimezone(ALMATY).replace(tzinfo=None)
    while True:
        if works_in(at):
            minutes -= 1
        at += timedelta(minutes=1)
        if not minutes:
            return at.replace(tzinfo=ALMATY)


def slow_working_days(start: datetime, days: int) -> datetime:
    at = start.astimezone(ALMATY)
    day = at.date()
    if at.replace(tzinfo=None) > datetime.combine(day, datetime.min.time()).replace(hour=18):
        day += timedelta(days=1)
    while not works_on(day):
        day += timedelta(days=1)
    while days:
        day += timedelta(days=1)
        days -= works_on(day)
    return datetime(day.year, day.month, day.day, 18, tzinfo=ALMATY)


def slow_calendar_days(start: datetime, days: int) -> datetime:
    day = start.astimezone(ALMATY).date() + timedelta(days=days)
    while not works_on(day):
        day += timedelta(days=1)
    return datetime(day.year, day.month, day.day, 18, tzinfo=ALMATY)


# ---------------------------------------------------------------- R-MIN


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        ("2013-12-09T12:52", 30, "2013-12-09T14:22"),  # over lunch
        ("2013-12-09T12:40", 20, "2013-12-09T13:00"),  # to the end of a span
        ("2013-12-09T17:30", 30, "2013-12-09T18:00"),
        ("2013-12-09T13:00", 1, "2013-12-09T14:01"),  # begins when a span ends
        ("2013-12-09T13:20", 15, "2013-12-09T14:15"),  # in the lunch break
        ("2013-12-09T06:00", 15, "2013-12-09T09:15"),  # before the day
        ("2013-12-09T18:00", 15, "2013-12-10T09:15"),
        ("2013-12-13T17:59", 2, "2013-12-18T09:01"),  # over a weekend and two holidays
        ("2013-05-03T17:50", 20, "2013-05-04T09:10"),  # to a Saturday that is worked
        ("2013-12-09T12:59:30", 1, "2013-12-09T14:00:30"),  # seconds are kept
        ("2013-12-09T09:00", 480, "2013-12-09T18:00"),
        ("2013-12-09T09:00", 481, "2013-12-10T09:01"),
    ],
)
def test_working_minutes_skip_lunch_nights_and_days_off(start: str, count: int, expected: str) -> None:
    assert add_working_minutes(KZ, at(start), count) == at(expected)


@given(starts, minutes)
@settings(max_examples=150, deadline=None)
def test_minutes_agree_with_a_minute_by_minute_counter(start: datetime, count: int) -> None:
    assert add_working_minutes(KZ, start, count) == slow_working_minutes(start, count)


@given(exact_starts, minutes, minutes)
@settings(max_examples=300, deadline=None)
def test_minutes_one_after_the_other_are_minutes_together(start: datetime, first: int, second: int) -> None:
    together = add_working_minutes(KZ, start, first + second)
    assert add_working_minutes(KZ, add_working_minutes(KZ, start, first), second) == together


@given(exact_starts, exact_starts, minutes)
@settings(max_examples=300, deadline=None)
def test_who_begins_later_is_not_due_earlier(one: datetime, other: datetime, count: int) -> None:
    early, late = sorted((one, other))
    for kind in ("MIN", "WD", "TOTAL"):
        rule = TimeRule(kind, count if kind == "MIN" else count % 40 + 1)
        assert due(rule, early, KZ) <= due(rule, late, KZ)
    for bare in ("REG", "COUR"):
        assert due(TimeRule(bare), early, KZ) <= due(TimeRule(bare), late, KZ)


@given(exact_starts, minutes)
@settings(max_examples=300, deadline=None)
def test_a_term_ends_within_working_time_and_after_its_start(start: datetime, count: int) -> None:
    for rule in (
        TimeRule("MIN", count),
        TimeRule("WD", count % 40 + 1),
        TimeRule("TOTAL", count % 40 + 1),
        TimeRule("REG"),
    ):
        found = due(rule, start, KZ)
        local = KZ.local(found)
        assert any(begins < local.time() <= ends for begins, ends in KZ.spans(local.date())), (rule, local)
        assert found > start


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Any week with any days off, in zones that put their clocks forward and back."""
    edge = st.integers(0, 24 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))

    def spans() -> tuple[Span, ...]:
        edges = sorted(draw(st.sets(edge, min_size=4, max_size=4)))
        return ((edges[0], edges[1]), (edges[2], edges[3]))

    week = tuple(spans() if worked else () for worked in draw(st.tuples(*[st.booleans()] * 6)))
    around = st.dates(date(2026, 3, 1), date(2026, 12, 31))
    special = {
        on: SpecialDay(on, working) for on, working in draw(st.dictionaries(around, st.booleans(), max_size=12)).items()
    }
    zone = draw(st.sampled_from(["Asia/Almaty", "Europe/Berlin", "America/New_York", "Pacific/Apia"]))
    return Calendar(ZoneInfo(zone), (*week, spans()), special)


def elapsed(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """How much working time lies between two moments: summed over whole days, the inverse of adding."""
    total, day = timedelta(), calendar.local(start).date() - timedelta(days=1)
    while day <= calendar.local(end).date():
        for begins, ends in calendar.spans(day):
            begin, until = max(start, calendar.moment(day, begins)), min(end, calendar.moment(day, ends))
            total += max(until - begin, timedelta())
        day += timedelta(days=1)
    return total


@given(calendars(), st.datetimes(datetime(2026, 3, 1), datetime(2026, 11, 30)), st.integers(1, 900))
@settings(max_examples=300, deadline=None)
def test_just_so_many_working_minutes_lie_before_the_due_moment(
    calendar: Calendar, naive: datetime, count: int
) -> None:
    start = naive.replace(tzinfo=UTC)
    found = add_working_minutes(calendar, start, count)
    assert elapsed(calendar, start, found) == timedelta(minutes=count)


# ---------------------------------------------------------------- R-WD and R-TOTAL


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        ("2013-03-04T10:40", 8, "2013-03-15T18:00"),  # 8 March is off
        ("2013-05-02T16:15", 8, "2013-05-16T18:00"),  # a Saturday worked, three days off
        ("2013-03-04T18:00", 1, "2013-03-05T18:00"),  # up to 18:00 belongs to the day
        ("2013-03-04T18:00:01", 1, "2013-03-06T18:00"),  # later to the next
        ("2013-03-04T00:30", 1, "2013-03-05T18:00"),
        ("2013-03-09T10:00", 1, "2013-03-12T18:00"),  # on a day off: to Monday, which is not counted
        ("2013-05-04T12:00", 1, "2013-05-06T18:00"),
    ],
)
def test_working_days_do_not_count_the_day_of_the_start(start: str, count: int, expected: str) -> None:
    assert add_working_days(KZ, at(start), count) == at(expected)


@given(exact_starts, days)
@settings(max_examples=300, deadline=None)
def test_days_agree_with_a_day_by_day_counter(start: datetime, count: int) -> None:
    assert add_working_days(KZ, start, count) == slow_working_days(start, count)
    assert add_calendar_days(KZ, start, count) == slow_calendar_days(start, count)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2013-03-04T10:00", "2013-03-14T18:00"),
        ("2013-05-02T15:40", "2013-05-13T18:00"),  # a Sunday rolls to Monday
        ("2013-10-03T14:10", "2013-10-16T18:00"),  # over a moved day off and Kurban ait
        ("2013-04-24T09:00", "2013-05-04T18:00"),  # a Saturday that is worked stays
    ],
)
def test_calendar_days_roll_over_days_off(start: str, expected: str) -> None:
    assert add_calendar_days(KZ, at(start), 10) == at(expected)


# ---------------------------------------------------------------- R-REG, R-COUR, R-ESC


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2013-04-09T11:15", "2013-04-09T18:00"),
        ("2013-04-09T15:30", "2013-04-09T18:00"),
        ("2013-04-09T15:30:01", "2013-04-10T18:00"),
        ("2013-04-09T20:00", "2013-04-10T18:00"),
        ("2013-04-12T16:00", "2013-04-15T18:00"),  # Friday to Monday
        ("2013-04-13T10:00", "2013-04-15T18:00"),  # accepted on a day off
    ],
)
def test_the_registry_of_the_day_takes_folders_up_to_the_cut_off(start: str, expected: str) -> None:
    assert registry_due(KZ, at(start), time(15, 30)) == at(expected)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2013-04-09T10:59", "2013-04-09T11:00"),
        ("2013-04-09T11:00", "2013-04-09T11:00"),
        ("2013-04-09T11:01", "2013-04-09T16:00"),
        ("2013-04-09T16:01", "2013-04-10T11:00"),
        ("2013-04-12T16:01", "2013-04-15T11:00"),
    ],
)
def test_a_folder_goes_with_the_first_run_after_it_was_handed_over(start: str, expected: str) -> None:
    assert courier_due(KZ, KZ, at(start), DayPlan().courier_runs) == at(expected)


def test_a_run_needs_a_day_that_is_working_at_both_offices() -> None:
    closed = Calendar(ALMATY, WEEK, {date(2013, 4, 9): SpecialDay(date(2013, 4, 9), working=False)})
    runs = DayPlan().courier_runs
    assert courier_due(KZ, closed, at("2013-04-09T10:00"), runs) == at("2013-04-10T11:00")
    assert courier_due(closed, KZ, at("2013-04-09T10:00"), runs) == at("2013-04-10T11:00")


def test_offices_that_never_work_on_one_day_have_no_run() -> None:
    weekend = Calendar(ALMATY, ((),) * 5 + (DAY, DAY))
    weekdays = Calendar(ALMATY, WEEK)
    with pytest.raises(NoWorkingDay):
        courier_due(weekdays, weekend, at("2013-04-09T10:00"), DayPlan().courier_runs)


def test_people_are_told_on_the_due_day_at_the_due_moment_and_a_working_day_later() -> None:
    told = escalation_moments(at("2013-12-13T18:00"), KZ)
    assert told == (at("2013-12-13T09:00"), at("2013-12-13T18:00"), at("2013-12-18T18:00"))


def test_only_terms_of_days_escalate() -> None:
    rules = ["R-MIN(15)", "R-WD(8)", "R-REG", "R-COUR", "R-TOTAL(10)"]
    assert [parse_rule(rule).escalates for rule in rules] == [False, True, False, False, True]


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize("text", ["R-MIN(15)", "R-WD(8)", "R-REG", "R-COUR", "R-TOTAL(10)"])
def test_a_rule_reads_as_it_was_written(text: str) -> None:
    assert str(parse_rule(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "R-MIN", "R-MIN()", "R-MIN(0)", "R-MIN(-1)", "R-MIN(1.5)", "R-MIN(٣)", "R-REG(1)", "r-reg", "R-MIN(15) "],
)
def test_a_rule_that_nobody_knows_is_refused(text: str) -> None:
    with pytest.raises(BadTimeRule):
        parse_rule(text)


def test_a_moment_without_a_zone_is_refused() -> None:
    for rule in ("R-MIN(15)", "R-WD(8)", "R-REG", "R-COUR", "R-TOTAL(10)"):
        with pytest.raises(ValueError, match="no time zone"):
            due(parse_rule(rule), datetime(2013, 3, 4, 10), KZ)


def test_a_term_of_nothing_is_refused() -> None:
    for add in (add_working_minutes, add_working_days, add_calendar_days):
        with pytest.raises(ValueError, match="at least 1"):
            add(KZ, at("2013-03-04T10:00"), 0)


@pytest.mark.parametrize(
    "week",
    [
        ((),) * 7,
        (DAY,) * 6,
        (((time(9), time(9)),),) + ((),) * 6,
        (((time(9), time(13)), (time(12), time(18))),) + ((),) * 6,
    ],
)
def test_a_week_that_makes_no_sense_is_refused(week: tuple[tuple[Span, ...], ...]) -> None:
    with pytest.raises(ValueError, match=r"week|spans"):
        Calendar(ALMATY, week)


def test_a_year_without_a_working_day_ends_the_search() -> None:
    closed = {on: SpecialDay(on, working=False) for on in (date(2013, 1, 1) + timedelta(days=n) for n in range(800))}
    with pytest.raises(NoWorkingDay):
        add_working_minutes(Calendar(ALMATY, WEEK, closed), at("2013-01-05T10:00"), 15)


def test_a_due_date_takes_a_few_calls_for_each_day_up_to_it() -> None:
    few, more = (_calls(parse_rule(f"R-WD({days})"), at("2013-05-02T16:15")) for days in (8, 16))
    assert few <= 120 and more < 2 * few, "fewer than a dozen a day"


def _calls(rule: TimeRule, start: datetime) -> int:
    """How many functions of ours are called for one due date."""
    count = 0

    def called(frame: object, event: str, arg: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(called)
    try:
        due(rule, start, KZ)
    finally:
        sys.setprofile(None)
    return count
