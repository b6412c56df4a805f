"""Offices as the public knows them: open or closed, found by typing, told without what the act misprints."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from services import loading, public
from services.config import PLUGINS, ROOT
from services.deadlines import Calendar, RegionTime, SpecialDay
from services.registry import Registry

ALMATY = ZoneInfo("Asia/Almaty")
DAY = ((time(9), time(13)), (time(14), time(18)))
WEEK = (DAY, DAY, DAY, DAY, DAY, (), ())


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ALMATY)


@pytest.fixture(scope="module")
def almaty() -> Registry:
    return loading.load(PLUGINS, ROOT)


@pytest.fixture(scope="module")
def offices(almaty: Registry) -> list[public.PublicOffice]:
    return list(public.offices_told(RegionTime(almaty)))


@pytest.mark.parametrize(
    ("now", "is_open", "changes", "on_break"),
    [
        ("2026-12-14T08:59", False, "2026-12-14T09:00", False),
        ("2026-12-14T09:00", True, "2026-12-14T13:00", False),
        ("2026-12-14T13:00", False, "2026-12-14T14:00", True),
        ("2026-12-14T17:59:59", True, "2026-12-14T18:00", False),
        ("2026-12-14T18:00", False, "2026-12-15T09:00", False),
        ("2026-12-15T18:00", False, "2026-12-17T09:00", False),
        ("2026-12-18T20:00", False, "2026-12-19T09:00", False),
        ("2026-12-19T20:00", False, "2026-12-21T09:00", False),
    ],
)
def test_an_office_is_open_by_its_hours_its_break_its_holidays_and_its_worked_saturdays(
    now: str, is_open: bool, changes: str, on_break: bool
) -> None:
    holiday, worked = at("2026-12-16").date(), at("2026-12-19").date()
    days = {holiday: SpecialDay(holiday, False), worked: SpecialDay(worked, True)}
    found = public.opening(Calendar(ALMATY, WEEK, days), at(now))
    assert found == public.OpenState(is_open, at(changes), on_break)


def test_a_page_stays_true_until_the_first_office_changes_or_a_day_begins() -> None:
    long, short = Calendar(ALMATY, WEEK), Calendar(ALMATY, (((time(10), time(12)),),) * 7)
    assert public.next_change([long, short], at("2026-12-14T09:30")) == at("2026-12-14T10:00")
    assert public.next_change([long], at("2026-12-14T19:00")) == at("2026-12-15T00:00")
    assert public.next_change([], at("2026-12-14T19:00")) is None


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Шелек", "PSC_SHELEK"), ("шел", "PSC_SHELEK"), ("Чилик", "PSC_SHELEK"), ("Shelek", "PSC_SHELEK"),
        ("Жансүгіров", "AKSU"), ("жансугиров", "AKSU"), ("Учарал", "ALAKOL"), ("Iле", "ILE"),
        ("Нысанбаев көшесі", "UIGUR"), ("Энергетический", "ILE"), ("талдыкорган", "TALDYKORGAN"),
    ],
)  # fmt: skip
def test_an_office_is_found_by_its_settlement_however_one_types(
    offices: list[public.PublicOffice], typed: str, key: str
) -> None:
    found = [each.key for each in public.find_offices(offices, typed)]
    assert key in found and len(found) < 12


def test_nothing_typed_finds_all_and_nonsense_finds_none(offices: list[public.PublicOffice]) -> None:
    assert len(public.find_offices(offices, "")) == 52 == len(offices)
    assert public.find_offices(offices, "қққ") == [] == public.find_offices(offices, "%' OR 1=1")


def test_every_psc_serves_a_body_and_every_body_knows_its_pscs(offices: list[public.PublicOffice]) -> None:
    bodies = {each.key: each for each in offices if each.kind == "body"}
    for each in offices:
        assert each.key in bodies[each.serves].served_by or each.key == each.serves
    assert sum(len(each.served_by) for each in bodies.values()) == 33 and len(bodies) == 19


def test_an_address_that_the_act_misprints_is_not_handed_on(offices: list[public.PublicOffice]) -> None:
    told = {each.key: each for each in offices}
    assert told["ZHAMBYL"].email == "" and told["AKSU"].email == "korgan-53@mail.ru"
    assert told["TALDYKORGAN"].phones == (("+77282210491", "8-7282 210491"),) and told["PSC_AKSHI"].phones == ()


def test_a_settlement_has_a_place_within_the_oblast_or_says_that_nobody_knows(
    offices: list[public.PublicOffice],
) -> None:
    known = [each.place for each in offices if each.place]
    assert len(known) == len(offices)
    placed = [each.at for each in known if each.at]
    assert all(42 < lat < 47.5 and 74 < lon < 83 for lat, lon in placed)
    assert all(each.source.startswith("GeoNames") == bool(each.at) and each.default for each in known)


def test_days_ahead_are_those_that_differ_from_their_weekday(almaty: Registry) -> None:
    monday, saturday = at("2026-12-14").date(), at("2026-12-19").date()
    off, needless = monday + timedelta(days=2), saturday
    days = {off: SpecialDay(off, False), needless: SpecialDay(needless, False)}
    office = next(iter(public.offices_told(RegionTime(almaty))))
    shown = public.PublicOffice(**{**vars(office), "calendar": Calendar(ALMATY, WEEK, days)})
    assert [each.on for each in shown.days_ahead(monday, 30)] == [off]
