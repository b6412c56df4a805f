"""Jobs while somebody holds a snapshot, as `pg_dump` does for an hour: pace, dead rows, and what a claim reads.

What is done meanwhile cannot be cleaned up: a look for work would walk over all of it.
`python -m bench.horizon [JOBS]`.
"""

import sys
import time
from dataclasses import dataclass

import psycopg
import structlog
from sqlalchemy import text

from bench.jobs import application
from services import clock, jobs
from services.db import db, transaction
from services.jobs import NewJob
from services.jobs.front import Front
from services.jobs.running import carry_out_next

ROUND = 1_000  #: jobs that are put in and carried out between two looks
WAITING = 1_000  #: timers of a day to come beside them
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

    @property
    def said(self) -> str:
        return f"{self.pace:4.0f} {self.pages:8.0f} {self.dead:9} {self.size:12}"


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


def main(most: int) -> None:
    """Print the quiet case, then every round under a held snapshot, then what is left when it is let go."""
    say = sys.stdout.write
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    jobs.handle("bench", lambda job, result: None)
    with application() as (_, address):
        front = Front()
        later = clock.now().replace(year=clock.now().year + 1)
        with transaction():
            jobs.enqueue([NewJob("bench", f"far {each}", later) for each in range(WAITING)])
        say("\njobs, a thousand at a time: a second, pages read for one, dead rows, bytes of the table\n")
        quiet = [one_round(each, front) for each in range(3)]
        for each in quiet:
            say(f"  quiet                {each.said}\n")
        with psycopg.connect(address) as holding:
            holding.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            holding.execute("SELECT count(*) FROM job")
            rounds = []
            for number in range(most // ROUND):
                rounds.append(one_round(100 + number, front))
                if number % 5 == 4 or number == 0:
                    say(f"  {ROUND * (number + 1):6} in a snapshot {rounds[-1].said}\n")
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM job"))
        each = one_round(10_000, front)
        say(f"  let go, cleaned      {each.said}\n")
        say(f"  pages for one job, last round against quiet: {rounds[-1].pages / quiet[-1].pages:5.2f}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
