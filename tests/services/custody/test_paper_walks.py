"""Random people at random offices scan whatever they find, at once, and while their process is killed."""

import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from services.cases.models import Case
from services.db import db
from tests.people.walk import Walk, check_everything

ROOT = Path(__file__).parents[3]


def closed() -> tuple[int, int]:
    """How many cases there are, and how many of them are at their end."""
    db.session.rollback()
    return db.session.execute(select(func.count(), func.count(Case.closed_at))).one()


@pytest.mark.parametrize(
    ("seed", "steps"),
    [(1, 120), (2, 120), (3, 120), *(pytest.param(seed, 250, marks=pytest.mark.soak) for seed in (1, 2, 3))],
)
def test_whatever_one_after_another_does_paper_and_process_stay_together(house: Flask, seed: int, steps: int) -> None:
    walk = Walk(seed)
    for number in range(steps):
        walk.step()
        if number % 50 == 0:
            check_everything()
    check_everything()
    walk.bring_everything_home()
    check_everything()
    opened, ended = closed()
    assert opened == ended > 3, walk.seen
    assert walk.seen["scan received"] + walk.seen["taken in unsent"] and walk.seen["scan refused"], walk.seen


@pytest.mark.slow
@pytest.mark.parametrize("steps", [25, pytest.param(60, marks=pytest.mark.soak)])
def test_whatever_five_do_at_once_nothing_is_lost_or_doubled(house: Flask, steps: int) -> None:
    def walk(seed: int) -> None:
        with house.app_context():
            one = Walk(seed)
            for _ in range(steps):
                one.step()
            db.session.remove()

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(walk, range(10, 15)))
    check_everything()
    Walk(0).bring_everything_home()
    check_everything()
    opened, ended = closed()
    assert opened == ended >= steps / 10


@pytest.mark.slow
@pytest.mark.soak  # in every run people are killed over the pages: komek.testing, `killed`
@pytest.mark.parametrize("times", [4])
def test_killed_between_any_two_commits_nothing_is_lost_or_doubled(house: Flask, times: int) -> None:
    chance = random.Random(2013)
    address = db.engine.url.render_as_string(hide_password=False)
    for seed in range(times):
        walker = subprocess.Popen(
            [sys.executable, "-m", "tests.people.walk", address, str(seed)], cwd=ROOT, stdout=subprocess.PIPE,
            env=dict(os.environ),
        )  # fmt: skip
        assert walker.stdout is not None and walker.stdout.readline() == b"walking\n"
        time.sleep(chance.uniform(0.6, 2.5))
        walker.send_signal(signal.SIGKILL)
        walker.wait(60)
        check_everything()
    Walk(9).bring_everything_home()
    check_everything()
    opened, ended = closed()
    assert opened == ended >= times
