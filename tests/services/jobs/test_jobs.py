"""Work that happens later: when it is done, how often, in which order, and what becomes of it when it fails."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text

from services import clock, jobs
from services.db import db, transaction
from services.errors import Invalid
from services.jobs import Job, NewJob, queue, running
from services.jobs.models import JobRow
from services.plugin import TemporaryFailure
from tests.counting import counted

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def done(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Keys in the order in which they were settled, of jobs of the kind `note`, which has no effect outside."""
    monkeypatch.setattr(running, "_handlers", {})
    settled: list[str] = []
    jobs.handle("note", lambda job, result: settled.append(job.key))
    yield settled


def put(*wanted: NewJob) -> None:
    with transaction():
        jobs.enqueue(wanted)


def note(key: str, seconds: float = 0, lane: str | None = None) -> NewJob:
    return NewJob("note", key, NOON + timedelta(seconds=seconds), lane=lane)


def rows() -> dict[str, JobRow]:
    db.session.rollback()
    return {row.key: row for row in db.session.scalars(select(JobRow).execution_options(populate_existing=True))}


def test_a_job_is_done_at_its_moment_and_not_before(done: list[str]) -> None:
    put(note("late", 10), note("soon", 1))
    assert jobs.work_off(NOON) == 0
    assert jobs.work_off(NOON + timedelta(seconds=1)) == 1
    assert done == ["soon"]
    assert jobs.work_off(NOON + timedelta(hours=1)) == 1
    assert done == ["soon", "late"] and rows() == {}


def test_any_number_of_jobs_is_one_statement_and_none_is_no_statement(done: list[str]) -> None:
    with counted(db.engine) as count:
        put()
        assert count.statements == []
        put(*(note(f"n{number}") for number in range(100)))
    assert len(count.statements) == 1
    assert len(rows()) == 100


def test_the_same_key_again_changes_nothing(done: list[str]) -> None:
    put(note("one", 5))
    put(note("one", 1), note("two", 5))
    five = NOON + timedelta(seconds=5)
    assert {key: row.due_at for key, row in rows().items()} == {"one": five, "two": five}


def test_a_job_of_a_transaction_that_is_rolled_back_was_never_there(done: list[str]) -> None:
    with pytest.raises(RuntimeError), transaction():
        jobs.enqueue([note("gone")])
        raise RuntimeError
    assert rows() == {}


def test_what_was_missed_is_caught_up_in_the_order_of_its_moments(done: list[str]) -> None:
    put(note("third", 3), note("first", 1), note("second", 2))
    jobs.work_off(NOON + timedelta(days=3))
    assert done == ["first", "second", "third"]


def test_jobs_of_one_lane_wait_for_each_other_and_others_do_not_wait(done: list[str]) -> None:
    put(note("a1", 1, "a"), note("a2", 2, "a"), note("b1", 3, "b"), note("free", 4))
    with clock.stopped(NOON + timedelta(minutes=1)):
        with transaction():
            held = queue.claim(["note"], [])
        assert held is not None and held.key == "a1"
        assert jobs.work_off() == 2 and done == ["b1", "free"]
        assert queue.next_due(["note"]) == NOON + timedelta(minutes=1, seconds=queue.LEASE_S)
    assert jobs.work_off(NOON + timedelta(minutes=2)) == 2
    assert done == ["b1", "free", "a1", "a2"]


def test_a_failed_job_holds_its_lane_until_it_is_an_incident(done: list[str]) -> None:
    def fail(job: Job, result: object) -> None:
        raise TemporaryFailure("Not just now.")

    jobs.handle("fail", fail)
    put(NewJob("fail", "first", NOON, lane="a"), note("second", 1, "a"))
    jobs.work_off(NOON + timedelta(seconds=1))
    assert done == [] and rows()["first"].error == "Not just now."
    moment = NOON
    for _ in range(running.MOST_ATTEMPTS):
        moment += timedelta(hours=1)
        jobs.work_off(moment)
    assert done == ["second"] and rows()["first"].attempts == running.MOST_ATTEMPTS


def test_pauses_between_attempts_grow_to_a_ceiling(done: list[str]) -> None:
    def fail(job: Job) -> object:
        raise RuntimeError("no such host")

    told: list[tuple[str, str]] = []
    jobs.handle("fail", lambda job, result: None, fail, lambda job, error: told.append((job.key, str(error))))
    put(NewJob("fail", "x", NOON))
    moment, pauses = NOON, []
    while (row := rows()["x"]).incident_at is None:
        moment = row.due_at
        assert jobs.work_off(moment - timedelta(seconds=0.1)) == 0
        assert jobs.work_off(moment) == 1
        pauses.append((rows()["x"].due_at - moment).total_seconds())
    assert pauses == [*(min(5.0 * 2**n, 900.0) for n in range(running.MOST_ATTEMPTS - 1)), 0.0]
    assert told == [("x", "no such host")]
    assert row.error == "It failed for a reason that nobody foresaw: %(text)s"
    assert row.error_details == {"kind": "RuntimeError", "text": "no such host"}
    assert jobs.work_off(moment + timedelta(days=9)) == 0


def test_what_repeating_cannot_mend_is_an_incident_at_once_in_its_own_words(done: list[str]) -> None:
    def fail(job: Job) -> object:
        raise Invalid("The courier does not know %(place)s.", place="TALGAR")

    jobs.handle("fail", lambda job, result: None, fail)
    put(NewJob("fail", "x", NOON))
    assert jobs.work_off(NOON) == 1
    row = rows()["x"]
    assert (row.incident_at, row.error, row.error_details) == (
        NOON, "The courier does not know %(place)s.", {"place": "TALGAR"})  # fmt: skip


def test_what_the_database_said_of_a_persons_values_is_not_shown(done: list[str]) -> None:
    def fail(job: Job, result: object) -> None:
        db.session.execute(text("SELECT CAST(:value AS bigint)"), {"value": "Үлгібаев"})

    jobs.handle("fail", fail)
    put(NewJob("fail", "x", NOON))
    jobs.work_off(NOON)
    assert rows()["x"].error_details == {"kind": "InvalidTextRepresentation", "text": "22P02"}


def test_an_incident_that_cannot_be_told_of_is_one_all_the_same(done: list[str]) -> None:
    def fail(job: Job, result: object) -> None:
        raise Invalid("No.")

    def gave_up(job: Job, error: Exception) -> None:
        raise RuntimeError

    jobs.handle("fail", fail, gave_up=gave_up)
    put(NewJob("fail", "x", NOON), note("next", 1))
    assert jobs.work_off(NOON + timedelta(seconds=1)) == 2
    assert rows()["x"].incident_at is not None and done == ["next"]


def test_an_effect_is_outside_of_any_transaction_and_its_result_is_settled_with_the_job(done: list[str]) -> None:
    seen: list[object] = []

    def effect(job: Job) -> object:
        seen.append(db.session().in_transaction())
        return {"answer": job.args["question"]}

    jobs.handle("ask", lambda job, result: seen.append((result, job.attempts, job.case_id)), effect)
    put(NewJob("ask", "x", NOON, case_id=7, args={"question": "қалай?"}))
    jobs.work_off(NOON)
    assert seen == [False, ({"answer": "қалай?"}, 1, 7)] and rows() == {}


def test_a_worker_that_lost_its_lease_settles_nothing(done: list[str]) -> None:
    """Paused after its effect for longer than the lease, while another carried the job out."""
    settled: list[int] = []

    def effect(job: Job) -> object:
        if job.attempts == 1:
            with clock.stopped(clock.now() + timedelta(seconds=queue.EFFECT_LEASE_S)):
                db.session.remove()
                assert running.carry_out_next(["ask"])
        return None

    jobs.handle("ask", lambda job, result: settled.append(job.attempts), effect)
    put(NewJob("ask", "x", NOON))
    assert jobs.work_off(NOON) == 1
    assert settled == [2] and rows() == {}


def test_a_job_whose_workers_are_lost_each_time_becomes_an_incident(done: list[str]) -> None:
    put(note("deadly"))
    moment = NOON
    for _ in range(running.MOST_ATTEMPTS):
        with clock.stopped(moment), transaction():
            assert queue.claim(["note"], []) is not None  # and falls dead
        moment += timedelta(seconds=queue.LEASE_S)
    jobs.work_off(moment)
    assert done == [] and rows()["deadly"].error == running.WorkerLost.__doc__


def test_a_deadlock_is_not_the_jobs_fault(done: list[str]) -> None:
    falls = iter([True, True, False])

    def settle(job: Job, result: object) -> None:
        if next(falls):
            db.session.execute(text("DO $$ BEGIN RAISE deadlock_detected; END $$"))
        done.append(job.key)

    jobs.handle("lock", settle)
    put(NewJob("lock", "x", NOON))
    for second in range(3):
        assert rows()["x"].attempts == 0
        assert jobs.work_off(NOON + timedelta(seconds=second)) == 1
    assert done == ["x"] and rows() == {}


def test_what_a_clock_that_ran_ahead_kept_is_taken_back_when_it_is_right_again(done: list[str]) -> None:
    put(note("held"), note("far", 86400 * 400))
    with clock.stopped(NOON + timedelta(days=365)), transaction():
        assert queue.claim(["note"], []) is not None  # and its worker dies
    assert jobs.work_off(NOON + timedelta(minutes=1)) == 0
    with clock.stopped(NOON + timedelta(minutes=1)), transaction():
        assert queue.free_from_the_future() == 1
    assert jobs.work_off(NOON + timedelta(minutes=1)) == 1
    assert done == ["held"] and set(rows()) == {"far"}


def test_a_job_of_an_unknown_kind_is_left_to_a_worker_that_knows_it(done: list[str]) -> None:
    put(NewJob("of the next version", "x", NOON), note("y"))
    assert jobs.work_off(NOON) == 1
    assert set(rows()) == {"x"}


def test_a_settling_job_puts_in_its_own_follower_under_the_same_key(done: list[str]) -> None:
    def settle(job: Job, result: object) -> None:
        done.append(job.key)
        if len(done) < 3:
            jobs.enqueue([NewJob("again", job.key, job.planned_at + timedelta(minutes=1))])

    jobs.handle("again", settle)
    put(NewJob("again", "x", NOON))
    jobs.work_off(NOON + timedelta(hours=1))
    assert done == ["x"] * 3 and rows() == {}
