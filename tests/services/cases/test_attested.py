"""What was written down is attested: whoever changes it in the database is found, by case and thing."""

from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from sqlalchemy import cast, select, text
from sqlalchemy.dialects.postgresql import JSONB

from komek.testing.rows import as_replica
from services import cases, journal
from services.db import db
from services.journal import digest
from tests.examples import tried
from webapp.cli.journal import _verdict


@pytest.fixture
def worked(region: Flask) -> Iterator[int]:
    """Four weeks of work; the case that is tampered with: closed, with a notice that assigns an amount."""
    found = db.session.scalar(
        text("SELECT c.id FROM \"case\" c JOIN paper p ON p.case_id = c.id "
             "WHERE c.outcome = 'approved' AND p.content ? 'amount' ORDER BY c.id LIMIT 1")
    )  # fmt: skip
    assert found
    db.session.rollback()
    yield found


def told(limit: int = 1000) -> list[str]:
    return [str(fault) for fault in cases.verify_values(limit=limit).faults]


def test_everything_that_four_weeks_of_work_wrote_is_attested_and_as_it_was(region: Flask) -> None:
    proven = cases.verify_values()
    assert [str(each) for each in proven.faults] == []
    assert proven.uncovered == 0 == proven.uncovered_cases
    rows = db.session.scalar(text(
        "SELECT (SELECT count(*) FROM \"case\") + (SELECT count(*) FROM answer WHERE given_at IS NOT NULL)"
        " + (SELECT count(*) FROM applicant) + (SELECT count(*) FROM paper) + (SELECT count(*) FROM process_instance)"
        " + (SELECT count(*) FROM task WHERE outcome IS NOT NULL)"))  # fmt: skip
    assert proven.things == rows > 500


PAPERS = "UPDATE paper SET {} WHERE case_id = :case AND content ? 'amount'"
STEPS = "UPDATE task SET {} WHERE case_id = :case AND outcome IS NOT NULL"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (PAPERS.format("content = jsonb_set(content, '{amount}', '999999')"), "paper"),
        (PAPERS.format("salt = NULL, content = content || '{\"amount\": 1}'"), "paper"),
        ("UPDATE answer SET answers = answers || '{\"amount\": 999999}' WHERE case_id = :case", "the answers"),
        ("UPDATE applicant SET iin = '000000000000' WHERE case_id = :case", "the applicant"),
        ("UPDATE \"case\" SET outcome = 'refused' WHERE id = :case", "its number, body or outcome"),
        (STEPS.format("outcome = 'refused'"), "the outcome of step"),
        (STEPS.format("done_by_id = 1 + done_by_id"), "the outcome of step"),
        ("UPDATE process_instance SET state = state || 'x' WHERE case_id = :case", "what process"),
    ],
)
def test_what_is_changed_in_the_database_is_found_with_its_case_and_its_line(
    worked: int, statement: str, said: str
) -> None:
    as_replica(statement.replace(":case", str(worked)))
    assert journal.verify() == []  # the lines themselves are what they were
    found = told()
    assert found and all(each.startswith(f"Case {worked}: {said}") and "changed" in each for each in found), found


def test_what_is_removed_or_put_in_is_found(worked: int) -> None:
    said = "case_id, office_key, item, number, content, made_at, made_by"
    as_replica(
        f"DELETE FROM answer WHERE task_id = (SELECT min(task_id) FROM answer WHERE case_id = {worked})",
        f"INSERT INTO paper ({said}) SELECT {said} FROM paper WHERE case_id = {worked} LIMIT 1",
    )
    removed, put_in = sorted(told(), key=lambda each: "put in" in each)
    assert "attests as answer:" in removed and "was removed" in removed
    assert "no line attests paper" in put_in and "put in" in put_in


def test_what_was_written_before_values_were_attested_is_told_as_not_covered_and_never_as_whole(worked: int) -> None:
    without = "(details::jsonb - 'holds')::text"
    as_replica(
        *(f"UPDATE {table} SET salt = NULL" for table in ("answer", "applicant", "paper", "process_instance")),
        f"UPDATE journal_entry SET details = {without} WHERE details LIKE '%\"holds\":%'",
    )
    proven = cases.verify_values()
    assert proven.faults == [] and proven.things == 0 and proven.uncovered > 500 and proven.uncovered_cases > 50
    said = _verdict(0, proven.things, proven.uncovered, proven.uncovered_cases)
    assert "NOT COVERED" in said and "journal: whole" not in said


@pytest.mark.parametrize("number", [-0.0, 0.1, 1e15, 1e19, -1e19, float(2**63), -float(2**63), 2**64 - 1, 1e22, 5e-324])
def test_a_digest_speaks_of_the_value_as_the_database_gives_it_back(app: Flask, number: float) -> None:
    given_back = db.session.scalar(select(cast({"a": number, "b": [number]}, JSONB)))
    assert digest(b"s", "answer:1", {"b": [number], "a": number}) == digest(b"s", "answer:1", given_back)


WORDS = st.text(st.characters(exclude_categories=["C"]) | st.sampled_from('1.0e,:[-"'), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | WORDS
    | st.integers(-(10**20), 10**20).map(float) | st.decimals(allow_nan=False, allow_infinity=False).map(str),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(WORDS, each, max_size=3),
    max_leaves=6,
)  # fmt: skip


@tried(150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(VALUES)
def test_whatever_json_can_say_has_the_digest_of_what_the_database_gives_back(app: Flask, value: object) -> None:
    given_back = db.session.scalar(select(cast(value, JSONB(none_as_null=False))))
    assert digest(b"s", "answer:1", value) == digest(b"s", "answer:1", given_back)


def test_a_digest_speaks_of_its_thing_and_salt() -> None:
    one = digest(b"s", "answer:1", {"a": "1"})
    assert one != digest(b"t", "answer:1", {"a": "1"})
    assert one != digest(b"s", "answer:2", {"a": "1"}) and one != digest(b"s", "answer:1", {"a": 1})
