"""A slow or cut network, no connection left, a database that is read-only for a while: one page
in words, nothing lost, nothing doubled, and all is well by itself when the line is."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import TextClause

from komek.testing.surfer import Surfer
from services import journal
from services.db import db
from services.postgres import Server
from tests.conftest import config_for
from tests.ends import ends
from tests.examples import SOAK
from tests.people.office import APPLICATION, Office, with_code
from tests.unbroken import assert_unbroken
from tests.webapp.serve.bad_line import BadLine, bad_line
from webapp import create_app

AWAY = "Дерекқорға қазір қосылу мүмкін емес"
UNSURE = "дәл сақталып жатқанда дерекқормен байланыс үзілді"
CASES = 6 if SOAK else 1
#: a click sends so many pieces at most: each may be the last that comes through
PIECES = 10


@pytest.fixture
def line(house: Flask, done_anew: None, server: Server) -> Iterator[BadLine]:
    with bad_line(server) as made:
        yield made


def over(line: BadLine, **settings: Any) -> Flask:
    """A node whose database is behind that line."""
    return create_app(replace(config_for(line.address), demo=False, **settings))


def let_go(node: Flask) -> None:
    with node.app_context():
        db.session.remove()
        db.engine.dispose()


def pressed_until_taken(office: Office, case_id: int, role: str, answers: dict[str, object], harm: Callable[[], None]):  # type: ignore[no-untyped-def]
    """Send the open step's form with the line harmed, and again with a whole one, as people do; how often."""
    surfer, task = office.person(role), office.task(case_id)
    surfer.get(f"/cases/{case_id}")
    if f'action="/inbox/{task}/claim"' in surfer.page.text:  # type: ignore[union-attr]
        surfer.submit(f"/inbox/{task}/claim")
        surfer.get(f"/cases/{case_id}")
    sent = with_code(case_id, answers)
    kept = surfer.left
    harm()
    for pressed in (1, 2, 3):
        surfer.left = kept
        surfer.get(f"/cases/{case_id}") if pressed > 1 else None
        if pressed > 1 and f"/inbox/{task}/complete" not in surfer.page.text:  # type: ignore[union-attr]
            return pressed - 1  # it was taken, and nobody heard
        answer = surfer.submit(f"/inbox/{task}/complete", sent, follow=False)
        if answer.status_code == 303:
            return pressed
        assert answer.status_code == 503 and "<html" in answer.text, answer.text[:300]
    raise AssertionError("it was never taken")


@pytest.mark.slow
def test_a_line_that_is_cut_anywhere_in_a_click_loses_and_doubles_nothing(
    house: Flask, line: BadLine, record_property: Callable[[str, object], None]
) -> None:
    chance, node, cuts = random.Random(421), over(line), 0
    for _ in range(CASES):
        office = Office(node)
        case_id = office.open()
        for role, answers in office.steps():
            cut = lambda: line.cut_after(chance.randint(1, PIECES), answered=chance.random() < 0.5)  # noqa: E731
            cuts += pressed_until_taken(office, case_id, role, answers, cut) > 1
            line.cut_after(0, answered=False)
        lines = [each.event for each in journal.read(f"case:{case_id}")]
        assert lines.count("case.task_completed") == len(office.steps()) and lines.count("case.closed") == 1
        db.session.rollback()
    let_go(node)
    assert_unbroken()
    assert cuts
    record_property("clicks cut", cuts)


def test_a_slow_line_is_waited_for_and_a_cut_one_is_said_and_heals(house: Flask, line: BadLine) -> None:
    node = over(line)
    clerk = Office(node).person("clerk")
    line.delay_s = 0.005
    assert clerk.get("/").status_code == 200
    line.delay_s = 0.0
    line.cut()
    assert clerk.get("/").status_code == 200, "a line that was cut while nobody used it is nobody's affair"
    line.cut_after(1, answered=False)
    pages = [clerk.get("/") for _ in range(2)]
    assert [page.status_code for page in pages] == [503, 200] and AWAY in pages[0].text
    let_go(node)


def test_a_line_that_takes_everything_and_gives_nothing_is_given_up_and_the_next_page_comes(
    house: Flask, line: BadLine
) -> None:
    node = over(line, database_statement_s=1, database_network_s=1)
    clerk = Office(node).person("clerk")
    assert clerk.get("/").status_code == 200
    page = swallowed(line, clerk)
    assert page.status_code == 503 and AWAY in page.text
    assert clerk.get("/").status_code == 200
    node.after_request_funcs.setdefault(None, []).append(lambda response: (line.swallow(), response)[1])
    assert clerk.get("/").status_code == 200, "also when the line dies before the page lets go of it"
    node.after_request_funcs.clear()
    let_go(node)


def swallowed(line: BadLine, clerk: Surfer) -> Any:
    """What is answered when the line dies in use: one that dies unused is replaced, and nobody notices."""
    for _ in range(10):
        line.swallow()
        page = clerk.get("/")
        if page.status_code != 200:
            break
    return page


def test_a_click_whose_line_was_cut_while_it_was_saved_claims_nothing_and_may_be_pressed_again(
    house: Flask, line: BadLine
) -> None:
    node = over(line)
    office = Office(node)
    case_id, clerk = office.open(), office.person("clerk")
    task = office.task(case_id)
    clerk.get(f"/cases/{case_id}")
    kept = clerk.left
    line.cut_at(b"COMMIT")
    page = clerk.submit(f"/inbox/{task}/complete", dict(APPLICATION), follow=False)
    assert page.status_code == 503 and UNSURE in page.text and "Ештеңе өзгерген жоқ" not in page.text
    assert office_task(case_id) != task, "it was saved all the same"
    clerk.left = kept
    assert f"/inbox/{task}/complete" not in clerk.get(f"/cases/{case_id}").text
    let_go(node)
    assert_unbroken()


@pytest.fixture
def owner_line(server: Server) -> Iterator[psycopg.Connection]:
    """The owner's, to whom nothing of what follows applies."""
    with psycopg.connect(server.address.replace("+psycopg", ""), autocommit=True) as made:
        made.execute("SET default_transaction_read_only = off")
        yield made
        made.execute("ALTER SYSTEM RESET default_transaction_read_only")
        made.execute("ALTER ROLE komek_app CONNECTION LIMIT -1")
        made.execute("SELECT pg_reload_conf()")


def test_a_database_that_is_read_only_for_a_while_is_read_and_takes_clicks_again_by_itself(
    house: Flask, done_anew: None, server: Server, owner_line: psycopg.Connection
) -> None:
    office = Office(house)
    case_id, clerk = office.open(), office.person("clerk")
    clerk.get(f"/cases/{case_id}")
    db.session.remove()
    read_only(owner_line, True)
    page = clerk.submit(f"/inbox/{office_task(case_id)}/complete", dict(APPLICATION), follow=False)
    assert page.status_code == 503 and "тек оқуға" in page.text
    page = clerk.get(f"/cases/{case_id}")
    assert page.status_code == 200 and house.test_client().get("/readyz").status_code == 503
    read_only(owner_line, False)
    clerk.get(f"/cases/{case_id}")
    taken = clerk.submit(f"/inbox/{office_task(case_id)}/complete", dict(APPLICATION), follow=False)
    assert taken.status_code == 303, taken.text
    assert_unbroken()


def office_task(case_id: int) -> str:
    asked = db.text("SELECT id FROM task WHERE case_id = :id AND closed_at IS NULL AND waits_for = 'person'")
    found = str(db.session.scalar(asked, {"id": case_id}))
    db.session.remove()
    return found


def read_only(owner_line: psycopg.Connection, so: bool) -> None:
    """From the next transaction on, in every session there is, once each has read its settings anew."""
    owner_line.execute(
        f"ALTER SYSTEM {'SET default_transaction_read_only = on' if so else 'RESET default_transaction_read_only'}"
    )
    owner_line.execute("SELECT pg_reload_conf()")
    shown = db.text("SHOW default_transaction_read_only")
    with ends():
        while {_scalar_anew(shown) for _ in range(2 * db.engine.pool.size())} != {"on" if so else "off"}:  # each line
            pass


def _scalar_anew(statement: TextClause) -> object:
    """What the next line of the pool answers: it gives them by turns."""
    db.session.remove()
    try:
        return db.session.scalar(statement)
    finally:
        db.session.remove()


def test_when_no_connection_is_left_people_are_told_and_go_on_when_there_is_one(
    house: Flask, done_anew: None, server: Server, owner_line: psycopg.Connection
) -> None:
    clerk = Office(house).person("clerk")
    node = create_app(replace(config_for(server.application_address), demo=False))
    elsewhere = Surfer(node)
    elsewhere.client._cookies = dict(clerk.client._cookies)  # type: ignore[attr-defined]
    owner_line.execute("ALTER ROLE komek_app CONNECTION LIMIT 0")
    page = elsewhere.get("/")
    assert page.status_code == 503 and AWAY in page.text
    owner_line.execute("ALTER ROLE komek_app CONNECTION LIMIT -1")
    assert elsewhere.get("/").status_code == 200
    let_go(node)
