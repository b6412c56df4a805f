"""Jobs while somebody holds a snapshot, as `pg_dump` does for an hour: pace, dead rows, and what a claim reads.

What is done meanwhile cannot be cleaned up: a look for work would walk over all of it.
`python -m bench.horizon [JOBS] [--record]`.
"""

import os
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
import structlog
from sqlalchemy import text

from bench.jobs import application
from bench.scaling import PAGE, written
from services import clock, jobs
from services.db import db, transaction
from services.jobs import NewJob
from services.jobs.front import Front
from services.jobs.running import carry_out_next

ROUND = 1_000  #: jobs that are put in and carried out between two looks
WAITING = 1_000  #: timers of a day to come beside them
MARKS = ("<!-- horizon -->", "<!-- /horizon -->")  #: where the figures stand in docs/scaling.md
_READ = text("""
    SELECT idx_blks_read + idx_blks_hit + heap_blks_read + heap_blks_hit
    FROM pg_statio_user_tables WHERE relname = 'job'
""")
_SIZE = text("SELECT pg_relation_size('job') + pg_indexes_size('job')")
_DEAD = text("SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname = 'job'")


@dataclass(frozen=True)
class Round:
    """What a thousand jobs took."""

    pace: float  #: jobs a second
    pages: float  #: pages of the table and its indexes read for one job, put in, claimed and taken away
    dead: int  #: rows that nobody sees any more, afterwards
    size: int  #: bytes of the table with its indexes, afterwards


def one_round(number: int, front: Front) -> Round:
    before = _told(_READ)
    with transaction():
        jobs.enqueue([NewJob("bench", f"{number} {each}", clock.now()) for each in range(ROUND)])
    began, done = time.perf_counter(), 0
    while carry_out_next(["bench"], front):
        done += 1
    took_s = time.perf_counter() - began
    assert done == ROUND
    return Round(done / took_s, (_told(_READ) - before) / done, _told(_DEAD), _told(_SIZE))


def _told(question: object) -> int:
    """A figure of the server's, once it is written down."""
    with db.engine.connect() as connection:
        connection.execute(text("SELECT pg_stat_force_next_flush()"))
        connection.commit()
        return int(connection.scalar(question))  # type: ignore[call-overload]


def measured(most: int) -> list[tuple[str, Round]]:
    """The quiet case, rounds under a held snapshot, and what is left when it is let go and cleaned up."""
    jobs.handle("bench", lambda job, result: None)
    with application() as (_, address):
        front = Front()
        later = clock.now().replace(year=clock.now().year + 1)
        with transaction():
            jobs.enqueue([NewJob("bench", f"far {each}", later) for each in range(WAITING)])
        one_round(0, front)  # nothing is prepared yet
        quiet = [one_round(each, front) for each in range(1, 4)]
        found = [("quiet", sorted(quiet, key=lambda each: each.pace)[1])]
        with psycopg.connect(address) as holding:
            holding.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            holding.execute("SELECT count(*) FROM job")
            for number in range(1, most // ROUND + 1):
                each = one_round(100 + number, front)
                if number % 5 == 0 or number in (1, most // ROUND):
                    found.append((f"{ROUND * number:,} jobs in a snapshot", each))
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM job"))
        found.append(("let go, cleaned", one_round(10_000, front)))
    return found


def table(found: list[tuple[str, Round]], when: str) -> str:
    """As Markdown, with the last round under the snapshot against the quiet case."""
    quiet, last = found[0][1], found[-2][1]
    return "\n".join([
        "| | jobs a second | pages read for one | dead rows | table and indexes, KiB |",
        "|---|---:|---:|---:|---:|",
        *(f"| {name} | {each.pace:,.0f} | {each.pages:,.0f} | {each.dead:,} | {each.size // 1024:,} |"
          for name, each in found),
        "",
        f"The last round against the quiet one: {quiet.pace / last.pace:.2f} times as slow, "
        f"{last.pages / quiet.pages:.2f} times as many pages. {when}.",
    ])  # fmt: skip


def main(words: list[str]) -> None:
    """Print it; with `--record` also into docs/scaling.md."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    most = next((int(each) for each in words if each.isdigit()), 20_000)
    said = table(
        measured(most), f"{datetime.now(UTC):%d.%m.%Y}, one worker, load {os.getloadavg()[0]:.0f} on two cores"
    )
    sys.stdout.write(f"{said}\n")
    if "--record" in words:
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), said, MARKS), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
