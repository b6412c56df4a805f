"""A phone's camera reads a folder's label: a real browser before a picture of a printed label."""

from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Page, Playwright, expect
from sqlalchemy import select

from services import cases, directory, documents, registry
from services.db import db
from services.documents.models import Paper
from tests.browser import ARGUMENTS, CHROMIUM
from tests.webapp.people import Hands
from tests.webapp.psc import Psc

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
    printed = cases.print_paper(paper.id, directory.staff_at(psc.key, "psc_inspector")[0])
    assert registry.current() and documents.read_payload(psc.folder(case_id))
    return psc, psc.folder(case_id), printed.pdf


@pytest.fixture
def page(label: tuple[Psc, str, bytes], address: str, tmp_path: Path, playwright: Playwright) -> Iterator[Page]:
    film(label[2], tmp_path / "label.y4m")
    camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
              f"--use-file-for-fake-video-capture={tmp_path / 'label.y4m'}"]  # fmt: skip
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *camera])
    context = browser.new_context(base_url=address, viewport={"width": 390, "height": 844}, permissions=["camera"])
    yield context.new_page()
    browser.close()


def test_a_label_before_the_camera_is_scanned_once(label: tuple[Psc, str, bytes], page: Page) -> None:
    page.goto("/sign-in")
    Hands(page).sign_in("accum.taldykorgan")
    page.goto("/desk/")
    page.click("[data-camera]")
    expect(page.locator(".card").first).to_have_attribute("data-word", "listed", timeout=15000)
    expect(page.locator(".card").first).to_contain_text(label[1])
    page.wait_for_timeout(1500)
    expect(page.locator(".card")).to_have_count(1)
    page.click("[data-camera]")
    expect(page.locator(".camera")).to_be_hidden()
