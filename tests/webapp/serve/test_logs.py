"""What is written into logs says what happened, and to nobody's name."""

import logging
from collections.abc import Iterator

import pytest
import structlog
from flask import Flask

from komek.testing.owner import as_owner
from services.db import db
from tests.logs import Logs
from tests.people.office import APPLICATION, Office
from webapp.errors import where

#: who asked, as a log would give them away
TELLING = [APPLICATION[name] for name in ("surname", "given_name", "patronymic", "iin", "address", "phone")]


def given_away(written: str) -> list[str]:
    return [each for each in TELLING if each.casefold() in written.casefold()]


def test_no_log_of_a_whole_case_its_searches_and_its_failures_has_a_name_or_an_iin(house: Flask, logs: Logs) -> None:
    office = Office(house)
    office.run()
    clerk = office.person("clerk")
    for words in (APPLICATION["iin"], APPLICATION["surname"], APPLICATION["phone"], f"\u200b{APPLICATION['iin']}"):
        assert APPLICATION["surname"] in clerk.find(str(words)).text
    assert len(logs.written) > 20
    assert logs.search() == []


def test_what_a_log_must_not_have_would_be_found_in_it(house: Flask, logs: Logs) -> None:
    office = Office(house)
    office.run(until=1)
    office.person("clerk").get(f"/inbox?q={APPLICATION['iin']}")
    logging.getLogger("any").error("failed for %s", APPLICATION["surname"])
    structlog.get_logger().error("job", who=APPLICATION["address"])
    assert {each.partition(":")[0] for each in logs.search()} == {
        str(APPLICATION[each]).casefold() for each in ("iin", "surname", "address")
    }


@pytest.fixture(params=["surname = ''", "surname::int > 0"])
def broken(house: Flask, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """Nobody's name can be kept: PostgreSQL's error shows the row, or the name itself."""
    as_owner(f"ALTER TABLE applicant ADD CONSTRAINT broken CHECK ({request.param}) NOT VALID")
    yield house
    db.session.rollback()
    as_owner("ALTER TABLE applicant DROP CONSTRAINT broken")


def test_what_fails_in_the_database_is_logged_without_what_stood_in_the_row(
    broken: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    office = Office(broken)
    answer = office.work(office.open(), "clerk", dict(APPLICATION))
    assert answer.status_code == 500
    assert "unexpected" in caplog.text and "applicant" in caplog.text
    assert given_away(caplog.text) == []
    assert given_away(answer.text.partition("<main")[2]) == []


def test_what_fails_anywhere_else_is_logged_by_its_kind_and_place_alone() -> None:
    def fail(name: str) -> None:
        try:
            int(name)
        except ValueError as fault:
            raise KeyError(name) from fault

    surname = str(APPLICATION["surname"])
    with pytest.raises(KeyError) as raised:
        fail(surname)
    said = where(raised.value)
    assert given_away(said) == []
    assert said.index("ValueError") < said.index("KeyError") and "test_logs.py" in said and "fail" in said
