"""Every statement of the lists and boards over a large database: what reads far beyond its page is refused.

`make bench-large`: minutes. The demo's own cases are copied by SQL to as many as are asked for, open and closed, with
their applicants, pools, tasks, answers, papers under control, notices and jobs, over forty days and eight years. Then
each page (`bench.pages`) is opened as the person whose it is, over a small database and over the large one, and
PostgreSQL is asked how it carries out each statement of it.
"""

import os
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import Context
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import psycopg
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event
from sqlalchemy.types import Date, DateTime, TypeDecorator
from werkzeug.test import TestResponse

from bench.http import OFFICE, furnished
from bench.pages import GROWS, every_page
from services import directory, figures
from services.db import db
from services.directory.demo import DEMO_PASSWORD
from services.migrations.shape import every_table

OPEN, CLOSED = 100_000, 300_000  #: cases, when the command names no others
APART = 10_000_000  #: between the ids of one copy and the next
#: a name of a copy begins so: each is borne by one of five hundred
NAME = "translate((k % 500)::text, '0123456789', 'абвгдежзик')"
#: tables of a case, in the order in which they refer to each other, with what must differ from copy to copy
COPIED = {
    "case": {"id": "id + n", "number": "number || '/' || k", "open_key": "open_key || '/' || k"},
    "applicant": {"case_id": "case_id + n", "found_by": "replace(found_by::text, ':', ':' || NAME)::tsvector"},
    "process_instance": {"id": "id + n", "case_id": "case_id + n", "number": "number || '/' || k"},
    "task": {
        "id": "(instance_id + n) || '.' || stop_id", "case_id": "case_id + n", "instance_id": "instance_id + n",
        "seq": "seq + n",
    },
    "answer": {
        "case_id": "case_id + n", "task_id": "(split_part(task_id, '.', 1)::bigint + n) || substr(task_id, "
        "strpos(task_id, '.'))",
    },
    "custody_item": {"code": "code || '/' || k", "case_id": "case_id + n", "consignment_id": "NULL"},
    "notice": {"id": "id + n", "key": "key || '/' || k", "case_id": "case_id + n", "task_id": "NULL"},
    "job": {
        "id": "id + n", "key": "key || '/' || k", "case_id": "case_id + n", "lane": "lane || '/' || k",
        # a worker is there, and does what is due
        "due_at": "greatest(due_at, now()) + (k % 40 + 1) * interval '1 day'",
    },
    "journal_stream": {"name": "'case:' || (split_part(name, ':', 2)::bigint + n)"},
}  # fmt: skip
LARGE = 20_000  #: rows: a table that nobody reads from end to end
MOST_READ = 10_000  #: rows that one statement may touch: a board counts nine groups and persons, each up to its cap
BLOCKS_A_ROW = 4  #: of 8 kB: an index and what hangs on the row
MANY = 50_000  #: cases: with more of them, indexes are made when all rows are there
AT_ONCE = 2_000  #: copies made by one statement
SMALL = 1_000  #: cases open, and as many closed, beside which the large database stands
MOST_TIMES = 1.5  #: as long as over the small one


def grow(address: str, opened: int, closed: int) -> None:
    """Copies of the first cases, beside those that there are, until so many are open and so many closed."""
    every_table()
    with psycopg.connect(address, autocommit=True) as line:
        line.execute("SET session_replication_role = replica")  # copies of what held together hold together
        line.execute("SET synchronous_commit = off")
        with _without_indexes(line) if opened + closed > MANY else nullcontext():
            for ended, wanted in (("IS NULL", opened), ("IS NOT NULL", closed)):
                _grow(line, ended, wanted)
        line.execute("DROP TABLE copied")
        line.execute("VACUUM ANALYZE")


def _grow(line: psycopg.Connection, ended: str, wanted: int) -> None:
    """Cases that are open, or closed, until there are so many; some at a time, so that nothing is sorted on disk."""
    line.execute("DROP TABLE IF EXISTS copied")
    line.execute(f'CREATE TABLE copied AS SELECT id FROM "case" WHERE closed_at {ended} AND id < {APART}')
    line.execute("ANALYZE copied")
    there = line.execute("SELECT count(*) FROM copied").fetchone()
    assert there and there[0], f"no case whose end {ended}"
    made = line.execute(f'SELECT coalesce(max(id), 0) / {APART} FROM "case" WHERE closed_at {ended}').fetchone()
    assert made
    last, days = -(-wanted // there[0]), 40 if ended == "IS NULL" else 3000
    for first in range(made[0] + 1, last + 1, AT_ONCE):
        for table in COPIED:
            line.execute(_copy(table, first, min(first + AT_ONCE - 1, last), days, thin=wanted > MANY and days > 40))


@contextmanager
def _without_indexes(line: psycopg.Connection) -> Iterator[None]:
    """What no constraint stands on is taken away while rows come in, and made anew of all of them."""
    line.execute("SET maintenance_work_mem = '1GB'")
    found = line.execute(
        """SELECT format('DROP INDEX %%s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid) FROM pg_index i
           WHERE i.indrelid = ANY(SELECT format('public.%%I', t)::regclass::oid FROM unnest(%s::text[]) AS t)
           AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)""",
        [list(COPIED)],
    ).fetchall()
    for drop, _ in found:
        line.execute(drop)
    yield
    for _, make in found:
        line.execute(make)


def _copy(name: str, first: int, last: int, days: int, *, thin: bool) -> str:
    """The statement of copies `first` to `last`; moments are spread over so many days, of open ones around today.

    `thin`: nine of ten copies are without answers and the engine's state, which no list reads.
    """
    table, differs = db.metadata.tables[name], dict(COPIED[name])
    if thin and name == "process_instance":
        differs["state"] = "CASE WHEN k % 10 = 0 THEN state ELSE ''::bytea END"
    columns = [each for each in table.columns if each.computed is None]
    said = [differs.get(each.name) or _spread(each, days) for each in columns]
    whose = "id" if name == "case" else "split_part(name, ':', 2)" if name == "journal_stream" else "case_id"
    named = ", ".join(f'"{each.name}"' for each in columns)
    older = "" if days == 40 or name != "job" else "k % 3000 < 180 AND "  # nothing is planned of what is long over
    if thin and name == "answer":
        older = "k % 10 = 0 AND "
    of_cases = "name LIKE 'case:%' AND " if name == "journal_stream" else ""
    chosen = ", ".join(said).replace("NAME", NAME)
    return (
        f'INSERT INTO "{name}" ({named}) OVERRIDING SYSTEM VALUE SELECT {chosen} FROM "{name}" '
        f"CROSS JOIN (SELECT k, k::bigint * {APART} AS n FROM generate_series({first}, {last}) AS k) AS copy "
        f"WHERE {of_cases}{older}{whose}::bigint IN (SELECT id FROM copied)"
    )


def _spread(column: Any, days: int) -> str:
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    name = f'"{column.name}"'
    if not isinstance(kind, DateTime | Date):
        return name
    back = "(k % 40) - 10" if days == 40 else f"k % {days}"
    return f"{name} - ({back}) * interval '1 day'" if isinstance(kind, DateTime) else f"{name} - ({back})::int"


@dataclass
class Seen:
    """What one statement of a page did."""

    text: str
    read: int  #: rows that its scans touched, or lost to their filters
    blocks: int = 0  #: of 8 kB that it looked at, in memory or not
    whole: dict[str, int] = field(default_factory=dict)  #: table that it read from end to end -> its rows

    def __str__(self) -> str:
        return f"{self.read:,} rows, {self.blocks:,} blocks, whole {self.whole}: {self.text[:300]}"


@dataclass
class Page:
    who: str
    path: str
    took_ms: float
    status: int
    statements: list[Seen]

    def refused(self, most_read: int = MOST_READ, large: int = LARGE) -> list[Seen]:
        """What reads a table of so many rows from end to end, or more than so many rows, or four blocks for each."""
        return [
            each
            for each in self.statements
            if any(rows > large for rows in each.whole.values())
            or each.read > most_read
            or each.blocks > BLOCKS_A_ROW * most_read
        ]


def pages_of(app: Flask) -> list[tuple[str, str]]:
    """Every page of the application, and by whom it is opened."""
    with app.app_context():
        return list(dict.fromkeys(every_page(app, db.session.connection())))


def looked_at(app: Flask, pages: Iterable[tuple[str, str]], times: int = 3) -> Iterator[Page]:
    """Each page, opened as its person so many times, and how PostgreSQL carries out what it asks."""
    people: dict[str, FlaskClient] = {}
    plans: dict[tuple[str, str], Seen] = {}  # most pages ask the same for what stands around them
    for who, path in pages:
        browser = people.get(who) or people.setdefault(who, _signed_in(app, who))
        if times > 1:
            _opened(browser, path)
        took = []
        for _ in range(times):
            began = time.perf_counter()
            asked, status = _asked(app, browser, path)
            took.append((time.perf_counter() - began) * 1000)
        with app.app_context():
            line = db.session.connection()
            for text, values in asked:
                if (text, repr(values)) not in plans:
                    plans[text, repr(values)] = _planned(line, text, values)
            seen = [plans[text, repr(values)] for text, values in asked]
        yield Page(who, path, statistics.median(took), status, seen)


def _signed_in(app: Flask, who: str) -> FlaskClient:
    with app.app_context():
        login = db.session.connection().exec_driver_sql(
            "SELECT login FROM staff WHERE login LIKE %s ORDER BY login = %s DESC, login LIMIT 1",
            (f"{who}%", f"{who}.{OFFICE}"),
        ).scalar_one()  # fmt: skip
    browser = app.test_client()
    form = {"csrf_token": _token(_asks(browser.get, "/sign-in").text), "login": login, "password": DEMO_PASSWORD}
    assert _asks(browser.post, "/sign-in", data=form).status_code == 303, login
    return browser


def _asks(ask: Callable[..., TestResponse], path: str, **more: Any) -> TestResponse:
    """Whoever stands around has a context of their own, and people in it."""
    return Context().run(ask, path, **more)


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


def _opened(browser: FlaskClient, path: str) -> int:
    """A page; or what is found for the words after `search:`."""
    if not path.startswith("search:"):
        return _asks(browser.get, path, follow_redirects=True).status_code
    token = _token(_asks(browser.get, "/account").text)
    found = _asks(browser.post, "/scan", data={"csrf_token": token, "code": path.removeprefix("search:")})
    return _asks(browser.get, found.location).status_code


def _asked(app: Flask, browser: FlaskClient, path: str) -> tuple[list[tuple[str, Any]], int]:
    asked: list[tuple[str, Any]] = []

    def note(connection: object, cursor: object, text: str, values: Any, *more: object) -> None:
        asked.append((text, values))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        status = _opened(browser, path)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return [each for each in asked if each[0].lstrip().upper().startswith(("SELECT", "WITH"))], status


def _planned(line: Connection, text: str, values: Any) -> Seen:
    found = line.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {text}", values).scalar_one()
    plan = found[0]["Plan"]
    seen = Seen(" ".join(text.split()), 0, plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])
    _walk(plan, seen)
    return seen


def _walk(plan: dict[str, Any], seen: Seen) -> None:
    kind = plan["Node Type"]
    if "Scan" in kind and kind not in ("Subquery Scan", "Bitmap Index Scan", "CTE Scan", "Function Scan"):
        filtered = plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Index Recheck", 0)
        seen.read += int((plan["Actual Rows"] + filtered) * plan["Actual Loops"])
        if kind == "Seq Scan":
            seen.whole[plan["Relation Name"]] = int(plan["Actual Rows"] + filtered)
    for each in plan.get("Plans", []):
        _walk(each, seen)


def main() -> None:
    """Print the table; ends with 1 when a page was refused."""
    opened, closed = (int(each) for each in sys.argv[1:3]) if len(sys.argv) > 2 else (OPEN, CLOSED)
    with furnished() as env:
        os.environ.update({name: value for name, value in env.items() if name.startswith("KOMEK_")})
        grow(env["FLOOR_DATABASE"], SMALL, SMALL)
        from wsgi import app

        kept(app)
        small = {(page.who, page.path): page.took_ms for page in looked_at(app, pages_of(app))}
        began = time.perf_counter()
        grow(env["FLOOR_DATABASE"], opened, closed)
        sys.stdout.write(f"{opened:,} open and {closed:,} closed cases made in {time.perf_counter() - began:.0f} s\n")
        kept(app)
        told = print_all(looked_at(app, pages_of(app)), small)
    raise SystemExit(told)


def kept(app: Flask) -> None:
    """Days of the last year are counted, as a worker would have done."""
    with app.app_context():
        today = directory.today()
        for _ in figures.recount(today - timedelta(days=366), today - timedelta(days=1)):
            pass


def print_all(pages: Iterable[Page], small: Mapping[tuple[str, str], float]) -> int:
    """1 when one was refused. `small`: how long each took over the small database, in ms."""
    refused = 0
    for page in pages:
        before = small.get((page.who, page.path), page.took_ms)
        times = page.took_ms / before
        grows = GROWS.get(page.path.partition("?")[0], "")
        faults = [] if grows else page.refused()
        refused |= bool(faults)
        sys.stdout.write(
            f"{page.who:10} {page.path:48} {page.status} {before:7.1f} {page.took_ms:8.1f} ms {times:6.2f}"
            f"{'!' if times > MOST_TIMES else ' '} {len(page.statements):3} statements  "
            f"{max((each.read for each in page.statements), default=0):9,} rows at most"
            f"{f'  {grows}' if grows else ''}{'  REFUSED' if faults else ''}\n"
        )
        for each in faults:
            sys.stdout.write(f"    {each}\n")
        sys.stdout.flush()
    return refused


if __name__ == "__main__":
    main()
