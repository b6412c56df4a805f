"""What the browser keeps of the desk is nobody's, whole, and reads codes as the server does."""

import json
import random
import re
from collections.abc import Callable, Iterable

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from komek.testing.surfer import Surfer
from services.documents import Misread, barcode_payload, read_payload
from services.documents.barcodes import ALPHABET, read_badge
from services.documents.numbers import write_number
from tests.people.hands import Hands
from tests.people.office import Psc
from tests.webapp.axe import faults_of_axe
from tests.webapp.desk.shop import Plug, open_desk

#: a Kazakh and a Russian layout, blanks, dashes: what a scanner or a hand may make of a code
LETTERS = ALPHABET + ALPHABET.lower() + '"әіңғ,.үұқөйцукенгшщзфывапролдячсмитьХх -–—\u00a0_№'


def shell_of(surfer: Surfer) -> dict[str, object]:
    answer = surfer.get("/desk/worker.js")
    assert answer.headers["Service-Worker-Allowed"] == "/desk" and answer.mimetype == "text/javascript"
    return json.loads(answer.text.split("\n", 1)[0].removeprefix("const SHELL = ").removesuffix(";"))


def test_the_shell_is_the_same_for_everybody_and_sets_no_cookie(house: Flask) -> None:
    psc = Psc(house)
    psc.accept()
    nobody, inspector = Surfer(house), psc.person("psc_inspector")
    shell = shell_of(nobody)
    assert shell_of(inspector) == shell
    pages = [str(address) for address in shell["files"] if "/offline/" in address]  # type: ignore[attr-defined]
    assert len(pages) == 9  # three languages: the desk, and the form of each route
    for address in pages:
        mine, theirs = inspector.get(address), nobody.get(address)
        assert mine.text == theirs.text and "Set-Cookie" not in theirs.headers
        assert "csrf" not in mine.text and "Үлгібаев" not in mine.text
        assert "unsafe-inline" not in mine.headers["Content-Security-Policy"]
        assert not re.search(r"<script(?![^>]* src=)|\son\w+=|\sstyle=", mine.text)
    assert nobody.get("/desk/offline/xx").status_code == 404
    assert nobody.get("/desk/offline/kk/nonsense").status_code in (400, 404)


@pytest.mark.browser
def test_everything_the_shell_needs_is_kept(house: Flask, browser: Browser) -> None:
    plug = Plug(house)
    page = open_desk(browser.new_context(base_url=plug.address, locale="kk-KZ").new_page(), "inspector.taldykorgan")
    plug.pull()
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    for path in ("/desk/", "/desk/offline/ru", "/desk/offline/en/psc", "/desk/offline/kk/direct"):
        page.goto(path)
        expect(page.locator("[data-network]")).to_have_attribute("data-state", "away")
        page.evaluate("document.fonts.ready")
        assert page.evaluate("document.fonts.check('15px \"IBM Plex Sans\"', 'Ққ')")
    assert {url for url in failed if "outbox.json" not in url} == set()
    kept = page.evaluate(
        "caches.keys().then((names) => Promise.all(names.map(async (name) => (await (await caches.open(name)).keys())"
        ".map((each) => new URL(each.url).pathname)))).then((lists) => lists.flat())"
    )
    assert all(re.match(r"/static/|/desk/offline/|/desk/language$", path) for path in kept), "no page with people on it"
    page.context.close()


@pytest.mark.browser
def test_the_browser_reads_codes_exactly_as_the_server_does(house: Flask, page: Page) -> None:
    Hands(page).sign_in("accum.taldykorgan", "/desk/")
    chance = random.Random(8)
    typed = [*map(one_code, [chance] * 1500), "", "B-00012-K", "B12K", "19-2013-00042", "9" * 90]
    read = page.evaluate("(all) => all.map((each) => [komek.codes.read(each), komek.codes.isReadable(each)])", typed)
    good = 0
    for text, (found, readable) in zip(typed, read, strict=True):
        try:
            number = read_payload(text)
        except Misread:
            number = ""
        good += bool(number)
        assert (found["number"] if found and found["checked"] is not False else "") == number, text
        assert readable == bool(number or read_badge(text)), text
    assert 300 < good < 1400


def one_code(chance: random.Random) -> str:
    """A number or a label, often damaged as scanners and hands damage it."""
    series = chance.choice(["in", "out", "registry", "label"])
    office = chance.choice(["19", "7", "P30", "K2"])
    text = write_number(office, series, chance.randrange(2000, 2099), chance.choice([1, 42, 99999, 123456]))
    text = chance.choice([text, barcode_payload(text), barcode_payload(text)])
    for _ in range(chance.choice([0, 0, 0, 1, 2])):
        at = chance.randrange(len(text))
        text = text[:at] + chance.choice(LETTERS) + text[at + chance.randrange(2) :]
    text = chance.choice([text, text.lower(), f" {text} ", text.replace("-", "")])
    return chance.choice([text, text, f"]C1{text}", f"ъс0{text}", f"]Q1{text}\t", f"*{text}*", f"]A0*{text}*"])


@pytest.mark.browser
@pytest.mark.parametrize(("scheme", "width"), [("light", 1366), ("dark", 390)])
def test_axe_finds_nothing_in_the_shell_and_nothing_is_wider_than_the_screen(
    house: Flask, browser: Browser, scheme: str, width: int
) -> None:
    plug = Plug(house)
    looks = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}, "bypass_csp": True}
    page = open_desk(browser.new_context(base_url=plug.address, **looks).new_page(), "inspector.taldykorgan")  # type: ignore[arg-type]
    plug.pull()
    for path in ("/desk/offline/kk", "/desk/offline/ru/psc", "/desk/offline/en"):
        page.goto(path)
        expect(page.locator("[data-network]")).to_have_attribute("data-state", "away")
        if path.endswith("psc"):
            page.click("form.intake button.primary")
            expect(page.locator(".summary")).to_be_visible()
        else:
            page.fill("#codes", "P30-2026-00001\nnonsense")
            page.press("#codes", "Enter")
            expect(page.locator(".card")).not_to_have_count(0)
        assert faults_of_axe(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    plug.push()
    refused = {"route": "psc", "label": "P30-L2026-00001", "answers": {"surname": "Сынақ"}}
    page.goto("/desk/offline/kk")
    page.evaluate("(content) => komek.desk.ready.then(() => komek.desk.keep('intake', [content]))", refused)
    expect(page.locator('.card[data-word="conflict"]')).to_be_visible()
    for path in ("/desk/offline/kk", "/desk/conflicts"):
        page.goto(path)
        assert faults_of_axe(page) == [], path
    with page.expect_navigation():
        page.click(".undecided a")
    assert faults_of_axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


@pytest.mark.browser
def test_a_browser_that_could_not_keep_the_desk_says_so_and_is_asked_again(house: Flask, browser: Browser) -> None:
    left = ["/desk/offline/en"]  # only the worker fetches it here

    def once_busy(environ: dict[str, object], start: Callable[..., object]) -> Iterable[bytes]:
        if environ["PATH_INFO"] in left:
            left.clear()
            start("503 Service Unavailable", [])
            return []
        return house(environ, start)

    plug = Plug(once_busy)
    page = browser.new_context(base_url=plug.address, locale="kk-KZ").new_page()
    page.clock.install()
    Hands(page).sign_in("inspector.taldykorgan", "/desk/")
    unopened = page.locator("[data-unopened]")
    expect(unopened).to_be_visible()
    assert faults_of_axe(page) == []
    page.clock.fast_forward(31_000)
    expect(unopened).to_be_hidden()
    plug.pull()
    page.goto("/desk/")
    expect(page.locator("[data-network]")).to_have_attribute("data-state", "away")
    page.context.close()
