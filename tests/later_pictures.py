"""Pictures for docs/ of what stands beside the daily work: papers printed together, the figures of a
board case by case, editions of the act, the archive, the sheet for the wall, what everybody may read, the
screens of a hall, and what is wrong with a region's package.

Part of `make pictures`.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import pypdfium2
from flask import Flask
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from komek.testing.browser import ARGUMENTS, CHROMIUM
from services import archive, cases, clock, directory, editions, jobs, registry, screens
from services.cases.models import Case
from services.db import db
from tests import pictures
from tests.people.hands import Hands
from tests.people.public import SITE, code_on, printed
from tests.services.law.two_editions import amend, package_of, small_region

MORNING, LATER, YEARS_ON = (
    datetime.fromisoformat(f"{moment}+06:00") for moment in ("2013-03-20T09:40", "2013-03-20T09:55", "2015-04-13T10:00")
)
#: taken in that morning
TAKEN_IN = ("Мысалова Нұсқа Дерекқызы", "Сынақжанов Үлгі", "Дереккелді Мысал Нұсқаұлы")
#: whose result lies ready by then
READY = ("Нұсқабеков Сынақ", "Үлгібек Дерек Мысалұлы", "Сынақбаева Үлгі Нұсқақызы", "Мысалбек Нұсқа", "Дерекова Сынақ",
         "Үлгіжанова Мысал")  # fmt: skip
#: number of the counter -> the place among those taken in of whoever is called to it
CALLED = {2: 0, 1: 2}
KIOSK = {"width": 768, "height": 1024}
HEAD = "head.taldykorgan"
TALLEST = 1000


def furnish() -> dict[str, Any]:
    """Three applications of a morning, an act to come, old cases kept."""
    with clock.stopped(MORNING):
        for house, name in enumerate(TAKEN_IN, start=51):
            pictures.run(name, house, 1, MORNING.isoformat())
    newest = db.session.scalars(select(Case.id).order_by(Case.id.desc())).first() or 0
    return {"newest": newest, "candidate": amended(), "tracked": newest - 2,
            "clerk": directory.staff_at(pictures.OFFICE, "clerk")[0].login}  # fmt: skip


def amended() -> int:
    """An edition that a second act would bring, not in force yet."""
    before = registry.shipped()
    with TemporaryDirectory() as home, clock.stopped(MORNING):
        rules = small_region(Path(home) / "r")
        registry.use(rules)
        editions.receive(rules)
        amend(rules.folders[0])
        received = editions.receive(package_of(rules))
        registry.use(before)
    return received[-1].edition.id


def take(app: Flask, folder: Path) -> None:
    """Write them into the folder."""
    app.config["KOMEK"] = replace(app.config["KOMEK"], public_url=SITE)
    with app.app_context():
        told = furnish()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = pictures.window(browser, f"http://127.0.0.1:{server.server_port}", pictures.SCREEN)
        with clock.stopped(LATER):
            in_the_office(page, folder, told)
            for_everybody(app, page, folder, told)
            in_the_hall(app, page, folder, told)
        with app.app_context(), clock.stopped(YEARS_ON):
            jobs.work_off()
            archive.archive_step()
            Hands(page).sign_in("admin", "/admin/archive/")
            shot(page, folder, "archive")
        browser.close()
    server.shutdown()


def in_the_office(page: Page, folder: Path, told: Mapping[str, Any]) -> None:
    """Talons of a morning as one file, what a figure counts, and an act that is to come."""
    Hands(page).sign_in(told["clerk"], "/?list=done")
    for each in page.locator("[data-tick]").all():
        each.check()
    page.click("#several [value=print]")
    shot(page, folder, "print-together")
    Hands(page).sign_in(HEAD, f"/boards/offices/{pictures.OFFICE}?since=2013-02-01&until=2013-03-20")
    page.locator(".numbers a").first.click()
    shot(page, folder, "counted")
    Hands(page).sign_in("designer2", f"/act/{told['candidate']}")
    shot(page, folder, "edition")
    page.goto(f"/act/compare?a={told['candidate'] - 1}&b={told['candidate']}")
    shot(page, folder, "two-laws")
    page.goto("/act/coverage")
    shot(page, folder, "coverage")


def for_everybody(app: Flask, page: Page, folder: Path, told: Mapping[str, Any]) -> None:
    """The public pages, where an application is, and the sheet for the wall."""
    with app.app_context():
        case = db.session.get_one(Case, told["tracked"])
        asked = {"number": cases.number_at(case.id, pictures.OFFICE), "code": code_on(printed(case.id)),
                 "who": TAKEN_IN[0].split()[0]}  # fmt: skip
    page.context.clear_cookies()
    page.goto("/service/kk/")
    shot(page, folder, "service")
    page.goto(f"/service/kk/offices/{pictures.OFFICE}")
    shot(page, folder, "office")
    page.goto("/status/kk/")
    for name, value in asked.items():
        page.fill(f"#{name}", value)
    page.click("main form button.primary")
    page.wait_for_selector(".happened")
    shot(page, folder, "status")
    Hands(page).sign_in(HEAD, "/admin/stands/")
    form = {name: page.locator(f"main form [name={name}]").first.input_value() for name in ("csrf_token", "office")}
    pdf = page.request.post("/admin/stands/print", form={**form, "language": "kk", "size": "a4"}).body()
    pypdfium2.PdfDocument(pdf)[0].render(scale=1.6).to_pil().save(folder / "stand.png")


def in_the_hall(app: Flask, page: Page, folder: Path, told: Mapping[str, Any]) -> None:
    """A wall with two who are called, the kiosk beside it; for administrators what stands with the region's package."""
    with app.app_context():
        for house, name in enumerate(READY, start=61):
            pictures.run(name, house, 7, LATER.isoformat())
        clerk, admin = directory.staff_at(pictures.OFFICE, "clerk")[0], directory.staff_at("OBLAST", "admin")[0]
        screens.open_screens(pictures.OFFICE, admin)
        for counter, place in CALLED.items():
            screens.call_to_counter(told["tracked"] + place, counter, pictures.OFFICE, clerk)
    page.goto(f"/screen/{pictures.OFFICE}/")
    page.screenshot(path=folder / "wall.png")
    page.set_viewport_size(KIOSK)  # type: ignore[arg-type]
    page.goto(f"/screen/{pictures.OFFICE}/kiosk")
    page.screenshot(path=folder / "kiosk.png")
    page.set_viewport_size(pictures.SCREEN)  # type: ignore[arg-type]
    Hands(page).sign_in("admin", "/admin/region")
    shot(page, folder, "region-check")


def shot(page: Page, folder: Path, name: str) -> None:
    """Down to where a reader of the guide still sees what it is about."""
    page.wait_for_load_state("networkidle")
    tall = min(TALLEST, page.evaluate("document.documentElement.scrollHeight"))
    clip = {"x": 0, "y": 0, "width": pictures.SCREEN["width"], "height": tall}
    page.screenshot(path=folder / f"{name}.png", full_page=True, clip=clip)  # type: ignore[arg-type]
