"""The page of an application on a phone, by the square on the talon; axe, and without scripts it is the same form."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from services import clock, jobs
from services.cases.models import Case
from services.db import db
from services.tracking import guesses
from tests.people.office import Office
from tests.people.public import code_on, printed
from tests.webapp.axe import PHONE, faults_in_light_and_dark, wider_than_a_phone

pytestmark = pytest.mark.browser


def test_the_square_fills_in_number_and_code_and_nothing_of_them_is_left_in_an_address(
    house: Flask, page: Page
) -> None:
    guesses.refused.cache_clear()
    case_id = Office(house).run(until=2)
    number, code = db.session.get_one(Case, case_id).number, re.sub(r"\D", "", code_on(printed(case_id)))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_viewport_size(PHONE)
    page.goto(f"/status#{number}/{code}")
    expect(page.locator("#code")).to_have_value(re.sub(r"(\d{5})(?=\d)", r"\1 ", code))
    assert "#" not in page.url and not any(code in each.partition("#")[0] for each in asked)
    assert faults_in_light_and_dark(page) == [] and wider_than_a_phone(page) == 0
    page.fill("#who", "Үлгібаев")
    with clock.stopped(clock.now() + timedelta(days=20)):
        jobs.work_off(clock.now())
        page.keyboard.press("Enter")
        expect(page.locator(".now.late")).to_be_visible()
        assert "Мекеме басшысына хабарланды." in page.content()
        assert faults_in_light_and_dark(page) == [] and wider_than_a_phone(page) == 0
    assert not any(code in each.partition("#")[0] for each in asked) and not page.context.cookies()
