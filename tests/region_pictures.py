"""The picture for docs/ of two regions beside each other: the switch in the head, and their figures.

Part of `make pictures`; as a program: `python -m tests.region_pictures FOLDER`.
"""

import shutil
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from flask import Flask
from playwright.sync_api import sync_playwright

from komek.testing.browser import ARGUMENTS, CHROMIUM
from services import deadlines, directory, neighbours, processes, registry
from services.db import db
from services.directory.demo import DEMO_PASSWORD, seed_demo_staff
from services.migrations import upgrade
from services.postgres import Server
from tests import the_region
from tests.conftest import compile_catalogues, config_for
from tests.ports import free_port
from tests.webapp.serve.streets import serving
from webapp import create_app
from webapp.cli.demo_cases import play_demo_cases

FILE = """
address = "http://localhost:{door}"
[regions.almaty]
name = {{ kk = "Алматы облысы", ru = "Алматинская область", en = "Almaty oblast" }}
plugins = ["{region}"]
port = {almaty}
[regions.zhetisu]
name = {{ kk = "Жетісу облысы", ru = "Область Жетісу", en = "Zhetisu oblast" }}
plugins = ["{region}"]
port = {zhetisu}
shows_figures_to = ["almaty"]
"""
SIZE = {"width": 1366, "height": 720}


def furnish(app: Flask, other: str) -> str:
    """A region with four weeks of cases; the login of its control level, who works in the other region, too."""
    with app.app_context():
        upgrade()
        rules = registry.current()
        directory.import_offices(rules)
        deadlines.fill_calendar(rules, range(2012, directory.today().year + 2))
        processes.install_registry(rules, actor="console")
        seed_demo_staff(rules, app.config["KOMEK"])
        play_demo_cases(rules)
        role = rules.role_that("controls")
        login = next(each.login for each in directory.everybody() if role in each.roles())
        street = app.config["KOMEK_NEIGHBOURHOOD"]
        neighbours.tie(directory.id_of(login) or 0, other, login, "17-к", here=street, actor="console")
        db.session.remove()
        return login


def take(folder: Path, home: Path, server: Server) -> None:
    """`regions.png`."""
    ports = {each: free_port() for each in ("door", "almaty", "zhetisu")}
    file = home / "regions.toml"
    file.write_text(FILE.format(region=the_region.REGION, **ports), encoding="utf-8")
    with ExitStack() as opened:
        for key, other in (("zhetisu", "almaty"), ("almaty", "zhetisu")):
            server.create_database(key)
            app = create_app(replace(config_for(server.address_of(key)), regions=str(file), region=key))
            login = furnish(app, other)
            opened.enter_context(serving(app, ports[key]))
        running = opened.enter_context(sync_playwright())
        page = running.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS).new_page(viewport=SIZE, locale="kk-KZ")  # type: ignore[arg-type]
        page.goto(f"http://almaty.localhost:{ports['almaty']}/sign-in")
        page.fill("#login", login)
        page.fill("#password", DEMO_PASSWORD)
        page.press("#password", "Enter")
        page.goto(f"http://almaty.localhost:{ports['almaty']}/regions/")
        page.screenshot(path=folder / "regions.png")
        page.context.browser.close()  # type: ignore[union-attr]


if __name__ == "__main__":
    compile_catalogues()
    home = Path(tempfile.mkdtemp(prefix="komek-regions-"))
    home.chmod(0o755)  # as root the server runs under another user
    server = Server(home / "v", durable=False, max_connections=60).start()
    try:
        take(Path(sys.argv[1]), home, server)
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)
