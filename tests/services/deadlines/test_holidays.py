"""The list a calendar is filled with, held against what is known of the years."""

import re
from datetime import date, timedelta

import pytest

from services.deadlines.holidays import special_days


def days(year: int, listed: str) -> set[date]:
    """ "1 5,3 5": 1 May and 3 May of that year."""
    return {date(year, int(month), int(day)) for day, month in (pair.split(".") for pair in listed.split())}


#: year -> off on weekdays, off on weekends as far as the year's table names them, worked on weekends
KNOWN = {
    2012: (
        "2.1 3.1 8.3 9.3 21.3 22.3 23.3 30.4 1.5 9.5 6.7 30.8 26.10 3.12 17.12 18.12 31.12",
        "1.1 7.1",
        "11.3 28.4 29.12",
    ),
    2013: (
        "1.1 2.1 7.1 8.3 21.3 22.3 25.3 1.5 7.5 9.5 10.5 8.7 30.8 14.10 15.10 2.12 16.12 17.12",
        "",
        "4.5 12.10 28.12",
    ),
    2025: (
        "1.1 2.1 3.1 7.1 10.3 21.3 24.3 25.3 1.5 7.5 9.5 6.6 7.7 1.9 27.10 16.12",
        "",
        "5.1",
    ),
    2026: ("1.1 2.1 7.1 9.3 23.3 24.3 25.3 1.5 7.5 11.5 27.5 6.7 26.10 16.12", "", ""),
}


@pytest.mark.parametrize("year", KNOWN)
def test_the_years_days_off_and_working_weekends_are_the_known_ones(year: int) -> None:
    weekdays, weekends, worked = (days(year, listed) for listed in KNOWN[year])
    listed = special_days([year])
    off = {day.on for day in listed if not day.working}
    assert {on for on in off if on.weekday() < 5} == weekdays
    assert weekends <= off
    assert {day.on for day in listed if day.working and day.on.weekday() >= 5} == worked


def test_only_the_years_asked_for_are_listed() -> None:
    assert {day.on.year for day in special_days([2013, 2025])} == {2013, 2025}
    assert special_days([]) == []


def test_a_day_worked_in_december_is_known_without_asking_for_january() -> None:
    worked = {day.on: day for day in special_days([2013])}[date(2013, 12, 28)]
    assert worked.working
    assert worked.name_kk == "Жұмыс күні (демалыс 03.01.2014 күніне ауыстырылды)"


def test_each_day_has_a_name_in_every_language_and_a_source() -> None:
    for day in special_days(range(2012, 2030)):
        assert day.name_kk and day.name_ru and day.name_en, day
        assert not re.search("[A-Za-z]", day.name_kk + day.name_ru), day
        assert day.source.startswith("holidays 0.109"), day


def test_what_is_estimated_waits_to_be_confirmed() -> None:
    open_days = {day.on: day for day in special_days(range(2012, 2027)) if not day.confirmed}
    assert set(open_days) == {date(2026, 5, 27), date(2026, 8, 31)}
    assert open_days[date(2026, 5, 27)].name_kk == "Құрбан айт (болжам)"


def test_whether_31_august_2026_is_off_is_asked_and_it_is_worked_until_said() -> None:
    asked = {day.on: day for day in special_days([2026])}[date(2026, 8, 31)]
    assert asked.working and not asked.confirmed and asked.on - timedelta(days=1) == date(2026, 8, 30)
