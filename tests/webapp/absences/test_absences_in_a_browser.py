"""The pages of staff and absences: axe finds nothing, they fit a phone, and an absence is entered by hand."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from services import directory
from tests.people.away import away, those
from tests.people.hands import Hands
from tests.webapp.axe import PHONE, SCREEN, faults_in_light_and_dark

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.soak)])
def test_axe_finds_nothing_and_nothing_is_wider_than_a_phone(
    house: Flask, browser: Browser, address: str, scheme: str, tmp_path: Path
) -> None:
    executor = those("executor")[0]
    away(executor, those("executor")[1], days=9)
    looks = {"color_scheme": scheme, "viewport": SCREEN, "bypass_csp": True, "reduced_motion": "reduce"}
    page = browser.new_context(base_url=address, **looks).new_page()  # type: ignore[arg-type]
    Hands(page).sign_in("admin", None)
    for name, path in (("absences", "/absences/"), ("staff", "/staff/"), ("person", f"/staff/{executor.id}")):
        page.set_viewport_size(SCREEN)  # type: ignore[arg-type]
        page.goto(path)
        page.screenshot(path=tmp_path / f"{name}-{scheme}.png", full_page=True)
        assert faults_in_light_and_dark(page, scheme) == [], path
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        page.screenshot(path=tmp_path / f"{name}-{scheme}-phone.png")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
    page.context.close()


def test_the_head_enters_an_absence_and_ends_it(house: Flask, page: Page) -> None:
    Hands(page).sign_in("head.taldykorgan", "/absences/")
    page.select_option("#staff", str(those("executor")[0].id))
    page.click("form.enter button.primary")
    expect(page.locator("#lacks-last_on")).to_have_text("«Соңғы күні» өрісін толтырыңыз.")  # ours, not the browser's
    expect(page.locator("#last_on")).to_be_focused()
    page.fill("#last_on", f"{directory.today() + timedelta(days=4):%d.%m.%Y}")
    expect(page.locator("#lacks-last_on")).to_have_count(0)
    page.fill("#order_number", "12-ж")
    page.select_option("#deputy", str(those("executor")[1].id))
    page.click("form.enter button.primary")
    expect(page.locator("table form[action$='/end']")).to_have_count(1)
    page.click("table form[action$='/end'] button")
    expect(page.locator("table form[action$='/end']")).to_have_count(0)
