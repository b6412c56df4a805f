"""Every statement of the lists and boards over a large database: what reads far beyond its page is refused.

`make bench-large`: minutes. The demo's own cases are copied by SQL to as many as are asked for, open and closed, with
their applicants, pools, tasks, answers, papers under control, notices and jobs, over forty days and eight years. Then
each page is opened as the person whose it is, and PostgreSQL is asked how it carries out each statement of it.
"""

import os
import re
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event
from sqlalchemy.types import DateTime, TypeDecorator

from bench.http import OFFICE, furnished
from services.db import db
from services.directory.demo import DEMO_PASSWORD
from services.migrations.shape import every_table

OPEN, CLOSED = 100_000, 300_000  #: cases, when the command names no others
APART = 10_000_000  #: between the ids of one copy and the next
#: tables of a case, in the order in which they refer to each other, with what must differ from copy to copy
COPIED = {
    "case": {"id": "id + n", "number": "number || '/' || k", "open_key": "open_key || '/' || k"},
    "applicant": {"case_id": "case_id + n"},
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
    "job": {"id": "id + n", "key": "key || '/' || k", "case_id": "case_id + n", "lane": "lane || '/' || k"},
    "journal_stream": {"name": "'case:' || (split_part(name, ':', 2)::bigint + n)"},
}  # fmt: skip
#: who opens what: the beginning of a sign-in name, an address
PAGES = (
    ("clerk", "/inbox?list=mine"), ("executor", "/inbox?list=mine"), ("head", "/inbox?list=role"),
    ("clerk", "/inbox?list=waiting"), ("clerk", "/inbox?list=record"), ("executor", "/inbox?list=done"),
    ("clerk", "search:Үлгібаев"), ("clerk", "search:19-2026-00001"), ("inspector", "/desk/"),
    ("head", "/boards/head"), ("control", "/boards/region"), ("head", "/boards/heat"),
    ("head", f"/boards/offices/{OFFICE.upper()}"), ("designer", "/processes/"), ("executor", "/notices/"),
    ("head", "/rechecks/"), ("admin", "/admin/incidents/"), ("head", "/signing/"), ("admin", "/admin/archive/"),
)  # fmt: skip
LARGE = 20_000  #: rows: a table that nobody reads from end to end
MOST_READ = 5_000  #: rows that one statement may touch for a page of fifty


def grow(address: str, opened: int, closed: int) -> None:
    """Copies of what is there, until so many cases are open and so many closed."""
    every_table()
    with psycopg.connect(address, autocommit=True) as line:
        line.execute("SET session_replication_role = replica")  # copies of what held together hold together
        line.execute("SET synchronous_commit = off")
        for ended, wanted in (("IS NULL", opened), ("IS NOT NULL", closed)):
            line.execute("DROP TABLE IF EXISTS copied")
            line.execute(f'CREATE TABLE copied AS SELECT id FROM "case" WHERE closed_at {ended} AND id < {APART}')
            there = line.execute("SELECT count(*) FROM copied").fetchone()
            assert there and there[0], f"no case whose end {ended}"
            for table in COPIED:
                line.execute(_copy(table, -(-wanted // there[0]), 40 if ended == "IS NULL" else 3000))
        line.execute("DROP TABLE copied")
        line.execute("VACUUM ANALYZE")


def _copy(name: str, times: int, days: int) -> str:
    """The statement; moments are spread over so many days, those of open cases around today."""
    table, differs = db.metadata.tables[name], COPIED[name]
    columns = [each for each in table.columns if each.computed is None]
    said = [differs.get(each.name) or _spread(each, days) for each in columns]
    whose = "id" if name == "case" else "split_part(name, ':', 2)" if name == "journal_stream" else "case_id"
    named = ", ".join(f'"{each.name}"' for each in columns)
    of_cases = "name LIKE 'case:%' AND " if name == "journal_stream" else ""
    return (
        f'INSERT INTO "{name}" ({named}) OVERRIDING SYSTEM VALUE SELECT {", ".join(said)} FROM "{name}" '
        f"CROSS JOIN (SELECT k, k::bigint * {APART} AS n FROM generate_series(1, {times}) AS k) AS copy "
        f"WHERE {of_cases}{whose}::bigint IN (SELECT id FROM copied)"
    )


def _spread(column: Any, days: int) -> str:
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    name = f'"{column.name}"'
    if not isinstance(kind, DateTime):
        return name
    back = "(k % 40) - 10" if days == 40 else f"k % {days}"
    return f"{name} - ({back}) * interval '1 day'"


@dataclass
class Seen:
    """What one statement of a page did."""

    text: str
    read: int  #: rows that its scans touched
    whole: list[str] = field(default_factory=list)  #: large tables that it read from end to end


@dataclass
class Page:
    who: str
    path: str
    took_ms: float
    status: int
    statements: list[Seen]

    @property
    def refused(self) -> list[Seen]:
        return [each for each in self.statements if each.whole or each.read > MOST_READ]


def looked_at(app: Flask, pages: tuple[tuple[str, str], ...] = PAGES) -> Iterator[Page]:
    """Each page, opened as its person, and how PostgreSQL carries out what it asks."""
    people: dict[str, FlaskClient] = {}
    for who, path in pages:
        browser = people.setdefault(who, _signed_in(app, who))
        _opened(browser, path)
        took = []
        for _ in range(3):
            began = time.perf_counter()
            asked, status = _asked(app, browser, path)
            took.append((time.perf_counter() - began) * 1000)
        with app.app_context():
            line = db.session.connection()
            seen = [_planned(line, text, values) for text, values in asked]
        yield Page(who, path, statistics.median(took), status, seen)


def _signed_in(app: Flask, who: str) -> FlaskClient:
    with app.app_context():
        login = db.session.connection().exec_driver_sql(
            "SELECT login FROM staff WHERE login LIKE %s ORDER BY login = %s DESC, login LIMIT 1",
            (f"{who}%", f"{who}.{OFFICE}"),
        ).scalar_one()  # fmt: skip
    browser = app.test_client()
    form = {"csrf_token": _token(browser.get("/sign-in").text), "login": login, "password": DEMO_PASSWORD}
    assert browser.post("/sign-in", data=form).status_code == 303, login
    return browser


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


def _opened(browser: FlaskClient, path: str) -> int:
    """A page; or what is found for the words after `search:`."""
    if not path.startswith("search:"):
        return browser.get(path, follow_redirects=True).status_code
    token = _token(browser.get("/account").text)
    found = browser.post("/scan", data={"csrf_token": token, "code": path.removeprefix("search:")})
    return browser.get(found.location).status_code


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
    found = line.exec_driver_sql(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {text}", values).scalar_one()
    seen = Seen(" ".join(text.split()), 0)
    _walk(found[0]["Plan"], seen)
    return seen


def _walk(plan: dict[str, Any], seen: Seen) -> None:
    kind = plan["Node Type"]
    if "Scan" in kind and kind not in ("Subquery Scan", "Bitmap Index Scan", "CTE Scan", "Function Scan"):
        filtered = plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Index Recheck", 0)
        seen.read += int((plan["Actual Rows"] + filtered) * plan["Actual Loops"])
        if kind == "Seq Scan" and plan["Actual Rows"] + filtered > LARGE:
            seen.whole.append(plan["Relation Name"])
    for each in plan.get("Plans", []):
        _walk(each, seen)


def main() -> None:
    """Print the table; ends with 1 when a page was refused."""
    opened, closed = (int(each) for each in sys.argv[1:3]) if len(sys.argv) > 2 else (OPEN, CLOSED)
    with furnished() as env:
        began = time.perf_counter()
        grow(env["FLOOR_DATABASE"], opened, closed)
        sys.stdout.write(f"{opened:,} open and {closed:,} closed cases made in {time.perf_counter() - began:.0f} s\n")
        os.environ.update({name: value for name, value in env.items() if name.startswith("KOMEK_")})
        from wsgi import app

        told = print_all(looked_at(app))
    raise SystemExit(told)


def print_all(pages: Iterator[Page]) -> int:
    """1 when one was refused."""
    refused = 0
    for page in pages:
        most = max((each.read for each in page.statements), default=0)
        sys.stdout.write(
            f"{page.who:10} {page.path:28} {page.status} {page.took_ms:8.1f} ms  {len(page.statements):3} statements  "
            f"{most:9,} rows at most{'  REFUSED' if page.refused else ''}\n"
        )
        for each in page.refused:
            refused = 1
            sys.stdout.write(f"    {each.read:,} rows, whole {each.whole}: {each.text[:300]}\n")
        sys.stdout.flush()
    return refused


if __name__ == "__main__":
    main()
