"""One click is one transaction, and a handful of statements."""

import pytest
from flask import Flask

from services import editions, registry
from services.db import db
from tests.counting import counted
from tests.people.office import Office, with_code

MOST_STATEMENTS, MOST_TURNS = 15, 8


@pytest.mark.quick
def test_every_completed_task_is_one_commit_at_most_fifteen_statements_and_eight_turns(house: Flask) -> None:
    editions.receive(registry.shipped())  # as after a deployment: each case lives under an edition of the act
    office = Office(house)
    case_id = office.open()
    for role, answers in office.steps():
        surfer, task = office.person(role), office.task(case_id)
        if f'action="/inbox/{task}/claim"' in surfer.get(f"/cases/{case_id}").text:
            surfer.submit(f"/inbox/{task}/claim")
        surfer.get(f"/cases/{case_id}?list=role%26due=week")  # as a list opens it
        with counted(db.engine) as count:
            answer = surfer.submit(f"/inbox/{task}/complete", with_code(case_id, answers), follow=False)
        assert answer.status_code == 303, answer.text
        assert count.commits == 1, "\n".join(count.statements)
        asked = f"{role}: {len(count.statements)}, {count.turns} turns\n" + "\n\n".join(count.statements)
        assert len(count.statements) <= MOST_STATEMENTS and count.turns <= MOST_TURNS, asked


def test_opening_and_claiming_are_one_commit_each(house: Flask) -> None:
    office = Office(house)
    clerk = office.person("clerk")
    clerk.get("/")
    with counted(db.engine) as count:
        answer = clerk.submit("/cases", {"route": "direct"}, follow=False)
    assert answer.status_code == 303
    assert count.commits == 1


@pytest.mark.parametrize("steps", [1, 3, 5])
def test_an_inbox_takes_the_same_statements_however_much_is_in_it(house: Flask, steps: int) -> None:
    office = Office(house)
    for _ in range(3):
        office.run(until=steps)
    head = office.person("head")
    with counted(db.engine) as few:
        head.get("/inbox?list=role")
    for _ in range(6):
        office.run(until=1)
    with counted(db.engine) as many:
        head.get("/inbox?list=role")
    assert len(many.statements) == len(few.statements)
