"""Tables and code belong together: a node beside another revision says so, does not start, and finds back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import Column, insert, select, text

from komek.testing.owner import as_owner, owner
from komek.testing.rows import as_replica
from komek.testing.surfer import Surfer
from services import journal, migrations
from services.db import Base, Moment, db
from services.migrations import (
    NewerTables,
    NoPlaceForRows,
    NoSuchRevision,
    TablesInUse,
    downgrade,
    known,
    standing,
    upgrade,
)
from services.migrations.shape import differences, shape
from services.postgres import Server
from tests.conftest import config_for
from tests.services.steps import Steps
from webapp import create_app
from webapp.cli.deploying import deploy
from webapp.serve.start import need_tables

HEAD = known()[-1]
#: before it a case had one office; back behind it goes only what has no case of two
FIRST = known()[1]
#: so many are taken back and forward one by one: each was the newest once
NEWEST = 5
NOON = datetime(2026, 11, 25, 7, tzinfo=UTC)
#: rows that no way back can keep: what the refusal names, and what makes an end of it
NO_PLACE = {
    "custody_item: kind = 'appeal'": "UPDATE custody_item SET kind = 'folder' WHERE kind = 'appeal'",
    "task: waits_for = 'condition'": "UPDATE task SET waits_for = 'signal' WHERE id = 'a wait'",
    "task: waits_for = 'signal'": "UPDATE task SET waits_for = 'message' WHERE id = 'a wait'",
    "custody_event: staff_id IS NULL": "DELETE FROM custody_event WHERE staff_id IS NULL",
}
#: where a check wants something else than the first of its kind
CHOSEN = {"kind": "scan", "state": "merged", "until_on": NOON.date() + timedelta(days=3)}
SOME: dict[type, object] = {
    str: "it", int: 1, bool: False, date: NOON.date(), timedelta: timedelta(1), object: {}, dict: {},
    list: [], bytes: b"it",
}  # fmt: skip
#: what the demo has none of, and an older table would refuse
ROWS = """
INSERT INTO custody_event (code, event, point, office_key, at, details)
    SELECT code, 'posted', '', office_key, since, '{}' FROM custody_item LIMIT 1;
UPDATE consignment_line SET state = 'misrouted' WHERE seq = (SELECT min(seq) FROM consignment_line);
UPDATE custody_item SET state = 'annulled' WHERE code = (SELECT min(code) FROM custody_item);
UPDATE custody_item SET kind = 'appeal' WHERE code = (SELECT max(code) FROM custody_item);
UPDATE task SET waits_for = 'signal' WHERE seq = (SELECT max(seq) FROM task WHERE closed_at IS NOT NULL);
UPDATE task SET waits_for = 'condition' WHERE seq = (SELECT min(seq) FROM task WHERE closed_at IS NOT NULL);
UPDATE task SET waits_for = 'condition', id = 'a wait' WHERE seq = (SELECT max(seq) FROM task WHERE closed_at IS NULL);
INSERT INTO notice (fact, kind, clock, code, title, number, office_key, due_default, at, told_at)
    VALUES ('version', 'version', '', '', '', '', '', FALSE, now(), now());
INSERT INTO notice_read (notice_id, staff_id, at) SELECT max(id), 1, now() FROM notice
"""


@pytest.fixture
def copy(region: Flask, server: Server) -> Iterator[Flask]:
    """The region at work, in a database of its own whose tables may be changed."""
    db.session.remove()
    db.engine.dispose()
    as_owner(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'komek' AND pid <> pg_backend_pid()"
    )
    db.session.remove()
    owner().dispose()
    server.create_database("copy", template="komek")
    other = create_app(replace(config_for(server.address_of("copy")), demo=False))
    try:
        with other.app_context():
            yield other
            db.session.remove()
            db.engine.dispose()
            owner().dispose()
    finally:
        with owner().connect().execution_options(isolation_level="AUTOCOMMIT") as line:
            line.execute(text("DROP DATABASE copy"))


def at(app: Flask, revision: str) -> None:
    db.session.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
    db.session.commit()


@pytest.mark.parametrize(("revision", "state"), [(known()[-2], "older"), ("9999_of_tomorrow", "newer")])
def test_a_node_beside_other_tables_is_not_ready_and_does_not_start(house: Flask, revision: str, state: str) -> None:
    served = db.session.scalar(text("SELECT serves_from FROM alembic_version"))
    db.session.execute(text("UPDATE alembic_version SET serves_from = :it"), {"it": revision})
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
        db.session.execute(text("UPDATE alembic_version SET serves_from = :it"), {"it": served})
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


def test_while_the_tables_are_being_changed_a_node_says_how_they_are_until_then_and_does_not_wait(house: Flask) -> None:
    with db.engine.connect() as migrating:
        migrating.execute(text("UPDATE alembic_version SET version_num = '0000'"))
        answer = Surfer(house).get("/readyz")
        migrating.rollback()
    assert answer.status_code == 200 and answer.get_json()["tables"]["state"] == "ok"


def test_a_node_goes_on_and_begins_beside_newer_tables_that_serve_it_and_leaves_them_alone(house: Flask) -> None:
    said = text("UPDATE alembic_version SET serves_from = :it")
    before = db.session.scalar(text("SELECT serves_from FROM alembic_version"))
    at(house, "9999_of_tomorrow")
    try:
        answer = Surfer(house).get("/readyz")
        assert answer.status_code == 200
        assert answer.get_json()["tables"] == {"found": "9999_of_tomorrow", "needed": HEAD, "state": "ahead"}
        assert need_tables(house)
        upgrade()
        assert standing().found == "9999_of_tomorrow"
        with pytest.raises(NewerTables):
            downgrade("base")
        deployed = CliRunner().invoke(deploy, obj=house.config["KOMEK"])
        assert deployed.exit_code == 0 and "nothing was deployed" in deployed.output
        db.session.execute(said, {"it": "9998_too_young"})
        db.session.commit()
        assert Surfer(house).get("/readyz").status_code == 503
    finally:
        db.session.execute(said, {"it": before})
        at(house, HEAD)


def test_a_table_that_somebody_holds_is_tried_for_again_and_nothing_waits_behind_the_steps(
    copy: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    downgrade("0052_trips")  # the steps after it touch the tables of sessions and of tasks
    monkeypatch.setattr(migrations, "PAUSE_S", 0.01)
    monkeypatch.setattr(migrations, "MOST_TRIES", 2)
    with db.engine.connect() as reading:
        reading.execute(text("SELECT count(*) FROM staff_session"))
        with pytest.raises(TablesInUse):
            upgrade()
        assert standing().found == "0052_trips" and "in use" in caplog.text
        monkeypatch.setattr(migrations, "PAUSE_S", 0.0)
        monkeypatch.setattr(migrations.time, "sleep", lambda _: reading.rollback())
        upgrade()
    assert standing().state == "ok"


def test_every_step_back_and_forward_keeps_the_rows_and_makes_the_tables_that_were_there_before(copy: Flask) -> None:
    with copy.app_context():
        for statement in ROWS.split(";"):
            db.session.execute(text(statement))
        _a_row_in_every_table()
        db.session.commit()
        for refused, mended in NO_PLACE.items():
            with pytest.raises(NoPlaceForRows, match=refused):
                downgrade(FIRST)
            assert standing().state == "ok"
            as_replica(mended)

        before, calendar, tables = counted(), days(), shape(db.session.connection())
        assert before["case"] > 50 and calendar
        db.session.rollback()
        for revision in reversed(known()[-NEWEST:-1]):  # while the rows of younger tables are there
            downgrade(revision)
            upgrade()
            assert differences(tables, shape(db.session.connection())) == [], revision
            db.session.rollback()

        back, forward = Steps(), Steps()
        back.tables[HEAD] = tables
        downgrade(FIRST, told=back)
        assert list(back.tables) == list(reversed(known()[1:]))
        assert standing().state == "older" and counted() == before
        with pytest.raises(SystemExit, match="older"):
            need_tables(copy)
        with pytest.raises(NoPlaceForRows, match="process_instance"):
            downgrade("base")

        upgrade(told=forward)
        assert list(forward.tables) == list(known()[2:])
        for revision in known()[2:]:
            assert differences(back.tables[revision], forward.tables[revision]) == [], revision
        assert standing().state == "ok" and counted() == before and days() == calendar
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


def days() -> list[str]:
    """The calendar's days, whichever table they stand in."""
    asked = text("SELECT jsonb_array_elements(content -> 'days') ->> 'on' FROM timetable JOIN calendar_version"
                 " USING (region, version) ORDER BY 1")  # fmt: skip
    return list(db.session.scalars(asked))


def _a_row_in_every_table() -> None:
    """So that no step is taken over an empty table. It says nonsense of the right kind; no seal is invented."""
    for table in Base.metadata.sorted_tables:
        if not table.name.startswith("journal") and db.session.scalar(select(table).limit(1)) is None:
            row = {column.name: _some(column) for column in table.columns if column.identity is None}
            db.session.execute(insert(table).values(row))


def _some(column: Column[Any]) -> object:
    if column.nullable:
        return None
    for key in column.foreign_keys:
        return db.session.scalar(select(key.column).limit(1))
    if isinstance(column.type, Moment):
        return NOON
    return CHOSEN[column.name] if column.name in CHOSEN else SOME[column.type.python_type]
