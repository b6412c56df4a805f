"""Another calendar over very many open cases: looked at and saved within what a person, and a click, can wait."""

from datetime import date
from time import perf_counter

import pytest
from sqlalchemy import select, text

from services import cases, clock, directory, journal
from services.cases.models import Case
from services.db import db
from tests.services.cases.test_another_calendar import admin, morning, off, registered, version  # noqa: F401

#: seconds to look at and to save a thousand cases
LOOKED_S, SAVED_S = 1.0, 3.0
#: a copy of one case under new ids: as many rows as so many applications would have
COPIES = (
    "INSERT INTO \"case\" (id, {case}) OVERRIDING SYSTEM VALUE SELECT n, {copied} FROM \"case\", "
    "generate_series(100001, :last) AS n WHERE \"case\".id = :id",
    "INSERT INTO process_instance (id, case_id, {instance}) OVERRIDING SYSTEM VALUE SELECT n, n, {instance} "
    "FROM process_instance, generate_series(100001, :last) AS n WHERE case_id = :id AND process_instance.id < 100000",
    "INSERT INTO task (id, case_id, instance_id, {task}) SELECT n || id, n, n, {task} FROM task, "
    "generate_series(100001, :last) AS n WHERE case_id = :id",
    "INSERT INTO journal_stream SELECT 'case:' || n, '\\x00', 0 FROM generate_series(100001, :last) AS n",
    "ANALYZE",
)  # fmt: skip


def copy(case_id: int, count: int) -> None:
    def columns(table: str, *but: str) -> str:
        names = db.metadata.tables[table].columns.keys()
        return ", ".join(f'"{name}"' for name in names if name not in but)

    case = columns("case", "id", "open_key", "number")
    filled = {
        "case": f"open_key, {case}", "copied": f"'copy' || n, {case}",
        "instance": columns("process_instance", "id", "case_id", "number"),
        "task": columns("task", "id", "case_id", "instance_id", "seq"),
    }  # fmt: skip
    for statement in COPIES:
        values = {"id": case_id, "last": 100_000 + count}
        db.session.execute(text(statement.format(**filled)), values if ":last" in statement else {})
    db.session.commit()


@pytest.mark.parametrize("count", [2_000, pytest.param(20_000, marks=pytest.mark.soak)])
def test_thousands_of_open_cases_are_looked_at_and_moved(admin: directory.Person, count: int) -> None:  # noqa: F811
    copy(registered("a"), count)
    change = off(date(2013, 3, 14))
    began = perf_counter()
    seen = cases.preview_calendar(change, admin)
    looked_s = perf_counter() - began
    assert (seen.cases, len(seen.first), seen.more is not None) == (count + 1, 50, True)
    began = perf_counter()
    page = cases.preview_calendar(change, admin, after=seen.more or 0, count=False)
    paged_s = perf_counter() - began
    assert len(page.first) == 50 and page.first[0].case_id > seen.first[-1].case_id
    began = perf_counter()
    done = cases.save_calendar(change, version(), admin)
    saved_s = perf_counter() - began
    assert (done.cases, done.outer) == (count + 1, count + 1)
    moved = set(db.session.scalars(select(Case.outer_due_at)))
    assert len(moved) == 1 and clock.now() < moved.pop()
    assert journal.read(f"case:{100_000 + count}")[0].event == "case.dates_moved"
    print(f"\nlooked {looked_s:.1f} s, next page {paged_s:.2f} s, saved {saved_s:.1f} s")  # noqa: T201
    few = 2 + count / 1000  # what a start costs weighs more in a few
    assert looked_s < LOOKED_S * few and paged_s < 2 and saved_s < SAVED_S * few
