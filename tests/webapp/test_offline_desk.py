"""The desk without the server: opened anew, it keeps what is done, and everything is merged once."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from services import desk, journal
from services.custody.models import CustodyEvent
from services.db import db
from tests.webapp.psc import PSC, Psc
from tests.webapp.shop import Plug, expect_kept, open_desk, scan

pytestmark = pytest.mark.browser


@pytest.fixture
def plug(house: Flask) -> Iterator[Plug]:
    plug = Plug(house)
    yield plug
    plug.pull()


def listed() -> list[str]:
    db.session.rollback()
    return sorted(db.session.scalars(select(CustodyEvent.code).filter_by(event="listed")))


def test_the_desk_opens_anew_and_scans_on_while_the_server_is_away(plug: Plug, house: Flask, browser: Browser) -> None:
    psc = Psc(house)
    codes = [psc.folder(psc.accept()) for _ in range(3)]
    page = open_desk(browser.new_context(base_url=plug.address).new_page(), "accum.taldykorgan")
    plug.pull()
    page.goto("/desk/")
    expect(page.locator("[data-network]")).to_have_attribute("data-state", "away")
    scan(page, *codes, "P30-2026-00001-0")
    expect_kept(page, 3)
    expect(page.locator('.card[data-tone="unreadable"]')).to_have_count(1)
    expect(page.locator(".waiting b")).to_have_text("3")
    plug.push()
    expect(page.locator('.card[data-word="listed"]')).to_have_count(3, timeout=15000)
    expect(page.locator("[data-network]")).to_have_attribute("data-state", "back")
    assert listed() == sorted(codes) and desk.count_conflicts(PSC) == 0
    assert journal.verify() == []
