"""The tables, version by version (alembic, without Flask-Migrate)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from psycopg.errors import UndefinedTable
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ProgrammingError

from services.db import db
from services.errors import Conflict
from services.migrations.roles import application_owns as application_owns
from services.migrations.roles import as_owner

FOLDER = Path(__file__).parent
#: is told the revision that the tables are at after each step ("": none), on the connection whose transaction it is
Told = Callable[[str, Connection], None]


class OtherRevision(Conflict):
    """The tables are at revision %(found)s, this version of Komek needs %(needed)s."""


class OlderTables(OtherRevision):
    """The tables are older than this version of Komek: revision %(found)s, not %(needed)s. Run: komek db upgrade."""


class NewerTables(OtherRevision):
    """The tables are newer than this version of Komek: it does not know revision %(found)s, only %(needed)s.
    Start the newer version; or go back with it, before you take it away: komek db downgrade %(needed)s."""


class NoSuchRevision(Conflict):
    """There is no earlier revision %(found)s; the tables are at %(now)s."""


class NoPlaceForRows(Conflict):
    """Revision %(found)s is not taken back, and nothing was changed: the earlier tables have no place for rows of
    %(table)s: %(where)s.
    """


@dataclass(frozen=True)
class TablesStanding:
    """How the tables stand beside the code."""

    found: str  #: the tables' revision; empty when there are none, or when somebody is just changing them
    needed: str  #: the code's

    @property
    def state(self) -> str:
        """`ok`, `older` or `newer`; `none` without tables."""
        if self.found == self.needed:
            return "ok"
        if not self.found:
            return "none"
        return "older" if self.found in known() else "newer"


def upgrade(revision: str = "head", told: Told | None = None) -> None:
    """Bring the tables of the current application's database to that revision, or leave them.

    Raises NewerTables, CannotOwn.
    """
    with as_owner() as engine:
        now = standing()
        if now.state == "newer":
            raise NewerTables(found=now.found, needed=now.needed)
        command.upgrade(configured(engine, told), revision)


def downgrade(revision: str, told: Told | None = None) -> None:
    """Take the tables back to an earlier revision ("base": none), or leave them.

    Raises NewerTables, NoSuchRevision, NoPlaceForRows, CannotOwn.
    """
    with as_owner() as engine:
        now = standing()
        if now.state == "newer":
            raise NewerTables(found=now.found, needed=now.needed)
        earlier = known()[: known().index(now.found)] if now.found else ()
        if revision not in ("base", *earlier):
            raise NoSuchRevision(found=revision[:40], now=now.found or "none")
        command.downgrade(configured(engine, told), revision)


@cache
def known() -> tuple[str, ...]:
    """Every revision that this code knows, the first first."""
    script = ScriptDirectory(str(FOLDER))
    return tuple(reversed([each.revision for each in script.walk_revisions()]))


def standing() -> TablesStanding:
    """The revision of the tables, beside the code's. One statement, which only a database that takes writes answers.

    Never waits for a migration that is under way. Raises what the database says when it can only be read.
    """
    try:
        asked = text("SELECT version_num FROM alembic_version FOR KEY SHARE SKIP LOCKED")
        found: str = db.session.scalar(asked) or ""
    except ProgrammingError as fault:
        if not isinstance(fault.orig, UndefinedTable):
            raise
        found = ""
    db.session.rollback()
    return TablesStanding(found, known()[-1])


def check_tables() -> None:
    """Nothing, when the tables are those that this code was written for. Raises OlderTables, NewerTables."""
    now = standing()
    if now.state != "ok":
        raise (NewerTables if now.state == "newer" else OlderTables)(found=now.found or "none", needed=now.needed)


def check_no_rows(connection: Connection, revision: str, table: str, where: str) -> None:
    """For the way back of a migration: raises NoPlaceForRows when rows meet the condition, a piece of SQL."""
    if connection.scalar(text(f'SELECT EXISTS (SELECT FROM "{table}" WHERE {where})')):
        raise NoPlaceForRows(found=revision, table=table, where=where)


def configured(engine: Engine, told: Told | None = None, folder: Path = FOLDER) -> AlembicConfig:
    """What alembic's commands take: whose tables, who is told of each step, and the folder of migrations."""

    def each(step: Any, heads: set[str], **rest: Any) -> None:
        if told is not None:
            told(next(iter(heads), ""), rest["ctx"].connection)

    config = AlembicConfig()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes.update(engine=engine, each=each)
    return config
