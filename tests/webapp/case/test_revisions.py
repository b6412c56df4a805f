"""Tables and code belong together: a node beside another revision says so, does not start, and finds back."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import text

from services import journal
from services.db import db
from services.migrations import NewerTables, NoSuchRevision, downgrade, known, standing, upgrade
from services.postgres import Server
from tests.conftest import config_for
from tests.people.surfer import Surfer
from webapp import create_app
from webapp.serve.start import need_tables

#: since then: absences, notices, the offline desk, deployments. Before it the calendar was another table
WAY_BACK = "0009"
HEAD = known()[-1]


@pytest.fixture
def copy(region: Flask, server: Server) -> Iterator[Flask]:
    """The region at work, in a database of its own whose tables may be changed."""
    others = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'komek' AND pid <> pg_backend_pid()"
    )
    db.session.execute(text(others))
    db.session.remove()
    db.engine.dispose()
    server.create_database("copy", template="komek")
    other = create_app(replace(config_for(server.address_of("copy")), demo=False))
    try:
        with other.app_context():
            yield other
            db.session.remove()
            db.engine.dispose()
    finally:
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as line:
            line.execute(text("DROP DATABASE copy"))


def at(app: Flask, revision: str) -> None:
    db.session.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
    db.session.commit()


@pytest.mark.parametrize(("revision", "state"), [(known()[-2], "older"), ("9999_of_tomorrow", "newer")])
def test_a_node_beside_other_tables_is_not_ready_and_does_not_start(house: Flask, revision: str, state: str) -> None:
    at(house, revision)
    try:
        answer = Surfer(house).get("/readyz")
        assert answer.status_code == 503
        assert answer.get_json()["tables"] == {"found": revision, "needed": HEAD, "state": state}
        with pytest.raises(SystemExit, match=revision):
            need_tables(house)
        if state == "newer":
            for change in (upgrade, lambda: downgrade("base")):
                with pytest.raises(NewerTables, match=revision):
                    change()
    finally:
        at(house, HEAD)
    answer = Surfer(house).get("/readyz")
    assert answer.status_code == 200 and answer.get_json()["tables"]["state"] == "ok"
    assert need_tables(house)


def test_a_database_without_tables_is_not_ready_and_says_what_to_do(server: Server) -> None:
    server.create_database("bare")
    bare = create_app(config_for(server.address_of("bare")))
    answer = Surfer(bare).get("/readyz")
    assert answer.status_code == 503 and answer.get_json()["tables"]["state"] == "none"
    with pytest.raises(SystemExit, match="komek db upgrade"):
        need_tables(bare)


def test_while_the_tables_are_being_changed_a_node_is_not_ready_and_does_not_wait(house: Flask) -> None:
    with db.engine.connect() as migrating:
        migrating.execute(text("UPDATE alembic_version SET version_num = '0000'"))
        answer = Surfer(house).get("/readyz")
        migrating.rollback()
    assert answer.status_code == 503 and answer.get_json()["tables"]["state"] == "none"


def test_the_way_back_keeps_every_case_and_line_of_the_journal_and_the_way_forward_opens_them(copy: Flask) -> None:
    with copy.app_context():
        before = counted()
        assert before["case"] > 50
        for revision in reversed(known()[known().index(WAY_BACK) : -1]):
            downgrade(revision)
            assert standing().found == revision and standing().state == "older"
        assert counted() == before
        with pytest.raises(SystemExit, match="older"):
            need_tables(copy)
        upgrade()
        assert standing().state == "ok" and counted() == before
        assert journal.verify([]) == []
        case_id, login = db.session.execute(text(
            "SELECT task.case_id, staff.login FROM task JOIN appointment USING (office_key, role) "
            "JOIN staff ON staff.id = staff_id WHERE closed_at IS NULL AND until_on IS NULL "
            "ORDER BY seq DESC LIMIT 1")).one()  # fmt: skip
        assert Surfer(copy).sign_in(login).get(f"/cases/{case_id}").status_code == 200


def test_nobody_is_taken_back_to_what_was_never_there(house: Flask) -> None:
    for never in ("0000", HEAD, "heads", "-1"):
        with pytest.raises(NoSuchRevision):
            downgrade(never)


def counted() -> dict[str, int]:
    """How many rows, of what was there at all times."""
    tables = ("case", "task", "applicant", "journal_entry", "staff", "paper")
    return {name: db.session.scalar(text(f'SELECT count(*) FROM "{name}"')) for name in tables}  # type: ignore[misc]
