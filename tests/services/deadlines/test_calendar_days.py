"""The calendar in the database, and due dates asked as a click asks for them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from services import deadlines, journal
from services.config import ROOT
from services.db import db, transaction
from services.deadlines.models import CalendarDay, CalendarVersion
from services.errors import NotFound
from services.plugin import Plugin
from services.registry import Registry

ALMATY = ZoneInfo("Asia/Almaty")
_numbers = count(1)


@pytest.fixture
def registry(app: Flask) -> Iterator[Registry]:
    """Almaty oblast's tables under a name of their own, so that no test sees another's calendar."""
    folder = ROOT / "plugins/almaty_oblast"
    with app.app_context():
        yield Registry([Plugin(folder, "A region for one test.", region=f"calendar_test_{next(_numbers)}")], ROOT)
        db.session.rollback()


@pytest.fixture
def statements(registry: Registry) -> Iterator[list[str]]:
    """Every statement the database is sent, from here on."""
    sent: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ALMATY)


def stored(registry: Registry) -> dict[date, CalendarDay]:
    found = db.session.scalars(select(CalendarDay).where(CalendarDay.region == registry.region))
    return {day.on: day for day in found}


# ---------------------------------------------------------------- filling


def test_filling_again_changes_nothing(registry: Registry) -> None:
    first = deadlines.fill_calendar(registry, range(2012, 2028))
    before = {on: (day.kind, day.name_kk) for on, day in stored(registry).items()}
    version = deadlines.calendar_version(registry.region)
    assert deadlines.fill_calendar(registry, range(2012, 2028)) == first == len(before)
    assert {on: (day.kind, day.name_kk) for on, day in stored(registry).items()} == before
    assert deadlines.calendar_version(registry.region) == version


def test_filling_one_year_leaves_the_others_alone(registry: Registry) -> None:
    deadlines.fill_calendar(registry, [2013])
    deadlines.fill_calendar(registry, [2025])
    assert {on.year for on in stored(registry)} == {2013, 2025}


def test_what_staff_entered_or_confirmed_outlives_a_filling(registry: Registry) -> None:
    deadlines.fill_calendar(registry, [2026])
    with transaction():
        change = update(CalendarDay).where(CalendarDay.region == registry.region, CalendarDay.on == date(2026, 8, 31))
        db.session.execute(change.values(kind="off", confirmed=True, filled=False, source="N 1"))
        db.session.add(CalendarDay(region=registry.region, on=date(2026, 9, 1), kind="off", name_kk="Сынақ күні"))
    deadlines.fill_calendar(registry, [2026])
    db.session.expire_all()
    days = stored(registry)
    assert (days[date(2026, 8, 31)].kind, days[date(2026, 8, 31)].source) == ("off", "N 1")
    assert days[date(2026, 9, 1)].name_kk == "Сынақ күні"


def test_a_day_that_the_list_no_longer_has_goes_away(registry: Registry) -> None:
    with transaction():
        db.session.add(
            CalendarDay(region=registry.region, on=date(2026, 4, 1), kind="off", name_kk="Жоқ күн", filled=True)
        )
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
    assert len(statements) == 1 and "calendar_day" not in statements[0]


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
    assert not [statement for statement in statements if "calendar_day" in statement]


def test_a_calendar_that_this_click_changed_holds_for_the_rest_of_it(registry: Registry) -> None:
    with transaction():
        assert deadlines.calendar_for(registry, "TALDYKORGAN").works_on(date(2013, 3, 8))
        deadlines.fill_calendar(registry, [2013])
        assert not deadlines.calendar_for(registry, "TALDYKORGAN").works_on(date(2013, 3, 8))


def test_the_next_click_counts_with_a_calendar_that_was_changed_elsewhere(registry: Registry) -> None:
    deadlines.fill_calendar(registry, [2012])
    start, without = at("2013-03-04T10:40"), at("2013-03-14T18:00")
    assert deadlines.due_for(registry, "direct", "review", start, "TALDYKORGAN").at == without
    db.session.commit()
    with db.engine.begin() as elsewhere:
        elsewhere.execute(
            CalendarDay.__table__.insert().values(  # type: ignore[attr-defined]
                region=registry.region, on=date(2013, 3, 8), kind="off", name_kk="Халықаралық әйелдер күні",
                name_ru="", name_en="", source="", confirmed=True, filled=False,
            )
        )  # fmt: skip
        elsewhere.execute(update(CalendarVersion).where(CalendarVersion.region == registry.region).values(version="2"))
    db.session.execute(select(1))  # the click's transaction has begun before it asks for the calendar
    assert deadlines.due_for(registry, "direct", "review", start, "TALDYKORGAN").at == at("2013-03-15T18:00")


def test_a_change_that_was_rolled_back_is_forgotten(registry: Registry) -> None:
    deadlines.fill_calendar(registry, [2012])
    with pytest.raises(ZeroDivisionError), transaction():
        deadlines.fill_calendar(registry, [2013])
        assert not deadlines.calendar_for(registry, "TALDYKORGAN").works_on(date(2013, 3, 8))
        raise ZeroDivisionError
    assert deadlines.calendar_for(registry, "TALDYKORGAN").works_on(date(2013, 3, 8))


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


def test_almaty_was_six_hours_ahead_in_2013_and_is_five_since_march_2024(registry: Registry) -> None:
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
