"""States of the database that are made once and put back as rows; and what brought about the state that stands now.

Nobody may have written since a state was put back for it to be built upon: PostgreSQL itself says so, by the number
that its next transaction will have.
"""

import copy
import json
import time
from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import psycopg
from sqlalchemy import event, text

from komek.testing.owner import owner_address
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
    """Every row as it stands, made once and kept in a schema of its own, with the numbers given out last.

    Where a table holds just what another of these put there, its rows are kept there alone.
    """

    _made: ClassVar[Counter[str]] = Counter()  #: how many of each name this process has made

    def __init__(self, schema: str) -> None:
        """Keeps them, and leaves the tables as they are; one made under the same name before stays beside it."""
        db.session.commit()
        self._made[schema] += 1
        if (time_of_it := self._made[schema]) > 1:
            schema = f"{schema}_again_{time_of_it}"
        self.schema, self.name = schema, (str(db.engine.url.database), schema)
        holds, self.numbers = look()
        said = [f"CREATE SCHEMA {schema}"]
        #: of each table that holds something: where its rows are kept, and how many they are
        self.copies: dict[str, tuple[str, int]] = {}
        for name, (every, put) in holds.items():
            at = placed(name)
            if at and at.rows == put == every:
                self.copies[name] = at.copy, at.rows
            elif every:
                self.copies[name] = f'{schema}."{name}"', every
                said.append(f'CREATE TABLE {schema}."{name}" AS TABLE public."{name}"')
        as_replica(*said)

    def write(self, folder: Path) -> None:
        """Write them into a new folder; of what is kept with another state its name alone."""
        folder.mkdir()
        for name, (at, _) in self.copies.items():
            if at.startswith(f"{self.schema}."):
                with (folder / name).open("wb") as file, line().cursor().copy(f"COPY {at} TO STDOUT BINARY") as rows:
                    file.writelines(rows)
        (folder / "kept.json").write_text(json.dumps([self.schema, self.copies, self.numbers]), "utf-8")

    @classmethod
    def read(cls, folder: Path) -> "Kept":
        """What another process wrote there, as if it had been made here, after the states that it was made from."""
        kept = cls.__new__(cls)
        kept.schema, copies, kept.numbers = json.loads((folder / "kept.json").read_text("utf-8"))
        kept.name = (str(db.engine.url.database), kept.schema)
        kept.copies = {name: (at, rows) for name, (at, rows) in copies.items()}
        as_replica(f"CREATE SCHEMA {kept.schema}")
        for name in (name for name in kept.copies if (folder / name).exists()):
            to = f'{kept.schema}."{name}"'
            as_replica(f'CREATE TABLE {to} AS TABLE public."{name}" WITH NO DATA')
            with line().cursor().copy(f"COPY {to} FROM STDIN BINARY") as rows:
                rows.write((folder / name).read_bytes())
        return kept

    def restore(self) -> None:
        """Have them in the tables and nothing else, and forget what this process remembers of others."""
        db.session.commit()
        if not Stands.untouched(self.name):
            place(self.copies, self.numbers)
        forget()
        law.read()
        db.session.commit()  # whoever looks at the rows next begins anew, and so reads a demo's clock
        Stands.put_back(self.name)


@dataclass(frozen=True)
class Put:
    """What was put into a table last: from which copy, how many rows, by which transaction; they bear its number."""

    copy: str
    rows: int
    by: str


class Placed:
    """What was put into each table of each database last. It may have been changed since: `look` tells."""

    at: dict[tuple[str, str], Put] = {}  # noqa: RUF012


def placed(table: str) -> Put | None:
    return Placed.at.get((str(db.engine.url.database), table))


def look() -> tuple[dict[str, tuple[int, int]], dict[str, int]]:
    """How many rows each table holds, and how many of them are as they were put there last; and the numbers given out.

    A row that was changed is another one, written by another transaction.
    """
    tables = [table.name for table in Base.metadata.sorted_tables]
    rows = [
        f"SELECT '{name}', count(*), count(*) FILTER (WHERE xmin = by[{at}]) FROM \"{name}\", was"
        for at, name in enumerate(tables, 1)
    ]
    last = [f"SELECT '{name}', last_value, is_called::int FROM \"{name}\"" for name in sequences()]
    every = f"WITH was (by) AS (SELECT %s::xid[]) {' UNION ALL '.join([*rows, *last])}"
    by = [at.by if (at := placed(name)) else "0" for name in tables]
    found = {name: (first, second) for name, first, second in line().execute(every, [by], prepare=True)}
    numbers = {name: found.pop(name) for name in sequences()}
    return found, {name: given for name, (given, is_given) in numbers.items() if is_given}


def place(copies: Mapping[str, tuple[str, int]], numbers: Mapping[str, int]) -> None:
    """Have the rows of these copies in the tables and no others, and these numbers given out last.

    What is there already stays; of a table that was only added to, what was added is taken out.
    """
    (holds, given), said, anew = look(), [], []
    if holds["task"][0] > MANY:
        tables = ", ".join(f'"{name}"' for name in holds)
        said.append(f"TRUNCATE {tables} CASCADE")
        holds = dict.fromkeys(holds, (0, 0))
    for name, (every, put) in holds.items():
        copy, rows = copies.get(name, ("", 0))
        at = placed(name)
        if at and rows and (at.copy, put) == (copy, rows):
            if every > rows:
                said.append(f"DELETE FROM \"{name}\" WHERE xmin <> '{at.by}'::xid")
            continue
        if every:
            said.append(f'DELETE FROM "{name}"')
        if rows:
            said.append(f'INSERT INTO "{name}" SELECT * FROM {copy}')
            anew.append(name)
    said += [
        f"SELECT setval('\"{name}\"', {numbers.get(name, 1)}, {name in numbers})"
        for name in sequences()
        if numbers.get(name) != given.get(name)
    ]
    if said:
        by = as_replica(*said)
        Placed.at |= {(str(db.engine.url.database), name): Put(*copies[name], by) for name in anew}


class Line:
    """A line beside the application's, on which the triggers are asleep that keep people from changing history.

    To put them to sleep on a line has everything planned anew there that was prepared on it.
    """

    to: dict[str, psycopg.Connection[Any]] = {}  # noqa: RUF012


def line() -> psycopg.Connection[Any]:
    """That line, to the database of the application at work, as its owner; it ends where the application's own do."""
    address = owner_address().replace("+psycopg", "")
    opened = Line.to.get(address)
    if opened is None:
        asleep = "-c session_replication_role=replica -c lock_timeout=20000"
        opened = Line.to[address] = psycopg.connect(address, options=asleep, autocommit=True)
        event.listen(db.engine, "engine_disposed", lambda _: Line.to.pop(address).close(), once=True)
    return opened


@cache
def sequences() -> tuple[str, ...]:
    """Whatever gives out numbers."""
    return tuple(
        name for (name,) in line().execute("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'")
    )


def forget() -> None:
    """What this process remembers of rows by their numbers, which others get now."""
    for remembered in (
        processes.definition, processes.starts, processes.begun_by, files_of, names._laid_over, report_under
    ):  # fmt: skip
        remembered.cache_clear()


def leave() -> None:
    """Have this process know of no rows. They stay in the tables until somebody wants others there."""
    forget()
    law.forget()


def empty() -> None:
    """Take every row out, and let numbers begin anew. What holds nothing is left alone: truncating it takes as long."""
    leave()
    db.session.commit()
    place({}, {})
    Stands.came_from = ()


def as_replica(*statements: str) -> str:
    """Run and commit, with those triggers asleep. Says by which transaction."""
    with line().transaction(), line().pipeline():
        for each in statements:
            line().execute(each)
        by = line().execute("SELECT pg_current_xact_id()::xid::text")
        return str(by.fetchone()[0])  # type: ignore[index]


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

    @classmethod
    def untouched(cls, came_from: tuple[Hashable, ...]) -> bool:
        """Whether just these rows were put back, and nobody wrote since."""
        return cls.came_from == came_from and cls._number() == cls._next_number

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
            done.rows.restore()
        cls.put_back(came_from)
        return copy.deepcopy(done.said)
