"""What is read from a region's tables, and what is refused there."""

import shutil
from collections.abc import Callable
from datetime import date, time
from pathlib import Path

import pytest

from services.config import ROOT
from services.deadlines.changes import SetValue, TakeBack
from services.deadlines.region import RegionTime, read_time
from services.deadlines.timetable import Timetable
from services.plugin import Plugin
from services.registry import Registry
from services.tables import BadTable
from tests import the_region

Change = Callable[[str, str, str], RegionTime]


@pytest.fixture
def changed(tmp_path: Path) -> Change:
    """The region of the act with one text of one of its tables replaced."""
    folder = tmp_path / "region"
    folder.mkdir()
    for file in (*the_region.FOLDER.glob("*.csv"), the_region.FOLDER / "region.toml"):
        shutil.copy(file, folder)

    def change(table: str, old: str, new: str) -> RegionTime:
        text = (folder / table).read_text(encoding="utf-8")
        assert old in text
        (folder / table).write_text(text.replace(old, new, 1), encoding="utf-8")
        return RegionTime(Registry([Plugin(folder, "A region for one test.", region="test")], ROOT))

    return change


def test_an_office_with_hours_of_its_own_keeps_them(changed: Change) -> None:
    region = changed("hours.csv", "psc,1,09:00", "PSC_TEKELI,6,10:00,14:00,confirmed,an order\npsc,1,09:00")
    saturday, monday = date(2013, 3, 9), date(2013, 3, 11)
    tekeli, aksu = region.calendar("PSC_TEKELI"), region.calendar("PSC_AKSU")
    assert tekeli.spans(saturday) == ((time(10), time(14)),)
    assert tekeli.works_on(monday) is False
    assert aksu.works_on(saturday) is False
    assert aksu.default and not tekeli.default


def test_an_office_may_have_a_zone_of_its_own(changed: Change) -> None:
    region = changed("region.toml", "Asia/Almaty", "Asia/Aqtau")
    assert region.zone("TEKELI").key == "Asia/Aqtau"


def test_hours_that_nobody_gave_are_missed(changed: Change) -> None:
    region = changed("offices.csv", "OBLAST,control", "OBLAST,ministry")
    with pytest.raises(BadTable, match="OBLAST"):
        region.calendar("OBLAST")


@pytest.mark.parametrize(
    ("old", "new"),
    [("R-WD(8)", "R-WD(eight)"), (",no,,act,", ",no,,surely,")],
)
def test_a_step_with_a_rule_or_a_mark_that_nobody_knows_is_named(changed: Change, old: str, new: str) -> None:
    with pytest.raises(BadTable, match=r"steps\.csv, direct"):
        _ = changed("steps.csv", old, new).steps


def test_two_steps_of_one_code_with_different_rules_are_refused(changed: Change) -> None:
    old = "direct,draft,D3,N421/11a/direct/4,N421/app6/t1/3,R-WD(8)"
    with pytest.raises(BadTable, match=r"direct draft: R-WD\(10\), and review has R-WD\(8\); the code D3 is one clock"):
        _ = changed("steps.csv", old, old.replace("(8)", "(10)")).steps


def test_what_is_confirmed_of_a_step_holds_for_those_that_share_its_clock(changed: Change) -> None:
    region = changed("steps.csv", "direct,review", "direct,review")
    rules = region._registry
    new = SetValue("steps/direct/review", "R-WD(6)", "an order").made(rules, Timetable())
    over = RegionTime(rules, new)
    assert [over.step("direct", key).rule for key in ("review", "draft")] == ["R-WD(6)", "R-WD(6)"]
    assert TakeBack("steps/direct/draft").made(rules, new).values == {}


@pytest.mark.parametrize(
    "text", ["", "9:00", "09:00:00", "24:00", "09:60", "09.00", "०९:००", " 09:00", "0a:00", "-9:00"]
)
def test_an_hour_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(BadTable):
        read_time(text)


def test_an_hour_is_read() -> None:
    assert read_time("15:30") == time(15, 30)
