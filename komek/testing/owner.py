"""Whoever owns the tables: tests work as the application, and ask here for what it may not do to them."""

from functools import cache

from flask import current_app
from sqlalchemy import Engine, create_engine

from services.config import Config
from services.db import db
from services.postgres.server import APPLICATION, OWNER


def owner_of(address: str) -> str:
    """The owner's address of a database that the application works with; of any other nobody's."""
    application = f"//{APPLICATION}@"
    return address.replace(application, f"//{OWNER}@", 1) if application in address else ""


@cache
def _engine(address: str) -> Engine:
    # tests shut servers down, and end every line to a database that is copied
    return create_engine(address, pool_size=1, pool_pre_ping=True)


def owner_address() -> str:
    """Of the database of the application at work, for its owner: the application itself where one role does both."""
    config: Config = current_app.config["KOMEK"]
    return config.database_owner_url or config.database_url


def owner() -> Engine:
    """Opens lines to that database as its owner."""
    return _engine(owner_address())


def as_owner(*statements: str) -> None:
    """Run and commit them as the owner, after whatever the session has under way."""
    db.session.commit()
    with owner().begin() as line:
        for statement in statements:
            line.exec_driver_sql(statement.replace("%", "%%"))


def analyze(*tables: str) -> None:
    """What the planner knows of these tables is so as they stand; of all of them where none is named."""
    as_owner("ANALYZE" + ", ".join(f' "{each}"' for each in tables))
