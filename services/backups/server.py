"""The database server that is backed up: what it is, and how it is asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from services.backups.errors import BackupNotMade, HasTablespaces, NoPrograms
from services.backups.repository import DatabaseCluster
from services.postgres import connection_environment, plain, programs_for, programs_of

#: reserves what was not received yet; the name of the slot on the server
SLOT = "komek_backup"
PROGRAMS = ("pg_basebackup", "pg_receivewal", "pg_waldump")
_CLUSTER = """
    SELECT (SELECT system_identifier FROM pg_control_system())::text,
           ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int,
           current_setting('server_version_num')::int
"""


@dataclass(frozen=True)
class LivingServer:
    """A living server, by an address whose role may replicate and read everything."""

    address: str
    programs: str = ""  #: where the administrator says that PostgreSQL's programs lie

    @contextmanager
    def asked(self) -> Iterator[psycopg.Connection[Any]]:
        """A connection on which every statement is its own transaction. Raises BackupNotMade."""
        try:
            with psycopg.connect(plain(self.address), autocommit=True, connect_timeout=10) as connection:
                yield connection
        except psycopg.Error as fault:
            raise BackupNotMade(said=_first_line(fault)) from fault

    def cluster(self) -> DatabaseCluster:
        """Which one it is. Raises BackupNotMade, HasTablespaces."""
        with self.asked() as connection:
            system, timeline, version = row_of(connection, _CLUSTER)
            spaces = connection.execute("SELECT spcname FROM pg_tablespace WHERE spcname !~ '^pg_'").fetchall()
        if spaces:
            raise HasTablespaces(names=", ".join(name for (name,) in spaces))
        return DatabaseCluster(system, timeline, version)

    def now(self) -> datetime:
        """By the server's clock."""
        with self.asked() as connection:
            moment: datetime = row_of(connection, "SELECT clock_timestamp()")[0]
            return moment

    def size(self) -> int:
        """Bytes of all its databases."""
        with self.asked() as connection:
            return int(row_of(connection, "SELECT sum(pg_database_size(oid))::bigint FROM pg_database")[0])

    def revision(self) -> str:
        """Of Komek's tables; empty where there are none."""
        with self.asked() as connection:
            if row_of(connection, "SELECT to_regclass('public.alembic_version')::text")[0] is None:
                return ""
            found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            return str(found[0]) if found else ""

    def program(self, name: str, version: int, *, same: bool = False) -> Path:
        """One of PostgreSQL's programs, fit for such a server; `same`: of its very version. Raises NoPrograms."""
        find = programs_of if same else programs_for
        folder = find(version // 10000, self.programs, *PROGRAMS)
        if folder is None:
            raise NoPrograms(version=version // 10000, programs=", ".join(PROGRAMS))
        return folder / name

    def environment(self) -> dict[str, str]:
        """What those programs are told."""
        return connection_environment(self.address, application_name="komek backup")

    def slot(self) -> str | None:
        """How the slot stands (`reserved`, `extended`, `unreserved`, `lost`); None when there is none."""
        with self.asked() as connection:
            found = connection.execute(
                "SELECT coalesce(wal_status, 'reserved') FROM pg_replication_slots WHERE slot_name = %s", [SLOT]
            ).fetchone()
            return found[0] if found else None

    def make_slot(self) -> None:
        """From now on the server keeps what was not received yet; one that was lost is given up."""
        self.drop_slot()
        with self.asked() as connection:
            connection.execute("SELECT pg_create_physical_replication_slot(%s, true)", [SLOT])

    def drop_slot(self) -> None:
        """The server keeps nothing more for backups."""
        with self.asked() as connection:
            connection.execute(
                "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = %s", [SLOT]
            )


def row_of(connection: psycopg.Connection[Any], question: str | sql.Composed) -> tuple[Any, ...]:
    """The only row of the answer."""
    found = connection.execute(question).fetchone()
    assert found is not None  # these questions have one row
    return tuple(found)


def _first_line(fault: psycopg.Error) -> str:
    return str(fault).strip().partition("\n")[0]
