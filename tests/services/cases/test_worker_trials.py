"""Workers as real processes: killed at random, paused, without their database, with clocks that jump. Nothing is lost
and nothing is done twice."""

import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from services import cases, processes, registry
from services.db import db
from services.jobs.models import JobRow
from services.postgres import Server
from tests.oracle.drawing import Drawing
from tests.services.cases.nursery import EFFECT_LEASE_S, LEASE_S, Mother, Nursery, open_jobs
from tests.services.cases.small_cases import (
    OFFICE,
    Courier,
    begin,
    clerk,
    complete,
    events,
    people,
    task_at,
    waits,
    with_plugin,
)
from tests.services.engine.drawings import boundary, catch, operation, timer
from tests.unbroken import assert_unbroken
from tests.webapp.serve.supervised import wait_for

pytestmark = pytest.mark.slow
#: a wait, an order outside, a note in the step, another wait: three jobs a case and two timers that find nothing to do
NODES = (
    people("A", "B")
    + catch("c", timer("PT2S"))
    + operation("o", "courier.order")
    + boundary("late", "o", timer("PT9H"))
    + operation("n", "courier.note")
    + catch("e", timer("PT1S"))
)
LINE = "start>A A>c c>o o>n n>e e>B late>B B>end"
WHOLE = Counter({"case.timer_fired worker": 2, "case.operation_done worker": 2, "courier.note.noted worker": 1})


@pytest.fixture(scope="module")
def mother(session_app: Flask, database_url: str) -> Iterator[Mother]:
    made = Mother(database_url)
    yield made
    made.close()


@pytest.fixture
def nursery(house: Flask, mother: Mother) -> Iterator[Nursery]:
    with with_plugin(Courier()):
        made = Nursery(mother)
        try:
            yield made
        finally:
            made.close()


def under_way(count: int) -> list[int]:
    """Cases that wait for a worker."""
    begun = []
    for number in range(count):
        begun.append(begin(NODES, LINE, key=str(number)))
        complete(begun[-1], "A")
    return begun


def prove(cases_: list[int], nursery: Nursery) -> None:
    """Each case went the whole way once; the courier was asked for each, as often as need be, by one key."""
    for case in cases_:
        assert waits(case) == ["B"]
        counted = Counter(events(case))
        assert {event: counted[event] for event in WHOLE} == WHOLE, case
    assert {key for key, _ in nursery.asked()} == {task_at(case, "o").id for case in cases_}
    incidents = select(func.count()).select_from(JobRow).where(JobRow.incident_at.is_not(None))
    assert db.session.scalar(incidents) == 0
    assert_unbroken()


RIGHT, JUMPING = (0.0,), (-3600.0, 0.0, 1800.0)


def kill_at_random(
    nursery: Nursery, chance: random.Random, pause_s: float, count: int, clocks: tuple[float, ...] = RIGHT
) -> int:
    """How many workers were killed, each made good by another; the last ones live until all is done.

    On a slow machine workers may be killed faster than they get anything done: hence the killing has an end.
    """
    kills, end = 0, time.monotonic() + 20 + count
    while open_jobs() and time.monotonic() < end:
        time.sleep(chance.random() * pause_s)
        nursery.send(chance.choice(nursery.workers), signal.SIGKILL)
        kills += 1
        # towards the end one whose clock is ahead takes over what such a one left
        nursery.fork(chance.choice(clocks) if kills < count else max(clocks))
    nursery.fork(max(clocks))
    wait_for(lambda: open_jobs() == 0, patience_s=120 + count)
    return kills


@pytest.mark.parametrize(
    ("clocks", "count"),
    [
        (RIGHT, 16),
        (JUMPING, 10),
        pytest.param(RIGHT, 200, marks=pytest.mark.soak),
        pytest.param(JUMPING, 100, marks=pytest.mark.soak),
    ],
)
def test_workers_killed_at_random_lose_and_double_nothing(
    nursery: Nursery, clocks: tuple[float, ...], count: int, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(len(clocks))
    began = under_way(count)
    for _ in range(3):
        nursery.fork(chance.choice(clocks))
    kills = kill_at_random(nursery, chance, 0.25, count, clocks)
    prove(began, nursery)
    assert kills >= count / 4
    record_property("workers killed", kills)
    record_property("jobs under the killed", len(began) * 3)


#: an order in a transaction that is cancelled and undone, a border, a signal that every case hears, a condition, and an
#: event sub-process that begins by the clock beside it all
UNDONE = """
A user ; @candidateGroups=clerk
B user ; @candidateGroups=clerk
fork parallel
join parallel
tx transaction {
  o service courier.order
  border on o compensate
  undo service courier.note ; .isForCompensation=true
  border ~ undo
  c catch timer PT1S
  x end cancel
  start1 > o > c > x
}
left on tx cancel
shout throw signal ready
heard catch signal ready
k catch condition ${taken == true}
beside eventsub {
  clock start timer PT2S keep
  M service courier.note
  clock > M > end2
}
start > A > fork
fork > tx > end3
left > shout > join
fork > heard > join
fork > k > join
join > B > end
"""
UNDONE_WHOLE = Counter({
    "case.timer_fired worker": 2, "case.operation_done worker": 3, "courier.note.noted worker": 2,
})  # fmt: skip


@pytest.mark.parametrize("count", [6, pytest.param(60, marks=pytest.mark.soak)])
def test_what_is_undone_shouted_and_awaited_happens_once_however_many_workers_are_killed(
    nursery: Nursery, count: int, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(count)
    processes.install(Drawing(UNDONE).files(), registry.current(), name="small", actor="test")
    began = [cases.open_case("p", OFFICE, clerk(), key=str(number)) for number in range(count)]
    for each in began:
        complete(each, "A")
    for _ in range(3):
        nursery.fork()
    kills = kill_at_random(nursery, chance, 0.6, count)
    for each in began:
        assert waits(each) == ["B"]
        counted = Counter(events(each))
        assert {event: counted[event] for event in UNDONE_WHOLE} == UNDONE_WHOLE, each
    assert {key for key, _ in nursery.asked()} == {task_at(each, "o").id for each in began}
    record_property("workers killed", kills)
    assert kills >= 5
    assert_unbroken()


def test_a_worker_paused_for_longer_than_its_lease_settles_nothing_twice(nursery: Nursery) -> None:
    began = under_way(12)
    first = nursery.fork()
    wait_for(lambda: len(nursery.asked()) >= 3)
    nursery.send(first, signal.SIGSTOP)
    time.sleep(max(LEASE_S, EFFECT_LEASE_S) + 0.5)
    nursery.fork()
    time.sleep(2)
    nursery.send(first, signal.SIGCONT)
    wait_for(lambda: open_jobs() == 0)
    prove(began, nursery)


def test_a_worker_that_is_told_to_stop_ends_the_job_in_hand_first(nursery: Nursery) -> None:
    began = under_way(12)
    first = nursery.fork()
    wait_for(lambda: len(nursery.asked()) >= 2)
    nursery.send(first, signal.SIGTERM)
    wait_for(lambda: not nursery.lives(first))
    done = sum("case.operation_done worker" in events(case) for case in began)
    assert done == len(nursery.asked()) < len(began)
    nursery.fork()
    wait_for(lambda: open_jobs() == 0)
    prove(began, nursery)
    assert len(nursery.asked()) == len(began), "nothing was begun twice"


def test_workers_outlive_their_database(nursery: Nursery, server: Server) -> None:
    began = under_way(20)
    workers = [nursery.fork(), nursery.fork()]
    wait_for(lambda: len(nursery.asked()) >= 5)
    for _ in range(3):
        db.session.remove()
        db.engine.dispose()
        server.stop()
        time.sleep(0.7)
        server.start()
        time.sleep(0.5)
    wait_for(lambda: open_jobs() == 0)
    prove(began, nursery)
    assert all(nursery.lives(each) for each in workers)


def test_a_timer_fires_within_seconds_of_its_moment_and_an_order_at_once(nursery: Nursery) -> None:
    nursery.fork()
    time.sleep(1)  # both its threads sleep
    (case,) = under_way(1)
    wait_for(lambda: waits(case) == ["B"])
    first, order, second = task_at(case, "c"), task_at(case, "o"), task_at(case, "e")
    assert first.done_at is not None and first.due_at is not None and order.done_at is not None
    assert 0 <= (first.done_at - first.due_at).total_seconds() < 1
    assert (order.done_at - order.opened_at).total_seconds() < 1
    assert second.done_at is not None and second.due_at is not None
    assert 0 <= (second.done_at - second.due_at).total_seconds() < 1
