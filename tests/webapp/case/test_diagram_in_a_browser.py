"""The diagram on a case's page can be read, begins where the case is, and leaves the form where it was."""

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from services import directory
from tests.people.hands import Hands
from tests.people.office import Psc

pytestmark = pytest.mark.browser

#: the size on the screen of the smallest letters; names of lanes stand upright
SMALLEST = """() => Math.min(...[...document.querySelectorAll('#canvas text')].filter(each => each.textContent.trim())
  .map(each => [parseFloat(getComputedStyle(each).fontSize), each.getCTM()])
  .map(([size, { a, b }]) => size * Math.hypot(a, b)))"""
TOP = "document.getElementById('form-title').getBoundingClientRect().y + scrollY"
#: whether the middle of that element lies inside the canvas
IN_SIGHT = """(id) => {
  const canvas = document.getElementById('canvas').getBoundingClientRect();
  const box = document.querySelector(`#canvas [data-element-id="${id}"]`).getBoundingClientRect();
  const x = box.x + box.width / 2, y = box.y + box.height / 2;
  return canvas.left < x && x < canvas.right && canvas.top < y && y < canvas.bottom;
}"""


def test_the_diagram_is_legible_at_the_token_in_light_and_dark_beside_the_form(
    house: Flask, page: Page, tmp_path: Path
) -> None:
    office = Psc(house)
    case_id = office.accept()
    office.carry(case_id)
    office.work(case_id, "clerk", {"papers": "match"}, together=True)
    head = directory.staff_at(office.body, "head")[0].login
    Hands(page).sign_in(head, f"/cases/{case_id}")
    before = page.evaluate(TOP)
    for width, height in ((1366, 768), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"/cases/{case_id}#diagram")
        page.reload()
        page.wait_for_selector("#canvas[data-drawn]")
        assert page.evaluate(SMALLEST) >= 11, width
        assert page.evaluate(IN_SIGHT, "Call_Resolution"), width
        page.screenshot(path=tmp_path / f"diagram-{width}.png")
        page.click("[data-zoom=fit]")
        assert page.evaluate(IN_SIGHT, "Call_Resolution") and page.evaluate(SMALLEST) < 11, width
    page.set_viewport_size({"width": 1366, "height": 768})
    page.reload()
    page.wait_for_selector("#canvas[data-drawn]")
    assert page.evaluate(TOP) == before
    expect(page.locator("[data-diagram]")).to_have_text(
        ["Тұрғын үй көмегін тағайындау: ХҚКО арқылы өтініш", "Бұрыштама қою"]  # a route that is not this case's is not
    )
    page.emulate_media(color_scheme="dark")
    expect(page.locator("#canvas")).to_have_css("background-color", "rgb(30, 34, 39)")
    step = page.locator("#canvas [data-element-id=Task_Determine]")
    expect(step.locator("rect").first).to_have_css("fill", "rgb(30, 34, 39)")
    expect(step.locator("text").first).to_have_css("fill", "rgb(236, 233, 225)")
    page.screenshot(path=tmp_path / "diagram-dark.png")
