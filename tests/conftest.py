"""A real PostgreSQL for the tests: one throw-away cluster a test process, emptied between tests."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from hypothesis import settings
from playwright.sync_api import Browser, Playwright, sync_playwright
from sqlalchemy import text

from services import clock, deadlines, directory, processes, registry, time_machine
from services.config import ROOT, Config
from services.db import Base, db
from services.directory.demo import seed_demo_staff
from services.migrations import upgrade
from services.migrations.shape import every_table
from services.postgres import Server
from services.processes import diagrams, names
from tests.browser import ARGUMENTS, CHROMIUM
from tests.logs import Logs, every_log
from webapp import create_app
from webapp.cli.demo_cases import demo_of, play_demo_cases
from webapp.designer.doctor import report_under

every_table()

# the same examples in every run, so that a change fails by what it changed; `make soak` looks for others
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("others", derandomize=False, deadline=None)
settings.load_profile(os.environ.get("EXAMPLES", "same"))

#: what a test asks for, or says of itself, that is more than a pure rule
LONG = {"server", "playwright", "browser", "modeler", "processes", "slow", "soak"}

#: has the region at work in the state that a function brings about
Once = Callable[[Callable[[Flask], Any]], Any]

#: signs the tests' cookies, in whichever process
KEY = "a key of the tests, kept by nobody"
#: when the demo is looked at
WEDNESDAY = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)
#: rows of a test that are rather truncated than deleted
MANY = 2000


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever needs neither a database nor a browser is quick; a few others say it of themselves."""
    for item in items:
        needs = {*getattr(item, "fixturenames", ()), *(mark.name for mark in item.iter_markers())}
        if not needs & LONG:
            item.add_marker("quick")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A cluster without durability: quick, and gone afterwards, even when the tests are killed."""
    home = Path(tempfile.mkdtemp(prefix="komek-test-"))
    home.chmod(0o755)  # as root the server runs under another user
    running = Server(home / "v", durable=False, max_connections=60).start()
    try:
        yield running
    finally:
        running.stop()
        shutil.rmtree(home, ignore_errors=True)
        if running.sockets.parent != home / "v":
            shutil.rmtree(running.sockets, ignore_errors=True)


@pytest.fixture(scope="session")
def database_url(server: Server) -> str:
    """An empty database, without tables."""
    server.create_database("komek")
    return server.address


@pytest.fixture(scope="session")
def session_app(database_url: str) -> Flask:
    """The application as `create_app` puts it together, over a database with every table, in every language."""
    compile_catalogues()
    app = create_app(config_for(database_url))
    with app.app_context():
        upgrade()
    return app


def compile_catalogues() -> None:
    """Every `.po` beside its `.mo`, as `make translations` does."""
    for po in [
        *ROOT.glob("webapp/translations/*/*/*.po"),
        *ROOT.glob("plugins/*/translations/*/*/*.po"),
        *ROOT.glob("plugins/*/bpmn/translations/*/*/*.po"),
        *ROOT.glob("bpmn/translations/*/*/*.po"),
    ]:
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime:
            fresh = mo.with_suffix(f".{os.getpid()}")
            with po.open("rb") as read, fresh.open("wb") as written:
                write_mo(written, read_po(read))
            fresh.replace(mo)


def config_for(database_url: str) -> Config:
    return Config(
        database_url=database_url, secret_key=KEY, demo=True, secure_cookies=False, testing=True, database_idle_s=900
    )


@pytest.fixture(scope="session")
def logs(session_app: Flask, server: Server) -> Iterator[Logs]:
    """Every log of this run; PostgreSQL's own is searched at its end."""
    with every_log(session_app, server.home / "postgres.log") as listening:
        yield listening
    assert not listening.search_postgres()


@pytest.fixture
def app(session_app: Flask, logs: Logs) -> Iterator[Flask]:
    """The application with empty tables, inside its context. What is tested commits for real; no log names anybody."""
    time_machine.follow(session_app.config["KOMEK"].demo)  # a command that ran in this process may have said otherwise
    with session_app.app_context():
        yield session_app
        db.session.rollback()
        given_away = logs.search()
        _empty()
        db.session.remove()
    assert not given_away


@pytest.fixture
def house(app: Flask, kept_house: "Kept") -> Flask:
    """The region at work: its offices, calendar, diagrams and demo staff."""
    kept_house.restore()
    return app


@pytest.fixture
def region(app: Flask, kept_region: "Kept") -> Iterator[Flask]:
    """The house after four weeks of work, on a Wednesday at eleven: the demo's cases."""
    with clock.stopped(WEDNESDAY):
        kept_region.restore()
        yield app


@pytest.fixture(scope="session")
def kept_house(session_app: Flask) -> "Kept":
    with session_app.app_context():
        rules = registry.current()
        directory.import_offices(rules)
        deadlines.fill_calendar(rules, range(2012, 2029))
        processes.install_registry(rules, actor="test")
        seed_demo_staff(rules, session_app.config["KOMEK"])  # its hashes are cheap: sign-ins are what tests do most
        return Kept("kept")


@pytest.fixture(scope="session")
def kept_region(session_app: Flask, kept_house: "Kept") -> "Kept":
    with session_app.app_context(), clock.stopped(WEDNESDAY):
        kept_house.restore()
        assert play_demo_cases(registry.current()) == len(demo_of(registry.current()).stories)
        return Kept("kept_region")


@pytest.fixture(scope="session")
def kept_states() -> dict[str, tuple["Kept", Any]]:
    """What `once` made in this process: its rows, and what it said."""
    return {}


@pytest.fixture
def once(house: Flask, kept_states: dict[str, tuple["Kept", Any]]) -> Once:
    """Has the region at work in a state that takes long to come about: made for the first test that asks for it.

    Everything is a row by then: what `make` returns is told to all tests, and must hold no session and no window.
    """

    def at_once(make: Callable[[Flask], Any]) -> Any:
        name = f"kept_{make.__name__}"
        if name in kept_states:
            _empty()
        else:
            said = make(house)
            db.session.rollback()
            kept_states[name] = Kept(name), said
        kept_states[name][0].restore()
        return kept_states[name][1]

    return at_once


class Kept:
    """Every row as it stands, made once and kept in a schema of its own, with the numbers given out last."""

    def __init__(self, schema: str) -> None:
        """Keeps them, and leaves the tables empty."""
        self.schema = schema
        db.session.execute(text(f"CREATE SCHEMA {schema}"))
        for table in Base.metadata.sorted_tables:
            db.session.execute(text(f'CREATE TABLE {schema}."{table.name}" AS TABLE public."{table.name}"'))
        last = text(
            "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
        )
        self.numbers = dict(db.session.execute(last).all())
        db.session.commit()
        _empty()
        db.session.remove()

    def restore(self) -> None:
        """Put them into the empty tables, and forget what this process remembers of others."""
        tables = [table.name for table in Base.metadata.sorted_tables]
        as_replica(
            *(f'INSERT INTO "{name}" SELECT * FROM {self.schema}."{name}"' for name in tables),
            *(f"SELECT setval('\"{sequence}\"', {last})" for sequence, last in self.numbers.items()),
        )
        for remembered in (
            processes.definition, processes.begun_by, processes.drawing_of, names._translations, diagrams._diagram,
            diagrams._outline, report_under,
        ):  # fmt: skip
            remembered.cache_clear()


def _empty() -> None:
    """Take every row out, and let numbers begin anew. What holds nothing is left alone: truncating it takes as long."""
    tables = [table.name for table in Base.metadata.sorted_tables]
    if db.session.scalar(text(f"SELECT count(*) > {MANY} FROM (SELECT FROM task LIMIT {MANY + 1}) AS few")):
        return as_replica("TRUNCATE {} RESTART IDENTITY CASCADE".format(", ".join(f'"{name}"' for name in tables)))
    filled = [f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in tables]
    used = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
    return as_replica(
        *(f'DELETE FROM "{name}"' for name in db.session.scalars(text(" UNION ALL ".join(filled)))),
        *(f"SELECT setval('\"{name}\"', 1, false)" for name in db.session.scalars(text(used))),
    )


def as_replica(*statements: str) -> None:
    """Run and commit, with the triggers asleep that keep people from changing history."""
    db.session.execute(text("SET LOCAL session_replication_role = replica; SET LOCAL lock_timeout = 20000"))
    for statement in statements:
        db.session.execute(text(statement))
    db.session.commit()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What starts browsers; one a test process."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium: Debian's where it is, else playwright's own."""
    launched = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield launched
    launched.close()
