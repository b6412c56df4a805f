"""One clock for all processes, the database's: whatever the clocks of machines say, and wherever they jump to."""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from services import clock, lines
from services.config import ROOT
from services.db import db
from tests.people.office import Office
from tests.unbroken import assert_unbroken

HOUR = timedelta(hours=1)
#: what tells a moment, beside `services/clock.py`
ASK = {"now", "utcnow", "today", "time"}


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What the process counts from is put back afterwards."""
    monkeypatch.setattr(clock, "_since", clock._since)
    monkeypatch.setattr(lines, "_asked_at_s", lines._asked_at_s)
    yield


def begin_with_a_clock_wrong_by(off: timedelta) -> None:
    """As a process does whose machine's clock is wrong."""
    clock._since = datetime.now(UTC) + off, clock.count()
    lines._asked_at_s = -lines.CLOCK_EVERY_S


@pytest.mark.parametrize("off", [5 * HOUR, -5 * HOUR, timedelta(seconds=1)])
def test_what_the_database_says_is_gone_by_and_counted_on(machine: None, off: timedelta) -> None:
    told = datetime.now(UTC) + off
    clock.agree(told, 0.02)
    first = clock.real()
    assert abs(first - told) < timedelta(seconds=1) + abs(off) / 2
    assert first <= clock.real()


def test_a_clock_that_agrees_within_what_the_way_takes_is_left_alone(machine: None) -> None:
    before = clock._since
    clock.agree(clock.real() + timedelta(seconds=0.2), 0.01)
    clock.agree(clock.real() - timedelta(seconds=2), 6.0)
    assert clock._since == before


@pytest.mark.parametrize("off", [5 * HOUR, -5 * HOUR])
def test_a_node_whose_clock_is_hours_wrong_writes_the_databases_moments_and_ends_nobodys_session(
    machine: None, house: Flask, done_anew: None, off: timedelta
) -> None:
    began = db.session.scalar(text("SELECT clock_timestamp()"))
    db.session.remove()
    begin_with_a_clock_wrong_by(off)
    office = Office(house)
    case_id = office.open()
    for role, answers in office.steps():
        begin_with_a_clock_wrong_by(off)  # another node answers each time
        office.work(case_id, role, answers)
    ended = db.session.scalar(text("SELECT clock_timestamp()"))
    written = """SELECT opened_at FROM task WHERE case_id = :case UNION ALL
                 SELECT done_at FROM task WHERE case_id = :case AND done_at IS NOT NULL UNION ALL
                 SELECT at FROM journal_entry WHERE stream = 'case:' || :case"""
    moments = db.session.scalars(text(written), {"case": case_id}).all()
    near = timedelta(seconds=clock.AGREE_S + 0.5)
    assert len(moments) > 10 and began - near <= min(moments) and max(moments) <= ended + near
    assert_unbroken()


def test_nobody_but_the_clock_asks_the_computer_what_time_it_is() -> None:
    found = []
    for room in ("services", "webapp", "plugins"):
        for file in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ASK:
                    of = node.func.value
                    if isinstance(of, ast.Name) and of.id in {"datetime", "date", "time"}:
                        found.append(f"{file.relative_to(ROOT)} {of.id}.{node.func.attr}")
    assert sorted(set(found)) == ["services/bpmn/allowed.py datetime.now", "services/bpmn/sizes.py datetime.now",
                                  "services/clock.py datetime.now", "services/engine/runtime.py time.time"]  # fmt: skip
