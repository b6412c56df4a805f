"""A server that is pulled out of the wall and plugged in again, and a computer whose browser keeps its disk."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

from flask import Flask
from playwright.sync_api import BrowserContext, Page, Playwright, expect
from werkzeug.serving import BaseWSGIServer, make_server

from komek.testing.browser import ARGUMENTS, CHROMIUM
from services.config import ROOT
from tests.people.hands import Hands
from tests.ports import free_port, once_free
from tests.webapp.serve.supervised import wait_for

#: whether the worker keeps the shell, and the browser knows whose desk it is
READY = """async () => {
    const { person } = await komek.desk.ready;
    return Boolean(navigator.serviceWorker.controller) && (await komek.outbox.recall())?.person === person; }"""


class Plug:
    """The server of one office: in the wall, or not."""

    def __init__(self, app: Flask) -> None:
        self.app, self.port = app, free_port()
        self._server: BaseWSGIServer | None = None
        self.push()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def push(self) -> None:
        self._server = once_free(lambda: make_server("127.0.0.1", self.port, self.app, threaded=True))
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def pull(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @contextmanager
    def silence(self) -> Iterator[None]:
        """Something at its address takes every call and never answers."""
        with once_free(lambda: socket.create_server(("127.0.0.1", self.port), backlog=50)):
            yield


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
    Hands(page).sign_in(login, None)
    return at_the_desk(page)


def at_the_desk(page: Page) -> Page:
    page.goto("/desk/")
    until(page, READY)
    return page


def until(page: Page, is_so: str) -> None:
    """Asked from here: a loop in the page would wait for ever; `wait_for_function` is what its policy forbids."""
    wait_for(lambda: bool(page.evaluate(is_so)), pause_s=0.05)


def scan(page: Page, *codes: str) -> None:
    page.locator("#codes").focus()
    for code in codes:
        page.keyboard.type(code)
        page.keyboard.press("Enter")


def expect_kept(page: Page, count: int) -> None:
    expect(page.locator('.card[data-word="kept"]')).to_have_count(count)


class Process(Plug):
    """The server as a process of its own, as it is in an office: it can be killed in the middle of whatever it does."""

    def push(self) -> None:
        config = self.app.config["KOMEK"]
        settings = {"DATABASE_URL": config.database_url, "KOMEK_SECRET_KEY": config.secret_key}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "wsgi:app", "--threads", "4",
             "--log-level", "error", "--bind", f"127.0.0.1:{self.port}"],
            cwd=ROOT, env={**os.environ, **settings, "KOMEK_SECURE_COOKIES": "0"}, start_new_session=True,
        )  # fmt: skip
        for _ in range(200):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.1)

    def pull(self) -> None:
        """kill -9, of the server and all it started."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
