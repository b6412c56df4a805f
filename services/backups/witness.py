"""How many rows each table had at one very place of the log of changes: what a rehearsal is held against."""

import time
from typing import Any

import psycopg
from psycopg import sql

from services.backups.repository import Witness
from services.backups.server import LivingServer, row_of

#: looked so often for a moment in which nobody writes, with a pause between
LOOKS, PAUSE_S = 200, 0.02
_TABLES = """
    SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname IN ('public', 'archive') ORDER BY 1, 2
"""


def witness(source: LivingServer) -> Witness | None:
    """The rows of every table at one place of the log; None when writers never paused.

    A place is exact when a transaction that begins behind it gets the very number that the snapshot before it ended
    with: then none was under way, not even one whose end is in the log and not yet seen by others.
    """
    for _ in range(LOOKS):
        with source.asked() as reading, source.asked() as beside:
            reading.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            before = row_of(reading, "SELECT pg_current_snapshot()::text")[0]
            lsn = row_of(beside, "SELECT pg_current_wal_insert_lsn()::text")[0]
            at = row_of(beside, "SELECT clock_timestamp()")[0]
            # its end in the log is what lets one stop before it
            behind = row_of(beside, "SELECT pg_current_xact_id()::text")[0]
            if before == f"{behind}:{behind}:":
                return Witness(lsn, at.isoformat(), count_rows(reading))
        time.sleep(PAUSE_S)
    return None


def count_rows(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """Schema and name of every table of Komek -> its rows, by that connection's snapshot; every page is read."""
    found = {}
    for schema, name in connection.execute(_TABLES).fetchall():
        counted = sql.SQL("SELECT count(*) FROM ONLY {}").format(sql.Identifier(schema, name))
        found[f"{schema}.{name}"] = int(row_of(connection, counted)[0])
    return found


def differing(one: dict[str, int], other: dict[str, int]) -> list[str]:
    """What the second holds otherwise, a line for each table."""
    return [
        f"{name}: {other.get(name, 0)}, not {one.get(name, 0)}"
        for name in sorted(one.keys() | other.keys())
        if one.get(name) != other.get(name)
    ]
