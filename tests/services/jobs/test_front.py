"""A worker's look for work begins behind what it has seen done, and leaves nothing out by it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text

from services import clock, jobs
from services.db import db, transaction
from services.jobs import NewJob, front, running
from services.jobs.front import BEGINNING, SETTLES_S, WHOLE_EVERY_S, Front

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
MANY = 3_000


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.fixture
def tick(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """The seconds that a process has counted."""
    now = [0.0]
    monkeypatch.setattr(front.time, "monotonic", lambda: now[0])
    yield now


def test_it_begins_at_the_beginning_and_again_when_it_is_time_to(tick: list[float]) -> None:
    it = Front()
    tick[0] = 5.0
    assert it.since(NOON) == (BEGINNING, 0)
    it.found(NOON, (later(-60), 7))
    assert it.since(NOON) == (later(-60), 7)
    tick[0] += WHOLE_EVERY_S
    assert it.since(NOON) == (BEGINNING, 0)
    tick[0] += 3.0  # a look from the beginning that takes long is taken the more seldom
    it.found(NOON, (later(-50), 8))
    tick[0] += 10.0
    assert it.since(NOON) == (later(-50), 8)


@pytest.mark.parametrize("found", [(later(0), 9), None])
def test_what_a_click_put_in_and_has_not_committed_yet_is_not_passed_by(
    tick: list[float], found: tuple[datetime, int] | None
) -> None:
    it = Front()
    it.since(NOON)
    it.found(NOON, found)
    assert it.since(NOON) == it.behind(NOON) == (later(-SETTLES_S), 0)


def test_a_clock_that_was_set_back_is_followed(tick: list[float]) -> None:
    it = Front()
    it.since(NOON)
    it.found(NOON, None)
    assert it.since(later(-3600)) == (BEGINNING, 0)


def test_what_comes_late_is_done_at_the_next_look_from_the_beginning(
    app: Flask, tick: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    done = handled(monkeypatch)
    it = Front()
    with clock.stopped(NOON):
        put("one", -1)
        assert running.carry_out_next(["note"], it) and not running.carry_out_next(["note"], it)
        put("late", -60)
        assert not running.carry_out_next(["note"], it)
        tick[0] += WHOLE_EVERY_S
        assert running.carry_out_next(["note"], it)
    assert done == ["one", "late"]


def test_under_a_snapshot_a_claim_reads_no_more_than_before_it(
    app: Flask, tick: list[float], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    handled(monkeypatch)
    db.session.remove()
    db.engine.dispose()  # one line from now on: each tells of its own reading when it is asked
    with clock.stopped(NOON), psycopg.connect(database_url.replace("+psycopg", "")) as holding:
        holding.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        holding.execute("SELECT count(*) FROM job")
        with transaction():  # as if they had been done one after another
            jobs.enqueue([NewJob("note", f"{number}", later(-100 + number / MANY)) for number in range(MANY)])
        with transaction():
            db.session.execute(text("DELETE FROM job WHERE kind = 'note'"))
        it = Front()
        whole = pages(it)
        it.found(NOON, (later(-50), 0))
        assert pages(it) * 5 < whole


def handled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(running, "_handlers", {})
    done: list[str] = []
    jobs.handle("note", lambda job, result: done.append(job.key))
    return done


def put(key: str, seconds: float) -> None:
    with transaction():
        jobs.enqueue([NewJob("note", key, later(seconds))])


def pages(it: Front) -> int:
    """How many pages of the table and its indexes a look for work reads that finds nothing."""
    before = read()
    assert not running.carry_out_next(["note"], it)
    return read() - before


def read() -> int:
    db.session.rollback()
    db.session.execute(text("SELECT pg_stat_force_next_flush()"))
    db.session.commit()
    asked = (
        "idx_blks_read + idx_blks_hit + heap_blks_read + heap_blks_hit FROM pg_statio_user_tables "
        "WHERE relid = 'public.job'::regclass"  # states that are kept have tables of that name, too
    )
    said = int(db.session.scalar(text(f"SELECT {asked}")))  # type: ignore[arg-type]
    db.session.commit()
    return said
