"""A server of its own for the browser."""

from collections.abc import Iterator
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page
from werkzeug.serving import make_server


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
