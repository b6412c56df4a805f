"""What is prepared on a line to the database, and when that is over; and how long one may hold what it took."""

import time
from collections.abc import Callable
from typing import cast

import psycopg
import pytest
from flask import Flask
from psycopg.pq import ExecStatus
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from services.db import Prepared, db, end_parted, own_line
from services.directory.models import Office
from services.lines import KeptLine, Waiting
from tests.webapp.serve.bad_line import half_a_turn

ENOUGH = 6  #: transactions: a statement is prepared when it comes the fourth time
LOOK = select(Office.key).where(Office.key == "nowhere")
#: of this very line, other than those psycopg has just left to the server to forget
PREPARED = text("SELECT statement FROM pg_prepared_statements")


@pytest.fixture(autouse=True)
def one_line(app: Flask) -> None:
    """A pool that has opened no line yet: tests that ask in many threads leave several, and each comes in its turn."""
    db.session.remove()
    db.engine.dispose()


def prepared() -> list[str]:
    return [each for each in db.session.scalars(PREPARED) if "FROM office " in each]


def test_a_statement_stays_prepared_when_pages_that_only_read_let_their_transaction_go(app: Flask) -> None:
    for _ in range(ENOUGH):
        db.session.execute(LOOK)
        db.session.remove()  # as at the end of every page: a ROLLBACK

    assert len(prepared()) == 1


def test_what_is_kept_to_be_asked_again_is_prepared_when_a_line_first_meets_it(app: Flask) -> None:
    Prepared(LOOK).all()

    assert len(prepared()) == 1


def test_the_line_that_was_let_go_last_is_taken_next_so_that_few_lines_plan_what_is_asked(app: Flask) -> None:
    first, last = db.engine.connect(), db.engine.connect()
    lines = [each.connection.driver_connection for each in (first, last)]
    first.close()
    last.close()

    for _ in range(2):
        with db.engine.connect() as taken:
            assert taken.connection.driver_connection is lines[1] is not lines[0]


def test_after_an_error_the_line_goes_on_and_prepares_anew(app: Flask) -> None:
    for _ in range(ENOUGH):
        db.session.execute(LOOK)
        db.session.remove()
    with pytest.raises(SQLAlchemyError):
        db.session.execute(text("SELECT 1 / 0"))
    db.session.remove()

    assert prepared() == []
    for _ in range(ENOUGH):
        assert db.session.execute(LOOK).all() == []
        db.session.remove()
    assert len(prepared()) == 1


def test_a_line_that_once_read_alone_goes_by_a_database_that_was_made_read_only_later(app: Flask) -> None:
    """SQLAlchemy gives it back with `read_only = False`, which psycopg says at each BEGIN: READ WRITE."""
    with app.app_context(), db.engine.connect() as line:
        alone = line.execution_options(postgresql_readonly=True)
        assert alone.scalar(text("SHOW transaction_read_only")) == "on"
    with app.app_context(), db.engine.connect() as line:
        assert line.scalar(text("SHOW transaction_read_only")) == "off"
        line.execute(text("SET default_transaction_read_only = on"))
        line.commit()
        assert line.scalar(text("SHOW transaction_read_only")) == "on"
        line.invalidate()


def test_the_columns_of_an_answer_are_described_to_whoever_asks_as_psycopg_does(app: Flask) -> None:
    with db.engine.connect() as line:
        cursor = line.connection.cursor()
        cursor.execute("SELECT 1 AS one, 'x' AS two")
        described, own = cursor.description, psycopg.Cursor.description.fget(cursor)  # type: ignore[attr-defined]
        assert [tuple(each) for each in described] == [tuple(each) for each in own]
        assert ([each[0] for each in described], described[1].name, len(described)) == (["one", "two"], "two", 2)
        cursor.execute("SET LOCAL lock_timeout = 1")
        assert cursor.description is None


HOLD = "SELECT pg_advisory_xact_lock(421119)"
FREE = text("SELECT pg_try_advisory_xact_lock(421119)")
#: looks and the pause between them: a minute, of which a machine at rest takes less than the first second
LOOKS, PAUSE_S = 1200, 0.05


def is_free_at_last(look: Callable[[], object] = lambda: None) -> bool:
    """Whether what `HOLD` takes comes free, and not only in hours or never; `look` is done each time before."""
    for _ in range(LOOKS):
        look()
        db.session.remove()
        if db.session.scalar(FREE):
            db.session.remove()
            return True
        time.sleep(PAUSE_S)
    return False


def holding() -> KeptLine:
    """A line of its own, in a transaction that holds something."""
    line = cast(KeptLine, own_line()())
    line.execute("BEGIN")
    line.execute(HOLD)
    return line


def test_who_falls_silent_after_a_turn_of_several_statements_holds_nothing_longer_than_the_limit(app: Flask) -> None:
    """A Flush behind a turn's end, as psycopg sends it, has PostgreSQL count the time of that silence no more."""
    line = holding()
    line.execute("SET idle_in_transaction_session_timeout = 50")
    line.waiting.append(Waiting("SELECT 1", {}))
    line.send()

    assert is_free_at_last()
    line.close()


def test_who_falls_silent_in_the_middle_of_a_turn_is_ended_by_the_others_and_no_one_else_is(app: Flask) -> None:
    """PostgreSQL has no limit for that; of those who speak, and of those who are none of Komek's, nobody is touched."""
    parted, thinking = holding(), cast(KeptLine, own_line()())
    thinking.execute("BEGIN")
    half_a_turn(parted)
    elsewhere = psycopg.connect(thinking.info.dsn, autocommit=True, application_name="psql")
    half_a_turn(elsewhere)

    assert is_free_at_last(lambda: end_parted(after_s=0.05))
    assert parted.is_cut() and not thinking.is_cut()
    answer = elsewhere.pgconn.get_result()
    assert answer is not None and answer.status == ExecStatus.TUPLES_OK, "no farewell"
    for each in (parted, thinking, elsewhere):
        each.close()


def test_with_no_limit_for_a_silent_network_nobody_is_ended(app: Flask) -> None:
    parted = holding()
    half_a_turn(parted)
    assert end_parted(after_s=0) == 0
    parted.close()
