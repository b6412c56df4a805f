"""`make pictures`: the pictures in docs/, taken from the running product. Never made by hand."""

import io
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from threading import Thread

import pypdfium2
from flask import Flask
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from komek.testing.browser import ARGUMENTS, CHROMIUM
from services import cases, clock, deadlines, desk, directory, documents, processes, registry
from services.cases.models import Case, Task
from services.config import ROOT
from services.custody.models import Label
from services.db import db
from services.directory.demo import seed_demo_staff
from services.migrations import upgrade
from services.postgres import Server
from tests import complaint_pictures, first_pictures, later_pictures, next_act_pictures, recheck_pictures
from tests.conftest import compile_catalogues, config_for
from tests.entitlement import amended, granting
from tests.people.hands import Hands
from tests.people.office import with_code
from tests.webapp.desk.shop import expect_kept, open_desk, scan
from webapp import create_app

OFFICE = "TALDYKORGAN"
ROUTES = ("direct", "psc")
SCREEN = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
#: when each case is opened, its applicant, and how many steps it has gone
CASES = (
    ("2013-02-28T09:30+06:00", "Үлгібаев Мысал Сынақұлы", 5),
    ("2013-03-01T10:05+06:00", "Сынақова Дерек Үлгіқызы", 3),
    ("2013-03-04T11:20+06:00", "Дерекбеков Нұсқа", 4),
    ("2013-03-12T15:10+06:00", "Нұсқабаева Үлгі Мысалқызы", 2),
    ("2013-03-13T16:40+06:00", "Мысалов Сынақ Дерекұлы", 1),
    ("2013-03-11T09:40+06:00", "Сынақбек Дерек Нұсқаұлы", 4),
    ("2013-03-14T09:05+06:00", "Үлгісерік Нұсқа Сынаққызы", 1),
)
PSC = "PSC_TALDYKORGAN"
#: taken in at the PSC that morning
PSC_CASES = ("Дереков Мысал Үлгіұлы", "Сынақбаева Нұсқа", "Үлгісерік Дерек Мысалұлы", "Нұсқабек Сынақ Үлгіұлы")
NOW = datetime.fromisoformat("2013-03-14T09:20+06:00")
IN_FORCE = datetime.fromisoformat("2013-02-04T09:00+06:00")


def main(folder: Path) -> None:
    """Write every picture into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    compile_catalogues()
    with tempfile.TemporaryDirectory(prefix="k", dir="/tmp") as home:
        Path(home).chmod(0o755)
        server = Server(Path(home) / "v", durable=False).start()
        try:
            server.create_database("komek")
            app = create_app(config_for(server.address))
            with app.app_context():
                upgrade()
                furnish()
            take(app, folder)
            recheck_pictures.take(app, folder)
            complaint_pictures.take(app, folder)
            later_pictures.take(app, folder)
            first_pictures.take(server, folder)
            next_act_pictures.take(server, folder)
        finally:
            server.stop()


def furnish() -> None:
    """A department on a morning in March 2013."""
    rules = registry.current()
    directory.import_offices(rules)
    deadlines.fill_calendar(rules, range(2012, 2016))
    with clock.stopped(IN_FORCE):
        processes.install_registry(rules, actor="pictures")
    seed_demo_staff(rules)
    for house, (opened_at, name, steps) in enumerate(CASES, start=1):
        with clock.stopped(datetime.fromisoformat(opened_at)):
            run(name, house, steps, opened_at)
    with clock.stopped(NOW):
        for house, name in enumerate(PSC_CASES, start=len(CASES) + 1):
            accept(name, house)


def run(name: str, house: int, steps: int, opened_at: str) -> None:
    """A case at the body, that many steps along; nobody else has applied for that dwelling."""
    clerk, head = (directory.staff_at(OFFICE, role)[0] for role in ("clerk", "head"))
    executor = directory.staff_at(OFFICE, "executor")[2]
    surname, given, *rest = name.split()
    application = {
        "surname": surname,
        "given_name": given,
        "patronymic": " ".join(rest),
        "language": "kk",
        "phone": "8 700 000 00 01",
        "address": f"Талдықорған қаласы, Үлгі көшесі, {house}-үй",
        "documents-application": "1",
        "missing_reason": "Қалғандары кейін",
        "documents-identity": "1",
    }
    figures = {
        "papers": "complete",
        "members-0-name": name,
        "members-0-relation": "applicant",
        "members-0-income": "40000",
        "expenses-0-kind": "heating",
        "expenses-0-amount": "30000",
    }
    months = str(4 - datetime.fromisoformat(opened_at).month)  # to the end of the quarter
    decision = {**figures, "decision": "approve", "amount": "26000", "period_months": months}
    work = [(clerk, application), (head, {"executor": str(executor.id), "text": "Қарауға."}), (executor, figures),
            (executor, decision), (head, {"verdict": "agree"}), (head, {"verdict": "sign"}),
            (executor, {"way": "ready", "told_how": "phone"})]  # fmt: skip
    case_id = cases.open_case("direct", OFFICE, clerk, key=name)
    for person, answers in work[:steps]:
        task = db.session.scalars(select(Task).filter_by(case_id=case_id, closed_at=None, waits_for="person")).one()
        cases.complete_task(task.id, with_code(case_id, answers), cases.Click(person, "x", cases.Reasons("—")))


def accept(name: str, house: int) -> None:
    """A folder that waits for the courier at the PSC."""
    inspector = directory.staff_at(PSC, "psc_inspector")[0]
    surname, given, *rest = name.split()
    case_id = cases.open_case("psc", PSC, inspector, key=name)
    application = {
        "surname": surname,
        "given_name": given,
        "patronymic": " ".join(rest),
        "language": "ru",
        "address": f"Талдықорған қаласы, Үлгі көшесі, {house}-үй",
        "documents-application": "1",
        "missing_reason": "Қалғандары кейін",
        "documents-identity": "1",
        "documents-income": "3",
        "body": OFFICE,
    }
    task = db.session.scalars(select(Task).filter_by(case_id=case_id, closed_at=None, waits_for="person")).one()
    cases.complete_task(task.id, application, cases.Click(inspector, "x"))


def take(app: Flask, folder: Path) -> None:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    with clock.stopped(NOW), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        screens(app, browser, address, folder)
        browser.close()
    server.shutdown()
    with app.app_context():
        papers(folder)


def screens(app: Flask, browser: Browser, address: str, folder: Path) -> None:
    with app.app_context():
        executor = directory.staff_at(OFFICE, "executor")[2].login
        ids = list(db.session.scalars(select(Case.id).order_by(Case.id)))
    page = window(browser, address, SCREEN)
    shot(page, folder, "sign-in", "/sign-in")
    Hands(page).sign_in("clerk.taldykorgan")
    shot(page, folder, "inbox", "/?list=waiting")
    page.goto("/")
    page.click(".lists button.primary")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / "application.png", full_page=True)
    at_the_counter(page, folder)
    Hands(page).sign_in(executor)
    shot(page, folder, "case", f"/cases/{ids[3]}")
    shot(page, folder, "proposal", f"/cases/{ids[1]}")
    commented(page, folder, f"/cases/{ids[3]}")
    page.goto(f"/cases/{ids[2]}#diagram")
    page.wait_for_selector("#canvas[data-drawn]")
    page.screenshot(path=folder / "diagram.png")
    shot(page, folder, "steps", f"/cases/{ids[0]}#steps")
    shot(page, folder, "why", f"/cases/{ids[3]}/why")
    Hands(page).sign_in("head.taldykorgan")
    shot(page, folder, "board", "/boards/head")
    page.goto("/?list=role")
    page.wait_for_load_state("networkidle")
    for each in page.locator("[data-tick]").all()[:2]:
        each.check()
    page.screenshot(path=folder / "list.png")
    Hands(page).sign_in("admin")
    shot(page, folder, "calendar", "/admin/calendar/?year=2013")
    paper_at_the_psc(page, folder, ids)
    designers(app, page, folder)
    page.context.close()
    without_the_server(app, window(browser, address, SCREEN, timezone_id="Asia/Almaty"), folder)
    dark = window(browser, address, SCREEN, color_scheme="dark")
    Hands(dark).sign_in("head.taldykorgan")
    shot(dark, folder, "dark", "/?list=role")
    dark.context.close()
    phone = window(browser, address, PHONE, device_scale_factor=2)
    Hands(phone).sign_in("head.taldykorgan")
    shot(phone, folder, "phone", "/?list=role")
    phone.context.close()


def at_the_counter(page: Page, folder: Path) -> None:
    """Somebody comes by a power of attorney; and for that dwelling an application stands already."""
    typed = {"surname": "Сынақбаева", "given_name": "Нұсқа", "address": "Талдықорған қаласы, Үлгі көшесі, 1-үй"}
    power = {"representative": "Дереков Сынақ Үлгіұлы", "power_number": "77-Д", "power_on": "04.02.2013",
             "power_until": "31.12.2013", "power_by": "Нотариус Н. Н. Нұсқаев"}  # fmt: skip
    page.check("[name=represented]")
    for field, value in {**typed, **power}.items():
        page.fill(f"#{field}", value)
    page.check("[name=application_signed_by][value=representative]")
    page.check("[name=notice_taken_by][value=applicant]")
    top = {"x": 0, "y": 0, "width": SCREEN["width"], "height": 1200}
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=folder / "representative.png", full_page=True, clip=top)  # type: ignore[arg-type]
    page.locator(".of-counts button[name=_put]").click()
    page.click("form.task button.primary")
    page.wait_for_selector(".alike")
    top["height"] = 900
    page.screenshot(path=folder / "repeated.png", full_page=True, clip=top)  # type: ignore[arg-type]


def commented(page: Page, folder: Path, case: str) -> None:
    """What an office says of a case among itself, with a scan."""
    paper, scan = Image.new("RGB", (620, 877), "white"), io.BytesIO()
    ImageDraw.Draw(paper).rectangle((60, 60, 560, 400), outline="black", width=4)
    paper.save(scan, "PNG")
    page.goto(f"{case}#comments")
    page.fill("#comment-text", "Өтініш беруші телефонмен айтты: анықтаманы ертең әкеледі.")
    page.set_input_files("#comment-files", {"name": "анықтама.png", "mimeType": "image/png", "buffer": scan.getvalue()})
    page.click(".comment-form button")
    page.wait_for_selector(".comments .attached")
    page.wait_for_load_state("networkidle")
    page.locator("#comments").screenshot(path=folder / "comments.png")


def designers(app: Flask, page: Page, folder: Path) -> None:
    """A candidate beside what is in force; a diagram that the doctor refuses; the outline of a case."""
    drawn = (ROOT / "bpmn/direct.bpmn").read_bytes()
    changed = drawn.replace('name="Хабарламаны жеткізу"'.encode(), 'name="Хабарламаны табыстау"'.encode())
    changed = changed.replace(b'camunda:candidateGroups="executor,clerk"', b'camunda:candidateGroups="clerk"')
    with app.app_context():
        designer = directory.person(directory.id_of("designer") or 0)
        files = {"direct.bpmn": changed}
        done = processes.deploy(files, registry.current(), name="direct", source="Camunda Modeler", person=designer)
        path = f"/processes/deployments/{done.deployment.id}"
    Hands(page).sign_in("designer2")
    shot(page, folder, "processes", "/processes/")
    page.goto(path)
    page.wait_for_selector("#canvas[data-compared]")
    page.screenshot(path=folder / "deployment.png", full_page=True)
    page.goto(f"/processes/deployments/{other_table(app)}/replay")
    page.screenshot(path=folder / "replay.png", full_page=True)
    page.goto("/processes/doctor")
    wrong = changed.replace(b' default="Flow_Refused"', b"")
    page.set_input_files("#files", {"name": "direct.bpmn", "mimeType": "text/xml", "buffer": wrong})
    page.locator(".upload button").last.click()
    page.wait_for_selector("#canvas[data-drawn]")
    page.screenshot(path=folder / "doctor.png", full_page=True)


def other_table(app: Flask) -> int:
    """A candidate that pays by another formula, and for longer."""
    changed = granting(6, amended("шекті шығыс + 0.5)", "1.2 * шекті шығыс + 0.5)"))
    with app.app_context():
        designer = directory.person(directory.id_of("designer") or 0)
        files = {"entitlement.dmn": changed}
        done = processes.deploy(files, registry.current(), name="Кесте", source="Camunda Modeler", person=designer)
        return done.deployment.id


def paper_at_the_psc(page: Page, folder: Path, ids: list[int]) -> None:
    """The desk with three folders scanned and one code misread, the registry, and the route's diagram."""
    Hands(page).sign_in("accum.taldykorgan")
    page.goto("/desk/")
    for at, code in enumerate(("P30-2013-00001", "P30-2013-00002", "P30-2013-00002", "P30-2013-00003")):
        page.keyboard.type(code)
        page.keyboard.press("Enter")
        page.locator(".card").nth(at).wait_for()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / "desk.png", full_page=True)
    page.locator(".card a").first.click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / "registry-page.png")
    page.locator("#registry button", has_text="Тізілімді жабу").click()
    page.wait_for_load_state("networkidle")
    printing = page.locator("#registry form.prints-one").first
    token = printing.locator("[name=csrf_token]").input_value()
    pdf = page.request.post(printing.get_attribute("action") or "", form={"csrf_token": token}).body()
    pypdfium2.PdfDocument(pdf)[0].render(scale=1.6).to_pil().save(folder / "registry.png")
    page.goto(f"/cases/{ids[-1]}#diagram")
    page.wait_for_selector("#canvas[data-drawn]")
    page.screenshot(path=folder / "psc-diagram.png")
    unpacked(page, folder)


def without_the_server(app: Flask, page: Page, folder: Path) -> None:
    """Nobody answers: two folders are scanned, an application is taken in, and its slip."""
    with app.app_context():
        inspector = directory.staff_at(PSC, "psc_inspector")[0]
        desk.print_labels(PSC, 1, inspector)
        label = documents.barcode_payload(db.session.scalars(select(Label.code)).one())
    page.clock.set_fixed_time(NOW)
    open_desk(page, inspector.login)
    page.context.set_offline(True)
    page.goto("/desk/offline/kk/psc")
    page.locator("#label").fill(label)
    name = {"surname": "Үлгісерік", "given_name": "Дерек", "patronymic": "Мысалұлы"}
    for field, value in {**name, "address": "Талдықорған қаласы, Үлгі көшесі, 3-үй"}.items():
        page.fill(f"[name={field}]", value)
    page.locator(".of-counts button[name=_put]").click()
    page.click("form.intake button.primary")
    page.locator(".slip").wait_for()
    pypdfium2.PdfDocument(page.pdf(format="A4"))[0].render(scale=1.6).to_pil().save(folder / "slip.png")
    page.goto("/desk/")
    scan(page, "P30-2013-00003", "P30-2013-00004", "P30-2013-00004-0")
    expect_kept(page, 3)
    page.screenshot(path=folder / "offline.png")
    page.context.close()


def unpacked(page: Page, folder: Path) -> None:
    """The registry on its way, as the courier sees it; then unpacked at the body, one folder torn, one not in it."""
    page.goto("/desk/")
    page.locator("#desk-lists a", has_text="P30-R2013").first.click()
    page.wait_for_load_state("networkidle")
    address = page.url
    page.locator("#registry button.primary").click()
    page.wait_for_load_state("networkidle")
    courier = window(page.context.browser, address.split("/desk")[0], PHONE, device_scale_factor=2)
    Hands(courier).sign_in("courier.taldykorgan")
    shot(courier, folder, "round", "/desk/")
    courier.context.close()
    Hands(page).sign_in("clerk.taldykorgan")
    page.goto(address)
    for at, code in enumerate(("P30-2013-00001", "P30-2013-00002")):
        page.keyboard.type(code)
        page.keyboard.press("Enter")
        page.locator(".card").nth(at).wait_for()
    page.wait_for_load_state("networkidle")
    torn = page.locator("tr", has_text="P30-2013-00002")
    torn.locator("summary").click()
    torn.locator("input[name=what]").fill("Бұрышы жыртылған")
    torn.locator("button").click()
    page.wait_for_load_state("networkidle")
    page.locator("#registry button.danger").click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / "unpacked.png", full_page=True)
    form = page.locator('#registry form[action$="act.pdf"]')
    token = form.locator("[name=csrf_token]").get_attribute("value") or ""
    pdf = page.request.post(form.get_attribute("action") or "", form={"csrf_token": token}).body()
    pypdfium2.PdfDocument(pdf)[0].render(scale=1.6).to_pil().save(folder / "act.png")
    Hands(page).sign_in("head.taldykorgan")
    page.goto("/signing/")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / "to-sign.png", full_page=True)


def window(browser: Browser | None, address: str, size: dict[str, int], **looks: object) -> Page:
    assert browser is not None
    return browser.new_context(base_url=address, viewport=size, **looks).new_page()  # type: ignore[arg-type]


def shot(page: Page, folder: Path, name: str, path: str) -> None:
    page.goto(path)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / f"{name}.png")


def papers(folder: Path) -> None:
    """Papers of the first case of each route, as they come out of the printer."""
    ids = [
        db.session.scalars(select(Case.id).filter_by(route=route).order_by(Case.id)).first() or 0 for route in ROUTES
    ]
    wanted = {"doc.talon": "talon", "doc.calculation": "calculation", "doc.notice_signed": "notice",
              "doc.receipt": "receipt", "doc.label": "label"}  # fmt: skip
    for paper in [paper for case_id in ids for paper in documents.papers_of(case_id)]:
        if paper.item in wanted:
            stream = f"case:{paper.case_id}"
            printed = documents.print_paper(paper.id, registry.current(), actor="pictures", stream=stream, at=NOW)
            picture = pypdfium2.PdfDocument(printed.pdf)[0].render(scale=1.6).to_pil()
            picture.save(folder / f"{wanted[paper.item]}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
