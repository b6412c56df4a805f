"""axe finds nothing, pages fit a phone, everything works by keyboard and without scripts, and it prints."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, ViewportSize, expect
from pypdf import PdfReader

from services import clock, directory, editions, jobs, processes, registry
from services.config import ROOT
from tests.conftest import Once
from tests.entitlement import granting
from tests.people.hands import Hands, settled
from tests.people.office import Office, Psc
from tests.services.law.two_editions import amend, package_of, small_region
from tests.webapp.axe import PHONE, SCREEN, cramped, faults_in_light_and_dark, opened, wider_than_a_phone

pytestmark = pytest.mark.browser
DIRECT = (ROOT / "bpmn/direct.bpmn").read_bytes()


def some_cases(house: Flask) -> int:
    """Cases at every step; the id of one that is being reviewed."""
    office = Office(house)
    for steps in (0, 1, 1, 4, 5, 6):
        office.run(until=steps)
    return office.run(until=2)


def paths(case_id: int) -> list[str]:
    lists = ["/", "/?list=role", "/?list=waiting", "/?list=done", "/?found=1", "/nowhere"]
    return [*lists, *(f"/cases/{case_id}{tab}" for tab in ("", "#diagram", "#steps", "#history"))]


def test_axe_finds_nothing_and_no_page_is_wider_than_a_phone(once: Once, browser: Browser, address: str) -> None:
    case_id = once(some_cases)
    page = opened(browser, address)
    page.goto("/sign-in")
    assert faults_in_light_and_dark(page) == []
    executor = directory.staff_at("TALDYKORGAN", "executor")[0]
    hands = Hands(page)
    for login in ("clerk.taldykorgan", executor.login):
        hands.sign_in(login, None)
        for path in paths(case_id):
            page.goto(path)
            page.wait_for_timeout(100)
            assert faults_in_light_and_dark(page) == [], f"{path} as {login}"
            assert wider_than_a_phone(page) == 0, f"{path} as {login}"
            assert cramped(page) == [], f"{path} as {login}"
    page.goto(f"/cases/{case_id}")
    page.locator(".happenings summary").click()
    assert faults_in_light_and_dark(page) == [], "what can happen"
    page.locator(".happenings a").last.click()
    assert faults_in_light_and_dark(page) == [] and wider_than_a_phone(page) == 0, page.url
    expect(page.locator(".happening .ending")).to_be_visible()
    page.locator(".happening .ending").click()
    expect(page.locator(".happening .wrong").first).to_be_visible()
    assert faults_in_light_and_dark(page) == [] and wider_than_a_phone(page) == 0, page.url
    page.context.close()


def some_paper(house: Flask) -> list[str]:
    """A PSC with a folder of every kind of state; the addresses to look at."""
    psc = Psc(house)
    first, second, third = psc.accept(), psc.accept(), psc.accept()
    sent = psc.send("psc_accum", psc.folder(first), psc.folder(second))
    psc.scan("clerk", psc.folder(first))
    psc.person("clerk").get(f"/desk/consignments/{sent}")
    psc.person("clerk").submit(f"/desk/consignments/{sent}/finish")
    psc.scan("psc_accum", psc.folder(third))
    return ["/", "/?list=role", "/desk/", "/desk/consignments", f"/desk/consignments/{sent}",
                 f"/cases/{first}", f"/cases/{first}#custody"]  # fmt: skip


def test_axe_finds_nothing_where_paper_is_handled(once: Once, browser: Browser, address: str) -> None:
    addresses = once(some_paper)
    page = opened(browser, address)
    hands = Hands(page)
    for login in ("inspector.taldykorgan", "accum.taldykorgan", "clerk.taldykorgan"):
        hands.sign_in(login, None)
        for path in addresses:
            page.goto(path)
            if path == "/desk/":
                page.fill("#codes", "?")
                page.keyboard.press("Enter")
                page.wait_for_selector(".card")
            settled(page)
            assert faults_in_light_and_dark(page) == [], f"{path} as {login}"
    page.context.close()


def test_no_page_of_paper_is_wider_than_a_phone(once: Once, browser: Browser, address: str) -> None:
    addresses = once(some_paper)
    page = opened(browser, address, PHONE)
    hands = Hands(page)
    for login in ("accum.taldykorgan", "courier.taldykorgan"):
        hands.sign_in(login, None)
        for path in addresses[:5]:
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], f"{path} as {login}"
    page.goto("/desk/")
    assert faults_in_light_and_dark(page) == [], "the courier's round"
    page.context.close()


def test_tabs_of_a_case_stand_in_one_row_on_a_phone_and_the_menu_in_one_row_on_an_old_screen_in_russian(
    once: Once, page: Page
) -> None:
    case_id = once(some_cases)
    hands = Hands(page)
    hands.sign_in("head.taldykorgan", "/account")
    page.locator(".languages button[value=ru]").click()
    page.wait_for_load_state()
    height = "selector => document.querySelector(selector).offsetHeight"
    assert page.evaluate(height, ".top") < 60, "places, search and who one is, in one row"
    page.set_viewport_size(PHONE)
    page.goto(f"/cases/{case_id}#history")
    assert page.evaluate(height, ".tabs") < 60 and wider_than_a_phone(page) == 0
    expect(page.locator(".tabs a[aria-current]")).to_be_in_viewport()
    words = page.locator("#history li b").first.evaluate("word => word.getBoundingClientRect().height")
    assert words < 60, "a line of the history is read across, not letter under letter"


def test_the_inbox_is_worked_by_keys_alone(once: Once, page: Page) -> None:
    once(some_cases)
    hands = Hands(page)
    hands.sign_in("head.taldykorgan", "/?list=role")
    hands.press("j", "j", "k")
    expect(page.locator(".tasks tr.here")).to_have_count(1)
    hands.press("Slash")
    expect(page.locator("#find")).to_be_focused()
    page.locator("#find").evaluate("field => field.blur()")
    page.keyboard.press("Shift+Slash")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    with page.expect_navigation():
        hands.press("c")
    expect(page.locator("form.task")).to_be_visible()


def test_a_page_prints_without_its_navigation(once: Once, page: Page) -> None:
    case_id = once(some_cases)
    hands = Hands(page)
    hands.sign_in("clerk.taldykorgan", f"/cases/{case_id}")
    page.emulate_media(media="print")
    expect(page.locator(".top")).to_be_hidden()
    expect(page.locator("#steps table")).to_be_visible()
    expect(page.locator("#history")).to_be_visible()
    when = page.locator("#history time").first.evaluate("time => getComputedStyle(time, '::after').content")
    assert "жылғы" in when, f"«бүгін» is wrong on paper tomorrow: {when}"
    assert len(page.pdf(format="A4")) > 10_000
    page.emulate_media(media="screen")
    page.locator(".happenings summary").click()
    page.locator(".happenings a").last.click()
    page.emulate_media(media="print")
    expect(page.locator("form.task label[for=reason]")).to_be_visible()  # a sheet to ask by, not an empty one
    expect(page.locator(".happening .ending")).to_be_hidden()
    page.emulate_media(media="screen")
    hands.sign_in("head.taldykorgan", "/admin/stands/")
    page.emulate_media(media="print")
    expect(page.locator("table.stands th[scope=row]").first).to_be_visible()


def some_boards(house: Flask) -> list[tuple[str, str]]:
    """Boards with something on each; who looks, and where."""
    some_cases(house)
    some_paper(house)
    return [
        ("head.taldykorgan", "/boards/head"),
        ("head.taldykorgan", "/boards/offices/TALDYKORGAN"),
        ("pschead.taldykorgan", "/boards/head"),
        ("control", "/boards/region"),
        ("control", "/boards/counted?what=received"),
        ("control", "/calls/looked-up"),
        ("designer", "/boards/heat"),
        ("operator", "/calls/"),
    ]


def test_axe_finds_nothing_on_the_boards_and_they_fit_a_phone(once: Once, browser: Browser, address: str) -> None:
    page = opened(browser, address)
    hands, before = Hands(page), ""
    for login, path in once(some_boards):
        if login != before:
            hands.sign_in(login)
        before = login
        page.goto(path)
        if path == "/boards/heat":
            page.wait_for_selector("#canvas[data-drawn]")
        settled(page)
        assert faults_in_light_and_dark(page) == [], f"{path} as {login}"
        assert wider_than_a_phone(page) == 0, f"{path} as {login}"
        assert cramped(page) == [], f"{path} as {login}"
        cells = page.locator(".figures :is(th, td)").evaluate_all("all => all.map(e => getComputedStyle(e).display)")
        assert set(cells) <= {"table-cell"}, f"{path} as {login}: else a number runs into the next column"
    page.context.close()


def test_the_head_gives_work_to_another_by_keys_alone(house: Flask, page: Page) -> None:
    office = Office(house)
    case_id = office.run(until=2)
    other = directory.staff_at("TALDYKORGAN", "executor")[1]
    with clock.stopped(clock.now() + timedelta(days=9)):
        Hands(page).sign_in("head.taldykorgan", "/boards/head")
        hands = Hands(page)
        hands.press("j", "x")
        expect(page.locator("[data-tick]")).to_be_checked()
        page.locator("#to").focus()
        page.select_option("#to", str(other.id))
        hands.press("Tab", "Enter")
        expect(page.locator(".given .flash")).to_be_visible()
        expect(page.locator(".ahead td.whose").first).to_contain_text(other.full_name)
        page.goto(f"/cases/{case_id}")
        expect(page.locator(".next")).to_contain_text(other.full_name)


def test_the_heat_map_draws_its_times_on_the_elements_and_in_words(once: Once, page: Page) -> None:
    once(some_cases)
    Hands(page).sign_in("designer", "/boards/heat")
    page.wait_for_selector("#canvas[data-drawn]")
    expect(page.locator("#canvas [data-element-id=Task_Register].heat-short")).to_have_count(1)
    expect(page.locator("#canvas .time-here").first).to_contain_text("●")
    # the head's step lies inside a call: the call is as warm as what it calls
    expect(page.locator("#canvas [data-element-id=Call_Resolution].heat-short")).to_have_count(1)
    page.locator("[data-diagram]").nth(1).click()
    expect(page.locator("#canvas [data-element-id=Task_Resolution].heat-short")).to_have_count(1)
    expect(page.locator("table.figures")).to_contain_text("Бұрыштама қою")


def test_a_board_prints_on_a_lying_sheet_without_an_empty_one(once: Once, page: Page) -> None:
    once(some_cases)
    Hands(page).sign_in("control", "/boards/region")
    printed = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    assert all(sheet.mediabox.width > sheet.mediabox.height for sheet in printed.pages)
    assert all(len(sheet.extract_text()) > 80 for sheet in printed.pages)


@pytest.mark.parametrize("size", [SCREEN, pytest.param(PHONE, marks=pytest.mark.soak)], ids=["screen", "phone"])
def test_axe_finds_nothing_in_the_calendar_and_it_fits_a_phone(
    once: Once, browser: Browser, address: str, size: ViewportSize
) -> None:
    case_id = once(some_cases)
    page = opened(browser, address, size)
    hands = Hands(page)
    executor = directory.staff_at("TALDYKORGAN", "executor")[0]
    for login, addresses in (
        ("admin", CALENDAR),
        (executor.login, [f"/cases/{case_id}/why", f"/cases/{case_id}#steps"]),
    ):
        hands.sign_in(login, None)
        for path in addresses:
            page.goto(path)
            assert faults_in_light_and_dark(page) == [], f"{path} as {login}"
            assert wider_than_a_phone(page) == 0, path
    page.context.close()


CALENDAR = [
    "/admin/", "/admin/calendar/?year=2026", "/admin/calendar/day/2026-08-31", "/admin/calendar/import",
    "/admin/calendar/hours", "/admin/calendar/hours/psc", "/admin/calendar/versions", "/admin/not-in-the-act",
    "/admin/not-in-the-act/parameters/registry_cutoff", "/admin/told/", "/admin/region", "/admin/system",
    "/admin/screens/",
]  # fmt: skip


def some_notices(house: Flask) -> list[tuple[str, str]]:
    """Cases that ran out of time, one due for recheck, and who looks at what was told of them: login and address."""
    with clock.stopped(datetime(2013, 12, 9, 6, 40, tzinfo=UTC)):
        office = Office(house)
        case_id = office.run(until=2)
        office.run(until=1)
        office.run()
    jobs.work_off(datetime(2014, 1, 9, 6, 40, tzinfo=UTC))
    return [("head.taldykorgan", "/notices/"), ("head.taldykorgan", "/"), ("head.taldykorgan", f"/cases/{case_id}"),
            ("head.taldykorgan", "/account"), ("control", "/notices/"), ("clerk.taldykorgan", "/notices/"),
            ("clerk.taldykorgan", "/rechecks/"),
            ("admin", "/admin/clock/")]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "sizes"),
    [
        ("kk", [SCREEN]),
        ("ru", [PHONE]),
        *(pytest.param(each, [SCREEN, PHONE], marks=pytest.mark.soak) for each in ("kk", "ru")),
    ],
)
def test_axe_finds_nothing_in_the_notices_and_they_fit_a_phone(
    once: Once, browser: Browser, address: str, language: str, sizes: list[ViewportSize]
) -> None:
    addresses = once(some_notices)
    page = opened(browser, address)
    hands, before = Hands(page), ""
    for login, path in addresses:
        if login != before:
            page.set_viewport_size(SCREEN)  # on a phone the languages lie in the menu
            hands.sign_in(login)
            with page.expect_navigation():
                page.click(f"button[name=language][value={language}]")
        before = login
        for size in sizes:
            page.set_viewport_size(size)
            page.goto(path)
            assert faults_in_light_and_dark(page) == [], f"{path} as {login}"
            assert wider_than_a_phone(page) == 0, f"{path} as {login}"
    page.context.close()


def somebody_came_again(house: Flask) -> tuple[int, int]:
    """What was granted, and the application of the same person that is being typed."""
    office = Office(house)
    return office.run(), office.open()


def test_what_was_assigned_before_is_told_while_it_is_typed_and_carried_over_at_one_press(
    once: Once, browser: Browser, address: str
) -> None:
    former, case_id = once(somebody_came_again)
    page = opened(browser, address)
    Hands(page).sign_in(directory.staff_at("TALDYKORGAN", "clerk")[0].login, f"/cases/{case_id}")
    page.fill("#iin", "850101100012")
    page.fill("#phone", "8 701 000 00 02")
    expect(page.locator(".beside-form a")).to_have_attribute("href", f"/cases/{former}")
    assert faults_in_light_and_dark(page) == [] and wider_than_a_phone(page) == 0
    page.locator(".beside-form [name=_carry]").click()
    expect(page.locator("#surname")).to_have_value("Үлгібаев")
    expect(page.locator("#phone")).to_have_value("8 701 000 00 02")
    expect(page.locator("#carried-surname")).to_be_visible()
    expect(page.locator("#carried-phone")).to_have_count(0)
    page.context.close()


def some_deployments(house: Flask) -> list[str]:
    """A candidate beside what is in force; the addresses of the designers' pages."""
    some_cases(house)
    changed = DIRECT.replace('name="Хабарламаны жеткізу"'.encode(), 'name="Хабарламаны табыстау"'.encode())
    designer = directory.person(directory.id_of("designer") or 0)
    files = {"direct.bpmn": changed, "entitlement.dmn": granting(6)}
    done = processes.deploy(files, registry.current(), name="direct", person=designer)
    before, rules = registry.shipped(), small_region(Path(mkdtemp()) / "r")
    registry.use(rules)
    editions.receive(rules)
    amend(rules.folders[0])
    editions.receive(package_of(rules))
    registry.use(before)
    return ["/act/", "/act/1", "/act/2", "/act/compare?a=1&b=2", "/act/coverage",
            "/processes/", f"/processes/deployments/{done.deployment.id}", "/processes/deployments/1",
            "/processes/names/direct", "/processes/upload", "/processes/law/1", "/processes/doctor",
            "/processes/evaluate", f"/processes/deployments/{done.deployment.id}/replay"]  # fmt: skip


def test_axe_finds_nothing_on_the_designers_pages_and_they_fit_a_phone(
    once: Once, browser: Browser, address: str
) -> None:
    page = opened(browser, address)
    addresses = once(some_deployments)
    Hands(page).sign_in("designer2", None)
    for path in addresses:
        page.goto(path)
        if "deployments" in path and "replay" not in path:
            page.wait_for_selector("#canvas[data-drawn]")
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        settled(page)
        assert faults_in_light_and_dark(page) == [], path
        assert wider_than_a_phone(page) == 0, path
    page.context.close()


def test_two_versions_are_compared_on_the_diagram_from_the_keyboard(once: Once, page: Page) -> None:
    addresses = once(some_deployments)
    Hands(page).sign_in("designer2", next(each for each in addresses if each.startswith("/processes/deployments/")))
    page.wait_for_selector("#canvas[data-compared]")
    expect(page.locator("#canvas .djs-element.diff-changed[data-element-id=Task_Deliver]")).to_have_count(1)
    page.locator(".change-list a").first.press("Enter")
    expect(page.locator("#canvas .pointed-at")).to_have_count(1)
    page.locator("[data-side-by-side]").press("Enter")
    page.wait_for_selector("[data-compared]")
    expect(page.locator("#canvas-before .djs-element.diff-changed[data-element-id=Task_Deliver]")).to_have_count(1)
    page.locator("#canvas .djs-element[data-element-id=Task_Deliver]").click()
    expect(page.locator(".change-list .pointing")).to_have_count(1)
