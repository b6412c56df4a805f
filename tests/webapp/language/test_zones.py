"""Days and hours are the office's, whatever zone the server and the browser's computer are in."""

import re
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import select

from komek.testing.surfer import Surfer
from services import clock, directory, registry
from services.cases.facts import form_call
from services.cases.models import Task
from services.cases.reading import read_task
from services.db import db
from services.processes.forms.here import _past
from tests.people.office import Office

#: at the office the next day has begun, in Greenwich and New York not yet
DAWN = datetime(2026, 11, 25, 20, 30, tzinfo=UTC)
HERE = "26.11.2026 01:30"


def test_a_form_is_told_the_time_on_the_offices_clock(house: Flask) -> None:
    case_id = Office(house).open()
    task_id = db.session.scalars(select(Task.id).filter_by(case_id=case_id, closed_at=None)).one()
    clerk = directory.staff_at("TALDYKORGAN", "clerk")[0]
    with clock.stopped(DAWN):
        now = form_call(registry.current(), read_task(task_id), clerk).now
    assert (now, now.date()) == (DAWN, date(2026, 11, 26))
    assert _past(now, "2026-11-25") and not _past(now, "2026-11-26")


@pytest.mark.browser
def test_what_a_browser_writes_goes_by_the_offices_clock(address: str, browser: Browser) -> None:
    page = browser.new_context(base_url=address, timezone_id="America/New_York").new_page()
    page.goto("/sign-in")
    assert page.evaluate("komek.moment('2026-11-25T20:30:00Z')") == HERE
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    printed = page.locator("[data-now]")
    assert not printed.count() or re.fullmatch(r"\d\d\.\d\d\.\d{4} \d\d:\d\d", printed.first.text_content() or "")


def test_the_desk_is_told_its_offices_clock(house: Flask) -> None:
    told = Surfer(house).sign_in("inspector.taldykorgan").json("/desk/outbox.json")
    assert told["offset"] == 300
