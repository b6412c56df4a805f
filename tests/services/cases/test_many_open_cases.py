"""Another calendar over very many open cases: looked at and saved a batch at a time, not a case at a time."""

from datetime import date

import pytest
from sqlalchemy import select, text

from komek.testing.owner import analyze
from services import cases, clock, directory, journal
from services.cases.models import Case
from services.cases.recount import BATCH
from services.db import db
from tests.counting import counted
from tests.services.cases.a_morning import off, registered, version

#: statements that one look, and a save, take; and more for each batch of cases
LOOKED, SAVED = (6, 4), (10, 15)
#: a copy of one case under new ids: as many rows as so many applications would have
COPIES = (
    "INSERT INTO \"case\" (id, {case}) OVERRIDING SYSTEM VALUE SELECT n, {copied} FROM \"case\", "
    "generate_series(100001, :last) AS n WHERE \"case\".id = :id",
    "INSERT INTO process_instance (id, case_id, {instance}) OVERRIDING SYSTEM VALUE SELECT n, n, {instance} "
    "FROM process_instance, generate_series(100001, :last) AS n WHERE case_id = :id AND process_instance.id < 100000",
    "INSERT INTO task (id, case_id, instance_id, {task}) SELECT n || id, n, n, {task} FROM task, "
    "generate_series(100001, :last) AS n WHERE case_id = :id",
    "INSERT INTO journal_stream SELECT 'case:' || n, '\\x00', 0 FROM generate_series(100001, :last) AS n",
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
    analyze()


@pytest.mark.parametrize("count", [2_000, pytest.param(20_000, marks=pytest.mark.soak)])
def test_thousands_of_open_cases_are_looked_at_and_moved(admin: directory.Person, count: int) -> None:
    copy(registered("a"), count)
    change = off(date(2013, 3, 14))
    with counted(db.engine) as looked:
        seen = cases.preview_calendar(change, admin)
    assert (seen.cases, len(seen.first), seen.more is not None) == (count + 1, 50, True)
    with counted(db.engine) as paged:
        page = cases.preview_calendar(change, admin, after=seen.more or 0, count=False)
    assert len(page.first) == 50 and page.first[0].case_id > seen.first[-1].case_id
    with counted(db.engine) as saved:
        done = cases.save_calendar(change, version(), admin)
    assert (done.cases, done.outer) == (count + 1, count + 1)
    moved = set(db.session.scalars(select(Case.outer_due_at)))
    assert len(moved) == 1 and clock.now() < moved.pop()
    assert journal.read(f"case:{100_000 + count}")[0].event == "case.dates_moved"
    batches = 1 + count // BATCH
    assert len(looked.statements) <= LOOKED[0] + LOOKED[1] * batches and len(paged.statements) <= sum(LOOKED)
    assert len(saved.statements) <= SAVED[0] + SAVED[1] * batches
