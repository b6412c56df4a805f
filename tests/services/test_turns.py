"""What goes to the database in one turn: in its order, all of it or nothing behind a fault, and kept prepared."""

from collections.abc import Iterator
from typing import cast

import psycopg
import pytest
from flask import Flask
from psycopg.pq import TransactionStatus

from services.db import own_line
from services.lines import KeptLine
from services.turns import Statement

ONE, TWO = Statement("SELECT %(a)s::INTEGER", {"a": 1}), Statement("SELECT %(a)s::INTEGER", {"a": 2})
FAULT = Statement("SELECT 1 / %(a)s::INTEGER", {"a": 0})


@pytest.fixture
def line(app: Flask) -> Iterator[KeptLine]:
    opened = cast(KeptLine, own_line()())
    opened.autocommit = False
    yield opened
    opened.close()


def prepared(line: KeptLine) -> int:
    return len(line.execute("SELECT FROM pg_prepared_statements WHERE name LIKE 'komek%'").fetchall())


def test_each_brings_its_own_rows_and_the_same_statement_is_prepared_once(line: KeptLine) -> None:
    assert line.turns.take(line, [ONE, TWO, ONE._replace(wants_rows=False)]) == [[(1,)], [(2,)], []]
    assert line.pgconn.transaction_status == TransactionStatus.INTRANS, "what begins the transaction went before"
    assert line.turns.take(line, [TWO], commit=True) == [[(2,)]]
    assert line.pgconn.transaction_status == TransactionStatus.IDLE
    assert prepared(line) == 1


def test_a_fault_says_which_one_it_was_and_the_line_goes_on_and_prepares_anew(line: KeptLine) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero) as fault:
        line.turns.take(line, [ONE, FAULT, TWO], commit=True)
    assert fault.value.of_statement == FAULT.text  # type: ignore[attr-defined]
    assert line.pgconn.transaction_status == TransactionStatus.INERROR, "nothing was committed"
    line.rollback()
    assert prepared(line) == 0
    assert line.rows(*ONE[:2]) == [(1,)]


def test_a_value_that_cannot_be_written_breaks_no_turn_off(line: KeptLine) -> None:
    with pytest.raises(psycopg.DataError):
        line.turns.take(line, [ONE, Statement("SELECT %(a)s::TEXT", {"a": "\0"})])
    assert line.pgconn.transaction_status == TransactionStatus.IDLE
    assert line.rows(*ONE[:2]) == [(1,)]


def test_a_value_that_was_forgotten_is_an_error_of_the_driver(line: KeptLine) -> None:
    with pytest.raises(psycopg.ProgrammingError, match="missing: 'a'"):
        line.rows(ONE.text, {})
    assert line.pgconn.transaction_status == TransactionStatus.IDLE


def test_what_psycopg_has_the_server_forget_is_prepared_anew(line: KeptLine) -> None:
    line.rows(*ONE[:2])
    line.execute("SAVEPOINT here")
    line.execute("SELECT 1", prepare=True)
    line.execute("ROLLBACK TO SAVEPOINT here")  # after which psycopg says DEALLOCATE ALL
    assert prepared(line) == 0
    assert line.rows(*TWO[:2]) == [(2,)]


def test_of_many_statements_the_ones_not_asked_for_long_are_forgotten(
    line: KeptLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.turns.MOST_PREPARED", 2)
    for number in range(4):
        line.rows(f"SELECT {number} + %(a)s::INTEGER", {"a": 1})
    line.rows("SELECT 3 + %(a)s::INTEGER", {"a": 1})
    assert prepared(line) == 2


def test_where_a_bouncer_stands_between_nothing_is_prepared(line: KeptLine) -> None:
    line.prepare_threshold = None
    assert line.turns.take(line, [ONE, TWO]) == [[(1,)], [(2,)]]
    assert prepared(line) == 0


def test_a_turn_of_which_not_all_came_back_costs_its_line(line: KeptLine, monkeypatch: pytest.MonkeyPatch) -> None:
    def given_up(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(line, "wait", given_up)
    with pytest.raises(KeyboardInterrupt):
        line.turns.take(line, [ONE])
    assert line.closed, "nobody can tell any more what is an answer to what"


WORDS = ["", "null", "NULL", "Әділ", "a b", "a,b", '"', "\\", '\\"', "{}", "{a}", "\n\t", "\\n", "'", "%s", "\u3000"]


@pytest.mark.parametrize("words", [WORDS, [], [*WORDS[:2], None], [""], *([each] for each in WORDS)])
def test_a_list_of_words_comes_to_the_database_as_it_is(line: KeptLine, words: list[str | None]) -> None:
    """What an array's text means is PostgreSQL's to say (its documentation, 8.15.6): it is asked word by word."""
    asked = Statement(
        "SELECT word, length(word) FROM unnest(%(a)s::TEXT[]) WITH ORDINALITY AS each (word, at) ORDER BY at",
        {"a": words},
    )
    assert line.turns.take(line, [asked])[0] == [(each, None if each is None else len(each)) for each in words]


def test_a_word_that_no_text_may_hold_is_refused_in_a_list_too(line: KeptLine) -> None:
    with pytest.raises(psycopg.DataError, match="NUL"):
        line.turns.take(line, [Statement("SELECT %(a)s::TEXT[]", {"a": ["a", "b\0c"]})])
    assert line.turns.take(line, [ONE]) == [[(1,)]], "nothing was sent"
