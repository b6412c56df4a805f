"""Where a region's act lets the clocks stop, they stop and run again by a person, with a reason; elsewhere never."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from services import cases, clock, deadlines, directory, journal, registry
from services.cases.models import Case, Task
from services.cases.suspending import NoSuchStop, Runs, StandsStill
from services.config import ROOT
from services.db import db
from services.errors import Forbidden, InvalidAnswers
from services.plugin import Plugin
from services.registry import Registry
from tests.services.cases.test_another_calendar import OFFICE, at, clerk, off, registered, version

STOPS = """key*,title_kk,title_ru,title_en,clause,role,mark
inquiry,Сұрау салу,Запрос,Inquiry to another body,N000/9,head,act
"""


@pytest.fixture
def with_stops(house: Flask, tmp_path: Path) -> Iterator[Flask]:
    """The same region, whose act knows one stop."""
    before = registry.current()
    shutil.copytree(ROOT / "plugins/almaty_oblast", tmp_path / "r")
    (tmp_path / "r/stops.csv").write_text(STOPS, encoding="utf-8")
    others = [plugin for plugin in before.plugins if not plugin.region]
    registry.use(Registry([Plugin(tmp_path / "r", "A region whose clocks stop.", region=before.region), *others], ROOT))
    with clock.stopped(at("2013-03-04T10:00")):
        yield house
    registry.use(before)


def head() -> directory.Person:
    return directory.staff_at(OFFICE, "head")[0]


def state(case_id: int) -> tuple[Case, Task]:
    db.session.expire_all()
    case = db.session.get_one(Case, case_id)
    task = db.session.scalars(select(Task).where(Task.case_id == case_id, Task.closed_at.is_(None))).one()
    db.session.rollback()
    return case, task


def test_both_clocks_stand_still_and_run_on_by_what_they_stood(with_stops: Flask) -> None:
    case_id = registered("a")
    with clock.stopped(at("2013-03-04T10:20")):
        cases.stop_clocks(case_id, "inquiry", "asked the registry of rights", head())
    with clock.stopped(at("2013-03-06T12:20")):
        page = cases.case_page(case_id, head())
        assert page.open_steps[0].due and page.open_steps[0].due.status == "suspended"
        assert page.outer.status == "suspended" and not page.open_steps[0].late
        cases.resume_clocks(case_id, "the answer came", head())
    case, task = state(case_id)
    assert task.due_at == at("2013-03-06T12:30"), "ten of thirty minutes were left"
    assert task.urgent_at == task.due_at
    assert case.outer_due_at == at("2013-03-19T18:00"), "two days and two hours: to the end of the third"
    told = [(line.event, line.details.get("reason"), line.actor) for line in journal.read(f"case:{case_id}")[:2]]
    assert told == [
        ("case.clocks_resumed", "the answer came", f"staff:{head().id}"),
        ("case.clocks_stopped", "asked the registry of rights", f"staff:{head().id}"),
    ]
    why = cases.why_step(task.id, head())
    assert why and why.agrees and [each.stood for each in why.told.suspensions] == [timedelta(hours=18)]
    assert cases.why_case(case_id, head()).agrees


def test_the_time_of_a_stop_is_charged_to_nobody(with_stops: Flask) -> None:
    case_id = registered("a")
    with clock.stopped(at("2013-03-04T10:20")):
        cases.stop_clocks(case_id, "inquiry", "asked", head())
    with clock.stopped(at("2013-03-04T12:20")):
        assert [each.time for each in cases.time_by_holder(case_id, head())] == [timedelta(minutes=20)]
        cases.resume_clocks(case_id, "answered", head())
    with clock.stopped(at("2013-03-04T12:30")):
        assert [each.time for each in cases.time_by_holder(case_id, head())] == [timedelta(minutes=30)]


def test_a_date_that_was_past_before_the_stop_stays_past(with_stops: Flask) -> None:
    case_id = registered("a")
    with clock.stopped(at("2013-03-04T11:00")):
        cases.stop_clocks(case_id, "inquiry", "asked", head())
    with clock.stopped(at("2013-03-05T11:00")):
        cases.resume_clocks(case_id, "answered", head())
    assert state(case_id)[1].due_at == at("2013-03-04T10:30")


def test_another_calendar_knows_of_the_stops(with_stops: Flask) -> None:
    case_id = registered("a")
    with clock.stopped(at("2013-03-04T10:20")):
        cases.stop_clocks(case_id, "inquiry", "asked", head())
        cases.resume_clocks(case_id, "at once", head())
    with clock.stopped(at("2013-03-04T10:21")):
        cases.stop_clocks(case_id, "inquiry", "asked", head())
    with clock.stopped(at("2013-03-05T10:21")):
        cases.resume_clocks(case_id, "answered", head())
        before = state(case_id)[0].outer_due_at
        assert before == at("2013-03-15T18:00")
        cases.save_calendar(off(datetime(2013, 3, 15, tzinfo=ZoneInfo("UTC")).date()), version(), "console")
    assert state(case_id)[0].outer_due_at == at("2013-03-18T18:00")


def test_it_is_stopped_once_by_those_who_may_and_with_a_reason(with_stops: Flask) -> None:
    case_id = registered("a")
    with pytest.raises(Runs):
        cases.resume_clocks(case_id, "x", head())
    with pytest.raises(NoSuchStop):
        cases.stop_clocks(case_id, "holiday", "x", head())
    with pytest.raises(Forbidden):
        cases.stop_clocks(case_id, "inquiry", "x", clerk())
    with pytest.raises(InvalidAnswers):
        cases.stop_clocks(case_id, "inquiry", "  ", head())
    assert state(case_id)[0].stopped_since is None
    cases.stop_clocks(case_id, "inquiry", "asked", head())
    with pytest.raises(StandsStill):
        cases.stop_clocks(case_id, "inquiry", "asked", head())
    with pytest.raises(Forbidden):
        cases.resume_clocks(case_id, "x", clerk())


def test_this_region_knows_no_stop(house: Flask) -> None:
    case_id = registered("a")
    with pytest.raises(NoSuchStop):
        cases.stop_clocks(case_id, "inquiry", "asked", head())
    assert cases.case_page(case_id, head()).lawful_suspensions == []
    assert deadlines.table(registry.current(), "stops") == ()
