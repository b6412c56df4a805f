"""A real standby of the tests' PostgreSQL: copied from it, fed by its log as it is written."""

import time
from pathlib import Path

import psycopg

from services.postgres import Server, plain
from services.postgres.errors import CannotStart

#: a busy machine plays a test's changes within this time
LONGEST_S = 120.0
CAUGHT_UP = "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn"


class Standby(Server):
    """Of that server; `start` copies it first."""

    def __init__(self, home: Path, of: Server) -> None:
        super().__init__(home, durable=False, max_connections=of.max_connections)
        self._of = of

    def _make_cluster(self) -> None:
        if (self.data / "PG_VERSION").exists():
            return
        self.data.mkdir(mode=0o700)
        self.places.give(self.data)
        said = f"host={self._of.sockets} port=5432 user=postgres"
        copying = ("-D", self.data, "-d", said, "-X", "stream", "-c", "fast", "--no-sync", "-R")
        made = self.places.run(self._binaries / "pg_basebackup", *copying)
        if made.returncode != 0:
            raise CannotStart(made.stderr)

    def ask(self, statement: str, *values: object) -> object:
        """The first value of what it says."""
        with psycopg.connect(plain(self.address), autocommit=True) as line:
            row = line.execute(statement, values).fetchone()  # type: ignore[arg-type]
            return row[0] if row else None

    def catch_up(self) -> None:
        """Until it has all that was written to its primary by now. Raises AssertionError after two minutes."""
        with psycopg.connect(plain(self._of.address), autocommit=True) as line:
            line.execute("SET synchronous_commit = on")
            line.execute("SELECT pg_logical_emit_message(true, 'komek', '')")  # and all before it
            (far,) = line.execute("SELECT pg_current_wal_flush_lsn()").fetchone() or ("",)
        end = time.monotonic() + LONGEST_S
        while not self.ask(CAUGHT_UP, far):
            assert time.monotonic() < end, f"the standby has not played the log up to {far}"
            time.sleep(0.02)
