"""Pictures of the recheck for docs/: who is due, what the next application carries over, what the counter is told."""

from datetime import datetime
from pathlib import Path
from threading import Thread

from flask import Flask
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from komek.testing.browser import ARGUMENTS, CHROMIUM
from services import cases, clock, directory
from services.cases.models import Case, Task
from services.db import db
from tests import pictures
from tests.people.hands import Hands

#: two weeks before the quarter is over, and a week after
LATER, OVER = (datetime.fromisoformat(f"2013-{day}T10:00+06:00") for day in ("03-20", "04-08"))
GRANTED = (
    ("2013-02-04T10:30+06:00", "Нұсқалиева Дерек Үлгіқызы"),
    ("2013-02-05T11:00+06:00", "Мысалбаев Үлгі"),
    ("2013-02-19T15:20+06:00", "Сынақбай Нұсқа Дерекұлы"),
    ("2013-02-26T10:40+06:00", "Үлгіжан Мысал Нұсқаұлы"),
)


def granted(opened_at: str, name: str, house: int) -> int:
    """The id of a case that was granted, and handed over at once."""
    with clock.stopped(datetime.fromisoformat(opened_at)):
        pictures.run(name, house, 6, opened_at)
        case = db.session.query(Case).order_by(Case.id.desc()).first()
        assert case is not None
        task = db.session.query(Task).filter_by(case_id=case.id, closed_at=None, waits_for="person").one()
        executor = directory.staff_at(pictures.OFFICE, "executor")[2]
        handed = {"way": "handed_over", "received_by": name, "identified_by": "identity"}
        cases.complete_task(task.id, handed, cases.Click(executor, "x", cases.Reasons("—")))
        return case.id


def furnish() -> list[int]:
    """Four that were granted, of which one applicant was told and one came again; and an application just opened."""
    found = [granted(*each, house) for house, each in enumerate(GRANTED, start=31)]
    clerk = directory.staff_at(pictures.OFFICE, "clerk")[0]
    with clock.stopped(LATER):
        cases.remind([found[1]], "letter", clerk)
        cases.follow_up(found[0], pictures.OFFICE, clerk, key="pictures")
        found.append(cases.open_case("direct", pictures.OFFICE, clerk, key="pictures, the counter"))
    return found


def take(app: Flask, folder: Path) -> None:
    """Write the pictures into the folder."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    with app.app_context():
        granted, login = furnish(), directory.staff_at(pictures.OFFICE, "clerk")[0].login
    with clock.stopped(LATER), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = pictures.window(browser, address, pictures.SCREEN)
        Hands(page).sign_in(login)
        page.goto("/rechecks/")
        page.wait_for_load_state("networkidle")
        page.screenshot(path=folder / "rechecks.png", full_page=True)
        page.goto(f"/cases/{granted[0]}")
        page.locator(".related a").last.click()
        page.wait_for_load_state("networkidle")
        top = {"x": 0, "y": 0, "width": pictures.SCREEN["width"], "height": 1430}
        page.screenshot(path=folder / "carried.png", full_page=True, clip=top)  # type: ignore[arg-type]
        page.goto(f"/cases/{granted[-1]}")
        page.fill("#address", "Талдықорған қаласы, Үлгі көшесі, 33-үй")
        page.locator("#phone").focus()
        page.wait_for_selector(".alike [name=_carry]")
        page.wait_for_load_state("networkidle")
        top["height"] = 900
        page.screenshot(path=folder / "before.png", full_page=True, clip=top)  # type: ignore[arg-type]
        browser.close()
    server.shutdown()
