"""The calendar in the database, and due dates asked as a click asks for them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from threading import Thread
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from komek.testing.owner import as_owner
from services import deadlines, journal
from services.config import ROOT
from services.db import db, transaction
from services.deadlines.calendar import SpecialDay
from services.errors import NotFound
from services.plugin import Plugin
from services.registry import Registry
from tests import the_region
from tests.counting import counted

ALMATY = ZoneInfo("Asia/Almaty")
_numbers = count(1)


@pytest.fixture
def registry(app: Flask) -> Iterator[Registry]:
    """Almaty oblast's tables under a name of their own, so that no test sees another's calendar."""
    folder = the_region.FOLDER
    with app.app_context():
        yield Registry([Plugin(folder, "A region for one test.", region=f"calendar_test_{next(_numbers)}")], ROOT)
        db.session.rollback()


@pytest.fixture
def statements(registry: Registry) -> Iterator[list[str]]:
    """Every statement the database is sent, from here on."""
    with counted(db.engine) as count:
        yield count.statements


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ALMATY)


def stored(registry: Registry) -> Mapping[date, SpecialDay]:
    return deadlines.region_at(registry).timetable.days


def put(registry: Registry, *days: SpecialDay) -> None:
    """As an administrator's save does it, without anybody's cases."""
    with transaction():
        now = deadlines.region_at(registry, deadlines.take_version(registry.region)).timetable
        new = replace(now, days={**now.days, **{day.on: day for day in days}})
        deadlines.put_in_force(registry.region, new, actor="staff:1", reason="")


# ---------------------------------------------------------------- filling


def test_filling_again_changes_nothing(registry: Registry) -> None:
    first = deadlines.fill_calendar(registry, range(2012, 2028))
    before = stored(registry)
    version = deadlines.calendar_version(registry.region)
    assert deadlines.fill_calendar(registry, range(2012, 2028)) == first == len(before)
    assert stored(registry) == before
    assert deadlines.calendar_version(registry.region) == version


def test_filling_one_year_leaves_the_others_alone(registry: Registry) -> None:
    deadlines.fill_calendar(registry, [2013])
    deadlines.fill_calendar(registry, [2025])
    assert {on.year for on in stored(registry)} == {2013, 2025}


def test_what_staff_entered_or_confirmed_outlives_a_filling(registry: Registry) -> None:
    deadlines.fill_calendar(registry, [2026])
    settled = SpecialDay(date(2026, 8, 31), working=False, name_kk="Демалыс", source="N 1", confirmed=True)
    put(registry, settled, SpecialDay(date(2026, 9, 1), working=False, name_kk="Сынақ күні"))
    deadlines.fill_calendar(registry, [2026])
    days = stored(registry)
    assert days[date(2026, 8, 31)] == settled
    assert days[date(2026, 9, 1)].name_kk == "Сынақ күні"


def test_a_day_that_the_list_no_longer_has_goes_away(registry: Registry) -> None:
    put(registry, SpecialDay(date(2026, 4, 1), working=False, name_kk="Жоқ күн", filled=True))
    deadlines.fill_calendar(registry, [2026])
    assert date(2026, 4, 1) not in stored(registry)


def test_a_filling_that_changed_something_stands_once_in_the_journal(registry: Registry) -> None:
    deadlines.fill_calendar(registry, [2013])
    deadlines.fill_calendar(registry, [2013])
    lines = journal.read(f"calendar:{registry.region}")
    assert [(line.event, line.actor) for line in lines] == [("calendar.filled", "system")]
    assert lines[0].details["years"] == [2013]
    assert lines[0].details["after"] == deadlines.calendar_version(registry.region)


# ---------------------------------------------------------------- reading


def test_a_click_costs_one_small_statement_however_many_dates_it_asks_for(
    registry: Registry, statements: list[str]
) -> None:
    deadlines.fill_calendar(registry, [2013])
    deadlines.due_for(registry, "direct", "review", at("2013-03-04T10:40"), "TALDYKORGAN")
    db.session.commit()
    statements.clear()
    deadlines.outer_due(registry, at("2013-03-04T10:00"), "TALDYKORGAN")
    deadlines.due_for(registry, "direct", "review", at("2013-03-04T10:40"), "TALDYKORGAN")
    deadlines.due_for(registry, "direct", "sign", at("2013-03-04T10:40"), "TALDYKORGAN")
    assert len(statements) == 1 and "content" not in statements[0]


def test_a_click_that_brings_the_version_costs_none(registry: Registry, statements: list[str]) -> None:
    deadlines.fill_calendar(registry, [2013])
    version = deadlines.calendar_version(registry.region)
    deadlines.calendar_for(registry, "TALDYKORGAN")
    db.session.commit()
    statements.clear()
    found = deadlines.due_for(registry, "direct", "review", at("2013-03-04T10:40"), "TALDYKORGAN", version=version)
    assert found.at == at("2013-03-15T18:00")
    assert statements == []


def test_all_offices_share_the_days_that_were_read_once(registry: Registry, statements: list[str]) -> None:
    deadlines.fill_calendar(registry, [2013])
    deadlines.calendar_for(registry, "TALDYKORGAN")
    statements.clear()
    for office in ("TEKELI", "AKSU", "PSC_AKSU", "OBLAST"):
        assert deadlines.calendar_for(registry, office).days == deadlines.calendar_for(registry, "TALDYKORGAN").days
    assert not [statement for statement in statements if "timetable" in statement]


def test_a_calendar_that_this_click_changed_holds_for_the_rest_of_it(registry: Registry) -> None:
    with transaction():
        assert deadlines.calendar_for(registry, "TALDYKORGAN").works_on(date(2013, 3, 8))
        deadlines.fill_calendar(registry, [2013])
        assert not deadlines.calendar_for(registry, "TALDYKORGAN").works_on(date(2013, 3, 8))


def put_elsewhere(app: Flask, registry: Registry, day: SpecialDay) -> None:
    with app.app_context():
        put(registry, day)


def test_the_next_click_counts_with_a_calendar_that_was_changed_elsewhere(app: Flask, registry: Registry) -> None:
    deadlines.fill_calendar(registry, [2012])
    start, without = at("2013-03-04T10:40"), at("2013-03-14T18:00")
    assert deadlines.due_for(registry, "direct", "review", start, "TALDYKORGAN").at == without
    db.session.commit()
    womens_day = SpecialDay(date(2013, 3, 8), working=False, name_kk="Халықаралық әйелдер күні")
    elsewhere = Thread(target=lambda: put_elsewhere(app, registry, womens_day))
    elsewhere.start()
    elsewhere.join()
    db.session.execute(select(1))  # the click's transaction has begun before it asks for the calendar
    assert deadlines.due_for(registry, "direct", "review", start, "TALDYKORGAN").at == at("2013-03-15T18:00")


def test_a_change_that_was_rolled_back_is_forgotten(registry: Registry) -> None:
    deadlines.fill_calendar(registry, [2012])
    with pytest.raises(ZeroDivisionError), transaction():
        deadlines.fill_calendar(registry, [2013])
        assert not deadlines.calendar_for(registry, "TALDYKORGAN").works_on(date(2013, 3, 8))
        raise ZeroDivisionError
    assert deadlines.calendar_for(registry, "TALDYKORGAN").works_on(date(2013, 3, 8))


def test_a_version_can_be_counted_with_for_ever_and_nobody_can_change_it(registry: Registry) -> None:
    deadlines.fill_calendar(registry, [2012])
    before = deadlines.calendar_version(registry.region)
    put(registry, SpecialDay(date(2013, 3, 8), working=False, name_kk="Халықаралық әйелдер күні"))
    after = deadlines.calendar_version(registry.region)
    start = at("2013-03-04T10:40")
    found = [
        deadlines.due_for(registry, "direct", "review", start, "TALDYKORGAN", version=each) for each in (before, after)
    ]
    assert [(due.at, due.version) for due in found] == [
        (at("2013-03-14T18:00"), before), (at("2013-03-15T18:00"), after),
    ]  # fmt: skip
    saved = deadlines.versions(registry.region)
    assert [(each.version, each.number, each.actor) for each in saved] == [(after, 2, "staff:1"), (before, 1, "system")]
    for statement in ("UPDATE timetable SET reason = 'x'", "DELETE FROM timetable"):
        with pytest.raises(DBAPIError, match="only ever added to"):
            as_owner(statement)


def test_a_date_that_passes_an_unconfirmed_day_is_marked(registry: Registry) -> None:
    deadlines.fill_calendar(registry, [2026])
    across = deadlines.due_for(registry, "direct", "review", at("2026-08-27T10:00"), "TALDYKORGAN")
    beside = deadlines.due_for(registry, "direct", "review", at("2026-09-07T10:00"), "TALDYKORGAN")
    assert (across.default, beside.default) == (True, False)


def test_without_a_calendar_only_weekends_are_off(registry: Registry) -> None:
    calendar = deadlines.calendar_for(registry, "TALDYKORGAN")
    assert calendar.works_on(date(2013, 3, 8)) and not calendar.works_on(date(2013, 3, 9))


# ---------------------------------------------------------------- due dates


@pytest.fixture
def filled(registry: Registry) -> Registry:
    deadlines.fill_calendar(registry, [2012, 2013, 2014])
    return registry


def test_a_step_of_the_act_is_due_by_its_clause(filled: Registry) -> None:
    found = deadlines.due_for(filled, "direct", "review", at("2013-03-04T10:40"), "TALDYKORGAN")
    assert found == deadlines.Due(at("2013-03-15T18:00").astimezone(UTC), "R-WD(8)", "N421/11a/direct/4", default=False)


def test_a_time_that_is_not_in_the_act_is_marked(filled: Registry) -> None:
    start = at("2013-03-04T10:40")
    assert deadlines.due_for(filled, "direct", "supplement", start, "TALDYKORGAN").default
    assert deadlines.due_for(filled, "psc", "registry", start, "PSC_TALDYKORGAN").default
    assert deadlines.outer_due(filled, start, "TALDYKORGAN").default


def test_the_hours_of_a_psc_are_not_in_the_act_and_mark_its_dates(filled: Registry) -> None:
    start = at("2013-03-04T10:40")
    assert not deadlines.step_rule(filled, "psc", "accept").default
    assert deadlines.due_for(filled, "psc", "accept", start, "PSC_TALDYKORGAN").default
    assert not deadlines.due_for(filled, "psc", "receive", start, "TALDYKORGAN").default


def test_handing_over_has_no_time_limit(filled: Registry) -> None:
    found = deadlines.due_for(filled, "direct", "hand_over", at("2013-03-04T10:40"), "TALDYKORGAN")
    assert (found.at, found.rule, found.default) == (None, "", False)


def test_the_outer_limit_is_counted_in_calendar_days(filled: Registry) -> None:
    found = deadlines.outer_due(filled, at("2013-05-02T15:40"), "KAPSHAGAI")
    assert (found.at, found.rule, found.clause) == (at("2013-05-13T18:00"), "R-TOTAL(10)", "N421/9")


def test_a_run_from_a_psc_needs_a_day_that_is_working_at_its_body(filled: Registry) -> None:
    found = deadlines.due_for(filled, "psc", "courier_out", at("2013-10-03T15:20"), "PSC_SHELEK")
    assert found.at == at("2013-10-03T16:00")
    back = deadlines.due_for(
        filled, "psc", "courier_back", at("2013-10-12T11:38"), "ENBEKSHIKAZAKH", other_office_key="PSC_SHELEK"
    )
    assert back.at == at("2013-10-12T16:00")


def test_people_are_told_by_the_hours_of_the_region(filled: Registry) -> None:
    told = deadlines.escalation_for(filled, at("2013-12-23T18:00"), "PANFILOV")
    assert told == (at("2013-12-23T09:00"), at("2013-12-23T18:00"), at("2013-12-24T18:00"))


def test_what_the_region_does_not_have_is_not_found(filled: Registry) -> None:
    start = at("2013-03-04T10:40")
    with pytest.raises(NotFound):
        deadlines.step_rule(filled, "direct", "no_such_step")
    for office in ("NOWHERE", ""):
        with pytest.raises(NotFound):
            deadlines.due_for(filled, "direct", "review", start, office)
        with pytest.raises(NotFound):
            deadlines.outer_due(filled, start, office)
        with pytest.raises(NotFound):
            deadlines.zone(filled, office)


def test_the_region_was_six_hours_ahead_in_2013_and_is_five_since_march_2024(registry: Registry) -> None:
    def offset(moment: datetime) -> float:
        there = deadlines.local(registry, "TALDYKORGAN", moment).utcoffset()
        assert there is not None
        return there.total_seconds() / 3600

    assert offset(datetime(2013, 3, 4, tzinfo=UTC)) == 6
    assert offset(datetime(2024, 2, 29, 12, tzinfo=UTC)) == 6
    assert offset(datetime(2024, 3, 1, 12, tzinfo=UTC)) == 5
    assert offset(datetime(2026, 3, 4, tzinfo=UTC)) == 5


def test_the_same_hour_is_another_moment_in_2026(registry: Registry) -> None:
    deadlines.fill_calendar(registry, [2013, 2026])
    in_2013 = deadlines.due_for(registry, "direct", "register", at("2013-03-04T10:00"), "TALDYKORGAN").at
    in_2026 = deadlines.due_for(registry, "direct", "register", at("2026-03-04T10:00"), "TALDYKORGAN").at
    assert in_2013 == datetime(2013, 3, 4, 4, 15, tzinfo=UTC)
    assert in_2026 == datetime(2026, 3, 4, 5, 15, tzinfo=UTC)
