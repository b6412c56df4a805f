"""Whose time a case took: every working minute is charged to whoever held it, and none twice."""

from datetime import datetime, timedelta

from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services import cases, clock, directory
from services.boards.whose_time import waits_for
from services.cases.models import Task
from services.cases.pages.holders import Held, Holding, charge, unheld
from services.db import db
from services.deadlines import Calendar, Suspension, working_time
from tests.people.office import Office, Psc
from tests.services.cases.a_morning import at
from tests.services.deadlines.calendars import calendars, slow_working_time, starts, suspensions


@settings(max_examples=60, deadline=None)
@given(calendars(), starts, st.lists(st.integers(0, 3000), min_size=1, max_size=6), suspensions())
def test_time_in_one_pair_of_hands_is_the_working_time_without_the_stops(
    calendar: Calendar, start: datetime, lengths: list[int], halted: list[Suspension]
) -> None:
    holdings, since = [], start
    for minutes in lengths:
        until = since + timedelta(minutes=minutes)
        holdings.append(Holding("office", "A", since, until))
        since = until
    found = charge(holdings, {"A": calendar}, halted)
    stood = [(max(start, suspension.since), min(since, suspension.until)) for suspension in halted]
    lost = sum((slow_working_time(calendar, begin, end) for begin, end in stood if begin < end), timedelta())
    assert found == [Held("office", "A", working_time(calendar, start, since) - lost)]


@settings(max_examples=60, deadline=None)
@given(calendars(), starts, st.integers(1, 4000))
def test_what_one_office_holds_twice_is_charged_once(calendar: Calendar, start: datetime, minutes: int) -> None:
    until = start + timedelta(minutes=minutes)
    twice = [
        Holding("office", "A", start, until),
        Holding("office", "A", start, until - timedelta(minutes=minutes // 2)),
    ]
    assert charge(twice, {"A": calendar}) == [Held("office", "A", working_time(calendar, start, until))]


def test_a_clock_beside_a_step_takes_no_time_of_its_own_and_one_alone_is_the_offices() -> None:
    ten, eleven, noon, one = (at(f"2013-03-04T{hour}:00") for hour in (10, 11, 12, 13))
    wait, fetched = Holding("office", "A", ten, one), Holding("citizen", "A", eleven, noon)
    assert unheld([wait], [fetched]) == [Holding("office", "A", ten, eleven), Holding("office", "A", noon, one)]
    assert unheld([Holding("office", "A", eleven, noon)], [fetched]) == [] and unheld([wait], []) == [wait]


def test_psc_courier_and_body_are_charged_apart(house: Flask) -> None:
    with clock.stopped(at("2013-03-04T10:00")):
        psc = Psc(house)
        case_id = psc.accept()
    with clock.stopped(at("2013-03-04T11:00")):
        psc.send("psc_accum", psc.folder(case_id))
    with clock.stopped(at("2013-03-04T16:00")):
        psc.scan("clerk", psc.folder(case_id))
    with clock.stopped(at("2013-03-05T09:30")):
        found = cases.times_by_holder([case_id])[case_id]
    assert [(each.holder, each.office_key, each.time) for each in found] == [
        ("office", "PSC_TALDYKORGAN", timedelta(hours=1)),
        ("courier", "PSC_TALDYKORGAN", timedelta(hours=4)),
        ("office", "TALDYKORGAN", timedelta(hours=2, minutes=30)),
    ]


def test_a_result_that_lies_ready_is_the_applicants_time_on_the_case_and_on_the_board(house: Flask) -> None:
    with clock.stopped(at("2013-03-04T10:00")):
        office = Office(house)
        case_id = office.run(until=6)
        page = office.work(case_id, "executor", {"way": "ready", "told_how": "phone"})
        assert page.status_code == 200, page.text
    with clock.stopped(at("2013-03-04T12:30")):
        head = directory.staff_at("TALDYKORGAN", "head")[0]
        held = {each.holder: each.time for each in cases.time_by_holder(case_id, head)}
        assert held["citizen"] == timedelta(hours=2, minutes=30) and held["office"] == timedelta()
        waits = db.session.scalars(select(Task).filter_by(case_id=case_id, step="hand_over")).one()
        assert waits_for(waits) == "citizen"
