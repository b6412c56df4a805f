"""The tables, version by version (alembic, without Flask-Migrate)."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from psycopg.errors import DeadlockDetected, LockNotAvailable, UndefinedTable
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from services.db import db
from services.errors import Conflict
from services.migrations.roles import application_owns as application_owns
from services.migrations.roles import as_owner
from services.migrations.serving import served_since

logger = logging.getLogger(__name__)

FOLDER = Path(__file__).parent
#: tables in use are tried for again after a pause, so often
PAUSE_S, MOST_TRIES = 2.0, 30
#: is told the revision that the tables are at after each step ("": none), on the connection whose transaction it is
Told = Callable[[str, Connection], None]
#: as whole rows, so that tables of before are asked with the same words; the locked one says that writing is allowed
_STANDING = text("""
    SELECT version_num, to_jsonb(alembic_version) ->> 'serves_from',
           (SELECT version_num FROM alembic_version FOR KEY SHARE SKIP LOCKED)
    FROM alembic_version
""")


class OtherRevision(Conflict):
    """The tables are at revision %(found)s, this version of Komek needs %(needed)s."""


class OlderTables(OtherRevision):
    """The tables are older than this version of Komek: revision %(found)s, not %(needed)s. Run: komek db upgrade."""


class NewerTables(OtherRevision):
    """The tables are newer than this version of Komek: it does not know revision %(found)s, only %(needed)s.
    Start the newer version; or go back with it, before you take it away: komek db downgrade %(needed)s."""


class TablesInUse(Conflict):
    """The tables are as they were: somebody holds one of them all the time.
    When backups and long reports are done, try again.
    """


class NoSuchRevision(Conflict):
    """There is no earlier revision %(found)s; the tables are at %(now)s."""


class NoPlaceForRows(Conflict):
    """Revision %(found)s is not taken back, and nothing was changed: the earlier tables have no place for rows of
    %(table)s: %(where)s.
    """


@dataclass(frozen=True)
class TablesStanding:
    """How the tables stand beside the code."""

    found: str  #: the tables' revision; empty when there are none
    needed: str  #: the code's
    serves_from: str = ""  #: the oldest revision whose code works over these tables; empty: nobody said

    @property
    def state(self) -> str:
        """`ok`, `older` or `newer`; `ahead`: newer, and made so that this code goes on; `none` without tables."""
        if self.found == self.needed:
            return "ok"
        if not self.found:
            return "none"
        if self.found in known():
            return "older"
        return "ahead" if self.serves_from in known() else "newer"

    @property
    def usable(self) -> bool:
        """Whether this code works over them."""
        return self.state in ("ok", "ahead")


def upgrade(revision: str = "head", told: Told | None = None) -> None:
    """Bring the tables of the current application's database to that revision, or leave them. Those that are ahead of
    this code, and serve it, are left.

    Raises NewerTables, TablesInUse, CannotOwn.
    """
    with as_owner() as engine:
        now = standing()
        if now.state == "newer":
            raise NewerTables(found=now.found, needed=now.needed)
        if now.state != "ahead":
            _while_in_use(lambda: command.upgrade(configured(engine, told), revision))


def downgrade(revision: str, told: Told | None = None) -> None:
    """Take the tables back to an earlier revision ("base": none), or leave them.

    Raises NewerTables, NoSuchRevision, NoPlaceForRows, TablesInUse, CannotOwn.
    """
    with as_owner() as engine:
        now = standing()
        if now.state in ("newer", "ahead"):
            raise NewerTables(found=now.found, needed=now.needed)
        earlier = known()[: known().index(now.found)] if now.found else ()
        if revision not in ("base", *earlier):
            raise NoSuchRevision(found=revision[:40], now=now.found or "none")
        _while_in_use(lambda: command.downgrade(configured(engine, told), revision))


def _while_in_use(step: Callable[[], None]) -> None:
    """Take the steps, again and again while somebody holds a table: each time all of them, or none.

    Raises TablesInUse.
    """
    for _ in range(MOST_TRIES):
        try:
            return step()
        except DBAPIError as fault:
            if not isinstance(fault.orig, LockNotAvailable | DeadlockDetected):
                raise
            logger.warning("a table is in use; the tables are as they were, and tried again in %g s", PAUSE_S)
            time.sleep(PAUSE_S)
    raise TablesInUse


@cache
def known() -> tuple[str, ...]:
    """Every revision that this code knows, the first first."""
    script = ScriptDirectory(str(FOLDER))
    return tuple(reversed([each.revision for each in script.walk_revisions()]))


def served_now() -> str:
    """The oldest revision whose code works over the tables that this code makes."""
    return served_since(ScriptDirectory(str(FOLDER)), known()[-1])


def standing() -> TablesStanding:
    """The revision of the tables, beside the code's. One statement, which only a database that takes writes answers.

    Never waits for a migration that is under way: until that is done the tables are as before. Raises what the database
    says when it can only be read.
    """
    try:
        row = db.session.execute(_STANDING).first()
    except ProgrammingError as fault:
        if not isinstance(fault.orig, UndefinedTable):
            raise
        row = None
    db.session.rollback()
    found, serves_from, _ = row or ("", "", "")
    return TablesStanding(found, known()[-1], serves_from or "")


def check_tables() -> None:
    """Nothing, when this code works over the tables as they are. Raises OlderTables, NewerTables."""
    now = standing()
    if not now.usable:
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
