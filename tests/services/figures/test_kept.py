"""What is kept of days that are over is what a slow count over every row comes to, whatever is changed afterwards."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select, text

from komek.testing.rows import as_replica
from services import boards, cases, clock, figures, registry
from services.cases.models import Case, Related, Task
from services.db import db, transaction
from services.figures.models import FigureChanged, FigureDay, FigureKept
from services.postgres import Server
from tests.conftest import WEDNESDAY, config_for
from tests.services.figures.looks import PERIODS, YEAR, control, keep_all, shown, slowly
from tests.webapp.serve.supervised import wait_for
from webapp.cli.figures import recount


@pytest.fixture(autouse=True)
def on_wednesday() -> Iterator[None]:
    with clock.stopped(WEDNESDAY):
        yield


def test_boards_say_the_same_from_kept_days_as_from_the_rows(region: Flask) -> None:
    before = [shown(*period) for period in PERIODS]
    keep_all()
    days = db.session.scalar(select(func.count()).where(FigureDay.counted_at.is_not(None)))
    assert days and days > 20
    assert db.session.scalar(select(func.max(FigureDay.on))) == date(2026, 11, 24), "today is not over"
    assert [shown(*period) for period in PERIODS] == before
    assert figures.untrue(12) == []


#: what is put right in a day that is over, as SQL over its rows
CHANGES = {
    "a step was done later": "UPDATE task SET done_at = done_at + interval '3 days', closed_at = closed_at "
    "+ interval '3 days' WHERE id = (SELECT min(id) FROM task WHERE done_at < '2026-11-12')",
    "a step has another outcome": "UPDATE task SET outcome = 'complaint_upheld', step = 'consider' WHERE id = "
    "(SELECT min(id) FROM task WHERE done_at < '2026-11-12')",
    "a step is gone": "DELETE FROM task t USING (SELECT min(id) AS id FROM task WHERE done_at < '2026-11-12' "
    "AND id NOT IN (SELECT task_id FROM answer)) one WHERE t.id = one.id",
    "a case ended otherwise": "UPDATE \"case\" SET outcome = 'withdrawn' WHERE id = "
    "(SELECT min(id) FROM \"case\" WHERE closed_at < '2026-11-20')",
    "a case is open again": 'UPDATE "case" SET closed_at = NULL, outcome = NULL WHERE id = '
    "(SELECT min(id) FROM \"case\" WHERE closed_at < '2026-11-20')",
    "a number was given late": 'UPDATE "case" SET number = \'X-1\' WHERE id = (SELECT max(id) FROM "case")',
    "a ground was another": "UPDATE answer SET answers = jsonb_set(answers, '{ground}', '\"other\"') "
    "WHERE answers ->> 'ground' IS NOT NULL",
}


def test_what_is_put_right_later_is_counted_again_and_said_meanwhile(region: Flask) -> None:
    late = "UPDATE \"case\" SET number = NULL, opened_at = opened_at - interval '9 days' WHERE id = "
    db.session.execute(text(f'{late} (SELECT max(id) FROM "case")'))
    db.session.commit()
    keep_all()
    for change, statement in CHANGES.items():
        marks = select(func.coalesce(func.max(FigureChanged.id), 0))
        before = db.session.scalar(marks)
        assert db.session.execute(text(statement)).rowcount, change  # type: ignore[attr-defined]
        db.session.commit()
        assert db.session.scalar(marks) > before, change
    looked = boards.look(boards.period(*YEAR), control())
    assert looked.not_counted.anew >= 3
    assert looked.not_counted.as_of == WEDNESDAY
    keep_all()
    assert db.session.scalar(select(func.count()).select_from(FigureChanged)) == 0
    assert [shown(*period) for period in PERIODS] == [slowly(*period) for period in PERIODS]
    assert figures.untrue(80) == []


def test_who_comes_again_changes_how_an_assignment_that_ended_stands(region: Flask) -> None:
    one, other = db.session.scalars(select(Case).where(Case.closed_at.is_not(None)).order_by(Case.id).limit(2))
    one.assigned_from, one.assigned_until, one.outcome = date(2026, 10, 1), date(2026, 11, 15), "approved"
    db.session.commit()
    keep_all()
    before = boards.side_by_side(boards.look(boards.period(*YEAR), control()))[1].ends
    db.session.add(Related(case_id=other.id, to_id=one.id, relation="follows"))
    db.session.commit()
    keep_all()
    after = boards.side_by_side(boards.look(boards.period(*YEAR), control()))[1].ends
    assert (after.rechecked, after.missed) == (before.rechecked + 1, before.missed - 1)
    assert [shown(*period) for period in PERIODS] == [slowly(*period) for period in PERIODS]
    db.session.execute(text("DELETE FROM related_case WHERE relation = 'follows' AND to_id = :id"), {"id": one.id})
    db.session.commit()
    keep_all()
    assert boards.side_by_side(boards.look(boards.period(*YEAR), control()))[1].ends == before


def test_what_was_being_written_when_its_day_was_closed_is_counted(region: Flask) -> None:
    """A click of the last minute, committed after the worker closed the day: nobody told it to leave a mark."""
    task = db.session.scalars(select(Task).where(Task.closed_at.is_(None), Task.waits_for == "person")).first()
    assert task is not None
    late = datetime(2026, 11, 24, 18, 59, tzinfo=UTC)
    with db.engine.connect() as slow:
        told = {"id": task.id, "at": late}
        slow.execute(text("UPDATE task SET done_at = :at, closed_at = :at, worked_s = 60 WHERE id = :id"), told)
        db.session.rollback()
        for _ in range(6):
            with transaction():
                figures.settle()
        assert db.session.scalar(select(func.count()).where(FigureDay.counted_at.is_not(None))) == 0
        db.session.rollback()
        slow.commit()
    keep_all()
    period = ("2026-11-24", "2026-11-24")
    assert shown(*period) == slowly(*period)
    assert figures.untrue(40) == []


def test_a_worker_that_was_killed_in_the_middle_of_keeping_leaves_nothing_half_kept(
    region: Flask, server: Server
) -> None:
    """Stopped by a lock on what it writes to last, and killed there."""
    before = [shown(*period) for period in PERIODS]
    while not db.session.scalar(select(func.count()).where(FigureDay.counted_at.is_not(None))):
        with transaction():
            figures.settle()
    with db.engine.connect() as holding:
        holding.execute(text("LOCK TABLE figure_kept IN EXCLUSIVE MODE"))  # read by all, changed by nobody
        going = subprocess.Popen([sys.executable, "-c", LOOK.format(address=server.application_address)])
        wait_for(stands_still, 120)
        going.send_signal(signal.SIGKILL)
        going.wait(20)
        holding.rollback()
    wait_for(lambda: not told("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"), 120)
    assert [shown(*period) for period in PERIODS] == before, "half of the days kept, the rest counted"
    keep_all()
    assert [shown(*period) for period in PERIODS] == before
    assert figures.untrue(80) == []


LOOK = """
from services import clock, figures
from services.db import transaction
from tests.conftest import WEDNESDAY, config_for
from webapp import create_app
with create_app(config_for("{address}")).app_context(), clock.stopped(WEDNESDAY), transaction():
    figures.settle()
"""


def stands_still() -> bool:
    waits = "wait_event_type = 'Lock' AND query LIKE 'INSERT%figure_kept%'"
    return bool(told(f"SELECT count(*) FROM pg_stat_activity WHERE {waits}"))


def told(question: str) -> int:
    """By a transaction of its own, which sees what is so now."""
    found = int(db.session.scalar(text(question)) or 0)
    db.session.rollback()
    return found


def test_days_that_nobody_counted_yet_are_named_when_they_are_too_many_to_count(
    region: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.figures.reading.MOST_LIVE", 10)
    told = boards.look(boards.period("2026-11-01", "2026-11-25"), control()).not_counted
    assert (told.days, told.since, told.until) == (23, date(2026, 11, 1), date(2026, 11, 23))
    keep_all()
    assert not boards.look(boards.period("2026-11-01", "2026-11-25"), control()).not_counted


def test_what_somebody_changed_past_the_triggers_is_found_and_recounted(region: Flask) -> None:
    keep_all()
    done = "(SELECT min(id) FROM task WHERE done_at < '2026-11-12' AND due_at IS NOT NULL AND NOT clock_goes_on)"
    as_replica(f"UPDATE task SET due_at = done_at - interval '1 hour', due_default = NOT due_default WHERE id = {done}")
    on = db.session.scalars(text(f"SELECT done_at FROM task WHERE id = {done}")).one().date()
    assert [day for day, _ in figures.untrue(80)] == [on]
    db.session.rollback()
    other = dict(figures.recount(on - timedelta(days=2), on + timedelta(days=2)))
    assert {day for day, offices in other.items() if offices} == {on}
    assert figures.untrue(80) == []


def test_a_day_that_recounting_told_is_counted_whatever_becomes_of_the_rest(region: Flask) -> None:
    going = figures.recount(date(2026, 11, 10), date(2026, 11, 12))
    first, _ = next(going)
    going.close()  # type: ignore[attr-defined]
    db.session.rollback()
    counted = select(FigureDay.on).where(FigureDay.counted_at.is_not(None))
    assert db.session.scalars(counted).all() == [first] == [date(2026, 11, 10)]


def test_the_command_recounts_the_days_it_was_given_and_refuses_those_that_are_none(region: Flask) -> None:
    config = config_for(region.config["SQLALCHEMY_DATABASE_URI"])
    two = CliRunner().invoke(recount, ["--from", "2026-11-11", "--to", "2026-11-12"], obj=config)
    assert (two.exit_code, two.output.strip()[-1:]) == (0, "2"), two.output
    for since, until in (("2026-11-12", "2026-11-11"), ("1001-01-01", "2026-11-12"), ("yesterday", "today")):
        none = CliRunner().invoke(recount, ["--from", since, "--to", until], obj=config)
        assert none.exit_code == 1 and "2013-03-31" in none.output, none.output


def test_an_office_that_an_edition_leaves_out_is_left_out_of_kept_days_too(
    region: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_all()
    plugins = registry.current()
    table = plugins.table
    without = tuple(row for row in table("offices") if row["key"] != "TALDYKORGAN")
    monkeypatch.setattr(plugins, "table", lambda name: without if name == "offices" else table(name))
    period = boards.period(*YEAR)
    kept = boards.by_step(boards.look(period, control()))
    with db.session.begin_nested() as point:
        for name in ("figure_day", "figure_kept", "figure_office"):
            db.session.execute(text(f"DELETE FROM {name}"))
        assert kept == boards.by_step(boards.look(period, control()))
        point.rollback()


def test_places_at_the_body_that_somebody_harmed_are_put_right(region: Flask) -> None:
    assert cases.recount_places() == 0
    harmed = db.session.scalars(select(Case).where(Case.closed_at.is_(None)).limit(3)).all()
    for each in harmed:
        each.at_body += 5
    db.session.commit()
    assert cases.recount_places() == 3
    assert cases.recount_places() == 0


def test_rows_of_a_month_are_sums_from_its_first_day(region: Flask) -> None:
    keep_all()
    rows = db.session.scalars(select(FigureKept).where(FigureKept.office_key == "*body").order_by(FigureKept.on)).all()
    terms = [(row.on.month, sum(row.counts["terms"].values())) for row in rows]
    assert len(terms) > 10
    assert all(one[0] != other[0] or one[1] <= other[1] for one, other in pairwise(terms))
