"""A form is drawn, and before it is sent the law, the day or the language becomes another: it is done as the person saw
it, and the case goes on to its end under the law with which it began."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, text

from services import clock, directory, editions, journal, registry
from services.cases.models import Case, Instance, Task
from services.config import ROOT
from services.db import db
from services.registry import Registry
from tests.people.office import APPLICATION, FIGURES
from tests.services.cases.a_morning import at
from tests.services.cases.main_verbs import control, deploy, enact
from tests.services.law.conftest import region_before_editions, region_of_act  # noqa: F401
from tests.services.law.two_editions import second_in_force
from tests.unbroken import assert_unbroken
from tests.webapp.case.drawn import Drawn, drawn, stands


def another_version(form: Drawn) -> None:
    """Of the very diagram that is worked by."""
    enact(deploy().deployment.id, directory.staff_at(control(), "admin")[0])


def another_language(form: Drawn) -> None:
    """In another tab."""
    token = form.surfer.form("/language").fields["csrf_token"]
    form.surfer._ask("POST", "/language", data={"csrf_token": token, "language": "en"}, follow_redirects=False)


@pytest.mark.parametrize(("steps", "role", "answers"), [(0, "clerk", APPLICATION), (2, "executor", FIGURES)])
@pytest.mark.parametrize("happens", [another_version, another_language])
def test_a_form_that_was_drawn_before_is_done_as_it_was_seen_and_its_case_comes_to_its_end(
    house: Flask, steps: int, role: str, answers: dict[str, object], happens: Callable[[Drawn], None]
) -> None:
    form = drawn(house, steps, role)
    before = definition_of(form.case_id)
    happens(form)
    page = form.surfer.submit(f"/inbox/{form.task}/complete", answers, follow=False)
    assert page.status_code == 303, page.text[:400]
    goes_on(form, steps + 1)
    assert definition_of(form.case_id) == before
    assert_unbroken()


def goes_on(form: Drawn, done: int) -> None:
    for role, answers in form.office.steps()[done:]:
        assert form.office.work(form.case_id, role, answers).status_code == 200
    db.session.rollback()
    events = [each.event for each in journal.read(f"case:{form.case_id}")]
    assert events.count("case.task_completed") == len(form.office.steps()) and events.count("case.closed") == 1


def definition_of(case_id: int) -> int:
    found = db.session.scalars(select(Instance.definition_id).filter_by(case_id=case_id).order_by(Instance.id)).first()
    db.session.rollback()
    assert found is not None
    return found


def test_what_is_sent_a_moment_after_the_years_end_is_registered_first_in_the_new_years_book(house: Flask) -> None:
    with clock.stopped(at("2026-12-31T23:59:58")):
        form = drawn(house, 0, "clerk")
    with clock.stopped(at("2027-01-01T00:00:03")):
        page = form.surfer.submit(f"/inbox/{form.task}/complete", dict(APPLICATION), follow=False)
        assert page.status_code == 303, page.text[:400]
        books = db.session.execute(text("SELECT year, last FROM number_series WHERE series = 'in' ORDER BY year")).all()
        assert books[-1] == (2027, 1)
        assert_unbroken()


@pytest.mark.parametrize(("steps", "role", "answers"), [(0, "clerk", APPLICATION), (2, "executor", FIGURES)])
def test_where_the_plugin_of_the_step_is_gone_meanwhile_it_is_told_and_nothing_is_done_until_it_is_there_again(
    house: Flask, steps: int, role: str, answers: dict[str, object]
) -> None:
    form, shipped = drawn(house, steps, role), registry.shipped()
    form_of = db.session.scalars(select(Task.form).filter_by(id=form.task)).one() or ""
    others = [each for each in shipped.plugins if each.name != form_of.partition(".")[0]]
    assert len(others) == len(shipped.plugins) - 1
    before, left = stands(form), form.surfer.left
    with registry.using(Registry(others, ROOT)):
        page = form.surfer.submit(f"/inbox/{form.task}/complete", answers, follow=False)
    assert 400 <= page.status_code < 600 and page.status_code != 500, (page.status_code, page.text[:300])
    assert "<main" in page.text and "</html>" in page.text
    assert stands(form)[:-1] == before[:-1], "its history has a line more: an incident"
    form.surfer.left = left
    shown = form.surfer.get(f"/cases/{form.case_id}").text.replace("\xa0", "")  # figures are grouped
    assert all(str(each) in shown for each in answers.values()), "what was typed is there again"
    assert form.surfer.submit(f"/inbox/{form.task}/complete", answers, follow=False).status_code == 303
    assert_unbroken()


def test_what_was_drawn_on_the_last_evening_of_an_act_is_done_after_midnight_under_the_act_that_it_was_drawn_by(
    house: Flask,
    region_of_act: Registry,  # noqa: F811
) -> None:
    second = second_in_force(region_of_act)
    with clock.stopped(at("2013-02-28T23:59:50")):
        form = drawn(house, 0, "clerk")
    first = db.session.get_one(Case, form.case_id).edition
    with clock.stopped(at("2013-03-01T00:00:10")):
        editions.begin_today()
        page = form.surfer.submit(f"/inbox/{form.task}/complete", dict(APPLICATION), follow=False)
        assert page.status_code == 303, page.text[:400]
        db.session.expire_all()
        case = db.session.get_one(Case, form.case_id)
        assert case.edition == first != second
        assert_unbroken()
