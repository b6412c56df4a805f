"""The form of each step, looked at in a real browser as assistive technology finds it, before it is filled in."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Thread

from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from komek.testing.axe import AXE, faults_of_axe
from komek.testing.filling import Chooses
from komek.testing.people import Act, People
from services.cases.models import Task


class Reader(People):
    """The staff, over whose shoulders a browser looks at each form that is not looked at yet."""

    def __init__(self, app: Flask, page: Page, address: str) -> None:
        super().__init__(app)
        self._page, self._address = page, address
        self.looked_at: set[tuple[str, str]] = set()
        self.faults: list[str] = []

    def work(self, task: Task, said: Mapping[str, object] | None = None, chooses: Chooses | None = None) -> Act:
        """The same, once the page of the step was looked at."""
        key = (task.form or "", task.step)
        if key not in self.looked_at:
            self.looked_at.add(key)
            surfer = self.holder(task)
            self.offer(task)
            cookies = [{"name": each.key, "value": each.value, "url": self._address} for each in surfer.cookies()]
            self._page.context.clear_cookies()
            self._page.context.add_cookies(cookies)  # type: ignore[arg-type]
            self._page.goto(f"{self._address}/cases/{task.case_id}")
            self.faults += [f"{task.step} ({task.form}): {each}" for each in faults_of_axe(self._page)]
        return super().work(task, said, chooses)


@contextmanager
def reading(app: Flask, browser: Browser) -> Iterator[Reader]:
    """A reader at a browser of that kind, over the application at an address of this process."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    context = browser.new_context(bypass_csp=True, reduced_motion="reduce", locale="kk-KZ")
    context.add_init_script(path=AXE)
    try:
        yield Reader(app, context.new_page(), f"http://127.0.0.1:{server.server_port}")
    finally:
        context.close()
        server.shutdown()
        thread.join(10)
        server.server_close()
