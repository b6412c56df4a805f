"""How late timers come when the worker that is kept beside the pages is killed again and again while they are due."""

import os
import random
import sys
import time
from collections.abc import Callable, Iterator

import psutil
import pytest
from flask import Flask

from services import jobs
from services.config import PLUGINS
from services.db import db
from tests.services.cases.nursery import open_jobs
from tests.services.cases.small_cases import begin, complete, people, task_at, waits
from tests.services.engine.drawings import catch, timer
from tests.unbroken import assert_unbroken
from tests.webapp.serve.supervised import wait_for
from webapp.serve.kept_process import Kept
from webapp.serve.web_processes import SILENT_S

pytestmark = pytest.mark.slow
WAIT_S = 2
NODES = people("A", "B") + catch("c", timer(f"PT{WAIT_S}S"))
LINE = "start>A A>c c>B B>end"
WORK = (sys.executable, "-m", "webapp.cli", "worker", "--log-level", "error", "--name", "komek-test-late")


@pytest.fixture
def worker(house: Flask, database_url: str) -> Iterator[Kept]:
    """The worker as `komek serve` keeps it: the command itself, with everything as in earnest."""
    kept = Kept(WORK, f"komek-test-late-{os.getpid()}", SILENT_S)
    kept.start({**os.environ, "KOMEK_DATABASE_URL": database_url, "KOMEK_PLUGINS": ",".join(PLUGINS)})
    try:
        yield kept
    finally:
        kept.stop([1, 1])


def at_work(worker: Kept) -> psutil.Process:
    """The process that carries jobs out; waits until there is one."""
    assert worker._process is not None
    stands_by = psutil.Process(worker._process.pid)
    wait_for(lambda: bool(stands_by.children()))
    return stands_by.children()[0]


@pytest.mark.parametrize(("count", "kills"), [(6, 2), pytest.param(120, 40, marks=pytest.mark.soak)])
def test_every_timer_fires_once_however_often_the_kept_worker_is_killed_and_how_late_is_told(
    worker: Kept, count: int, kills: int, record_property: Callable[[str, object], None]
) -> None:
    chance, began, pids = random.Random(count), list[int](), set[int]()
    wait_for(lambda: jobs.last_seen() is not None and not db.session.rollback())
    for number in range(count):
        began.append(begin(NODES, LINE, key=str(number)))
        complete(began[-1], "A")
        if len(pids) < kills and number % (count // kills) == 1:
            time.sleep(WAIT_S + chance.random() / 5)  # those of before are due, or in its hands
            victim = at_work(worker)
            pids.add(victim.pid)
            victim.kill()
    wait_for(lambda: open_jobs() == 0, patience_s=60)
    assert len(pids) == kills and not worker.died(), "each time another was forked by the one that stands by"
    assert {tuple(waits(each)) for each in began} == {("B",)}
    stops = [task_at(each, "c") for each in began]
    late_s = sorted((each.done_at - each.due_at).total_seconds() for each in stops)  # type: ignore[operator]
    record_property("workers killed while timers were due", kills)
    record_property("latest timer (s)", f"{late_s[-1]:.1f}")
    assert late_s[0] >= 0
    assert_unbroken()
