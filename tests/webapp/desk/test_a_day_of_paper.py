"""Two offices and a courier in three browsers through one day: a folder is missing, one extra, one torn, one astray."""

from collections.abc import Callable
from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import insert, select

from services import custody, desk, directory, journal
from services.custody.models import ConsignmentLine, Item
from services.db import db
from tests.conftest import Once
from tests.people.hands import Hands, settled
from tests.people.office import Psc
from tests.people.walk import Walk, check_everything
from tests.webapp.serve.supervised import wait_for

pytestmark = pytest.mark.browser


class Place:
    """One person's window, and the scanner beside it."""

    def __init__(self, browser: Browser, address: str, login: str, **looks: object) -> None:
        self.page: Page = browser.new_context(base_url=address, locale="kk-KZ", **looks).new_page()  # type: ignore[arg-type]
        Hands(self.page).sign_in(login, None)
        self.go("/desk/")

    def go(self, path: str) -> None:
        self.page.goto(path)
        settled(self.page)

    def scan(self, code: str, word: str, tone: str | None = None) -> None:
        before = self.page.locator(".card").count()
        self.page.locator("#codes").focus()
        self.page.keyboard.type(code)
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".card")).to_have_count(min(before + 1, 60))
        expect(self.page.locator(".card").first).to_have_attribute("data-word", word)
        if tone:
            expect(self.page.locator(".card").first).to_have_attribute("data-tone", tone)

    def press(self, words: str) -> None:
        with self.page.expect_navigation():
            self.page.locator("#registry button", has_text=words).click()

    def send(self) -> str:
        """Close the registry of the last card and hand it over; its address."""
        with self.page.expect_navigation():
            self.page.locator(".card a", has_text="Тізілім").first.click()
        self.press("Тізілімді жабу")
        self.press("Курьерге тапсыру")
        return self.page.url


def test_a_day_with_everything_that_can_happen_to_paper_ends_with_every_folder_accounted_for(
    house: Flask, browser: Browser, address: str
) -> None:
    psc = Psc(house)
    sound, lost, torn, extra = (psc.folder(psc.accept()) for _ in range(4))
    astray = Psc(house, "PSC_NURA")
    stray = astray.folder(astray.accept())
    astray.send("psc_accum", stray)

    accum = Place(browser, address, "accum.taldykorgan")
    clerk = Place(browser, address, "clerk.taldykorgan")
    courier = Place(browser, address, "courier.taldykorgan", viewport={"width": 390, "height": 844})

    for code in (sound, lost, torn):
        accum.scan(code, "listed")
    accum.scan(torn, "refused", "again")  # a scanner that repeats
    registry = accum.send()

    courier.go("/desk/")
    expect(courier.page.locator(".rounds a")).to_have_count(1)
    assert "Үлгібаев М" not in courier.page.content()  # numbers, no names
    big = courier.page.get_by_role("button", name="Жеткізілді")
    box = big.bounding_box()
    assert box is not None and box["height"] >= 60 and box["width"] >= 300, "a thumb hits it, walking"
    courier.page.context.set_offline(True)  # between two villages
    big.click()
    expect(courier.page.locator("#trip .kept:not([hidden])")).to_be_visible()
    courier.page.context.set_offline(False)
    expect(courier.page.locator("#delivered-title")).to_be_visible()
    assert journal.read(f"consignment:{registry.rpartition('/')[2]}")[0].event == "consignment.delivered"

    clerk.go(registry)
    clerk.scan(sound, "received", "good")
    clerk.scan(torn, "received", "good")
    clerk.scan(extra, "received", "late")  # it stood on no registry
    clerk.scan(stray, "refused", "elsewhere")
    clerk.page.locator("tr", has_text=torn).locator("summary").click()
    clerk.page.locator("tr", has_text=torn).get_by_placeholder("Не бүлінген").fill("Бұрышы жыртылған")
    with clerk.page.expect_response("**" + registry):  # another scan lets the lines be read again
        clerk.page.evaluate("document.body.dispatchEvent(new Event('scanned'))")
    clerk.page.wait_for_timeout(300)
    expect(clerk.page.locator("tr", has_text=torn).get_by_placeholder("Не бүлінген")).to_have_value("Бұрышы жыртылған")
    clerk.page.locator("tr", has_text=torn).locator("input[type=file]").set_input_files(
        {"name": "damage.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    )
    with clerk.page.expect_navigation():
        clerk.page.locator("tr", has_text=torn).locator("button", has_text="Белгілеу").click()
    clerk.press("Аяқтау")
    expect(clerk.page.locator(".flash.warning:not([hidden])")).to_contain_text(lost)
    expect(clerk.page.locator("#registry")).to_contain_text("Бұрышы жыртылған")
    to_print = clerk.page.locator('#registry form[action$="act.pdf"]')
    token = to_print.locator("[name=csrf_token]").get_attribute("value") or ""
    act = clerk.page.request.post(to_print.get_attribute("action") or "", form={"csrf_token": token})
    assert act.ok and act.body().startswith(b"%PDF")
    expect(clerk.page.locator("#registry .photo img")).to_have_count(1)
    clerk.page.fill("#signed-with", "Дереков, курьер")
    clerk.press("Актіге қол қойылды")
    expect(clerk.page.locator(".act-signed")).to_contain_text("Дереков, курьер")

    clerk.go("/desk/")
    clerk.scan(stray, "refused", "elsewhere")
    with clerk.page.expect_navigation():
        clerk.page.keyboard.press("Enter")  # the one lawful act: take it in and send it on
    settled(clerk.page)
    clerk.scan(stray, "listed")
    clerk.send()
    astray.scan("clerk", stray)

    accum.go("/desk/")
    expect(accum.page.locator(".alarm")).to_contain_text(lost)
    accum.scan(lost, "found")
    accum.scan(lost, "listed")
    accum.send()
    clerk.go("/desk/")
    clerk.scan(lost, "received", "late")
    expect(clerk.page.locator(".alarm")).to_have_count(0)

    for code in (sound, lost, torn, extra, stray):
        assert custody.paper(code).state == "here"
    check_everything()
    Walk(1).bring_everything_home()
    check_everything()
    assert {item.state for item in db.session.scalars(select(Item))} == {"here"}


def picture() -> bytes:
    """What a phone's camera gives."""
    drawn = BytesIO()
    Image.new("RGB", (1200, 900), "#c9b58c").save(drawn, "JPEG")
    return drawn.getvalue()


@pytest.mark.parametrize("lines", [500, pytest.param(2000, marks=pytest.mark.soak)])
def test_a_registry_of_many_lines_is_printed_while_the_page_says_how_far_it_is(
    house: Flask, browser: Browser, address: str, lines: int
) -> None:
    """The folders are rows of one real one: made through the counter they would take minutes."""
    (first,) = sent_folders(1)
    real, codes = custody.paper(first), [f"P30-2013-{number:05d}" for number in range(1001, 1000 + lines)]
    columns = {"kind": "folder", "case_id": real.case_id, "office_key": real.office_key, "since": real.since,
               "state": "in_transit", "destination_key": real.destination_key, "consignment_id": real.consignment_id,
               "originals": []}  # fmt: skip
    db.session.execute(insert(Item), [{"code": code, **columns} for code in codes])
    rows = [{"consignment_id": real.consignment_id, "code": code, "state": "sent"} for code in codes]
    db.session.execute(insert(ConsignmentLine), rows)
    path = f"/desk/consignments/{real.consignment_id}"
    db.session.commit()
    clerk = Place(browser, address, "clerk.taldykorgan")
    clerk.go(path)
    clerk.page.evaluate(
        """() => { const words = document.querySelector('.printing p'); window.told = [];
        new MutationObserver(() => window.told.push(words.textContent)).observe(words, {childList: true}) }"""
    )
    with clerk.page.expect_download(timeout=60000) as given:
        clerk.page.click("form[data-print] button")
    told = clerk.page.evaluate("window.told")
    assert len(told) > 3 and any(str(lines) in each for each in told), told
    pages = pypdfium2.PdfDocument(given.value.path())
    assert len(pages) > lines / 33
    for at in (1, len(pages) // 2, len(pages) - 2):
        read = {found.text[:-2] for found in zxingcpp.read_barcodes(pages[at].render(scale=3).to_pil())}
        assert len(read & set(codes)) > 15, read


def fifty_folders(house: Flask) -> list[str]:
    return sent_folders(50)


def two_hundred_folders(house: Flask) -> list[str]:
    return sent_folders(200)


many_folders = pytest.mark.parametrize(
    "folders", [fifty_folders, pytest.param(two_hundred_folders, marks=pytest.mark.soak)]
)


@many_folders
def test_many_folders_are_received_by_as_many_scans_without_a_reload(
    once: Once, browser: Browser, address: str, folders: Callable[[Flask], list[str]]
) -> None:
    codes = once(folders)
    clerk = Place(browser, address, "clerk.taldykorgan")
    clerk.page.evaluate("window.stayed = true")
    for code in codes:
        clerk.page.keyboard.type(code)
        clerk.page.keyboard.press("Enter")
    wait_for(all_are_here, 300)
    expect(clerk.page.locator(".card").first).to_contain_text(codes[-1])
    assert clerk.page.evaluate("window.stayed")


def all_are_here() -> bool:
    db.session.rollback()
    return db.session.execute(select(Item.state, Item.office_key).distinct()).all() == [("here", "TALDYKORGAN")]


def test_what_is_scanned_without_a_network_is_kept_and_sent_later_even_from_another_page(
    house: Flask, browser: Browser, address: str
) -> None:
    codes = sent_folders(3)
    clerk = Place(browser, address, "clerk.taldykorgan")
    clerk.page.route("**/desk/merge", lambda route: route.abort())
    for code in codes:
        clerk.page.keyboard.type(code)
        clerk.page.keyboard.press("Enter")
    expect(clerk.page.locator(".waiting")).to_contain_text("3")
    assert {item.state for item in db.session.scalars(select(Item))} == {"in_transit"}
    db.session.rollback()
    clerk.go("/desk/")  # closed and opened again
    expect(clerk.page.locator(".waiting")).to_contain_text("3")
    clerk.page.unroute("**/desk/merge")
    expect(clerk.page.locator('.card[data-word="received"]')).to_have_count(3)
    expect(clerk.page.locator(".waiting")).to_be_hidden()
    db.session.expire_all()
    assert {item.state for item in db.session.scalars(select(Item))} == {"here"}


@many_folders
def test_many_folders_are_received_by_one_paste(
    once: Once, browser: Browser, address: str, folders: Callable[[Flask], list[str]]
) -> None:
    codes = once(folders)
    clerk = Place(browser, address, "clerk.taldykorgan")
    clerk.page.fill("#codes", "\n".join(codes))
    clerk.page.keyboard.press("Enter")
    wait_for(all_are_here, 300)
    expect(clerk.page.locator(".card").first).to_contain_text(codes[-1])


def sent_folders(count: int) -> list[str]:
    """Folders on their way to the body, on one registry."""
    walk = Walk(7, ("PSC_TALDYKORGAN",))
    for _ in range(count):
        walk.accept()
    accum = directory.staff_at("PSC_TALDYKORGAN", "psc_accum")[0]
    codes = list(db.session.scalars(select(Item.code).order_by(Item.code)))
    done = desk.scan_all("\n".join(codes), "PSC_TALDYKORGAN", accum)
    consignment = done[0].consignment_id
    assert consignment is not None
    desk.close_registry(consignment, accum)
    desk.hand_over(consignment, accum)
    return codes
