"""The pictures of an office that begins: its first day, cases that come from paper, a person's file.

Part of `make pictures`; to be looked at in every look: `python -m tests.first_pictures FOLDER --every-look`.
"""

import sys
import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Thread

import pypdfium2
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from komek.testing.browser import ARGUMENTS, CHROMIUM
from services import beginning, clock, deadlines, directory, law, processes, registry
from services.migrations import upgrade
from services.postgres import Server
from tests.conftest import compile_catalogues, config_for
from webapp import create_app

NOW = datetime.fromisoformat("2013-03-14T09:20+06:00")
PASSWORD = "жаңбырлы күз кеші 17"
STAFF = """login;full_name;office;role;phone
a.clerk;Омарова Айгүл Серікқызы;TALDYKORGAN;clerk;8 700 000 00 11
b.head;Серіков Болат Ахметұлы;Талдықорған қаласы;head;
c.exec;Ахметов Ерлан Болатұлы;19;executor;
e.wrong;Мысалова Үлгі;АЛМАТЫ;clerk;
"""
GIVEN = ("850101100012", "Талдықорған қаласы, Үлгі көшесі, 1-үй", "1", "1", "1", "Қалғандары кейін", "complete",
         "40000", "heating", "30000")  # fmt: skip
PAPER = [
    ("office", "number", "registered_on", "surname", "given_name", "patronymic", "step", "since", "executor",
     "outgoing_number", "outcome", "closed_on", "iin", "address", "documents-application", "documents-identity",
     "documents-income", "missing_reason", "papers", "members-0-income", "expenses-0-kind", "expenses-0-amount"),
    ("19", "412", "11.03.2013", "Үлгібаев", "Мысал", "Сынақұлы", "review", "12.03.2013", "c.exec", "", "", "", *GIVEN),
    ("19", "398", "04.03.2013", "Сынақова", "Дерек", "Үлгіқызы", "sign", "13.03.2013", "c.exec", "151", "", "",
     "790315400011", "Талдықорған қаласы, Үлгі көшесі, 2-үй", *GIVEN[2:]),
    ("19", "19-2012-00077", "03.02.2012", "Нұсқабеков", "Үлгі", "", "", "", "", "", "approved", "14.02.2012",
     *("" for _ in GIVEN)),
    ("19", "401", "05.03.2013", "Дерекбаева", "Нұсқа", "", "review", "06.03.2013", "e.nobody", "", "", "", *GIVEN),
]  # fmt: skip
TALLEST = 1100
#: width and height, colours
LOOKS = (((390, 844), "light"), ((768, 1024), "light"), ((1366, 768), "light"), ((1366, 768), "dark"))


def take(server: Server, folder: Path, *, every_look: bool = False) -> None:
    """The three of them, in a database of their own."""
    server.create_database("begins")
    app = create_app(config := config_for(server.address_of("begins")))
    app.config["KOMEK"] = replace(config, demo=False)
    with app.app_context():
        upgrade()
        law.read()  # of this database, and no longer of the one before
        directory.import_offices(registry.current())
        deadlines.fill_calendar(registry.current(), range(2012, 2016))
        processes.install_registry(registry.current(), actor="pictures")
        secret = beginning.make_secret()
    web = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=web.serve_forever, daemon=True).start()
    with clock.stopped(NOW), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        pages(browser, f"http://127.0.0.1:{web.server_port}", secret, folder, every_look=every_look)
        browser.close()
    web.shutdown()


def pages(browser: Browser, address: str, secret: str, folder: Path, *, every_look: bool) -> None:
    """As the first administrator sees them."""
    page = browser.new_context(base_url=address, viewport={"width": 1366, "height": 768}).new_page()
    page.goto("/begin/")
    for name, value in {"secret": secret, "full_name": "Үлгібаева Мысал", "new_login": "m.admin",
                        "new_password": PASSWORD, "new_password_again": PASSWORD}.items():  # fmt: skip
        page.fill(f"#{name}", value)
    page.click("main button.primary")
    page.check("input[value=TALDYKORGAN]")
    page.click("main button.primary")
    looked_at(page, "/begin/staff", STAFF)
    shots(page, folder, "first-day", every_look=every_look)
    looked_at(page, "/begin/staff", STAFF.rpartition("e.wrong")[0])
    page.click("main form[action$=add] button")
    page.wait_for_selector("td.code")
    shots(page, folder, "first-passwords", every_look=every_look, kept=False)
    text = "\n".join(";".join(row) for row in PAPER)
    looked_at(page, "/admin/take-over/", text)
    shots(page, folder, "taking-over", every_look=every_look)
    looked_at(page, "/admin/take-over/", text.rpartition("\n")[0])
    page.click("main form[action$=take] button")
    page.wait_for_selector("form[action$=undo]")
    page.goto("/admin/person-file")
    page.fill("#iin", GIVEN[0])
    page.fill("#request_number", "Ө-12")
    page.click("main form button")
    page.wait_for_selector(".held-case")
    shots(page, folder, "person-file", every_look=every_look)


def looked_at(page: Page, path: str, text: str) -> None:
    """What a table would come to."""
    page.goto(path)
    page.fill("#text", text)
    page.click("main form[enctype] button")
    page.wait_for_selector(".list-preview")


def shots(page: Page, folder: Path, name: str, *, every_look: bool, kept: bool = True) -> None:
    """The page for the guide; in every look, and printed, for whoever looks at it."""
    page.wait_for_load_state("networkidle")
    if not every_look:
        if kept:
            tall = min(TALLEST, page.evaluate("document.documentElement.scrollHeight"))
            clip = {"x": 0, "y": 0, "width": 1366, "height": tall}
            page.screenshot(path=folder / f"{name}.png", full_page=True, clip=clip)  # type: ignore[arg-type]
        return
    for (width, height), colours in LOOKS:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]
        page.screenshot(path=folder / f"{name}-{width}-{colours}.png", full_page=True)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1366, "height": 768})
    pdf = pypdfium2.PdfDocument(page.pdf(format="A4"))
    pdf[0].render(scale=1.4).to_pil().save(folder / f"{name}-print.png")


if __name__ == "__main__":
    compile_catalogues()
    with tempfile.TemporaryDirectory(prefix="k", dir="/tmp") as home:
        Path(home).chmod(0o755)
        started = Server(Path(home) / "v", durable=False).start()
        try:
            take(started, Path(sys.argv[1]), every_look="--every-look" in sys.argv)
        finally:
            started.stop()
