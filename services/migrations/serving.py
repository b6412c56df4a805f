"""Whom the tables serve: which releases' code may work over them, so that one is replaced by the next node by node.

A migration *expands*: the code of before goes on over the tables that it makes. One that takes away what nobody reads
any more *contracts*, and says since when nobody does: `serves_from = "0066_…"`, the oldest revision whose code still
works. That is kept beside the tables' revision, for code that does not know the newer one.
"""

from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

#: the oldest code that was tried over younger tables: what was before it is replaced by stopping
FIRST_SERVED = "0054_steps_of_an_office"
#: a step waits so long for a table that somebody holds; PostgreSQL looks for deadlocks, and ends a click, after 1000
LONGEST_LOCK_MS = 800

_HAS_COLUMN = text("""
    SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'alembic_version'::regclass AND attname = 'serves_from')
""")


def served_since(script: ScriptDirectory, revision: str) -> str:
    """The oldest revision whose code works over the tables of that revision."""
    steps = list(script.walk_revisions("base", revision)) if revision else []
    names = [each.revision for each in steps]
    if FIRST_SERVED not in names:
        return revision
    said = (getattr(each.module, "serves_from", "") for each in steps)  # the newest first
    return next((oldest for oldest in said if oldest), FIRST_SERVED)


def keep_who_is_served(connection: Connection, script: ScriptDirectory) -> None:
    """Write it beside the revision that the steps came to."""
    if not connection.scalar(_HAS_COLUMN):
        connection.execute(text("ALTER TABLE alembic_version ADD COLUMN serves_from text"))
    revision = connection.scalar(text("SELECT version_num FROM alembic_version")) or ""
    oldest = served_since(script, revision)
    told = text("UPDATE alembic_version SET serves_from = :oldest WHERE serves_from IS DISTINCT FROM :oldest")
    connection.execute(told, {"oldest": oldest})
