"""A server of its own for the browser, and a browser."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, sync_playwright
from werkzeug.serving import make_server

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
             "--disable-sync", "--no-first-run", "--disable-dev-shm-usage"]  # fmt: skip
AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What starts browsers; one a test process."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium: Debian's where it is, else playwright's own."""
    launched = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield launched
    launched.close()


@pytest.fixture
def address(house: Flask) -> Iterator[str]:
    """Where the region at work answers, in this process (so that its clock can be stopped)."""
    server = make_server("127.0.0.1", 0, house, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


def is_fault(said: ConsoleMessage) -> bool:
    """Errors of scripts and refused loads; not the answer 422, by which a form says what is to be corrected."""
    return said.type == "error" and "status of 422" not in said.text


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A window as on a clerk's old screen; faults in scripts are faults of the test."""
    context = browser.new_context(base_url=address, viewport={"width": 1366, "height": 768}, locale="kk-KZ")
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda said: faults.append(said.text) if is_fault(said) else None)
    yield opened
    context.close()
    assert not faults, faults
