"""A server that is pulled out of the wall and plugged in again, and a computer whose browser keeps its disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from flask import Flask
from playwright.sync_api import BrowserContext, Page, Playwright, expect
from werkzeug.serving import BaseWSGIServer, make_server

from tests.webapp.conftest import ARGUMENTS, CHROMIUM
from tests.webapp.people import Hands


#: until the worker keeps the shell, and the browser knows whose desk it is
READY = """async () => { while (!navigator.serviceWorker.controller || !(await komek.outbox.recall()))
    await new Promise((go) => setTimeout(go, 50)); }"""


class Plug:
    """The server of one office: in the wall, or not."""

    def __init__(self, app: Flask) -> None:
        self.app, self.port = app, 0
        self._server: BaseWSGIServer | None = None
        self.push()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def push(self) -> None:
        self._server = make_server("127.0.0.1", self.port, self.app, threaded=True)
        self.port = self._server.server_port
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def pull(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


@contextmanager
def computer(playwright: Playwright, disk: Path, address: str, **looks: object) -> Iterator[BrowserContext]:
    """One computer at the counter: what its browser keeps stays on the disk when it is closed."""
    opened = playwright.chromium.launch_persistent_context(
        str(disk), executable_path=CHROMIUM, args=ARGUMENTS, base_url=address, locale="kk-KZ", **looks
    )  # type: ignore[arg-type]
    try:
        yield opened
    finally:
        opened.close()


def open_desk(page: Page, login: str) -> Page:
    """Signed in, at the desk, which from now on opens without the server too."""
    Hands(page).sign_in(login)
    page.goto("/desk/")
    page.evaluate(READY)
    return page


def scan(page: Page, *codes: str) -> None:
    page.locator("#codes").focus()
    for code in codes:
        page.keyboard.type(code)
        page.keyboard.press("Enter")


def expect_kept(page: Page, count: int) -> None:
    expect(page.locator('.card[data-word="kept"]')).to_have_count(count)
