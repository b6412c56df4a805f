"""A server of its own for the browser."""

import time
from collections.abc import Iterator
from contextlib import suppress
from threading import Lock, Thread
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Error, Page
from werkzeug.serving import make_server


class Answering:
    """An application that knows how many requests it is busy with."""

    def __init__(self, app: Flask) -> None:
        self.app, self.busy, self.lock = app, 0, Lock()

    def __call__(self, environ: Any, start_response: Any) -> Iterator[bytes]:
        with self.lock:
            self.busy += 1
        try:
            answer = self.app(environ, start_response)
            yield from answer
            if hasattr(answer, "close"):
                answer.close()
        finally:
            with self.lock:
                self.busy -= 1


@pytest.fixture(scope="session")
def served(session_app: Flask) -> Iterator[tuple[str, Answering]]:
    """The application at an address, in this process (so that its clock can be stopped), and how busy it is."""
    answering = Answering(session_app)
    server = make_server("127.0.0.1", 0, answering, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", answering
    server.shutdown()
    thread.join(10)
    server.server_close()


@pytest.fixture
def address(house: Flask, served: tuple[str, Answering]) -> Iterator[str]:
    """Where the region at work answers; nothing is asked there any more when the tables are emptied."""
    yield served[0]
    until = time.monotonic() + 60
    while served[1].busy and time.monotonic() < until:
        time.sleep(0.01)


def is_fault(said: ConsoleMessage) -> bool:
    """Errors of scripts and refused loads; not the answer 422, by which a form says what is to be corrected."""
    return said.type == "error" and "status of 422" not in said.text


SCREEN = {"width": 1366, "height": 768}


@pytest.fixture(scope="session")
def window(chromium: Browser, served: tuple[str, Answering]) -> Iterator[Page]:
    """A window as on a clerk's old screen, one for all: what its process compiled serves the next test."""
    context = chromium.new_context(base_url=served[0], viewport=SCREEN, locale="kk-KZ")  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


@pytest.fixture
def page(address: str, window: Page) -> Iterator[Page]:
    """That window, as nobody has used it yet; faults in scripts are faults of the test."""
    faults: list[str] = []

    def error(raised: object) -> None:
        faults.append(str(raised))

    def said(message: ConsoleMessage) -> None:
        if is_fault(message):
            faults.append(message.text)

    window.on("pageerror", error)
    window.on("console", said)
    yield window
    window.remove_listener("pageerror", error)
    window.remove_listener("console", said)
    window.unroute_all()
    with suppress(Error):  # a page of nowhere has none
        window.evaluate("sessionStorage.clear()")
    window.goto("about:blank")
    window.emulate_media(media="null", color_scheme="null", reduced_motion="null")
    window.set_viewport_size(SCREEN)  # type: ignore[arg-type]
    window.context.clear_cookies()
    kept = window.context.new_cdp_session(window)
    kept.send("Storage.clearDataForOrigin", {"origin": address, "storageTypes": "all"})
    kept.detach()
    assert not faults, faults
