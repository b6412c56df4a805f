"""A phone's camera reads a folder's label: a real browser before a picture of a printed label."""

from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Page, Playwright, expect
from sqlalchemy import select

from komek.testing.browser import ARGUMENTS, WHOLE
from services import cases, directory, documents, registry
from services.db import db
from services.documents.models import Paper
from tests.people.hands import Hands
from tests.people.office import Psc
from tests.webapp.serve.supervised import wait_for

pytestmark = pytest.mark.browser


def film(pdf: bytes, file: Path) -> None:
    """A camera's picture of the printed page, as the browser's test camera plays it (YUV4MPEG2, 640 x 480)."""
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=2).to_pil()
    frame = Image.new("RGB", (640, 480), "#9a9a94")
    page.thumbnail((600, 440))
    frame.paste(page, (20, 20))
    y, cb, cr = frame.convert("YCbCr").split()
    planes = y.tobytes() + cb.resize((320, 240)).tobytes() + cr.resize((320, 240)).tobytes()
    file.write_bytes(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420\n" + (b"FRAME\n" + planes) * 10)


@pytest.fixture
def label(house: Flask) -> tuple[Psc, str, bytes]:
    """A folder at the PSC: its code, and its label as it comes out of the printer."""
    psc = Psc(house)
    case_id = psc.accept()
    paper = db.session.scalars(select(Paper).filter_by(case_id=case_id, item="doc.label")).one()
    printed = cases.print_paper(paper.id, directory.staff_at(psc.key, "psc_inspector")[0], "https://komek.example")
    assert registry.current() and documents.read_payload(psc.folder(case_id))
    return psc, psc.folder(case_id), printed.pdf


@pytest.fixture
def page(label: tuple[Psc, str, bytes], address: str, tmp_path: Path, playwright: Playwright) -> Iterator[Page]:
    film(label[2], tmp_path / "label.y4m")
    camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
              f"--use-file-for-fake-video-capture={tmp_path / 'label.y4m'}"]  # fmt: skip
    browser = playwright.chromium.launch(executable_path=WHOLE, args=[*ARGUMENTS, *camera])
    context = browser.new_context(base_url=address, viewport={"width": 390, "height": 844}, permissions=["camera"])
    yield context.new_page()
    browser.close()


@pytest.fixture
def phone(house: Flask, address: str, playwright: Playwright) -> Iterator[Page]:
    """With two lenses."""
    camera = ["--use-fake-device-for-media-stream=device-count=2", "--use-fake-ui-for-media-stream"]
    browser = playwright.chromium.launch(executable_path=WHOLE, args=[*ARGUMENTS, *camera])
    size = {"width": 390, "height": 844}
    yield browser.new_context(base_url=address, viewport=size, permissions=["camera"]).new_page()  # type: ignore[arg-type]
    browser.close()


def test_a_label_before_the_camera_is_scanned_once(label: tuple[Psc, str, bytes], page: Page) -> None:
    Hands(page).sign_in("accum.taldykorgan", "/desk/")
    page.click("[data-camera]")
    expect(page.locator(".card").first).to_have_attribute("data-word", "listed")
    expect(page.locator(".card").first).to_contain_text(label[1])
    page.wait_for_timeout(1500)
    expect(page.locator(".card")).to_have_count(1)
    page.click("[data-camera]")
    expect(page.locator(".camera")).to_be_hidden()


def test_of_several_lenses_one_is_chosen_and_remembered_and_a_light_is_offered_only_where_there_is_one(
    phone: Page,
) -> None:
    page = phone
    Hands(page).sign_in("accum.taldykorgan", "/desk/")
    page.click("[data-camera]")
    lens = page.locator("[data-lens]")
    expect(lens.locator("option")).to_have_count(2)
    expect(lens).to_be_visible()
    expect(page.locator("[data-torch]")).to_be_hidden()
    other = lens.locator("option:not(:checked)").get_attribute("value") or ""
    lens.select_option(other)
    running = "(seen) => seen.srcObject?.getVideoTracks()[0]?.getSettings().deviceId"
    wait_for(lambda: page.locator(".camera video").evaluate(running) == other)
    page.reload()
    page.click("[data-camera]")
    expect(lens).to_have_value(other)
    page.evaluate("localStorage.setItem('komek.lens', 'taken away')")
    page.reload()
    page.click("[data-camera]")
    expect(page.locator(".camera video")).to_be_visible()
    expect(lens.locator("option")).to_have_count(2)


def test_a_scanner_that_ends_with_tab_is_taken_and_a_hand_that_leaves_the_field_is_not(
    label: tuple[Psc, str, bytes], page: Page
) -> None:
    Hands(page).sign_in("accum.taldykorgan", "/desk/")
    page.locator("#codes").press_sequentially("19-2013", delay=150)
    page.keyboard.press("Tab")
    expect(page.locator("#codes")).to_have_value("19-2013")
    expect(page.locator("#codes")).not_to_be_focused()
    page.locator("#codes").fill("")
    page.locator("#codes").focus()
    page.keyboard.type("]C1" + documents.barcode_payload(label[1]))
    page.keyboard.press("Tab")
    expect(page.locator(".card").first).to_have_attribute("data-word", "listed")
    expect(page.locator("#codes")).to_be_focused()
