"""Between the moment in which a form is drawn and the one in which it is sent, the world goes on: whoever sends it is
told in words what became of it, what was done is done once, and nothing is kept of a click that was refused."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from services import cases, clock, directory, journal
from services.db import db
from tests.people import walk
from tests.people.office import APPLICATION, FIGURES, OFFICE
from tests.unbroken import assert_unbroken
from tests.webapp.case.drawn import Drawn, drawn, stands


def dismissed(form: Drawn) -> None:
    directory.set_active(form.person.id, False, actor="console")


def role_withdrawn(form: Drawn) -> None:
    """From yesterday on, as an order says it that comes late."""
    asked = "SELECT id FROM appointment WHERE staff_id = :id AND role = :role AND until_on IS NULL"
    for appointment in db.session.scalars(text(asked), {"id": form.person.id, "role": form.role}).all():
        directory.end_appointment(int(appointment), actor="console")


def taken_by_a_colleague(form: Drawn) -> None:
    first, second = directory.staff_at(OFFICE, form.role)[:2]
    cases.release_task(form.task, first)
    cases.claim_task(form.task, second)


def done_by_a_colleague(form: Drawn) -> None:
    taken_by_a_colleague(form)
    second = directory.staff_at(OFFICE, form.role)[1]
    cases.complete_task(form.task, walk.APPLICATION, cases.Click(second, "theirs"))


def given_to_another(form: Drawn) -> None:
    head = directory.staff_at(OFFICE, "head")[0]
    cases.reassign_task(form.task, directory.staff_at(OFFICE, form.role)[1].id, head)


MEANWHILE: tuple[tuple[int, str, dict[str, object], Callable[[Drawn], None]], ...] = (
    (0, "clerk", dict(APPLICATION), dismissed),
    (0, "clerk", dict(APPLICATION), role_withdrawn),
    (0, "clerk", dict(APPLICATION), taken_by_a_colleague),
    (0, "clerk", dict(APPLICATION), done_by_a_colleague),
    (2, "executor", dict(FIGURES), dismissed),
    (2, "executor", dict(FIGURES), role_withdrawn),
    (2, "executor", dict(FIGURES), given_to_another),
)


@pytest.mark.parametrize(("steps", "role", "answers", "happens"), MEANWHILE)
def test_who_may_no_longer_do_it_when_the_form_is_sent_is_told_so_and_does_nothing(
    house: Flask, steps: int, role: str, answers: dict[str, object], happens: Callable[[Drawn], None]
) -> None:
    form = drawn(house, steps, role)
    happens(form)
    before = stands(form)
    page = form.surfer.submit(f"/inbox/{form.task}/complete", answers, follow=False)
    assert page.status_code in (401, 403, 404, 409), (page.status_code, page.location, page.text[:400])
    assert "<main" in page.text and "</html>" in page.text, "a page, in words"
    assert stands(form) == before
    assert_unbroken()


@pytest.mark.parametrize("back", [timedelta(minutes=20), timedelta(hours=14), timedelta(days=3)])
def test_a_case_goes_to_its_end_and_its_history_is_whole_though_the_clock_goes_back_over_midnight_meanwhile(
    house: Flask, back: timedelta
) -> None:
    now = clock.now()
    with clock.stopped(now):
        form = drawn(house, 1, "head")
    with clock.stopped(now - back):
        page = form.surfer.submit(f"/inbox/{form.task}/complete", {"executor": form.office.executor_id}, follow=False)
        assert page.status_code == 303, page.text[:400]
        for role, answers in form.office.steps()[2:]:
            assert form.office.work(form.case_id, role, answers).status_code == 200
        for place in (f"/cases/{form.case_id}", f"/cases/{form.case_id}/history", "/boards/", "/search?q=1"):
            assert form.surfer.get(place).status_code in (200, 404), place
    events = [each.event for each in journal.read(f"case:{form.case_id}")]
    assert events.count("case.task_completed") == len(form.office.steps()) and events.count("case.closed") == 1
    assert journal.verify() == []
    assert_unbroken()
