"""Who works with the tables does not own them: it adds to the journal, and changes nothing of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from komek.testing.surfer import Surfer
from services import cases, journal
from services.db import db, transaction
from services.migrations import application_owns, upgrade
from services.migrations.roles import CannotOwn
from services.postgres import Server
from tests.conftest import config_for
from tests.people.office import APPLICATION, Office
from webapp import create_app

AT = datetime(2013, 3, 4, tzinfo=UTC)


@pytest.fixture
def working(house: Flask, server: Server) -> Iterator[Flask]:
    """The region at work, as `komek serve` has it: the application is not the owner."""
    db.session.remove()
    app = create_app(replace(config_for(server.application_address), database_owner_url=server.address))
    with app.app_context():
        upgrade()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def older(server: Server) -> Iterator[str]:
    """A database of before: one role works with it and owns everything in it."""
    with create_engine(server.address_of("postgres"), isolation_level="AUTOCOMMIT").connect() as line:
        for statement in ("CREATE ROLE old LOGIN", "CREATE ROLE stranger LOGIN", "CREATE DATABASE older OWNER old"):
            line.execute(text(statement))
        yield server.address_of("older").replace("postgres@", "old@")
        for statement in ("DROP DATABASE older WITH (FORCE)", "DROP ROLE old", "DROP ROLE stranger"):
            line.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET actor = 'x'",
        "DELETE FROM journal_seal",
        "DELETE FROM journal_stream",
        "TRUNCATE journal_entry",
        "ALTER TABLE journal_entry DISABLE TRIGGER USER",
        "SET session_replication_role = replica",
        "UPDATE custody_event SET at = now()",
        "CREATE TABLE mine (id int)",
        "DROP TABLE paper",
    ],
)
def test_the_role_of_the_application_changes_no_journal_and_no_table(working: Flask, statement: str) -> None:
    assert not application_owns()
    with pytest.raises(DBAPIError, match=r"permission denied|must be owner"), transaction():
        db.session.execute(text(statement))


def test_a_node_says_whether_it_works_as_the_owner_and_a_case_is_worked_on_all_the_same(working: Flask) -> None:
    assert Surfer(working).get("/readyz").get_json()["role"] == "application"
    owner = working.config["KOMEK"].database_owner_url
    assert Surfer(create_app(config_for(owner))).get("/readyz").get_json()["role"] == "owner"
    office = Office(working)
    assert office.work(office.open(), "clerk", dict(APPLICATION)).status_code < 400
    assert journal.verify() == [] and cases.verify_values().faults == []


def test_a_database_of_before_is_brought_to_two_roles_by_the_migration_with_its_rows(
    older: str, server: Server
) -> None:
    one_role = config_for(older)
    with create_app(one_role).app_context():
        upgrade()
        assert application_owns()
        write()
        db.session.remove()
        db.engine.dispose()
    stranger = older.replace("old@", "stranger@")
    with create_app(replace(one_role, database_owner_url=stranger)).app_context():
        with pytest.raises(CannotOwn) as refused:
            upgrade()
        assert {"old", "stranger"} <= set(refused.value.details.values()) and application_owns()
        db.session.remove()
        db.engine.dispose()
    as_administrators_are_told = ("GRANT old TO stranger", "ALTER DATABASE older OWNER TO stranger")
    with create_engine(server.address_of("postgres"), isolation_level="AUTOCOMMIT").connect() as superuser:
        for statement in as_administrators_are_told:
            superuser.execute(text(statement))
    two_roles = replace(one_role, database_owner_url=stranger)
    with create_app(two_roles).app_context():
        for _ in range(2):  # as often as one likes
            upgrade()
            assert not application_owns()
        write()
        assert journal.verify() == [] and len(journal.read("case:1")) == 2
        with pytest.raises(DBAPIError, match="permission denied"):
            db.session.execute(text("UPDATE journal_entry SET actor = 'x'"))
        db.session.remove()
        db.engine.dispose()


def write() -> None:
    with transaction():
        journal.append("case:1", [journal.NewLine("case.noted", "staff:7", {})], at=AT)
