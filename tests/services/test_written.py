"""What waits for others is sent with them, in its order; and rows are written as the session would write them."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import Integer, bindparam, func, select, text
from sqlalchemy.exc import DataError, IntegrityError

from services.cases.models import Applicant, Case, Instance, Task
from services.db import db, transaction
from services.documents.models import NumberSeries, Paper
from services.written import Once, line, write_rows
from tests.counting import counted
from tests.people.office import Office

AT = datetime(2013, 5, 6, 9, 30, tzinfo=UTC)
ADD = Once(
    text("INSERT INTO number_series VALUES ('9', :series, 2013, :last)").bindparams(bindparam("last", type_=Integer()))
)


def series() -> list[tuple[str, int]]:
    return [(each.series, each.last) for each in db.session.scalars(select(NumberSeries).order_by(NumberSeries.series))]


def test_what_waits_is_there_for_whoever_asks_and_after_the_commit_and_gone_after_a_rollback(app: Flask) -> None:
    with transaction():
        ADD.wait(series="a", last=1)
        assert len(line().waiting) == 1
        assert series() == [("a", 1)] and not line().waiting
        ADD.wait(series="b", last=2)
    assert series() == [("a", 1), ("b", 2)]
    with pytest.raises(ZeroDivisionError), transaction():
        ADD.wait(series="c", last=3)
        _ = 1 / 0
    with transaction():
        ADD.wait(series="d", last=4)
    assert series() == [("a", 1), ("b", 2), ("d", 4)]


def test_any_number_of_writes_and_the_commit_are_one_turn(app: Flask) -> None:
    with counted(db.engine) as count, transaction():
        for number in range(20):
            ADD.wait(series=f"{number:02}", last=number + 1)
    assert (len(count.statements), count.turns, count.commits) == (1, 1, 1)  # twenty rows, counted as one statement
    assert len(series()) == 20


def test_a_fault_in_what_waits_is_the_sessions_and_nothing_of_the_commit_stays(app: Flask) -> None:
    with pytest.raises(IntegrityError), transaction():
        ADD.wait(series="a", last=1)
        ADD.wait(series="a", last=2)
        ADD.wait(series="b", last=3)
    assert series() == []
    with pytest.raises(IntegrityError), transaction():
        ADD.wait(series="a", last=1)
        ADD.wait(series="a", last=2)
        db.session.execute(select(1))
    assert series() == []
    ADD.wait(series="a", last=1)
    db.session.commit()
    assert series() == [("a", 1)]


def rows_of(case_id: int) -> dict[str, list[object]]:
    """Everything in the rows of a case, as it stands in the database."""
    db.session.expire_all()
    tables = {"case": Case.id, "process_instance": Instance.case_id, "task": Task.case_id, "paper": Paper.case_id,
              "applicant": Applicant.case_id}  # fmt: skip
    return {
        name: list(db.session.scalars(text(f'SELECT to_jsonb(x) FROM "{name}" x WHERE {of.key} = :id ORDER BY 1'),
                                      {"id": case_id}))
        for name, of in tables.items()
    }  # fmt: skip


def change(case_id: int) -> None:
    """Rows that are new and rows that change, with every kind of value, and what says nothing."""
    case = db.session.get_one(Case, case_id)
    instance = db.session.scalars(select(Instance).filter_by(case_id=case_id)).one()
    task = db.session.scalars(select(Task).filter_by(case_id=case_id).order_by(Task.seq)).first()
    assert task is not None
    case.version, case.stops, case.outcome, case.rounds = case.version + 1, [["a", "b"]], "", case.rounds
    instance.state, instance.passed, instance.decided, instance.salt = b"\0\1", ["p/e"], [{"a": None}], b"s"
    task.closed_at, task.inputs, task.candidates, task.why = AT, {"ә": [1.5, None]}, [1, 2], "себеп"
    paper = Paper(case_id=case_id, office_key="K", item="doc.x", number="1", content={"n": 1}, made_at=AT, made_by="")
    paper.salt = None
    again = Task(
        id=f"{case_id}.again", case_id=case_id, instance_id=instance.id, stop_id="s", process="p", element="e",
        name="n", waits_for="person", step="", code="", clause="", office_key="K", role="r", form=None, operation=None,
        opened_at=AT, clock_started_at=AT, rule="", urgent_at=AT + timedelta(days=1), follow_up_at=None,
    )  # fmt: skip
    db.session.add_all([again, paper])


def test_rows_are_written_as_the_session_writes_them_and_are_its_rows_afterwards(house: Flask) -> None:
    first, second = (Office(house).run(until=1) for _ in range(2))

    def said(case_id: int) -> str:
        """Of two cases alike, but for what tells them apart."""
        found = rows_of(case_id)
        for rows in found.values():
            for row in rows:
                for name in ("id", "case_id", "instance_id", "seq", "number", "open_key", "salt", "found_by", "content",
                             "passed", "opened_at", "outer_due_at", "stop_id", "due_at", "urgent_at", "started_at",
                             "clock_started_at", "made_at", "closed_at", "done_at", "submit_key", "worked_s",
                             "term_s"):  # fmt: skip
                    row.pop(name, None)  # type: ignore[attr-defined]
        return str({name: sorted(map(str, rows)) for name, rows in found.items()})

    with transaction(), db.session.no_autoflush:
        change(first)
        db.session.flush()
    with transaction(), db.session.no_autoflush:
        change(second)
        write_rows()
        made = db.session.scalars(select(Paper).filter_by(case_id=second, item="doc.x")).one()
        assert made.id and not db.session.new and not db.session.dirty
        assert db.session.get_one(Task, f"{second}.again").seq > 0
    assert said(first) == said(second)


def test_a_row_that_is_gone_is_a_fault_with_which_nothing_is_committed(house: Flask) -> None:
    case_id = Office(house).run(until=1)
    with pytest.raises(DataError), transaction(), db.session.no_autoflush:
        case = db.session.get_one(Case, case_id)
        paper = db.session.scalars(select(Paper).filter_by(case_id=case_id)).first()
        assert paper is not None
        case.outcome, paper.made_by = "lost", "nobody"
        db.session.execute(text("DELETE FROM paper WHERE id = :id"), {"id": paper.id})
        write_rows()
    assert db.session.get_one(Case, case_id).outcome is None
    assert db.session.scalar(select(func.count()).select_from(Paper).filter_by(case_id=case_id))
