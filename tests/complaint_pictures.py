"""Pictures of a complaint for docs/: its form, and the pages of whoever considers it and of whoever cannot."""

from datetime import datetime
from pathlib import Path
from threading import Thread

from flask import Flask
from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import make_server

from komek.testing.browser import ARGUMENTS, CHROMIUM
from services import clock, directory
from tests import pictures, recheck_pictures
from tests.people.contesting import COMPLAINT, TITLE
from tests.people.hands import Hands

LATER = datetime.fromisoformat("2013-03-21T10:00+06:00")


def take(app: Flask, folder: Path) -> None:
    """Write the pictures into the folder."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    with app.app_context():
        case_id = recheck_pictures.granted("2013-02-27T11:20+06:00", "Дереков Сынақ Мысалұлы", 41)
        clerk = directory.staff_at(pictures.OFFICE, "clerk")[0].login
        signer, reviewer = (each.login for each in directory.staff_at(pictures.OFFICE, "head"))
    with clock.stopped(LATER), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = pictures.window(browser, f"http://127.0.0.1:{server.server_port}", pictures.SCREEN)
        told(page, case_id, clerk, folder)
        for login, name, height in ((reviewer, "considered", 1000), (signer, "kept-from", 420)):
            Hands(page).sign_in(login)
            page.goto(f"/cases/{case_id}")
            if login == reviewer:
                Hands(page).take()
            page.wait_for_load_state("networkidle")
            whole(page, folder / f"{name}.png", height)
        browser.close()
    server.shutdown()


def told(page: Page, case_id: int, clerk: str, folder: Path) -> None:
    """The clerk takes the complaint in."""
    Hands(page).sign_in(clerk)
    page.goto(f"/cases/{case_id}")
    page.locator(".happenings summary").click()
    page.locator(".happenings a", has_text=TITLE).click()
    page.check(f"[name=by][value={COMPLAINT['by']}]")
    page.fill("[name=says]", COMPLAINT["says"])
    page.fill("[name=reason]", COMPLAINT["reason"])
    page.wait_for_load_state("networkidle")
    whole(page, folder / "complaint.png", 1200)
    page.locator("main form button.primary").last.click()
    page.wait_for_load_state("networkidle")


def whole(page: Page, file: Path, height: int) -> None:
    """The page as far down as that."""
    page.evaluate("scrollTo(0, 0)")
    tall = min(height, page.evaluate("document.documentElement.scrollHeight"))
    clip = {"x": 0, "y": 0, "width": pictures.SCREEN["width"], "height": tall}
    page.screenshot(path=file, full_page=True, clip=clip)  # type: ignore[arg-type]
