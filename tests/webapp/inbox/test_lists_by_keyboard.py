"""A day's list in a browser: by keys alone, in a Kazakh layout, kept fresh without moving what one reads."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from services import cases, directory
from tests.people.hands import Hands
from tests.people.office import OFFICE, Office

pytestmark = pytest.mark.browser
#: what a Kazakh keyboard sends for the key of that place
KAZAKH = {"KeyJ": "о", "KeyK": "л", "KeyX": "ч", "KeyN": "т", "KeyE": "у"}
#: hurries the asking that happens every half minute
ASK = "htmx.ajax('GET', document.getElementById('rows').getAttribute('hx-get'), {source: '#rows', swap: 'none'})"


def press(page: Page, code: str) -> None:
    """A key by its place, with the letter of a Kazakh layout on it."""
    page.evaluate(
        "([code, key]) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {code, key, bubbles: true, cancelable: true}))",  # noqa: E501
        [code, KAZAKH[code]],
    )


def test_a_head_works_through_a_list_by_keys_and_nothing_moves_under_their_eyes(
    house: Flask, page: Page, capsys: pytest.CaptureFixture[str]
) -> None:
    office = Office(house)
    opened = [office.run(until=1) for _ in range(5)]
    hands = Hands(page)
    hands.sign_in("head.taldykorgan", "/inbox?list=role")
    rows = page.locator(".worklist tbody tr")
    heights = rows.evaluate_all("(rows) => rows.map((row) => Math.round(row.getBoundingClientRect().height))")
    assert set(heights) <= {40, 41}
    for code in ("KeyJ", "KeyJ", "KeyX", "KeyK", "KeyX"):
        press(page, code)
    expect(rows.nth(0)).to_have_class(re.compile("here"))
    expect(page.locator("[data-ticked]")).to_have_text("Белгіленді: 2")

    # meanwhile one is taken away and one comes; a word is half typed
    page.locator("#find").fill("үлг")
    boss = directory.staff_at(OFFICE, "head")[0]
    cases.complete_task(
        office.task(opened[2]),
        {"executor": str(office.executor_id), "text": "Қаралсын"},
        cases.Click(boss, "elsewhere"),
    )
    office.run(until=1)
    before = rows.evaluate_all("(rows) => rows.map((row) => row.dataset.row)")
    page.evaluate(ASK)
    expect(page.locator(".fresh-rows span")).to_have_text("Жаңа: 1 · Кетті немесе өзгерді: 1")
    assert rows.evaluate_all("(rows) => rows.map((row) => row.dataset.row)") == before
    expect(rows.nth(2)).to_have_class(re.compile("gone"))
    expect(page.locator("#find")).to_have_value("үлг")
    press(page, "KeyX")  # a letter of a word is no key
    expect(page.locator("[data-ticked]")).to_have_text("Белгіленді: 2")
    page.locator("[data-show-fresh]").click()
    expect(page.locator(".worklist .gone")).to_have_count(0)
    after = rows.evaluate_all("(rows) => rows.map((row) => row.dataset.row)")
    assert after[:4] == [each for each in before if each != before[2]] and len(after) == 5 and after != before
    expect(page.locator(".worklist [data-tick]:checked")).to_have_count(2)
    expect(page.locator("#find")).to_have_value("үлг")
    page.locator("#find").fill("")

    # the palette says everything by its name, with its key
    page.locator("h1").focus()
    page.keyboard.press("Control+KeyK")
    expect(page.locator("#palette-words")).to_be_focused()
    page.keyboard.type("келесісі")
    offered = page.locator("#palette-offers li")
    expect(offered.first).to_contain_text("тізімнің келесісі")
    expect(offered.first.locator("kbd")).to_have_text("n")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    hands.see()

    # one after another: a name and Enter; Enter takes the next one, and nothing is taken before
    started = hands.keys
    for number in range(2):
        if number:
            expect(page.locator("form.claim [data-claim]")).to_be_focused()
            with page.expect_navigation():
                hands.press("Enter")
            hands.see()
        page.locator("input[name=executor]").first.focus()
        hands.press("Space")
        with page.expect_navigation():
            page.locator("form.task button.primary").focus()
            hands.press("Enter")
        hands.see()
        expect(page.locator(".recorded")).to_contain_text("орындаушы белгіленді")
    with capsys.disabled():
        print(f"\na head's resolution, each: {(hands.keys - started) / 2} keys, {hands.screens / 2} screens")  # noqa: T201

    # what is left: all at once
    page.goto("/inbox?list=role")
    expect(rows).to_have_count(3)
    page.check("[data-tick-all]")
    before_keys = hands.keys
    with page.expect_navigation():
        page.locator("[data-several=answer]").focus()
        hands.press("Enter")
    page.locator("input[name=executor]").first.focus()
    hands.press("Space")
    with page.expect_navigation():
        page.locator("form.task button.primary").focus()
        hands.press("Enter")
    expect(page.locator("h1")).to_have_text("Орындалды: 3 ішінен 3")
    with capsys.disabled():
        print(f"three resolutions at once: {hands.keys - before_keys + 1} keys, 3 screens")  # noqa: T201
