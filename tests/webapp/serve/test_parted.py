"""A network that parts a node from its database in the middle of what it does, so that each holds the other for dead:
done once, or told as unknown; and whoever comes after is let in once the dead one is given up."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from services import clock, jobs, journal
from services.db import db, own_line
from services.plugin import Call, Outputs
from services.postgres import Server
from tests.conftest import config_for
from tests.people.office import APPLICATION, Office
from tests.services.cases.small_cases import Courier, begin, complete, events, people, waits, with_plugin
from tests.services.engine.drawings import operation
from tests.unbroken import assert_unbroken
from tests.webapp.serve.bad_line import BadLine, bad_line, half_a_turn
from webapp import create_app

#: where nothing comes through any more: once its number was given, for which others wait, and at the first piece
PARTED_AT: dict[str, Callable[[BadLine], None]] = {
    "with its number held": lambda line: line.part_at(b"INSERT INTO number_series"),
    "at once": lambda line: line.part_after(1, answered=False),
}
#: the one during which they are parted, one for each other line of the node that was parted too, and the one that is
#: taken: nobody meets a row that the dead one holds
MOST_PRESSES = 4


@pytest.fixture
def line(house: Flask, done_anew: None, server: Server) -> Iterator[BadLine]:
    with bad_line(server) as made:
        yield made


def behind(line: BadLine) -> Flask:
    """A node behind that line; a side that hears nothing gives the other up within seconds."""
    return create_app(
        replace(
            config_for(line.address), demo=False, database_statement_s=5, database_network_s=1, database_lock_s=1,
            database_idle_s=2,
        )
    )  # fmt: skip


def let_go(node: Flask) -> None:
    with node.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.slow
def test_a_click_during_which_page_and_database_are_parted_is_done_once_and_told_in_words(
    house: Flask, line: BadLine
) -> None:
    node, parted = behind(line), 0
    for where, part in PARTED_AT.items():
        office = Office(node)
        case_id, clerk = office.open(), office.person("clerk")
        task = office.task(case_id)
        clerk.get(f"/cases/{case_id}")
        kept = clerk.left
        part(line)
        for pressed in range(MOST_PRESSES):
            page = clerk.submit(f"/inbox/{task}/complete", dict(APPLICATION), follow=False)
            line.cut_after(0, answered=False)
            if page.status_code == 303:
                break
            assert page.status_code in (409, 503) and "<html" in page.text, page.text[:300]
            parted += pressed == 0
            clerk.left = kept
            seen = clerk.get(f"/cases/{case_id}")
            if seen.status_code == 200 and f"/inbox/{task}/complete" not in seen.text:
                break  # it was taken, and nobody heard
        else:
            raise AssertionError(f"never taken: parted {where}")
        done = [each.event for each in journal.read(f"case:{case_id}")]
        assert done.count("case.task_completed") == 1, (where, done)
        db.session.rollback()
    let_go(node)
    assert parted == len(PARTED_AT)
    assert_unbroken()


def test_who_waits_in_vain_for_what_a_dead_node_holds_reads_a_page_and_the_next_try_goes_through(
    house: Flask, line: BadLine
) -> None:
    node = behind(line)
    office = Office(node)
    case_id, clerk = office.open(), office.person("clerk")
    task = office.task(case_id)
    clerk.get(f"/cases/{case_id}")
    kept = clerk.left
    with node.app_context():
        dead = own_line()()
    dead.execute("BEGIN")
    dead.execute('SELECT FROM "case" WHERE id = %s FOR UPDATE', (case_id,))
    half_a_turn(dead)
    page = clerk.submit(f"/inbox/{task}/complete", dict(APPLICATION), follow=False)
    assert page.status_code == 503 and "тым ұзаққа созылып" in page.text and page.headers["Retry-After"]
    clerk.left = kept
    assert clerk.submit(f"/inbox/{task}/complete", dict(APPLICATION), follow=False).status_code == 303
    dead.close()
    let_go(node)
    assert_unbroken()


def test_a_worker_parted_from_its_database_in_the_middle_of_a_job_and_the_one_after_it_do_it_once(
    house: Flask, line: BadLine
) -> None:
    """What is outside is asked again, with the same key: it can tell that it was asked before."""

    def parts(call: Call) -> Outputs:
        if len(courier.calls) == 1:
            line.swallow()
        return {"taken": True}

    courier, node = Courier(answer=parts), behind(line)
    with with_plugin(courier):
        case = begin(people("A", "B") + operation("o", "courier.order"), "start>A A>o o>B B>end")
        complete(case, "A")
        db.session.remove()
        with node.app_context():
            assert jobs.work_off() == 1, "put back, for whoever comes after"
            db.session.remove()
        assert waits(case) != ["B"] and len(courier.calls) == 1
        jobs.work_off(clock.now() + timedelta(hours=1))
        assert waits(case) == ["B"] and len(courier.calls) == 2 and len(set(courier.keys)) == 1
        assert events(case).count("case.operation_done worker") == 1
        with node.app_context():
            jobs.work_off(clock.now() + timedelta(hours=2))  # the line is whole again, the first one comes back
            db.session.remove()
        assert events(case).count("case.operation_done worker") == 1 and len(courier.calls) == 2
    let_go(node)
    assert_unbroken()


def test_a_line_on_which_one_piece_in_five_is_lost_and_sent_again_carries_a_case_a_little_later(
    house: Flask, line: BadLine
) -> None:
    chance, node = random.Random(421), create_app(replace(config_for(line.address), demo=False))
    line.loss = lambda: 0.05 if chance.random() < 0.2 else 0.0
    office = Office(node)
    case_id = office.open()
    for role, answers in office.steps()[:3]:
        assert office.work(case_id, role, answers).status_code == 200
    line.loss = lambda: 0.0
    done = [each.event for each in journal.read(f"case:{case_id}")]
    assert done.count("case.task_completed") == 3
    let_go(node)
    assert_unbroken()
