"""One case through all its people at a real browser, in Kazakh."""

import re

import pytest
from playwright.sync_api import Page, expect

from services.documents import barcode_payload
from tests.people.hands import Hands

pytestmark = pytest.mark.browser
#: what a Kazakh layout makes of a scanner's digits and dashes
KAZAKH_KEYS = dict(zip("1234567890-", '"әіңғ,.үұқө', strict=True))
#: as fast as a scanner
SCAN = """keys => [...keys, ['', 'Enter']].forEach(([digit, key]) => document.activeElement.dispatchEvent(
    new KeyboardEvent('keydown', {code: `Digit${digit}`, key, bubbles: true, cancelable: true})))"""


def register(hands: Hands) -> str:
    """The clerk registers by keyboard alone; the address of the case."""
    page = hands.page
    hands.come_in("clerk.taldykorgan")
    hands.see()
    page.locator(".lists button.primary").focus()
    hands.press("Enter")
    page.wait_for_url(re.compile(r"/cases/\d+"))
    hands.see()
    hands.count_papers()
    page.locator("#surname").focus()
    for text in ("Үлгібаев", "Мысал", "Сынақұлы", "850101100012", "87000000001"):
        hands.type(text)
        hands.press("Tab")
    hands.type("Талдықорған қаласы, Үлгі көшесі, 1-үй, 1-пәтер")
    with page.expect_navigation():
        hands.press("Enter")
    hands.see()
    expect(page.locator("h1 .number")).to_have_text(re.compile(r"^19-\d{4}-00001$"))
    return page.url


def test_a_case_goes_through_all_its_people_in_kazakh(page: Page, capsys: pytest.CaptureFixture[str]) -> None:
    hands = Hands(page)
    case = register(hands)
    with capsys.disabled():
        print(f"\nregistering an application: {hands.screens} screens, {hands.keys} keystrokes")  # noqa: T201
    assert page.locator("html").get_attribute("lang") == "kk"
    expect(page.locator(".papers a").first).to_have_text("Талон")

    hands.sign_in("head.taldykorgan", case)
    hands.take()
    page.get_by_label("Сынақбеков Дерек Нұсқаұлы").check()
    hands.send()

    hands.sign_in("executor.taldykorgan")
    expect(page.locator(".tasks tbody tr")).to_have_count(1)
    page.goto(case)
    page.check("input[name=papers][value=complete]")
    page.fill("#members-0-income", "40 000")
    page.select_option("#expenses-0-kind", "heating")
    page.fill("#expenses-0-amount", "30000")
    hands.send()
    expect(page.locator(".proposal .figure")).to_contain_text("26 000 ₸")
    hands.send()

    hands.sign_in("head.taldykorgan", case)
    hands.take()
    page.check("input[name=verdict][value=return]")
    page.fill("#reason", "Жылу шотын қоса тіркеңіз")
    hands.send()

    hands.sign_in("executor.taldykorgan", case)
    expect(page.locator(".next .round")).to_be_visible()
    hands.send()

    hands.sign_in("head.taldykorgan", case)
    hands.take()
    hands.agree_and_sign(case)

    hands.sign_in("executor.taldykorgan", case)
    page.check("input[name=way][value=ready]")
    page.check("input[name=told_how][value=phone]")
    hands.send()
    page.goto(case)
    hands.take()
    hands.receive()
    hands.send()
    page.goto(case)
    expect(page.locator(".clock.closed dd")).to_contain_text("тағайындалды")


def test_what_is_typed_is_kept_stands_whole_and_is_not_sent_into_nowhere(page: Page) -> None:
    hands = Hands(page)
    hands.sign_in("clerk.taldykorgan")
    with page.expect_navigation():  # to its end: the page's script is there, until then nobody listens
        page.click(".lists button.primary")
    with page.expect_response(re.compile("/draft$")) as kept:
        page.fill("#surname", "Мысалова")
        page.locator("#given_name").focus()
    assert kept.value.status == 204
    page.reload()
    expect(page.locator("#surname")).to_have_value("Мысалова")
    page.fill("#given_name", "Нұсқа")
    with page.expect_navigation():  # the press that leaves the field leads away, too
        page.locator(".languages button[value=ru]").click()
    expect(page.locator("#given_name")).to_have_value("Нұсқа")
    with page.expect_navigation():
        page.locator(".languages button[value=kk]").click()

    # nor is a number counted anew by whoever rolls the page on over it
    hands.count_papers()
    count = page.locator(".of-counts input:focus")
    count.hover()
    page.mouse.wheel(0, -100)
    page.mouse.wheel(0, 100)
    page.mouse.wheel(0, 100)
    page.wait_for_function("() => document.activeElement.matches('.of-counts input')", timeout=30_000)
    expect(count).to_have_value("1")

    # a browser cuts what is pasted, and tells nobody
    page.locator("#address").focus()
    page.keyboard.insert_text("Ұзын мекенжай " * 60)
    expect(page.locator("#address")).to_have_value("Ұзын мекенжай " * 60)
    expect(page.locator("#lacks-address")).to_contain_text("таңба. 840 / ")
    page.fill("#address", "Үлгі көшесі, 3")
    expect(page.locator("#lacks-address")).to_have_count(0)

    # without a network the browser's own page would take this one's place
    cut = """is => { Object.defineProperty(navigator, 'onLine', {value: !is, configurable: true});
        dispatchEvent(new Event('offline')); }"""
    page.evaluate(cut, True)
    page.locator("form.task button.primary").click()
    expect(page.locator("[data-still]")).to_contain_text("желі жоқ")
    expect(page.locator("#address")).to_have_value("Үлгі көшесі, 3")
    page.evaluate(cut, False)
    expect(page.locator("[data-still]")).to_be_hidden()


def test_the_diagram_shows_where_the_case_is(page: Page) -> None:
    hands = Hands(page)
    case = register(hands)
    page.goto(case.partition("#")[0] + "#diagram")
    page.wait_for_selector("#canvas[data-drawn]")
    expect(page.locator('#canvas [data-element-id="Task_Register"]').first).to_have_class(re.compile("done"))
    expect(page.locator('#canvas [data-element-id="Call_Resolution"]').first).to_have_class(re.compile("active"))
    expect(page.locator("#canvas .bjs-powered-by")).to_be_visible()

    # a scan finds its case wherever one stands, under a Kazakh layout too: its Enter presses nothing else
    code = barcode_payload(page.locator("h1 .number").inner_text())
    page.locator("[data-theme-switch]").focus()
    with page.expect_navigation():
        page.evaluate(SCAN, [[each, KAZAKH_KEYS.get(each, each)] for each in code])
    expect(page.locator("h1 .number")).to_have_text(code[:-2])
    assert "#diagram" not in page.url


def test_an_error_is_said_beside_the_field_and_in_a_summary_that_has_the_focus(page: Page) -> None:
    hands = Hands(page)
    hands.sign_in("clerk.taldykorgan")
    page.click(".lists button.primary")
    page.fill("#surname", "Мысалова")
    hands.send()
    expect(page.locator("#summary")).to_be_focused()
    expect(page.locator("#error-address")).to_be_visible()
    page.fill("#given_name", "Нұсқа")
    page.fill("#address", "Үлгі көшесі, 3")
    hands.count_papers()
    page.fill("#iin", "850101100013")
    hands.send()
    expect(page.locator("#summary")).to_be_focused()
    expect(page.locator("#error-iin")).to_be_visible()
    expect(page.locator("#surname")).to_have_value("Мысалова")
