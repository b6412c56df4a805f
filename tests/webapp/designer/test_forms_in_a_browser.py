"""A form drawn in Modeler at a real browser: questions come and go while one types; for every eye, key and phone."""

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from services import cases
from tests.people.hands import Hands, settled
from tests.services.processes.drawn_forms import HOUSEHOLD, VISIT, begin, clerk, visit
from tests.webapp.axe import PHONE, SCREEN, faults_of_axe
from tests.webapp.case.attaching import DRAWN, PAGE, scan

pytestmark = pytest.mark.browser


def waiting(house: Flask) -> int:
    """A case whose clerk is asked about the visit."""
    return begin(visit(), "start>Visit Visit>end", home_visit=VISIT)


def shown(page: Page, case_id: int) -> Hands:
    hands = Hands(page)
    hands.sign_in(clerk().login, f"/cases/{case_id}")
    settled(page)
    return hands


def test_questions_come_and_go_with_the_answers_and_what_was_typed_is_kept(house: Flask, page: Page) -> None:
    case_id = waiting(house)
    hands = shown(page, case_id)
    people, why = page.locator("#people"), page.locator("#why_empty")
    expect(people).to_be_hidden()
    page.check("input[name=lives][value=yes]")
    expect(people).to_be_visible()
    expect(why).to_be_hidden()
    page.fill("#people", "4")
    page.check("input[name=lives][value=no]")
    expect(why).to_be_visible()
    expect(people).to_be_hidden()
    page.check("input[name=lives][value=yes]")
    expect(people).to_have_value("4")
    page.check("input[name=photographed]")
    expect(page.locator("[data-asked=next_visit]")).to_be_hidden()
    page.fill("#visited_on", "05.03.2026")
    page.fill("#area", "48,5")
    page.check("input[name=services-gas]")
    page.fill("#act_number", "12-2026")
    hands.send()
    expect(page.locator("#summary")).to_be_focused()
    expect(page.locator("#error-act_number")).to_have_text("Нөмірді 12/2026 түрінде жазыңыз.")
    expect(page.locator("input[name=services-gas]")).to_be_checked()
    page.fill("#act_number", "12/2026")
    with page.expect_navigation():
        page.click("form.task button.primary")
    assert cases.case_page(case_id, clerk()).outcome == "end"


def household(house: Flask) -> int:
    """A case whose clerk is asked about a household: lists, words and sums that follow what is typed."""
    return begin(visit(camunda__formRef="household"), "start>Visit Visit>end", household=HOUSEHOLD)


def test_words_sums_and_lists_follow_what_is_typed(house: Flask, page: Page) -> None:
    case_id = household(house)
    hands = shown(page, case_id)
    page.fill("[id='home.street']", "Абай 5")
    page.fill("#members-0-kin", "анасы")
    expect(page.locator("#members-0-income")).to_be_hidden()
    page.check("#members-0-works")
    expect(page.locator("#members-0-income")).to_be_visible()
    page.fill("#members-0-income", "120 000")
    page.click("button[name=_add][value=members]")
    expect(page.locator("#members-1-kin")).to_be_focused()
    hands.type("әкесі")
    expect(page.locator("#members-1-income")).to_be_hidden()
    page.check("#members-1-works")
    page.fill("#members-1-income", "80000")
    page.click("button[name=_add][value=flats]")
    expect(page.locator("[name=flats-1-kind][value=own]")).to_be_checked()
    expect(page.locator("label[for=flats-1-flat]")).to_contain_text("Пәтер № 2")
    page.check("[name=flats-1-kind][value=rent]")
    page.fill("#flats-1-flat", "7")
    expect(page.locator("#flats-1-why")).to_be_visible()
    expect(page.get_by_text("Барлық кіріс: 200000 ₸")).to_be_visible()
    expect(page.locator("figure.table tbody tr")).to_have_count(2)
    page.fill("#note", "бір")
    page.check("input[name=checked]")
    expect(page.locator("dl#note")).to_contain_text("бір")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert faults_of_axe(page) == []
    with page.expect_navigation():
        page.click("form.task button.primary")
    page.goto(f"/cases/{case_id}")
    expect(page.get_by_text("Абай 5")).to_be_visible()


@pytest.mark.parametrize(
    ("language", "scheme"),
    [
        ("kk", "light"),
        ("ru", "dark"),
        *(pytest.param(*each, marks=pytest.mark.soak) for each in (("kk", "dark"), ("ru", "light"))),
    ],
)
def test_axe_finds_nothing_in_it(house: Flask, browser: Browser, address: str, scheme: str, language: str) -> None:
    case_id = waiting(house)
    looks = {"color_scheme": scheme, "viewport": SCREEN, "bypass_csp": True}
    page = browser.new_context(base_url=address, **looks).new_page()  # type: ignore[arg-type]
    page.goto("/sign-in")
    hands = shown(page, case_id)
    with page.expect_navigation():
        page.click(f"button[name=language][value={language}]")
    page.goto(f"/cases/{case_id}")
    assert faults_of_axe(page) == []
    page.check("input[name=lives][value=yes]")
    expect(page.locator("#people")).to_be_visible()
    hands.send()
    expect(page.locator("#summary")).to_be_visible()
    assert faults_of_axe(page) == []
    page.context.close()


def test_it_is_no_wider_than_a_phone(house: Flask, browser: Browser, address: str) -> None:
    case_id = waiting(house)
    page = browser.new_context(base_url=address, viewport=PHONE, has_touch=True).new_page()  # type: ignore[arg-type]
    page.goto("/sign-in")
    shown(page, case_id)
    page.check("input[name=lives][value=yes]")
    expect(page.locator("#people")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.context.close()


def test_it_is_filled_in_by_keys_alone(house: Flask, page: Page) -> None:
    case_id = waiting(house)
    hands = shown(page, case_id)
    page.locator("#visited_on").focus()
    for text in ("05.03.2026", "48,5"):
        hands.type(text)
        hands.press("Tab")
    hands.press("Space")
    expect(page.locator("#people")).to_be_visible()
    hands.press("Tab")
    expect(page.locator("#people")).to_be_focused()
    with page.expect_navigation():
        hands.press("Enter")
    assert cases.case_page(case_id, clerk()).outcome == "end"


def test_a_file_is_attached_as_it_is_chosen_and_what_hangs_on_it_follows(house: Flask, page: Page) -> None:
    case_id = begin(visit(), "start>Visit Visit>end", home_visit=DRAWN)
    shown(page, case_id)
    chosen = {"name": "Жеке куәлік.png", "mimeType": "image/png", "buffer": scan()}
    page.route("**/complete", lambda route: route.fulfill(body="another page"))
    page.set_input_files("#scans-file", [chosen])
    expect(page.locator(".not-attached")).to_be_visible()
    page.unroute("**/complete")
    page.set_input_files("#scans-file", [chosen, {"name": "акт.pdf", "mimeType": "application/pdf", "buffer": PAGE}])
    expect(page.locator("[data-files] .attached li")).to_have_count(2)
    expect(page.locator("#why")).to_be_visible()
    expect(page.locator(".not-attached")).to_be_hidden()
    page.reload()
    expect(page.locator("[data-files] .attached li")).to_have_count(2)
    page.locator("[data-files] button[name=_detach]").last.click()
    expect(page.locator("[data-files] .attached li")).to_have_count(1)
    expect(page.locator("#why")).to_be_hidden()
    picture = page.request.get(page.locator("[data-files] .attached a").get_attribute("href") or "")
    assert picture.ok and picture.body()[:2] == b"\xff\xd8", "its name has letters that a header has not"
    with page.expect_navigation():
        page.click("form.task button.primary")
    assert cases.case_page(case_id, clerk()).outcome == "end"
