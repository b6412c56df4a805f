"""A PSC case through all its people at a real browser, in Kazakh, while a second folder goes missing and is found."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.people.hands import Hands, settled

pytestmark = pytest.mark.browser


class Desk:
    """Somebody at the desk, with a scanner in hand."""

    def __init__(self, hands: Hands) -> None:
        self.hands, self.page = hands, hands.page

    def open(self, path: str = "/desk/") -> None:
        self.page.goto(path)
        settled(self.page)

    def scan(self, code: str, word: str) -> None:
        """A scanner types the code and ends with Enter; nobody touches the mouse."""
        expect(self.page.locator("#codes")).to_be_focused()
        before = self.page.locator(".card").count()
        self.hands.type(code)
        self.hands.press("Enter")
        expect(self.page.locator(".card")).to_have_count(before + 1)
        expect(self.page.locator(".card").first).to_have_attribute("data-word", word)
        expect(self.page.locator("#codes")).to_have_value("")

    def press(self, words: str) -> None:
        """A button of the registry, and the page that follows."""
        with self.page.expect_navigation():
            self.page.locator("#registry button", has_text=words).click()


def accept(hands: Hands, surname: str) -> tuple[str, str]:
    """The inspector takes an application in; its number, and the address of the case."""
    page = hands.page
    hands.sign_in("inspector.taldykorgan")
    page.click(".lists button.primary")
    page.fill("#surname", surname)
    page.fill("#given_name", "Мысал")
    page.fill("#address", f"Талдықорған қаласы, {surname} көшесі, 1-үй")
    hands.count_papers()
    hands.send()
    expect(page.locator("h1 .number")).to_have_text(re.compile(r"^P30-\d{4}-0000\d$"))
    expect(page.locator(".papers a")).to_have_text(["Қолхат", "Папка жапсырмасы"])
    return page.locator("h1 .number").inner_text(), page.url


def send_from(desk: Desk, *codes: str) -> str:
    """Scanned onto the registry, closed, handed over; the address of the registry."""
    desk.open()
    for code in codes:
        desk.scan(code, "listed")
    with desk.page.expect_navigation():
        desk.page.locator(".card a", has_text="Тізілім").first.click()
    desk.press("Тізілімді жабу")
    desk.press("Курьерге тапсыру")
    return desk.page.url


def test_a_folder_goes_its_way_while_another_is_missing_and_found(page: Page) -> None:
    hands = Hands(page)
    desk = Desk(hands)
    (number, case), (lost, lost_case) = accept(hands, "Үлгібаев"), accept(hands, "Сынақов")
    assert page.locator("html").get_attribute("lang") == "kk"

    hands.sign_in("accum.taldykorgan", None)
    registry = send_from(desk, number, lost)
    expect(page.locator("#registry .line-state").first).to_have_text("жолда")

    hands.sign_in("clerk.taldykorgan", None)
    desk.open(registry)
    desk.scan(number, "received")
    desk.scan(number, "refused")
    expect(page.locator(".card").first).to_contain_text("Бұрын сканерленген")
    widths = page.evaluate("['.card', '.card .why'].map((each) => document.querySelector(each).offsetWidth)")
    assert widths[1] > widths[0] / 2, "what came of a scan stands across its card"
    desk.press("Аяқтау")
    expect(page.locator(".flash.warning:not([hidden])")).to_contain_text(lost)
    page.goto(lost_case)
    expect(page.locator(".next")).to_contain_text("Папканы уәкілетті органға жеткізу")

    page.goto(case)
    hands.take()
    page.check("input[name=papers][value=match]")
    hands.send()
    page.goto(case)
    expect(page.locator("h1 .number")).to_have_text(re.compile(r"^19-\d{4}-00001$"))

    hands.sign_in("accum.taldykorgan")
    expect(page.locator(".alarm-line")).to_contain_text("1")
    desk.open()
    desk.scan(lost, "found")
    send_from(desk, lost)
    hands.sign_in("clerk.taldykorgan", None)
    desk.open()
    desk.scan(lost, "received")
    expect(page.locator(".alarm")).to_have_count(0)
    page.goto(lost_case)
    expect(page.locator(".next")).to_contain_text("Тізіліммен салыстыру, тіркеу")

    decide(hands, case)
    bring_back(hands, desk, number, case)


def decide(hands: Hands, case: str) -> None:
    """The head, the executor, the head, the executor."""
    page = hands.page
    hands.sign_in("head.taldykorgan", case)
    hands.take()
    page.get_by_label("Сынақбеков Дерек Нұсқаұлы").check()
    hands.send()

    hands.sign_in("executor.taldykorgan", case)
    page.check("input[name=papers][value=complete]")
    page.fill("#members-0-income", "40 000")
    page.select_option("#expenses-0-kind", "heating")
    page.fill("#expenses-0-amount", "30000")
    page.click("button[name=_preview]")
    expect(page.locator(".proposal .figure")).to_contain_text("26 000 ₸")
    expect(page.locator("input[name=decision][value=approve]")).to_be_checked()
    hands.send()

    hands.sign_in("head.taldykorgan", case)
    hands.take()
    hands.agree_and_sign(case)

    hands.sign_in("executor.taldykorgan", case)
    page.fill("#originals-0-title", "Неке туралы куәлік")
    hands.send()


def bring_back(hands: Hands, desk: Desk, number: str, case: str) -> None:
    """The result by courier to the PSC, and over the counter against the receipt."""
    page = hands.page
    hands.sign_in("clerk.taldykorgan", None)
    desk.open()
    row = page.locator(".papers-table tr", has_text="Неке туралы куәлік")
    result = row.locator("td.number").inner_text()
    assert re.fullmatch(r"19-X\d{4}-00001", result)
    send_from(desk, result)

    hands.sign_in("accum.taldykorgan", None)
    desk.open()
    desk.scan(result, "received")
    page.goto(case)
    hands.take()
    hands.send()

    hands.sign_in("inspector.taldykorgan", None)
    desk.open()
    desk.scan(number, "offer")
    hands.press("Enter")  # the one lawful act, by one key
    page.wait_for_url(re.compile(r"/cases/\d+"))
    expect(page.locator(".next")).to_contain_text("Нәтижені қолхат бойынша беру")
    hands.receive()
    page.check("input[name=receipt][value=shown]")
    hands.send()
    page.goto(case)
    expect(page.locator(".clock.closed dd")).to_contain_text("тағайындалды")
    page.goto(case + "#custody")
    expect(page.locator("#custody .code")).to_have_text(["OUT-PSC", "IN-BODY", "OUT-BODY", "IN-PSC"])
