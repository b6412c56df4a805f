"""Two people at the same task at the same moment: one wins, the other is told who, nothing is lost or done twice."""

import random
from collections import Counter
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from services import cases, directory, journal
from services.cases.models import Case, Task
from services.db import db
from services.errors import Conflict, KomekError
from tests.people.walk import APPLICATION
from tests.services.cases.at_once import at_once

OFFICE = "TALDYKORGAN"


def clerks() -> list[directory.Person]:
    return directory.staff_at(OFFICE, "clerk")


def fresh_task(by: directory.Person, key: str) -> str:
    case_id = cases.open_case("direct", OFFICE, by, key=key)
    task = db.session.scalars(select(Task).filter_by(case_id=case_id, waits_for="person")).one()
    db.session.rollback()
    return task.id


def test_of_two_who_complete_a_task_one_wins_and_the_other_is_told_who(house: Flask) -> None:
    first, second = clerks()[:2]
    for number in range(10):
        task_id = fresh_task(first, f"race-{number}")
        cases.release_task(task_id, first)
        answers = at_once(
            house,
            lambda task_id=task_id: cases.complete_task(task_id, APPLICATION, cases.Click(first, "a")),
            lambda task_id=task_id: cases.complete_task(task_id, APPLICATION, cases.Click(second, "b")),
        )
        done = [each for each in answers if isinstance(each, cases.Completed)]
        refused = [each for each in answers if isinstance(each, KomekError)]
        assert len(done) == len(refused) == 1
        assert isinstance(refused[0], Conflict)
        winner = first if isinstance(answers[0], cases.Completed) else second
        assert refused[0].details["who"] == winner.full_name


def test_the_same_form_sent_twice_at_once_does_everything_once(house: Flask) -> None:
    clerk = clerks()[0]
    task_id = fresh_task(clerk, "double-click")
    send = lambda: cases.complete_task(task_id, APPLICATION, cases.Click(clerk, "the same"))  # noqa: E731
    answers = at_once(house, send, send, send)
    assert all(isinstance(each, cases.Completed) for each in answers)
    assert numbers() == ["19-2026-00001"] or len(numbers()) == 1


def test_the_same_opening_sent_twice_at_once_opens_one_case(house: Flask) -> None:
    clerk = clerks()[0]
    send = lambda: cases.open_case("direct", OFFICE, clerk, key="one key")  # noqa: E731
    answers = at_once(house, send, send)
    assert answers[0] == answers[1]
    assert len(db.session.scalars(select(Case.id)).all()) == 1


@pytest.mark.slow
@pytest.mark.parametrize("count", [50, pytest.param(200, marks=pytest.mark.soak)])
def test_random_interleavings_lose_and_double_nothing(house: Flask, count: int) -> None:
    chance = random.Random(2013)
    people = clerks()[:2]
    outcomes: Counter[str] = Counter()
    for number in range(count):
        task_id = fresh_task(people[0], f"walk-{number}")
        if chance.random() < 0.6:
            cases.release_task(task_id, people[0])
        verbs = [some_verb(chance, task_id, chance.choice(people)) for _ in range(chance.choice((2, 3)))]
        for answer in at_once(house, *verbs):
            assert not isinstance(answer, Exception) or isinstance(answer, KomekError), repr(answer)
            outcomes[type(answer).__name__] += 1
    check_everything(count)
    assert outcomes["Completed"] > count / 4
    assert outcomes["TaskAlreadyDone"] + outcomes["HeldByAnother"] > count / 10, outcomes


def some_verb(chance: random.Random, task_id: str, person: directory.Person) -> Callable[[], object]:
    key = str(chance.random())
    return chance.choice(
        [
            lambda: cases.complete_task(task_id, APPLICATION, cases.Click(person, key)),
            lambda: cases.complete_task(task_id, APPLICATION, cases.Click(person, key)),
            lambda: cases.claim_task(task_id, person),
            lambda: cases.release_task(task_id, person),
            lambda: cases.save_draft(task_id, {"surname": "С"}, person),
        ]
    )


def numbers() -> list[str]:
    found = db.session.scalars(select(Case.number).where(Case.number.is_not(None)).order_by(Case.number)).all()
    return [number for number in found if number]


def check_everything(opened: int) -> None:
    """Every case stands at one step, every step was done at most once, numbers have no gap, the journal is whole."""
    db.session.expire_all()
    all_cases = db.session.scalars(select(Case)).all()
    assert len(all_cases) == opened
    for case in all_cases:
        tasks = db.session.scalars(select(Task).filter_by(case_id=case.id)).all()
        assert sum(task.closed_at is None for task in tasks) == 1
        assert Counter(task.step for task in tasks) == Counter({task.step for task in tasks})
        assert (case.number is not None) == any(task.step == "register" and task.done_at for task in tasks)
    given = [int(number.rpartition("-")[2]) for number in numbers()]
    assert given == list(range(1, len(given) + 1))
    assert journal.verify() == []
