"""A real PostgreSQL for the tests: one throw-away cluster, one database a worker, emptied between tests."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from sqlalchemy import text

from services import clock
from services.config import ROOT, Config
from services.db import Base, db
from services.postgres import Server

for models in sorted((ROOT / "services").glob("*/models.py")):
    import_module(f"services.{models.parent.name}.models")


@pytest.fixture(scope="session")
def server(worker_id: str) -> Iterator[Server]:
    """A cluster without durability: quick, and gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="k", dir="/tmp"))
    home.chmod(0o755)
    running = Server(home / "v", durable=False, max_connections=60).start()
    try:
        yield running
    finally:
        running.stop()
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def database_url(server: Server) -> str:
    """An empty database with every table, made by the migrations."""
    server.create_database("komek")
    return server.address


@pytest.fixture(scope="session")
def session_app(database_url: str) -> Flask:
    """The application as `create_app` puts it together, over the migrated database, in every language."""
    compile_catalogues()
    from services.migrations import upgrade
    from webapp import create_app

    app = create_app(config_for(database_url))
    with app.app_context():
        upgrade()
    return app


def compile_catalogues() -> None:
    """Every `.po` beside its `.mo`, as `make translations` does."""
    for po in [
        *ROOT.glob("webapp/translations/*/*/*.po"),
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
    return Config(database_url=database_url, secret_key="test", demo=True, secure_cookies=False, testing=True,
                  sign_in_attempts=5)  # fmt: skip


@pytest.fixture
def app(session_app: Flask) -> Iterator[Flask]:
    """The application with empty tables, inside its context."""
    with session_app.app_context():
        yield session_app
        db.session.rollback()
        _empty()
        db.session.remove()


@pytest.fixture
def house(app: Flask) -> Flask:
    """The region at work: its offices, calendar, diagrams and demo staff."""
    from services import deadlines, directory, processes, registry
    from services.directory.demo import seed_demo_staff

    rules = registry.current()
    directory.import_offices(rules)
    deadlines.fill_calendar(rules, range(2012, 2029))
    processes.deploy_registry(rules, actor="test")
    seed_demo_staff(rules)
    db.session.commit()
    processes.definition.cache_clear()
    return app


def _empty() -> None:
    names = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
    db.session.execute(text("SET session_replication_role = replica"))
    db.session.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    db.session.execute(text("SET session_replication_role = origin"))
    db.session.commit()


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


__all__ = ["clock"]
