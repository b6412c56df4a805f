"""Applications taken in without the server: bound to a label, answered by a slip, numbered and printed at the merge."""

from collections.abc import Iterator
from datetime import timedelta

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from services import cases, clock, desk, directory, documents, journal
from services.cases.models import Case
from services.custody.models import Label
from services.db import db
from services.documents.models import Paper
from tests.people.office import APPLICATION, PSC
from tests.webapp.desk.shop import Plug, expect_kept, open_desk, until

pytestmark = pytest.mark.browser
BODY = "TALDYKORGAN"
INSPECTOR, CLERK = "inspector.taldykorgan", "clerk.taldykorgan"


@pytest.fixture
def plug(house: Flask) -> Iterator[Plug]:
    plug = Plug(house)
    yield plug
    plug.pull()


def labels(office: str, role: str, count: int = 2) -> list[str]:
    """Pre-printed labels of that office, as their barcodes say them."""
    desk.print_labels(office, count, directory.staff_at(office, role)[0])
    codes = list(db.session.scalars(select(Label.code).filter_by(office_key=office).order_by(Label.code)))
    db.session.rollback()
    return [documents.barcode_payload(code) for code in codes]


def fill(page: Page, label: str, **more: str) -> None:
    """As at the counter: the label is scanned, the form filled in."""
    page.fill("#label", "")
    page.keyboard.type(label)
    page.keyboard.press("Enter")
    for name, value in {**APPLICATION, **more}.items():
        page.fill(f"[name={name}]", value)
    page.click("form.intake button[name=_put]")


def take_in(page: Page, label: str, **more: str) -> None:
    fill(page, label, **more)
    page.click("form.intake button.primary")
    expect(page.locator(".slip").first).to_be_visible()


@pytest.mark.parametrize(
    ("office", "role", "login", "route", "paper"),
    [(PSC, "psc_inspector", INSPECTOR, "psc", "doc.receipt"), (BODY, "clerk", CLERK, "direct", "doc.talon")],
)
def test_it_is_answered_by_a_slip_and_gets_number_and_paper_at_the_merge(
    plug: Plug, house: Flask, browser: Browser, office: str, role: str, login: str, route: str, paper: str
) -> None:
    label = labels(office, role)[0]
    page = open_desk(browser.new_context(base_url=plug.address).new_page(), login)
    plug.pull()
    page.goto("/desk/")
    expect(page.locator("[data-route]:visible")).to_have_attribute("data-route", route)
    page.click(f"[data-route={route}]")
    fill(page, label, surname="Үлгібаев")
    page.check("[name=language][value=ru]")
    page.fill("#documents-income", "3")
    page.click("form.intake button.primary")
    expect(page.locator(".slip")).to_have_count(2)  # in Kazakh, and its translation
    slip = page.locator(".slip").first
    expect(slip).to_contain_text("Үлгібаев Мысал Сынақұлы")
    expect(slip).to_contain_text("Тіркеу нөмірі кейін беріледі")
    expect(slip.locator("[data-count=documents-income] b")).to_have_text("3")
    assert printed(page) == [label]
    page.goto("/desk/")
    expect_kept(page, 1)
    page.click(".card [data-slip]")  # printed once more, from what is kept
    expect(page.locator(".slip").first).to_contain_text(label)
    page.goto("/desk/")
    plug.push()
    expect(page.locator('.card[data-word="merged"]')).to_be_visible()
    db.session.rollback()
    case = db.session.scalars(select(Case)).one()
    assert case.number is not None and case.number.endswith("-00001") and case.route == route
    expect(page.locator(".card .number").first).to_have_text(case.number)
    prints = page.locator(".card form.prints-one").first
    token = prints.locator("[name=csrf_token]").get_attribute("value") or ""
    pdf = page.request.post(prints.get_attribute("action") or "", form={"csrf_token": token})
    assert pdf.ok and pdf.body().startswith(b"%PDF")
    assert paper in db.session.scalars(select(Paper.item).filter_by(case_id=case.id)).all()
    assert cases.case_by_number(documents.read_payload(label)) == case.id
    assert journal.verify() == []


def printed(page: Page) -> list[str]:
    """The barcodes on the page as it comes out of the printer."""
    sheet = pypdfium2.PdfDocument(page.pdf(format="A4"))
    assert len(sheet) == 1
    return [found.text for found in zxingcpp.read_barcodes(sheet[0].render(scale=3).to_pil())]


def test_what_is_wrong_is_said_beside_its_field_before_anything_is_kept(
    plug: Plug, house: Flask, browser: Browser
) -> None:
    label, other = labels(PSC, "psc_inspector")
    foreign = labels(BODY, "clerk")[0]
    page = open_desk(browser.new_context(base_url=plug.address, locale="kk-KZ").new_page(), INSPECTOR)
    plug.pull()
    page.goto("/desk/offline/en/psc")
    page.click("form.intake button.primary")
    expect(page.locator(".summary li")).to_have_count(5)
    expect(page.locator(".summary")).to_be_focused()
    misread = label[:-1] + ("A" if label[-1] != "A" else "B")
    for typed, said in ((misread, "check character"), (label[:-2], "check character"), (foreign, "another office")):
        page.fill("#label", typed)
        page.press("#label", "Enter")
        expect(page.locator("#error-label")).to_contain_text(said)
        expect(page.locator("#label")).to_be_focused()
    fill(page, label, iin="123")
    page.click("form.intake button.primary")
    expect(page.locator("#error-iin")).to_have_text("An IIN has 12 digits.")
    page.fill("[name=iin]", "")
    page.click("form.intake button.primary")
    expect(page.locator(".slip")).to_have_count(1)
    page.click("[data-next-one]")
    page.fill("#label", label)
    page.press("#label", "Enter")
    expect(page.locator("#error-label")).to_contain_text("waits on this computer already")
    assert page.input_value("[name=surname]") == "" and page.input_value("[name=documents-identity]") == ""
    assert page.input_value("[name=body]") == BODY
    take_in(page, other)
    page.goto("/desk/")
    expect_kept(page, 2)


#: what lies on the disk of the form that is being typed, opened with the key of whoever's desk it is
HALF = "async () => komek.outbox.recallHalf((await komek.desk.ready).person, 'psc')"


def wait_until_half_typed_is(page: Page, language: str) -> None:
    until(page, f"async () => (await ({HALF})())?.language === {language}")


def test_what_is_half_typed_outlives_a_closed_page_until_it_is_kept_or_begun_anew(
    plug: Plug, house: Flask, browser: Browser
) -> None:
    first, second = labels(PSC, "psc_inspector")
    context = browser.new_context(base_url=plug.address, locale="kk-KZ")
    page = open_desk(context.new_page(), INSPECTOR)
    plug.pull()
    page.goto("/desk/")
    page.click("[data-route=psc]")
    expect(page.locator("#label")).to_be_focused()
    expect(page.locator("[data-half-typed]")).to_be_hidden()
    type_half(page, first)

    page = reopened(page)
    expect(page.locator("[data-half-typed]")).to_be_visible()
    expect(page.locator("[name=surname]")).to_have_value("Үлгібаев")
    expect(page.locator("[name=language][value=ru]")).to_be_checked()
    page.click("form.intake button.primary")
    expect(page.locator(".slip").first).to_contain_text(first)

    page = reopened(page)
    expect(page.locator("#label")).to_be_focused()
    expect(page.locator("[name=surname]")).to_have_value("")  # it was kept: the form is empty
    type_half(page, second)
    page = reopened(page)
    page.click("[data-half-typed] button")
    expect(page.locator("[name=surname]")).to_have_value("")
    expect(page.locator("[data-half-typed]")).to_be_hidden()
    wait_until_half_typed_is(page, "undefined")


def test_whoever_goes_on_before_the_label_is_looked_up_is_not_moved_away(
    plug: Plug, house: Flask, browser: Browser
) -> None:
    label = labels(PSC, "psc_inspector")[0]
    page = open_desk(browser.new_context(base_url=plug.address).new_page(), INSPECTOR)
    page.goto("/desk/offline/kk/psc")
    expect(page.locator("#label")).to_be_focused()
    page.evaluate("""() => {  // whoever asks what waits is answered when the test says so
        const looked = komek.outbox.waiting, begun = new Promise((go) => { window.answer = go; });
        komek.outbox.waiting = async (...asked) => { window.asked = true; await begun; return looked(...asked); };
    }""")
    page.keyboard.type(label.lower())
    page.keyboard.press("Enter")
    until(page, "() => window.asked === true")
    page.focus("[name=given_name]")
    page.evaluate("answer()")
    expect(page.locator("#label")).to_have_value(label)  # looked up, and written as it is printed
    expect(page.locator("[name=given_name]")).to_be_focused()


#: what the browser has of a form half typed is told when the test says so
SLOW_DISK = """globalThis.komek = new Proxy({}, {set(komek, name, made) {
    komek[name] = made;
    if (name === 'outbox') {
        const recall = made.recallHalf, begun = new Promise((go) => { globalThis.answer = go; });
        made.recallHalf = async (...asked) => { globalThis.asked = true; await begun; return recall(...asked); };
    }
    return true;
}});"""


def test_nobody_can_type_into_the_form_before_it_is_ready_and_lose_it(
    plug: Plug, house: Flask, browser: Browser
) -> None:
    label = labels(PSC, "psc_inspector")[0]
    page = open_desk(browser.new_context(base_url=plug.address).new_page(), INSPECTOR)
    page.add_init_script(SLOW_DISK)
    page.goto("/desk/offline/kk/psc")
    until(page, "() => globalThis.asked === true")
    expect(page.locator("#label")).to_be_hidden()
    page.keyboard.type(label[:2])  # nothing takes it, and nothing of it stands there afterwards
    page.evaluate("answer()")
    expect(page.locator("#label")).to_be_focused()
    page.keyboard.type(label)
    expect(page.locator("#label")).to_have_value(label)


def type_half(page: Page, label: str) -> None:
    fill(page, label, surname="Үлгібаев")
    page.check("[name=language][value=ru]")
    wait_until_half_typed_is(page, "'ru'")


def reopened(page: Page) -> Page:
    """The same address in another window, after this one was closed."""
    context, address = page.context, page.url
    page.close()
    page = context.new_page()
    page.goto(address)
    return page


def test_what_is_half_typed_is_closed_to_the_next_person_and_gone_after_twelve_hours(
    plug: Plug, house: Flask, browser: Browser
) -> None:
    label = labels(PSC, "psc_inspector")[0]
    context = browser.new_context(base_url=plug.address, locale="kk-KZ")
    page = open_desk(context.new_page(), INSPECTOR)
    plug.pull()
    page.goto("/desk/")
    page.click("[data-route=psc]")
    form = page.url
    type_half(page, label)
    page.goto("/desk/")
    page.click("[data-lock]")
    expect(page.locator("[data-known]").first).to_be_hidden()

    plug.push()
    page.goto("/desk/")
    page.wait_for_url("**/sign-in")
    open_desk(page, "pschead.taldykorgan").goto(form)
    expect(page.locator("html")).to_have_attribute("lang", "kk")
    expect(page.locator("[name=surname]")).to_have_value("")
    assert page.evaluate(f"({HALF})()") is None
    open_desk(page, INSPECTOR).goto(form)
    expect(page.locator("[name=surname]")).to_have_value("Үлгібаев")

    tomorrow = context.new_page()
    tomorrow.clock.set_fixed_time(clock.real() + timedelta(hours=13))
    tomorrow.goto("/desk/")
    tomorrow.wait_for_load_state("networkidle")
    page.reload()
    expect(page.locator("#label")).to_be_focused()
    assert page.evaluate(f"({HALF})()") is None


def test_two_computers_with_the_same_label_give_one_case_and_one_conflict_which_another_label_settles(
    plug: Plug, house: Flask, browser: Browser
) -> None:
    label, other = labels(PSC, "psc_inspector")
    pages = [open_desk(browser.new_context(base_url=plug.address).new_page(), INSPECTOR) for _ in range(2)]
    plug.pull()
    for page, surname in zip(pages, ("Бірінші", "Екінші"), strict=True):
        page.goto("/desk/offline/kk/psc")
        take_in(page, label, surname=surname)
        page.goto("/desk/")
        expect_kept(page, 1)
    plug.push()
    for page in pages:
        expect(page.locator('.card:is([data-word="merged"], [data-word="conflict"])')).to_have_count(1)
    db.session.rollback()
    assert len(db.session.scalars(select(Case)).all()) == 1 and desk.count_conflicts(PSC) == 1
    page = next(page for page in pages if page.locator('.card[data-word="conflict"]').count())
    page.click(".card a[data-next]")
    expect(page.locator("#error-label")).to_be_visible()
    page.fill("#label", other)
    page.click("form.task button.primary")
    page.wait_for_url("**/cases/*")
    db.session.rollback()
    numbers = sorted(case.number or "" for case in db.session.scalars(select(Case)))
    assert [number[-5:] for number in numbers] == ["00001", "00002"] and desk.count_conflicts(PSC) == 0


def test_an_application_the_server_refused_is_corrected_in_its_form_with_both_clocks_in_sight(
    plug: Plug, house: Flask, browser: Browser
) -> None:
    label = labels(PSC, "psc_inspector")[0]
    page = open_desk(browser.new_context(base_url=plug.address).new_page(), INSPECTOR)
    plug.pull()
    page.goto("/desk/offline/kk/psc")
    take_in(page, label, iin="850101100013")
    plug.push()
    expect(page.locator("[data-undecided]")).to_have_text("1")
    page.goto("/desk/conflicts")
    page.click(".undecided a")
    expect(page.locator(".clock time")).to_have_count(2)
    expect(page.locator("#error-iin")).to_be_visible()
    assert page.input_value("[name=surname]") == APPLICATION["surname"]
    page.fill("[name=surname]", "")
    page.click("form.task button.primary")
    expect(page.locator(".summary li")).to_have_count(1)
    expect(page.locator("#error-surname")).to_be_visible()
    assert page.input_value("[name=iin]") == "850101100013", "what was typed stays"
    page.fill("[name=surname]", "Түзетілген")
    page.fill("[name=iin]", APPLICATION["iin"])
    page.click("form.task button.primary")
    page.wait_for_url("**/cases/*")
    expect(page.locator("h1")).to_contain_text("Түзетілген")
    db.session.rollback()
    case = db.session.scalars(select(Case)).one()
    assert case.number is not None and desk.count_conflicts(PSC) == 0
    assert journal.verify() == []
