"""Where a region's act lets the clocks stop, they stop and run again by a person, with a reason; elsewhere never."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from services import boards, cases, clock, deadlines, directory, journal, registry, retention
from services.cases.models import Case, Task
from services.cases.suspending import NoSuchStop, Runs, StandsStill, why_stopped
from services.config import ROOT
from services.db import db
from services.errors import Forbidden, InvalidAnswers
from services.plugin import Plugin
from services.registry import Registry
from tests import the_region
from tests.services.cases.a_morning import OFFICE, at, clerk, off, registered, version

STOPS = """key*,title_kk,title_ru,title_en,clause,role,mark
inquiry,Сұрау салу,Запрос,Inquiry to another body,N000/9,head,act
"""


@pytest.fixture
def with_stops(house: Flask, tmp_path: Path) -> Iterator[Flask]:
    """The same region, whose act knows one stop."""
    before = registry.current()
    shutil.copytree(the_region.FOLDER, tmp_path / "r")
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


def test_why_clocks_were_stopped_stands_in_the_file_of_whom_it_names(with_stops: Flask) -> None:
    case_id, admin = registered("a"), next(each for each in directory.everybody() if each.login == "admin")
    with clock.stopped(at("2013-03-04T10:20")):
        cases.stop_clocks(case_id, "inquiry", "asked of\u00a0990101300008", head())
    [held] = retention.person_file("990101300008", "17", person=admin)
    assert (held.case_id, held.applies) == (case_id, False)
    assert [(each.event, each.said) for each in held.reasons] == [("case.clocks_stopped", "asked of\u00a0990101300008")]


def test_both_clocks_stand_still_and_run_on_by_what_they_stood(with_stops: Flask) -> None:
    case_id = registered("a")
    with clock.stopped(at("2013-03-04T10:20")):
        cases.stop_clocks(case_id, "inquiry", "asked the registry of rights", head())
    with clock.stopped(at("2013-03-06T12:20")):
        page = cases.case_page(case_id, head())
        assert page.open_steps[0].due and page.open_steps[0].due.status == "suspended"
        assert page.outer.status == "suspended" and not page.open_steps[0].late
        _, outer, lines = cases.steps_of(case_id, head())
        assert outer == page.outer and lines == page.steps, "programs are told what people see"
        cases.resume_clocks(case_id, "the answer came", head())
    case, task = state(case_id)
    assert task.due_at == at("2013-03-06T12:30"), "ten of thirty minutes were left"
    assert task.urgent_at == task.due_at
    assert case.outer_due_at == at("2013-03-19T18:00"), "two days and two hours: to the end of the third"
    told = [(line.event, line.why, line.actor) for line in cases.case_page(case_id, head()).history[:2]]
    assert told == [
        ("case.clocks_resumed", "the answer came", head().full_name),
        ("case.clocks_stopped", "asked the registry of rights", head().full_name),
    ]
    written = [(line.event, line.details, line.actor) for line in journal.read(f"case:{case_id}")[:2]]
    assert "registry of rights" not in str(written) and "answer came" not in str(written), (
        "nothing of it is ever erased"
    )
    assert {actor for *_, actor in written} == {f"staff:{head().id}"}
    why = cases.why_step(task.id, head())
    assert why and why.agrees and [each.stood for each in why.told.suspensions] == [timedelta(hours=18)]
    assert cases.why_case(case_id, head()).agrees


def test_the_reason_that_a_line_of_before_has_is_still_read(with_stops: Flask) -> None:
    case = Case(why_stopped=["kept"])
    assert [
        why_stopped(case, "case.clocks_stopped", each) for each in ({"said": 0}, {"said": 1}, {"reason": "before"})
    ] == [
        "kept",
        "",
        "before",
    ]


def test_the_time_of_a_stop_is_charged_to_nobody(with_stops: Flask) -> None:
    case_id = registered("a")
    with clock.stopped(at("2013-03-04T10:20")):
        cases.stop_clocks(case_id, "inquiry", "asked", head())
    with clock.stopped(at("2013-03-04T12:20")):
        assert [each.time for each in cases.time_by_holder(case_id, head())] == [timedelta(minutes=20)]
        cases.resume_clocks(case_id, "answered", head())
    with clock.stopped(at("2013-03-04T12:30")):
        assert [each.time for each in cases.time_by_holder(case_id, head())] == [timedelta(minutes=30)]


def test_what_stands_still_is_nowhere_among_what_is_late(with_stops: Flask) -> None:
    case_id, other_id = registered("a"), registered("b")
    with clock.stopped(at("2013-03-04T10:20")):
        cases.stop_clocks(case_id, "inquiry", "asked", head())
    with clock.stopped(at("2013-03-04T12:20")):
        board = boards.head_board(OFFICE, head())
        assert {each.case_id: each.group for each in board.rows} == {case_id: "today", other_id: "late"}
        assert (board.counts["late"], board.counts["today"]) == (1, 1)
        assert [(each.open, each.late, each.week) for each in board.workload if each.open] == [(2, 1, 1)]


def test_what_is_done_while_the_clocks_stand_is_not_late_by_that(with_stops: Flask) -> None:
    case_id = registered("a")
    with clock.stopped(at("2013-03-04T10:20")):
        cases.stop_clocks(case_id, "inquiry", "asked", head())
    task_id = state(case_id)[1].id
    with clock.stopped(at("2013-03-04T11:00")):
        executor = directory.staff_at(OFFICE, "executor")[0]
        cases.complete_task(task_id, {"executor": str(executor.id), "text": "x"}, cases.Click(head(), "k"))
    for moment in ("2013-03-04T11:30", "2013-03-04T12:20"):
        with clock.stopped(at(moment)):
            line = next(each for each in cases.case_page(case_id, head()).steps if each.task_id == task_id)
            assert not line.late and line.due and line.due.status == "ended", moment
            if moment == "2013-03-04T11:30":
                cases.resume_clocks(case_id, "answered", head())
    assert line.due.at == at("2013-03-04T11:40"), "ten of thirty minutes were left"
    why = cases.why_step(task_id, head())
    assert why and why.agrees


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
