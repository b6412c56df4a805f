"""Real worker processes for the trials: made at once by forking, paused, killed, with clocks that may be wrong.

As a program: forks a worker for every line that it reads (by how many seconds its clock is wrong), and says its number.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import psycopg
from sqlalchemy import func, select

from komek.testing.owner import as_owner
from services import archive, clock, figures
from services.config import PLUGINS, ROOT, Config
from services.db import db
from services.jobs import queue
from services.jobs.models import JobRow
from services.plugin import Call, Operation, Outputs, Plugin
from tests.services.cases.small_cases import note

#: shorter than in earnest, so that a trial need not wait for a minute
LEASE_S, EFFECT_LEASE_S = 0.5, 1.0
#: the world outside: what the courier was asked, each attempt a row
OUTSIDE = "CREATE TABLE outside (key text, at timestamptz DEFAULT clock_timestamp(), pid int)"


class Mother:
    """A process with all of Komek loaded, from which workers are forked at once, for one trial after another."""

    def __init__(self, database_url: str) -> None:
        self.address = database_url.replace("+psycopg", "")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.services.cases.nursery", database_url],
            cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert self._process.stdout is not None and self._process.stdout.readline() == "ready\n"

    def fork(self, wrong_by_s: float) -> int:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{wrong_by_s}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        self._process.kill()
        self._process.communicate(timeout=60)


class Nursery:
    """The workers of one trial, over one database; none of them outlives it."""

    def __init__(self, mother: Mother) -> None:
        self._mother = mother
        as_owner("DROP TABLE IF EXISTS outside", OUTSIDE, "GRANT ALL ON outside TO PUBLIC")
        self.workers: list[int] = []

    def fork(self, wrong_by_s: float = 0) -> int:
        """A new worker's number; it works at once."""
        self.workers.append(self._mother.fork(wrong_by_s))
        return self.workers[-1]

    def send(self, pid: int, how: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, how)
        if how == signal.SIGKILL:
            self.workers.remove(pid)

    def lives(self, pid: int) -> bool:
        """Whether that worker is there still."""
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        return True

    def asked(self) -> list[tuple[str, int]]:
        """Key and worker of everything that the courier was asked."""
        with psycopg.connect(self._mother.address) as connection:
            return [(key, pid) for key, pid in connection.execute("SELECT key, pid FROM outside ORDER BY at")]

    def close(self) -> None:
        for pid in list(self.workers):
            self.send(pid, signal.SIGKILL)
        as_owner("DROP TABLE outside")


def open_jobs() -> int:
    """All but the timers of hours to come, and what the worker looks at again and again."""
    db.session.rollback()
    late = func.now() + func.make_interval(0, 0, 0, 0, 1)
    again = JobRow.kind.in_((archive.KIND, figures.KIND))
    return db.session.scalar(select(func.count()).select_from(JobRow).where(JobRow.planned_at < late, ~again)) or 0


def main(database_url: str) -> None:
    """Fork workers until there is nobody who asks."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    queue.LEASE_S, queue.EFFECT_LEASE_S = LEASE_S, EFFECT_LEASE_S
    address = database_url.replace("+psycopg", "")

    def order(call: Call) -> Outputs:
        with psycopg.connect(address, autocommit=True) as outside:
            outside.execute("INSERT INTO outside (key, pid) VALUES (%s, %s)", [call.key, os.getpid()])
        time.sleep(0.02)
        return {"taken": True}

    folder = Path(__file__).parent / "courier"
    plugin = Plugin(
        folder,
        "A courier.",
        outbound={"order": Operation(order, "A courier")},
        in_step={"note": Operation(note, "A note")},
    )
    sys.modules["plugins.courier"] = SimpleNamespace(plugin=plugin)  # type: ignore[assignment]
    from webapp import create_app
    from webapp.serve.worker import work

    config = Config(database_url=database_url, secret_key="trial", plugins=(*PLUGINS, "courier"), testing=True)
    app = create_app(config)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        wrong_by = timedelta(seconds=float(line))
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what it logs is no answer to whoever asked
            clock.now = lambda: datetime.now(UTC) + wrong_by  # noqa: B023
            os._exit(work(app, "error"))
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
