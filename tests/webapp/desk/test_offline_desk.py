"""The desk without the server: opened anew, it keeps what is done, and everything is merged once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Playwright, expect
from sqlalchemy import func, select

from services import custody, desk, journal
from services.custody.models import CustodyEvent, Item
from services.db import db
from services.desk.models import OfflineEntry
from tests.people.hands import Hands
from tests.people.office import PSC, Psc
from tests.people.walk import Walk
from tests.webapp.desk.shop import Plug, Process, at_the_desk, computer, expect_kept, open_desk, scan
from tests.webapp.serve.supervised import wait_for

pytestmark = pytest.mark.browser
ACCUM, CLERK = "accum.taldykorgan", "clerk.taldykorgan"
PERSON = "komek.desk.ready.then((here) => here.person)"
BANNER = "[data-network]"
OWN = "komek.desk.ready.then((here) => komek.outbox.count(here.person))"
KEYS = """new Promise((done) => { indexedDB.open("komek").onsuccess = (opened) => {
  opened.target.result.transaction("keys").objectStore("keys").getAll().onsuccess = (read) =>
    done(read.target.result.map(({ owner, key }) => [owner, key.extractable])); }; })"""


@pytest.fixture
def plug(house: Flask) -> Iterator[Plug]:
    plug = Plug(house)
    yield plug
    plug.pull()


def folders(house: Flask, count: int) -> list[str]:
    """Folders that wait at the PSC to be put on its registry."""
    psc = Psc(house)
    return [psc.folder(psc.accept()) for _ in range(count)]


def listed() -> list[str]:
    db.session.rollback()
    return sorted(db.session.scalars(select(CustodyEvent.code).filter_by(event="listed")))


def expect_sent(page: Page, word: str, count: int) -> None:
    expect(page.locator(f'.card[data-word="{word}"]')).to_have_count(count)
    expect(page.locator(BANNER)).to_have_attribute("data-state", "back")
    assert page.evaluate(OWN) == {"own": 0, "others": 0}


def test_the_desk_opens_anew_and_scans_on_while_the_server_is_away(plug: Plug, house: Flask, browser: Browser) -> None:
    codes = folders(house, 3)
    page = open_desk(browser.new_context(base_url=plug.address).new_page(), ACCUM)
    plug.pull()
    page.goto("/desk/")
    expect(page.locator(BANNER)).to_have_attribute("data-state", "away")
    scan(page, *codes, "P30-2026-00001-0")
    expect_kept(page, 3)
    expect(page.locator('.card[data-tone="unreadable"]')).to_have_count(1)
    scan(page, codes[0])  # a scanner that repeats
    expect(page.locator('.card[data-tone="again"]')).to_have_count(1)
    expect_kept(page, 3)
    expect(page.locator(".waiting b")).to_have_text("3")
    assert sorted(page.evaluate(KEYS), key=str) == sorted([["here", False], [page.evaluate(PERSON), False]], key=str)
    plug.push()
    expect_sent(page, "listed", 3)
    assert page.evaluate(KEYS) == [["here", False]], "the key is wiped with the last entry"
    assert listed() == sorted(codes) and desk.count_conflicts(PSC) == 0
    assert journal.verify() == []


def test_what_is_refused_once_the_server_is_found_away_is_not_counted_as_waiting(plug: Plug, browser: Browser) -> None:
    page = open_desk(browser.new_context(base_url=plug.address).new_page(), ACCUM)
    plug.pull()
    scan(page, "P30-2026-00001-0")  # kept while the page does not know yet, refused when it does
    expect(page.locator('.card[data-tone="unreadable"]')).to_have_count(1)
    expect(page.locator(BANNER)).to_have_attribute("data-state", "away")
    expect(page.locator("p.waiting")).to_be_hidden()
    assert page.evaluate(OWN) == {"own": 0, "others": 0}


def test_a_page_that_stands_open_scans_on_without_the_network_and_sends_when_it_returns(
    house: Flask, browser: Browser, address: str
) -> None:
    codes = folders(house, 2)
    context = browser.new_context(base_url=address)
    page = open_desk(context.new_page(), ACCUM)
    scan(page, codes[0])
    expect(page.locator('.card[data-word="listed"]')).to_have_count(1)
    expect(page.locator(BANNER)).to_be_hidden()
    context.set_offline(True)
    page.fill("#codes", f"{codes[1]}\n{codes[1]}")
    page.press("#codes", "Enter")
    expect_kept(page, 2)
    expect(page.locator(BANNER)).to_have_attribute("data-state", "away")
    page.goto("/desk/consignments")  # whatever page of the desk is opened: the shell
    expect_kept(page, 2)
    context.set_offline(False)
    expect_sent(page, "listed", 1)
    assert listed() == sorted(codes)
    expect(page.locator("[data-undecided]")).to_have_text("1")
    assert desk.count_conflicts(PSC) == 1, "scanned twice while nobody answered: a person decides"


def test_what_is_kept_outlasts_the_browser_and_lies_on_the_disk_neither_in_names_nor_in_codes(
    plug: Plug, house: Flask, playwright: Playwright, tmp_path: Path
) -> None:
    codes = folders(house, 3)
    with computer(playwright, tmp_path, plug.address) as window:
        page = open_desk(window.pages[0], ACCUM)
        name = page.evaluate("komek.outbox.recall().then((here) => here.name)")
        plug.pull()
        scan(page, *codes)
        expect_kept(page, 3)
    clear = [*codes, name, *name.split(), "Үлгібаев"]
    assert found_on(tmp_path / "Default" / "IndexedDB", clear) == []
    assert found_on(tmp_path / "Default" / "Service Worker", clear) == []
    assert found_on(tmp_path, codes) == [], "nowhere else in what the browser keeps, either"
    with computer(playwright, tmp_path, plug.address) as window:
        page = window.pages[0]
        page.goto("/desk/")
        expect(page.locator("[data-name]")).to_have_text(name)
        expect_kept(page, 3)
        plug.push()
        # the cookie went with the browser's session, or not: whoever owns them signs in, and they are sent
        open_desk(page, ACCUM)
        expect(page.locator('.card[data-word="listed"]')).to_have_count(3)
    assert listed() == sorted(codes)


def found_on(disk: Path, words: list[str]) -> list[str]:
    """Which of the words stand readable in the browser's files."""
    files = [file.read_bytes() for file in disk.rglob("*") if file.is_file()]
    assert files
    return [
        word for word in words for kind in ("utf-8", "utf-16le") if any(word.encode(kind) in each for each in files)
    ]


def test_a_server_that_takes_the_call_and_says_nothing_is_away_too(plug: Plug, house: Flask, browser: Browser) -> None:
    page = open_desk(browser.new_context(base_url=plug.address).new_page(), ACCUM)
    plug.pull()
    with plug.silence():
        page.goto("/desk/")
        expect(page.locator("[data-name]")).to_be_visible()
        scan(page, "P30-2026-00001")
        expect_kept(page, 1)
        expect(page.locator(BANNER)).to_have_attribute("data-state", "away")


def test_another_person_at_the_same_computer_sees_and_sends_nothing_of_the_first_one(
    plug: Plug, house: Flask, browser: Browser
) -> None:
    codes = folders(house, 2)
    page = open_desk(browser.new_context(base_url=plug.address).new_page(), ACCUM)
    plug.pull()
    scan(page, *codes)
    expect_kept(page, 2)
    page.click("form.leave button")  # nobody answers, yet the desk is closed
    expect(page.locator(BANNER)).to_have_attribute("data-state", "nobody")
    expect(page.locator("#codes")).to_be_hidden()
    plug.push()
    page.goto("/desk/")  # the cookie is still good, and whoever left is signed out by it
    page.wait_for_url("**/sign-in")
    Hands(page).come_in("inspector.taldykorgan")
    at_the_desk(page)
    expect(page.locator(".card")).to_have_count(0)
    assert page.evaluate(OWN) == {"own": 0, "others": 2}
    plug.pull()
    page.goto("/desk/")
    expect(page.locator("[data-others]")).to_have_text("2")
    assert all(code not in page.content() for code in codes)
    expect(page.locator(".card")).to_have_count(0)
    plug.push()
    assert listed() == []
    open_desk(page, ACCUM)
    expect(page.locator('.card[data-word="listed"]')).to_have_count(2)
    assert listed() == sorted(codes)


def test_a_page_left_open_sends_nothing_in_the_name_of_whoever_signed_in_after(
    plug: Plug, house: Flask, browser: Browser
) -> None:
    codes = folders(house, 1)
    context = browser.new_context(base_url=plug.address)
    first = open_desk(context.new_page(), ACCUM)
    second = open_desk(context.new_page(), "inspector.taldykorgan")
    scan(first, *codes)
    expect(first.locator(BANNER)).to_have_attribute("data-state", "other")
    assert listed() == [] and second.locator(".card").count() == 0
    assert first.evaluate("komek.outbox.recall().then((here) => here.person)") == second.evaluate(PERSON)


def test_a_session_that_ended_asks_to_sign_in_and_keeps_what_waits(plug: Plug, house: Flask, browser: Browser) -> None:
    codes = folders(house, 1)
    context = browser.new_context(base_url=plug.address)
    page = open_desk(context.new_page(), ACCUM)
    context.clear_cookies()
    page.evaluate("htmx.trigger(document.body, 'scanned')")  # the lists are asked for by themselves, too
    expect(page.locator("[data-still]")).to_contain_text("сеансыңыз аяқталды")
    expect(page.locator("#desk-lists #password")).to_have_count(0)
    scan(page, *codes)
    expect(page.locator(BANNER)).to_have_attribute("data-state", "door")
    expect(page.locator(".waiting b")).to_have_text("1")
    open_desk(page, ACCUM)
    expect(page.locator('.card[data-word="listed"]')).to_have_count(1)
    assert listed() == codes


def test_a_server_killed_in_the_middle_of_the_merge_does_each_scan_once(house: Flask, browser: Browser) -> None:
    walk = Walk(7, (PSC,))
    for _ in range(40):
        walk.accept()
    codes = list(db.session.scalars(select(Item.code).order_by(Item.code)))
    db.session.rollback()
    process = Process(house)
    try:
        page = open_desk(browser.new_context(base_url=process.address).new_page(), ACCUM)
        process.pull()
        page.fill("#codes", "\n".join(codes))
        page.press("#codes", "Enter")
        expect_kept(page, 40)
        process.push()
        wait_for(lambda: merged() >= 3, pause_s=0)
        process.pull()
        killed_at = merged()
        assert 3 <= killed_at < 40
        process.push()
        expect(page.locator(BANNER)).to_have_attribute("data-state", "back")
        assert page.evaluate(OWN) == {"own": 0, "others": 0}
    finally:
        process.pull()
    assert listed() == codes and merged() == 40 and desk.count_conflicts(PSC) == 0
    assert journal.verify() == []
    assert {custody.paper(code).state for code in codes} == {"listed"}


def merged() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(OfflineEntry)) or 0
