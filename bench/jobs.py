"""Work for later: how late a timer fires with many waiting against few, and jobs a second against bare PostgreSQL.

Over the embedded PostgreSQL as `make run` starts it, durable, in one run; what is compared is measured in turns.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from queue import Queue
from threading import Event, Thread

import psycopg
import structlog
from flask import Flask
from sqlalchemy import text

from bench import ratios
from services import clock, jobs
from services.config import PLUGINS, Config
from services.db import db, transaction
from services.jobs import NewJob
from services.jobs.running import carry_out_next
from services.migrations import upgrade
from services.postgres import Server
from webapp import create_app

FEW, MANY = 100, 100_000  #: timers that wait for a day to come
PROBES, AHEAD_S = 60, 0.06  #: timers that fall due, and how far ahead each is set
JOBS = 2_000
ROUNDS = 3
FLOOR = """
    CREATE TABLE floor (id bigserial PRIMARY KEY, due_at timestamptz NOT NULL, attempts int NOT NULL DEFAULT 0);
    CREATE INDEX ON floor (due_at, id)
"""


@contextmanager
def application() -> Iterator[tuple[Flask, str]]:
    """Komek over a database of its own, and its libpq address."""
    with tempfile.TemporaryDirectory(prefix="komek-bench-") as home:
        Path(home).chmod(0o755)
        server = Server(Path(home) / "v").start()
        try:
            server.create_database("komek")
            app = create_app(Config(database_url=server.address, secret_key="bench", plugins=PLUGINS, testing=True))
            with app.app_context():
                upgrade()
                yield app, server.address.replace("+psycopg", "")
                db.session.remove()
                db.engine.dispose()
        finally:
            server.stop()


def wait_for_tomorrow(count: int) -> None:
    """That many timers that nobody needs today."""
    with transaction():
        db.session.execute(text("TRUNCATE job"))
    for first in range(0, count, 10_000):
        with transaction():  # one of all was given up on a busy machine: no line waits so long for an answer
            later = [clock.now() + timedelta(days=1, seconds=number) for number in range(min(count, 10_000))]
            jobs.enqueue([NewJob("bench", f"far {first + n}", due) for n, due in enumerate(later)])
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE job"))


def lateness(app: Flask) -> list[float]:
    """Seconds from the moment of a timer to the end of the transaction that it was carried out in, many times."""
    fired: Queue[str] = Queue()
    jobs.handle("bench", lambda job, result: fired.put(job.key))
    stop, late = Event(), []

    def work() -> None:
        with app.app_context():
            jobs.work_promptly(stop)

    worker = Thread(target=work)
    worker.start()
    for number in range(PROBES):
        due_at = clock.now() + timedelta(seconds=AHEAD_S)
        with transaction():
            jobs.enqueue([NewJob("bench", f"near {number}", due_at)])
        fired.get(timeout=30)
        late.append((clock.now() - due_at).total_seconds())
    stop.set()
    worker.join()
    return late


def rate(carry_out: Callable[[], bool]) -> float:
    """Jobs a second until none is left."""
    began, done = time.perf_counter(), 0
    while carry_out():
        done += 1
    assert done == JOBS
    return done / (time.perf_counter() - began)


def ours() -> float:
    """A worker's: claimed and carried out, each in a transaction of its own."""
    jobs.handle("bench", lambda job, result: None)
    with transaction():
        jobs.enqueue([NewJob("bench", f"now {number}", clock.now()) for number in range(JOBS)])
    return rate(lambda: carry_out_next(["bench"]))


def floors(address: str) -> float:
    """The same two transactions in two bare statements, over one table that has nothing else."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("INSERT INTO floor (due_at) SELECT now() FROM generate_series(1, %s)", [JOBS])

        def carry_out() -> bool:
            claimed = connection.execute(
                "UPDATE floor SET attempts = attempts + 1, due_at = %(now)s + interval '4 s' WHERE id = ("
                "SELECT id FROM floor WHERE due_at <= %(now)s ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED) "
                "RETURNING id, attempts", {"now": datetime.now().astimezone()},
            ).fetchone()  # fmt: skip
            if claimed is not None:
                connection.execute("DELETE FROM floor WHERE id = %s AND attempts = %s", claimed)
            return claimed is not None

        return rate(carry_out)


def main() -> None:
    """Print both."""
    say = sys.stdout.write
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    say("\nwork for later\n")
    with application() as (app, address):
        measured: dict[int, list[float]] = {FEW: [], MANY: []}
        for _ in range(ROUNDS):
            for count, late in measured.items():
                wait_for_tomorrow(count)
                late += lateness(app)
        for count, late in measured.items():
            worst = sorted(late)[int(len(late) * 0.99)]
            say(f"  {count:7} timers waiting   one fires {statistics.median(late) * 1000:5.1f} ms after its moment "
                f"(99 %: {worst * 1000:.1f})\n")  # fmt: skip
        few, many = (statistics.median(measured[count]) for count in (FEW, MANY))
        say(f"  {MANY} against {FEW}   {many / few:5.2f} times as late\n")
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(FLOOR)
        wait_for_tomorrow(MANY)
        pairs = [(ours(), floors(address)) for _ in range(ROUNDS)]
        mine, floor = (statistics.median(column) for column in zip(*pairs, strict=True))
        ratios.note("job", 1 / mine, 1 / floor)
        say(f"  jobs a second, one worker, {MANY} waiting   Komek {mine:6.0f}   bare PostgreSQL {floor:6.0f}   "
            f"{floor / mine:5.2f} times as long\n")  # fmt: skip


if __name__ == "__main__":
    main()
