"""Pictures for docs/ of one inbox under two acts: Almaty oblast in June 2014, days after act N 421 was repealed.

Part of `make pictures`.
"""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from threading import Thread

from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from komek.testing.browser import ARGUMENTS, CHROMIUM
from services import clock, deadlines, directory, editions, law, loading, processes, registry
from services.config import PLUGINS, ROOT
from services.directory.demo import seed_demo_staff
from services.migrations import upgrade
from services.postgres import Server
from tests import pictures, the_region
from tests.conftest import config_for
from tests.people.hands import Hands
from webapp import create_app

BEFORE, AFTER = (datetime.fromisoformat(f"{each}+06:00") for each in ("2014-05-30T10:00", "2014-06-03T10:00"))
FROM = date(2014, 6, 2)
#: when each was accepted, and by whom it was applied for
CASES = ((BEFORE, "Үлгібаев Мысал Сынақұлы"), (AFTER, "Сынақова Дерек Үлгіқызы"))


def take(server: Server, folder: Path) -> None:
    """In a database of their own."""
    server.create_database("acts")
    before = registry.shipped()
    config = replace(config_for(server.address_of("acts")), demo=False)
    app = create_app(config)
    with app.app_context():
        upgrade()
        first, second, login = furnish()
    web = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=web.serve_forever, daemon=True).start()
    with clock.stopped(AFTER), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = pictures.window(browser, f"http://127.0.0.1:{web.server_port}", pictures.SCREEN)
        Hands(page).sign_in(login, "/")
        page.select_option("select[name=office]", pictures.OFFICE)
        page.wait_for_selector("main a[href^='/cases/']")
        page.screenshot(path=folder / "two-acts.png", clip={"x": 0, "y": 0, "width": 1366, "height": 420})
        page.goto("/cases/1#diagram")
        page.wait_for_load_state("networkidle")
        page.locator("#diagram").screenshot(path=folder / "former-act.png")
        Hands(page).sign_in("designer2", f"/act/compare?a={first}&b={second}")
        page.screenshot(path=folder / "next-act.png")
        page.goto("/act/")
        page.screenshot(path=folder / "editions.png", clip={"x": 0, "y": 81, "width": 1366, "height": 410})
        browser.close()
    web.shutdown()
    registry.use(before)


def furnish() -> tuple[int, int, str]:
    """N 421, then its successor; a case accepted under each of them. Both editions, and the executor's login."""
    rules = registry.shipped()
    directory.import_offices(rules)
    deadlines.fill_calendar(rules, range(2013, 2016))
    names = tuple(the_region.FOLLOWING if name == the_region.REGION else name for name in PLUGINS)
    with clock.stopped(BEFORE):
        editions.receive(rules)
        processes.install_registry(rules, actor="pictures")
        seed_demo_staff(rules)
        pictures.run(CASES[0][1], 1, 2, BEFORE.isoformat())
        registry.use(loading.load(names, ROOT))
        successor = editions.receive(registry.shipped())[1].edition.id
        admin = directory.staff_at("OBLAST", "admin")[0]
        editions.enact(successor, admin, from_on=FROM, act_number="196", act_on=FROM)
    with clock.stopped(AFTER):
        editions.begin_today()
        pictures.run(CASES[1][1], 2, 2, AFTER.isoformat())
    first = law.BOOK.first()
    assert first is not None
    return first, successor, directory.staff_at(pictures.OFFICE, "executor")[2].login
