"""The citizen's whole way in a browser: counter, talon, phone, call, what is asked, SMS, notice, wall."""

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from playwright.sync_api import Page, expect

from services import clock, jobs, screens
from services.directory import staff_at
from services.tracking import guesses
from tests.people.gateway import FakeGateway, told_by
from tests.people.hands import Hands
from tests.people.office import APPLICATION, OFFICE, Office
from tests.webapp.axe import PHONE, SCREEN

pytestmark = pytest.mark.browser
MORNING = datetime(2013, 12, 9, 5, tzinfo=UTC)
#: by SMS and on the applicant's own page: the region's words
TOLD, READY = "Өтінішіңізге жауап дайын. Жеке куәлікпен келіп алыңыз.", "Жауап дайын, сізді күтіп тұр."


@pytest.fixture
def gateway(house: Flask) -> Iterator[FakeGateway]:
    guesses.refused.cache_clear()
    with told_by(house) as fake, clock.stopped(MORNING):
        yield fake


def applied(hands: Hands) -> int:
    """The clerk takes in the application of somebody who agrees to be told; the case's id."""
    page = hands.page
    hands.sign_in("clerk.taldykorgan")
    page.click(".lists button.primary")
    page.wait_for_url(re.compile(r"/cases/\d+"))
    hands.count_papers()
    for name in ("surname", "given_name", "patronymic", "iin", "phone", "address"):
        page.fill(f"#{name}", APPLICATION[name])
    page.check("input[name=told]")
    page.fill("#told_phone", "8 701 123 45 67")
    page.check("input[name=told_language][value=kk]")
    hands.send()
    expect(page.locator("h1 .number")).to_have_text(re.compile(r"^19-2013-\d{5}$"))
    return int(page.url.partition("/cases/")[2].split("?")[0])


def square_on_the_talon(page: Page) -> str:
    """Where the square on the talon leads, as the first print bears it."""
    form = page.locator(".papers form").first
    token = form.locator("[name=csrf_token]").input_value()
    pdf = page.request.post(form.get_attribute("action") or "", form={"csrf_token": token}).body()
    for sheet in pypdfium2.PdfDocument(io.BytesIO(pdf)):
        for code in zxingcpp.read_barcodes(sheet.render(scale=3).to_pil().convert("L")):
            if "/status#" in code.text:
                return str(code.text)
    raise AssertionError("no square leads to /status")


def status(page: Page, square: str) -> str:
    """What the applicant reads on a phone."""
    page.goto("about:blank")
    page.set_viewport_size(PHONE)
    page.goto(square[square.index("/status#") :])
    page.fill("#who", APPLICATION["surname"])
    page.keyboard.press("Enter")
    expect(page.locator(".happened")).to_be_visible()
    return page.locator("main").inner_text()


def test_an_application_is_followed_from_the_counter_to_the_wall_that_says_it_is_ready(
    house: Flask, page: Page, gateway: FakeGateway
) -> None:
    hands, office = Hands(page), Office(house)
    case_id = applied(hands)
    number = page.locator("h1 .number").inner_text()
    square = square_on_the_talon(page)
    jobs.work_off(clock.now())
    assert [each["to"] for each in gateway.taken.values()] == ["+77011234567"]
    first = status(page, square)
    assert number in first and READY not in first

    page.set_viewport_size(SCREEN)
    hands.sign_in("operator", "/calls/")
    page.fill("#number", number)
    page.fill("#who", APPLICATION["surname"])
    page.select_option("#reason", "where")
    page.click("main button.primary")
    expect(page.locator(".calls-words[lang=kk]")).to_be_visible()
    page.click("a.button.secondary")
    page.check("input[name=asks][value=note]")
    page.fill("#said", "Пошта жәшігі жоқ, қоңырау шалыңыз")
    page.click("form.task button.primary")
    expect(page).to_have_url(re.compile("/calls/$"))
    task = next(each for each in office.lines(case_id) if each["key"] == "answer_call")
    assert (task["role"], bool(task["due_at"])) == ("clerk", True)
    hands.sign_in("clerk.taldykorgan", f"/cases/{case_id}?task={task['task_id']}")
    expect(page.get_by_text("Пошта жәшігі жоқ, қоңырау шалыңыз").first).to_be_visible()
    hands.take()
    page.check("input[name=done][value=called]")
    page.fill("#answered", "Айтылды")
    hands.send()

    with clock.stopped(MORNING + timedelta(hours=1)):
        for role, answers in [*office.steps()[1:-1], ("executor", {"way": "ready", "told_how": "phone"})]:
            assert office.work(case_id, role, answers).status_code == 200, role
        jobs.work_off(clock.now())
        said = [each["text"] for each in gateway.taken.values()]
        assert len(said) == 2 and said[-1] == TOLD
        assert READY in status(page, square)
        screens.open_screens(OFFICE, staff_at("OBLAST", "admin")[0])
        page.set_viewport_size(SCREEN)
        page.goto(f"/screen/{OFFICE}/")
        expect(page.locator(".some li")).to_have_text(number[-3:])
