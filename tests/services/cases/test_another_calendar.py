"""Another calendar moves the open dates that it was said to move, and no others; nobody ever sees half of it."""

from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import select, update

from services import cases, clock, deadlines, directory, journal, registry
from services.cases.models import Case, Task
from services.db import db, transaction
from services.deadlines import PutDays, RemoveDay, SetHours, SetValue, SpecialDay, TakeBack
from services.directory import NotAdministrator
from services.errors import InvalidAnswers
from tests.counting import counted
from tests.people.walk import APPLICATION
from tests.services.cases.a_morning import MORNING, OFFICE, at, clerk, off, registered, version
from tests.services.cases.at_once import at_once


def dates(case_id: int) -> tuple[datetime, list[datetime | None], list[datetime]]:
    """The outer date, and of the open steps: dates and places in the lists."""
    db.session.expire_all()
    tasks = db.session.scalars(select(Task).where(Task.case_id == case_id, Task.closed_at.is_(None))).all()
    case = db.session.get_one(Case, case_id)
    found = case.outer_due_at, [task.due_at for task in tasks], [task.urgent_at for task in tasks]
    db.session.rollback()
    return found


def test_saving_moves_exactly_what_was_shown(admin: directory.Person) -> None:
    case_id = registered("a")
    assert dates(case_id)[0] == at("2013-03-14T18:00")
    change = off(date(2013, 3, 14))
    seen = cases.preview_calendar(change, admin)
    assert [(each.clock, each.before, each.after) for each in seen.first] == [
        ("outer", at("2013-03-14T18:00"), at("2013-03-15T18:00"))
    ]
    assert (seen.cases, seen.outer, seen.steps) == (1, 1, 0)
    assert dates(case_id)[0] == at("2013-03-14T18:00"), "a look changes nothing"
    before = seen.base
    done = cases.save_calendar(change, before, admin, reason="a letter came")
    assert (done.cases, done.outer, done.steps) == (1, 1, 0)
    assert dates(case_id)[0] == at("2013-03-15T18:00")
    told = journal.read(f"case:{case_id}")[0]
    assert (told.event, told.actor) == ("case.dates_moved", f"staff:{admin.id}")
    assert told.details["calendar"] == version() == done.base
    assert journal.read(f"calendar:{registry.current().region}")[0].details["reason"] == "a letter came"
    assert journal.verify() == []


def test_a_step_moves_and_with_it_its_place_in_the_lists(admin: directory.Person) -> None:
    case_id = registered("a")
    assert dates(case_id)[1:] == ([at("2013-03-04T10:30")], [at("2013-03-04T10:30")])
    hours = SetHours("body", ("09:00-10:15 14:00-18:00",) * 5 + ("", ""), "an order")
    cases.save_calendar(hours, version(), admin)
    assert dates(case_id)[1:] == ([at("2013-03-04T14:15")], [at("2013-03-04T14:15")])


def test_a_date_can_be_counted_again_as_it_was(admin: directory.Person) -> None:
    case_id = registered("a")
    before = version()
    cases.save_calendar(off(date(2013, 3, 14)), before, admin)
    case = db.session.get_one(Case, case_id)
    assert case.outer_calendar == version() != before
    then = deadlines.outer_due(registry.current(), case.opened_at, case.body_key, version=before)
    assert then.at == at("2013-03-14T18:00")


def test_past_dates_never_move(admin: directory.Person) -> None:
    case_id = registered("a")
    before = dates(case_id)
    with clock.stopped(at("2013-03-20T10:00")):
        change = PutDays(tuple(off(date(2013, 3, day)).days[0] for day in (4, 5, 14)))
        assert cases.preview_calendar(change, admin).first == []
        cases.save_calendar(change, version(), admin)
    assert dates(case_id) == before


def test_a_case_that_is_closed_or_whose_clock_has_stopped_keeps_its_dates(admin: directory.Person) -> None:
    closed, stopped = registered("a"), registered("b")
    with transaction():
        db.session.execute(update(Case).where(Case.id == closed).values(closed_at=MORNING))
        db.session.execute(update(Case).where(Case.id == stopped).values(outer_stopped_at=MORNING))
    done = cases.save_calendar(off(date(2013, 3, 14)), version(), admin)
    assert done.cases == 0


def test_taking_a_day_back_takes_the_dates_back(admin: directory.Person) -> None:
    case_id = registered("a")
    before = dates(case_id)
    cases.save_calendar(off(date(2013, 3, 14)), version(), admin)
    cases.save_calendar(RemoveDay(date(2013, 3, 14)), version(), admin)
    assert dates(case_id) == before
    assert [each.number for each in deadlines.versions(registry.current().region)] == [3, 2, 1]


def test_confirming_the_outer_limit_takes_the_mark_away_and_another_value_moves_the_date(
    admin: directory.Person,
) -> None:
    case_id = registered("a")
    assert db.session.get_one(Case, case_id).outer_default
    confirmed = SetValue("parameters/outer_limit_calendar_days", "10", "Standard cl. 7")
    seen = cases.preview_calendar(confirmed, admin)
    assert (seen.cases, seen.marks) == (0, 1)
    cases.save_calendar(confirmed, seen.base, admin)
    assert not db.session.get_one(Case, case_id, populate_existing=True).outer_default
    assert "case.dates_moved" not in [line.event for line in journal.read(f"case:{case_id}")]
    db.session.rollback()
    cases.save_calendar(SetValue("parameters/outer_limit_calendar_days", "15", "Standard of 2014"), version(), admin)
    assert dates(case_id)[0] == at("2013-03-19T18:00")
    waiting, known = deadlines.unsettled(registry.current(), deadlines.region_at(registry.current()))
    assert [(each.value, each.was, each.source) for each in known] == [("15", "10", "Standard of 2014")]
    db.session.rollback()
    cases.save_calendar(TakeBack("parameters/outer_limit_calendar_days"), version(), admin)
    assert dates(case_id)[0] == at("2013-03-14T18:00")
    assert db.session.get_one(Case, case_id, populate_existing=True).outer_default
    assert waiting


def test_a_norm_that_was_replaced_is_what_the_forms_count_with(admin: directory.Person) -> None:
    cases.save_calendar(SetValue("parameters/share_percent", "7", "the maslikhat"), version(), admin)
    rows = {row["key"]: row for row in deadlines.table(registry.current(), "parameters")}
    assert (rows["share_percent"]["value"], rows["share_percent"]["mark"]) == ("7", "confirmed")


@pytest.mark.parametrize(
    "change",
    [
        SetValue("parameters/outer_limit_calendar_days", "ten", "x"),
        SetValue("parameters/registry_cutoff", "25:00", "x"),
        SetValue("parameters/courier_runs", "", "x"),
        SetValue("steps/psc/arrive", "R-MIN(0)", "x"),
        SetValue("parameters/outer_limit_calendar_days", "10", "  "),
        SetHours("body", ("09:00-08:00",) * 7, "x"),
        SetHours("body", ("",) * 7, "x"),
        SetHours("body", ("09:00-18:00",) * 7, "x", "Mars/Olympus"),
        SetHours("body", ("09:00-18:00",) * 7, "x", "../../etc/passwd"),
        PutDays((SpecialDay(date(2013, 3, 14), False, "Күн", "День", "Day", "a source"),)),
        PutDays((SpecialDay(date(1900, 1, 1), False, "Күн", "День", "Day", "a source", decree="N 1"),)),
    ],
)
def test_what_makes_no_sense_is_refused(admin: directory.Person, change: deadlines.TimetableChange) -> None:
    before = version()
    with pytest.raises(InvalidAnswers):
        cases.save_calendar(change, before, admin)
    assert version() == before


def test_the_same_again_is_nothing_to_save(admin: directory.Person) -> None:
    cases.save_calendar(off(date(2013, 3, 14)), version(), admin)
    with pytest.raises(cases.NothingChanged):
        cases.save_calendar(off(date(2013, 3, 14)), version(), admin)


def test_only_an_administrator_looks_and_saves(morning: Flask) -> None:
    for verb in (lambda: cases.preview_calendar(off(date(2013, 3, 14)), clerk()),
                 lambda: cases.save_calendar(off(date(2013, 3, 14)), version(), clerk())):  # fmt: skip
        with pytest.raises(NotAdministrator):
            verb()


def test_of_two_administrators_the_second_is_told_to_look_again(morning: Flask, admin: directory.Person) -> None:
    base = version()
    answers = at_once(
        morning,
        lambda: cases.save_calendar(off(date(2013, 3, 14)), base, admin),
        lambda: cases.save_calendar(off(date(2013, 3, 15)), base, admin),
    )
    assert sorted(type(each).__name__ for each in answers) == ["CalendarChanged", "Preview"]
    assert len(deadlines.versions(registry.current().region)) == 2


def test_a_click_in_the_middle_of_a_save_gets_the_old_calendar_or_the_new_and_is_never_left_behind(
    morning: Flask, admin: directory.Person
) -> None:
    """Whichever comes first, in the end every open date is as the calendar in force counts it."""
    waiting = SetHours("body", ("09:00-10:15 14:00-18:00",) * 5 + ("", ""), "an order")
    for number in range(12):
        by = clerk()
        case_id = cases.open_case("direct", OFFICE, by, key=f"r{number}")
        task = db.session.scalars(select(Task).filter_by(case_id=case_id, waits_for="person")).one()
        db.session.rollback()
        base = version()
        change = waiting if number % 2 == 0 else deadlines.KeepHours("body")
        click = lambda task=task, by=by: cases.complete_task(task.id, APPLICATION, cases.Click(by, "k"))  # noqa: E731
        fresh = lambda number=number, by=by: cases.open_case("direct", OFFICE, by, key=f"f{number}")  # noqa: E731
        answers = at_once(
            morning, click, lambda base=base, change=change: cases.save_calendar(change, base, admin), fresh
        )
        assert not [each for each in answers if isinstance(each, Exception)], answers
        stale = cases.preview_calendar(off(date(2030, 1, 9)), admin)
        assert (stale.cases, stale.marks) == (0, 0)
        due = at("2013-03-04T14:15") if number % 2 == 0 else at("2013-03-04T10:30")
        assert dates(case_id)[1] == [due]
    assert journal.verify() == []


def test_a_save_costs_the_same_statements_for_many_cases_as_for_few(admin: directory.Person) -> None:
    registered("a")
    with counted(db.engine) as few:
        cases.save_calendar(off(date(2013, 3, 14)), version(), admin)
    for number in range(5):
        registered(f"b{number}")
    with counted(db.engine) as many:
        cases.save_calendar(RemoveDay(date(2013, 3, 14)), version(), admin)
    assert len(many.statements) == len(few.statements)


def test_filling_the_calendar_again_moves_the_open_dates_that_it_moves(admin: directory.Person) -> None:
    cases.save_calendar(off(date(2013, 3, 14)), version(), admin)
    case_id = registered("a")
    before, version_before = dates(case_id), version()
    cases.fill_calendar(range(2012, 2016))
    assert (dates(case_id), version()) == (before, version_before), "nothing new, and what staff said stays"
    cases.save_calendar(RemoveDay(date(2013, 3, 8)), version(), admin)
    with transaction():
        db.session.execute(update(Case).where(Case.id == case_id).values(outer_due_at=at("2013-03-08T18:00")))
    cases.fill_calendar(range(2012, 2016))
    assert dates(case_id)[0] == at("2013-03-15T18:00")
    assert journal.read(f"calendar:{registry.current().region}")[0].event == "calendar.filled"
