"""Two regions beside each other, each over a database of its own, in this process."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from komek.testing.owner import owner
from services.db import db
from services.postgres import Server, as_application
from tests import the_region
from tests.conftest import config_for
from tests.ports import free_port
from webapp import create_app

FILE = """
address = "http://localhost:{door}"
[regions.north]
name = {{ kk = "Солтүстік", ru = "Север", en = "North" }}
plugins = ["{region}"]
port = {north}
shows_figures_to = ["south"]
[regions.south]
name = {{ kk = "Оңтүстік", ru = "Юг", en = "South" }}
plugins = ["{region}"]
port = {south}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    written = tmp_path / "regions.toml"
    written.write_text(
        FILE.format(region=the_region.REGION, door=free_port(), north=free_port(), south=free_port()), encoding="utf-8"
    )
    return written


@pytest.fixture
def street(house: Flask, server: Server, database_url: str, file: Path) -> Iterator[tuple[Flask, Flask]]:
    """North, the house's own database, and south, whose staff is called as the north's is, in another."""
    db.session.remove()
    db.engine.dispose()
    with owner().connect() as line:
        line.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'komek' "
                          "AND pid <> pg_backend_pid()"))  # fmt: skip
    owner().dispose()
    server.create_database("south", template="komek")
    north, south = (
        create_app(replace(config_for(url), regions=str(file), region=key))
        for key, url in (("north", database_url), ("south", as_application(server.address_of("south"))))
    )
    yield north, south
    for app in (north, south):
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
    with owner().connect().execution_options(isolation_level="AUTOCOMMIT") as line:
        line.execute(text("DROP DATABASE south WITH (FORCE)"))
