"""The wall by itself: somebody called stands there without a press, languages take turns, a lost line is said."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from services import screens
from services.directory import staff_at
from tests.people.office import OFFICE, Office
from tests.webapp.axe import PHONE, faults_in_light_and_dark, opened, wider_than_a_phone
from webapp.public import kept

pytestmark = pytest.mark.browser
WALL, KIOSK = f"/screen/{OFFICE}/", f"/screen/{OFFICE}/kiosk"
#: of the height of the screen: a capital is 0.7 of a letter's size; 43 inches are 54 cm high, and 5 m : 200 = 2.5 cm
FROM_FIVE_METRES = 2.5 / 54 / 0.7


def later(page: Page, milliseconds: int = 11_000) -> bool:
    """That much later, and whatever was asked for meanwhile has come: before its patience of eight seconds ends."""
    for _ in range(2):
        page.clock.run_for(milliseconds // 2)
        page.wait_for_timeout(100)
    return True


def test_a_wall_shows_whoever_is_called_says_when_its_line_is_lost_and_a_kiosk_returns_to_its_beginning(
    house: Flask, browser: Browser, address: str
) -> None:
    kept.forget()
    page = opened(browser, address)
    office = Office(house)
    case_id = office.run(until=1)
    admin, clerk = staff_at("OBLAST", "admin")[0], staff_at(OFFICE, "clerk")[0]
    page.clock.install()
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(WALL)
    expect(page.locator(".shut")).to_be_visible()
    screens.open_screens(OFFICE, admin)
    later(page)
    expect(page.locator(".ready")).to_be_visible()
    assert faults_in_light_and_dark(page) == []
    screens.call_to_counter(case_id, 7, OFFICE, clerk)
    later(page)
    row = page.locator("[data-call]")
    expect(row).to_have_text("0017")
    expect(page.locator("tr.new")).to_have_count(1)
    sizes = page.evaluate("""() => ['.called tbody th', '.called h1', '.ready h1'].map((each) =>
        parseFloat(getComputedStyle(document.querySelector(each)).fontSize) / innerHeight)""")
    assert min(sizes) >= FROM_FIVE_METRES, sizes
    said = {page.locator(".called h1").inner_text() for _ in range(9) if later(page, 3_000)}
    assert said == {"Терезеге келіңіз", "Подойдите к окну", "Come to the counter"}
    expect(page.locator(".away")).to_be_hidden()
    page.context.set_offline(True)
    later(page)
    expect(page.locator(".away")).to_be_visible()
    expect(page.locator(".as-of.old time")).to_have_text(re.compile(r"^\d\d:\d\d$"))
    expect(row).to_have_text("0017")  # what was true at that hour stands
    assert all(later(page, 60_000) for _ in range(11))
    expect(page.locator(".called")).to_have_count(0)  # but nobody is called for ever
    page.context.set_offline(False)
    assert all(later(page) for _ in range(2))  # the line itself takes a moment to be there again
    expect(page.locator(".away")).to_be_hidden()
    expect(row).to_have_text("0017")
    page.route(f"**{WALL}", lambda route: route.fulfill(status=429, content_type="text/html", body="<h1>Slow down"))
    later(page)
    expect(page.locator(".away")).to_be_visible()  # a page of whoever stands between is not loaded instead of this one
    page.unroute_all()
    a_kiosk_always_has_a_way_back(page)
    page.context.close()
    kept.forget()


def a_kiosk_always_has_a_way_back(page: Page) -> None:
    """From pages without a script, without a line, and from what somebody left behind."""
    page.goto(KIOSK)
    assert faults_in_light_and_dark(page) == []
    page.set_viewport_size(PHONE)
    assert wider_than_a_phone(page) == 0
    shown, back = page.frame_locator("iframe"), page.locator("[data-back]")
    page.locator("[lang=ru] .ways a").nth(1).click()
    expect(shown.locator("h1")).to_be_visible()
    expect(back.locator("[lang=ru]")).to_be_visible()
    shown.locator(".languages [lang=kk]").click()
    expect(back.locator("[lang=kk]")).to_be_visible()
    assert page.locator(".within").get_by_role("status").inner_text() == ""
    back.click()
    expect(page.locator(".ways").first).to_be_visible()
    page.locator(".ways a").first.click()
    shown.locator("#number").fill("19-2026-00001")
    page.clock.run_for(45_000)
    expect(page.locator("[data-untouched]")).to_be_visible()
    shown.locator("#number").press("End")
    page.clock.run_for(45_000)
    expect(shown.locator("#number")).to_have_value("19-2026-00001")
    page.clock.run_for(16_000)
    expect(page.locator("iframe")).to_have_count(0)
    page.locator(".ways a").first.click()
    expect(shown.locator("#number")).to_have_value("")
    page.context.set_offline(True)
    shown.locator(".places a").nth(1).click()
    expect(page.locator("[data-unreached]")).to_be_visible()
    expect(page.locator("iframe")).to_be_hidden()
    back.click()
    expect(page.locator(".ways").first).to_be_visible()
    page.context.set_offline(False)
