"""Rows of the session that are read by a statement made once a process."""

from flask import Flask
from sqlalchemy import bindparam, inspect, select
from sqlalchemy.orm.attributes import instance_state

from services.cases.models import Answer, Applicant, Case, Instance, Task
from services.db import db
from services.loaded import _WITH_CASE, Loaded, read_together, row_of
from tests.counting import counted
from tests.people.office import Office

OF_CASE = select(Task).where(Task.case_id == bindparam("case_id")).order_by(Task.seq)
AROUND = (
    select(Task, Case, Applicant, Answer, Case.number, Instance.number)
    .select_from(Task)
    .join(Case, Case.id == Task.case_id)
    .join(Instance, Instance.id == Task.instance_id)
    .outerjoin(Applicant, Applicant.case_id == Case.id)
    .outerjoin(Answer, Answer.task_id == Task.id)
    .where(Task.case_id == bindparam("case_id"))
    .order_by(Task.seq)
)
#: of what is asked with each page of a case, what brings rows of one model
PLAIN = [each for each in _WITH_CASE if len(each._statement.column_descriptions) == 1]
KEPT, KEPT_ANEW, KEPT_AROUND = Loaded(OF_CASE), Loaded(OF_CASE, anew=True), Loaded(AROUND)


def told(row: object) -> object:
    """All that is known of a row, and that nothing of it is to be written."""
    if not hasattr(row, "__table__"):
        return row
    state = instance_state(row)  # type: ignore[type-var]
    return {**state.dict, "_sa_instance_state": None}, state.key, state.modified, inspect(row).persistent


def test_what_is_read_is_what_the_session_would_have_read(house: Flask) -> None:
    case_id = Office(house).run(until=2)
    db.session.expunge_all()
    own = [[told(each) for each in row] for row in db.session.execute(AROUND, {"case_id": case_id})]
    db.session.expunge_all()
    found = [[told(each) for each in row] for row in KEPT_AROUND.all(case_id=case_id)]
    assert found == own
    assert any(answer is None for *_, answer, _, _ in found), "an outer join that found nothing gives None"
    assert not any("salt" in each[2][0] for each in found if each[2] is not None), "what is deferred is not read"


def test_one_row_is_one_object_whoever_reads_it_and_its_changes_are_written(house: Flask) -> None:
    case_id = Office(house).run(until=1)
    db.session.expunge_all()
    case = row_of(Case, case_id)
    assert case is not None and case is db.session.get(Case, case_id) and case is row_of(Case, case_id)
    case.rounds = 7
    db.session.commit()
    db.session.expunge_all()
    again = row_of(Case, case_id)
    assert again is not None and again is not case and again.rounds == 7
    assert row_of(Case, 2**40) is None


def test_a_row_that_the_session_changed_stays_as_it_is_there_unless_it_is_wanted_anew(house: Flask) -> None:
    case_id = Office(house).run(until=1)
    db.session.expunge_all()
    task = KEPT.first(case_id=case_id)
    name = task.name
    with db.session.no_autoflush:
        task.name = "другое"
        assert KEPT.first(case_id=case_id) is task and task.name == "другое"
        assert KEPT_ANEW.first(case_id=case_id) is task and task.name == name
        assert task not in db.session.dirty
    db.session.expire(task)
    assert KEPT.first(case_id=case_id) is task and "name" in instance_state(task).dict, "what is stale is read again"


def test_what_is_deferred_is_read_when_somebody_asks(house: Flask) -> None:
    case_id = Office(house).run(until=1)
    db.session.expunge_all()
    applicant = row_of(Applicant, case_id)
    assert applicant is not None and "salt" not in instance_state(applicant).dict
    assert applicant.salt == db.session.scalar(select(Applicant.salt).where(Applicant.case_id == case_id))


def test_a_long_statement_takes_each_time_the_values_that_it_is_given(house: Flask) -> None:
    line = db.session.connection().connection.driver_connection
    assert line is not None
    long = f"SELECT %(a)s::int, %(b)s::text, %(a)s::int -- {'x' * 5000}"
    said = [line.execute(long, {"a": number, "b": text}).fetchone() for number, text in ((1, "ә"), (2, "%(a)s"))]
    assert said == [(1, "ә", 1), (2, "%(a)s", 2)]


def test_what_each_page_of_a_case_asks_comes_in_one_turn_once_and_is_what_each_would_have_read_by_itself(
    house: Flask,
) -> None:
    case_id = Office(house).run(until=3)
    db.session.expunge_all()
    apart = [[told(each) for each in asked.all(case_id=case_id)] for asked in PLAIN]
    db.session.expunge_all()
    with counted(db.engine) as count, read_together(case_id):
        assert count.turns == 1
        together = [[told(each) for each in asked.all(case_id=case_id)] for asked in PLAIN]
        assert together == apart and any(together) and count.turns == 1
        assert not PLAIN[0].all(case_id=0) and count.turns == 2, "of another case nothing came"
        PLAIN[0].all(case_id=case_id)
        assert count.turns == 3, "what came is given once"
    assert "ahead" not in db.session().info
