"""The archive of a service that has worked for years: what stays in the working tables, and what reading them costs."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text

from komek.testing.owner import owner
from services import archive, boards, cases, clock, directory, jobs
from services.archive.models import TABLES
from services.db import Base, db
from tests.people.office import OFFICE, Office

#: closed cases of years
MANY = 3_000
#: of one step, on a machine that is busy with other work
MOST_S = 2.0
THEN = datetime(2020, 3, 2, 5, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)
#: what is another in a copy
ANOTHER = {
    ("case", "id"): "1000000 + n", ("case", "number"): "'X-' || n", ("case", "open_key"): "'k' || n",
    ("process_instance", "id"): "1000000 + n", ("process_instance", "number"): "'X-' || n",
    ("task", "id"): "row.id || '-' || n", ("task", "instance_id"): "1000000 + n",
    ("answer", "task_id"): "row.task_id || '-' || n",
}  # fmt: skip
#: left to be given anew
GIVEN = {("task", "seq"), ("comment", "id"), ("message", "id"), ("paper", "id"), ("attachment", "id")}


@pytest.mark.soak
def test_what_was_closed_long_ago_costs_the_inbox_and_the_boards_nothing(house: Flask) -> None:
    with clock.stopped(THEN):
        case_id = Office(house).run()
    with clock.stopped(NOW):
        jobs.work_off()
        copy(case_id, 1, MANY)
        before, slow = sizes(), seconds()
        began, steps = time.monotonic(), 0
        while archive.archive_step():
            steps += 1
        took = time.monotonic() - began
        vacuum()
        after, quick = sizes(), seconds()
        with relations() as read:
            person = directory.staff_at(OFFICE, "head")[0]
            for each in ("mine", "role", "waiting", "record"):
                cases.inbox(person, OFFICE, each, cursor=None, limit=50)
        assert "archive" not in read
    assert db.session.scalar(text("SELECT count(*) FROM archive.process_instance")) == MANY + 1
    assert db.session.scalar(text("SELECT count(*) FROM ONLY process_instance")) == 0
    assert took / steps < MOST_S, "a step holds its cases locked no longer"
    told = f"megabytes {before} -> {after}; boards {slow} s -> {quick} s; a step {took / steps:.3f} s"
    assert sum(after[each] for each in TABLES) < sum(before[each] for each in TABLES) / 10, told
    assert quick < slow * 2, told


def copy(case_id: int, first: int, last: int) -> None:
    """That case with all its rows, so many times."""
    for name in ("case", *TABLES):
        columns = [each.name for each in Base.metadata.tables[name].columns if (name, each.name) not in GIVEN]
        own = {"case_id": "1000000 + n"} if name != "case" else {}
        values = [ANOTHER.get((name, each), own.get(each, f'row."{each}"')) for each in columns]
        quoted = ", ".join(f'"{each}"' for each in columns)
        db.session.execute(
            text(
                f'INSERT INTO "{name}" ({quoted}) OVERRIDING SYSTEM VALUE SELECT {", ".join(values)} '
                f'FROM "{name}" AS row, generate_series({first}, {last}) n '
                f"WHERE row.{'id' if name == 'case' else 'case_id'} = {case_id}"
            )
        )
    streams = f"SELECT 'case:' || 1000000 + n, head, count FROM journal_stream, generate_series({first}, {last}) n"
    db.session.execute(text(f"INSERT INTO journal_stream (name, head, count) {streams} WHERE name = 'case:{case_id}'"))
    db.session.commit()
    vacuum()


def vacuum() -> None:
    with owner().connect().execution_options(isolation_level="AUTOCOMMIT") as line:
        for each in ("case", *TABLES):
            line.execute(text(f'VACUUM FULL ANALYZE public."{each}"'))
            if each != "case":
                line.execute(text(f"ANALYZE archive.{each}"))


def sizes() -> dict[str, float]:
    """Table -> megabytes with its indexes, without its child."""
    asked = "SELECT pg_total_relation_size('public.\"{}\"') / 1e6"
    return {each: round(float(db.session.scalar(text(asked.format(each))) or 0), 2) for each in ("case", *TABLES)}


def seconds() -> float:
    """What the boards of the last month take, the best of twenty."""
    control, period = directory.staff_at("OBLAST", "control")[0], boards.period("2026-10-26", "2026-11-25")
    best = float("inf")
    for _ in range(20):
        began = time.perf_counter()
        boards.side_by_side(boards.look(period, control))
        boards.by_step(boards.look(period, control))
        best = min(best, time.perf_counter() - began)
    db.session.rollback()
    return round(best, 4)


class relations:
    """The plans of every SELECT inside the block, as one text, with the schemas of what they read."""

    def __enter__(self) -> list[str]:
        self.read: list[str] = []
        event.listen(db.engine, "before_cursor_execute", self._explain)
        return self.read

    def _explain(self, connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if statement.startswith("SELECT") and "task" in statement:
            cursor.execute("EXPLAIN (VERBOSE, FORMAT JSON) " + statement, parameters)
            self.read += schemas(cursor.fetchone()[0][0]["Plan"])

    def __exit__(self, *_: object) -> None:
        event.remove(db.engine, "before_cursor_execute", self._explain)


def schemas(plan: dict[str, Any]) -> list[str]:
    own = [f"{plan['Schema']}.{plan['Relation Name']}"] if "Schema" in plan else []
    return own + [each for below in plan.get("Plans", []) for each in schemas(below)]
