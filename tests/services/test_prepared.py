"""A statement that is made once and asked again."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from psycopg import ProgrammingError
from sqlalchemy import bindparam, literal, select
from sqlalchemy.exc import SQLAlchemyError

from services import cases, clock, directory
from services.cases.lists.models import SavedList
from services.db import Moment, Prepared, db, table_of
from tests.people.office import OFFICE, Office


def test_it_says_what_the_statement_says_moments_and_documents_too(house: Flask) -> None:
    clerk = directory.staff_at(OFFICE, "clerk")[0]
    told = {"owner_id": clerk.id, "made_by_id": clerk.id, "made_at": clock.now(), "list": "mine", "sort": "due"}
    row = SavedList(office_key=OFFICE, name="Менің тізімім", wanted={"step": "review"}, **told)
    db.session.add(row)  # and not written yet
    table = table_of(SavedList)
    wanted = select(*table.columns).where(
        table.c.office_key == bindparam("office"), table.c.name.in_(["Менің тізімім"])
    )
    made = Prepared(wanted)
    assert [tuple(each) for each in made.all(office=OFFICE)] == [
        tuple(each) for each in db.session.execute(wanted, {"office": OFFICE})
    ]
    assert made.one(office=OFFICE).wanted == {"step": "review"} and made.one(office=OFFICE).made_at.tzinfo is UTC
    assert made.all(office="AKSU") == []


def test_a_value_that_was_forgotten_is_an_error_and_no_other_rows(house: Flask) -> None:
    made = Prepared(select(literal(1).label("one")).where(bindparam("since", type_=Moment()) < datetime.now(UTC)))
    with pytest.raises((ProgrammingError, SQLAlchemyError)):
        made.all()
    db.session.rollback()
    assert made.one(since=datetime.now(UTC) - timedelta(days=1)).one == 1


def test_what_was_done_today_is_asked_anew_every_day(house: Flask) -> None:
    Office(house).run(until=1)
    clerk = directory.staff_at(OFFICE, "clerk")[0]
    today = cases.inbox(clerk, OFFICE, "done")
    assert today.rows and today.counts["done"].value == len(today.rows)
    with clock.stopped(clock.now() + timedelta(days=1)):
        tomorrow = cases.inbox(clerk, OFFICE, "done")
    assert not tomorrow.rows and tomorrow.counts["done"].value == 0
