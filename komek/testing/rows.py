"""States of the database that are made once and put back as rows; and what brought about the state that stands now.

Nobody may have written since a state was put back for it to be built upon: PostgreSQL itself says so, by the number
that its next transaction will have.
"""

import copy
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from services import clock, law, processes, registry
from services.db import Base, db
from services.processes import names
from services.processes.service import files_of
from webapp.designer.doctor import report_under

#: rows of a test that are rather truncated than deleted
MANY = 2000
#: seconds for which a state made by the running clock stands for one made now: sessions in it are still young
FRESH = 240


class Kept:
    """Every row as it stands, made once and kept in a schema of its own, with the numbers given out last."""

    def __init__(self, schema: str) -> None:
        """Keeps them, and leaves the tables as they are."""
        self.schema, self.tables = schema, filled()
        db.session.execute(text(f"CREATE SCHEMA {schema}"))
        for name in self.tables:
            db.session.execute(text(f'CREATE TABLE {schema}."{name}" AS TABLE public."{name}"'))
        last = text(
            "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
        )
        self.numbers: dict[str, int] = dict(iter(db.session.execute(last)))
        db.session.commit()

    def restore(self) -> None:
        """Put them into the empty tables, and forget what this process remembers of others."""
        as_replica(
            *(f'INSERT INTO "{name}" SELECT * FROM {self.schema}."{name}"' for name in self.tables),
            *(f"SELECT setval('\"{sequence}\"', {last})" for sequence, last in self.numbers.items()),
        )
        forget()
        law.read()
        db.session.commit()  # whoever looks at the rows next begins anew, and so reads a demo's clock
        Stands.put_back((self.schema,))


def forget() -> None:
    """What this process remembers of rows by their numbers, which others get now."""
    for remembered in (
        processes.definition, processes.starts, processes.begun_by, files_of, names._laid_over, report_under
    ):  # fmt: skip
        remembered.cache_clear()


def empty() -> None:
    """Take every row out, and let numbers begin anew. What holds nothing is left alone: truncating it takes as long."""
    forget()
    law.notice("")
    if db.session.scalar(text(f"SELECT count(*) > {MANY} FROM (SELECT FROM task LIMIT {MANY + 1}) AS few")):
        every = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
        return as_replica(f"TRUNCATE {every} RESTART IDENTITY CASCADE")
    used = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
    return as_replica(
        *(f'DELETE FROM "{name}"' for name in filled()),
        *(f"SELECT setval('\"{name}\"', 1, false)" for name in db.session.scalars(text(used))),
    )


def filled() -> list[str]:
    """The tables that hold something."""
    names = [table.name for table in Base.metadata.sorted_tables]
    each = (f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in names)
    return list(db.session.scalars(text(" UNION ALL ".join(each))))


def as_replica(*statements: str) -> None:
    """Run and commit, with the triggers asleep that keep people from changing history."""
    asleep = "SET LOCAL session_replication_role = replica; SET LOCAL lock_timeout = 20000"
    db.session.execute(text("; ".join((asleep, *statements))))
    db.session.commit()


@dataclass(frozen=True)
class Done:
    """What was done from a known state on: the rows it led to, what it said, and when by the machine's own clock."""

    rows: Kept
    said: Any
    at: float


class Stands:
    """What the rows are known to have come from, as long as nobody writes."""

    #: False while a test looks at how things are done: everything is really done then
    may_skip = True
    came_from: tuple[Hashable, ...] = ()
    _next_number = 0
    _done: dict[tuple[Hashable, ...], Done] = {}  # noqa: RUF012

    @classmethod
    def put_back(cls, came_from: tuple[Hashable, ...]) -> None:
        cls.came_from, cls._next_number = came_from, cls._number()

    @staticmethod
    def _number() -> int:
        """Of the next transaction that writes, in this server."""
        with db.engine.connect() as beside:
            return int(beside.scalar(text("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")) or 0)

    @classmethod
    def after(cls, what: tuple[Hashable, ...], do: Callable[[], Any]) -> Any:
        """What `do` says, done or put back: `what` names it and whatever it depends on beside the rows and the clock.

        What it says is copied, and must hold no session and no window.
        """
        if not cls.may_skip or not cls.came_from or cls._number() != cls._next_number:
            return do()
        moment = clock._stopped_at
        came_from = (*cls.came_from, moment, registry.current(), clock.offset(), *what)
        done = cls._done.get(came_from)
        if done is None or (moment is None and time.monotonic() - done.at > FRESH):
            said = do()
            done = Done(Kept(f"kept_{len(cls._done)}_{time.monotonic_ns()}"), copy.deepcopy(said), time.monotonic())
            cls._done[came_from] = done
        else:
            empty()
            done.rows.restore()
        cls.put_back(came_from)
        return copy.deepcopy(done.said)
