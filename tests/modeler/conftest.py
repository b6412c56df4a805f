"""Modeler's editor with our plugin in a browser, and a small server that stands for Komek's."""

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from services.config import ROOT
from services.processes.element_templates import PLACE

BUNDLE = Path(__file__).parent / "bundle.mjs"


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Server:
    """Answers as it is told, and remembers what it was asked."""

    url: str
    answer: Callable[[Asked], tuple[int, object]] = lambda asked: (200, [])
    asked: list[Asked] = field(default_factory=list)


@pytest.fixture
def komek_server() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {key.lower(): value for key, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", "0")))
            asked = Asked(self.command, self.path, headers, body)
            told.asked.append(asked)
            status, content = told.answer(asked)
            self.send_response(status)
            self.send_header("Access-Control-Allow-Origin", headers.get("origin", "*"))
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(content if isinstance(content, bytes) else json.dumps(content).encode())

        do_POST = do_GET

        def do_OPTIONS(self) -> None:
            """As Komek's own: a file may ask, with a header of its own for who it is."""
            self.send_response(204)
            self.send_header("Access-Control-Allow-Origin", self.headers.get("origin", "*"))
            self.send_header("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
            self.send_header("Access-Control-Allow-Headers", "authorization, content-type, accept, accept-language")
            self.end_headers()

        def log_message(self, *said: object) -> None:
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told = Server(f"http://127.0.0.1:{running.server_port}/engine-rest")
    thread = Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield told
    running.shutdown()
    thread.join(10)
    running.server_close()


# ---------------------------------------------------------------- the editor


@pytest.fixture(scope="session")
def editor_pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the editor as a page: `with.html` our plugin, and `without.html`."""
    folder = tmp_path_factory.mktemp("modeler")
    done = subprocess.run(["node", BUNDLE, folder], capture_output=True, text=True, timeout=120, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return folder


class Editor:
    """What a designer does in Modeler, and what they see."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def do(self, verb: str, *given: object) -> Any:
        return self.page.evaluate(f"given => editor.{verb}(...given)", list(given))

    def open(self, xml: str, templates: list[Any] | None = None) -> list[str]:
        """The warnings of the import."""
        return self.do("open", xml, our_templates() if templates is None else templates)

    def problems(self) -> list[tuple[str, str, str]]:
        """Element, rule and words of the list of problems."""
        return [(each["id"], each["rule"], each["message"]) for each in self.do("problems")]

    def menu(self, element: str) -> list[str]:
        """The ids of the templates that the append menu offers there."""
        self.do("select", element)
        self.page.click('.djs-context-pad .entry[data-action="append"]')
        self.page.click('.djs-popup .entry[data-id="append-templates"]')
        self.page.wait_for_selector('.djs-popup .entry[data-id*="template-"]')
        offered: list[str] = self.page.locator(".djs-popup .entry").evaluate_all("all => all.map(e => e.dataset.id)")
        self.page.keyboard.press("Escape")
        return offered

    def append(self, element: str, wanted: str) -> str:
        """What stands at the top of the append menu for that search, taken by the keyboard; the new element's id."""
        before = set(self.do("elements"))
        self.do("select", element)
        self.page.click('.djs-context-pad .entry[data-action="append"]')
        self.page.keyboard.type(wanted)
        self.page.wait_for_selector(".djs-popup .entry")
        self.page.wait_for_timeout(200)
        self.page.keyboard.press("Enter")
        self.page.wait_for_function("n => editor.elements().length > n", arg=len(before))
        return next(each for each in self.do("elements") if each not in before and not each.startswith("Flow"))

    def until(self, condition: str, arg: object = None) -> None:
        self.page.wait_for_function(condition, arg=arg, timeout=60_000)


def our_templates() -> list[Any]:
    return list(json.loads((ROOT / PLACE).read_text(encoding="utf-8")))


def diagram(name: str) -> str:
    return (ROOT / f"bpmn/{name}.bpmn").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def window(chromium: Browser) -> Iterator[Page]:
    """One window for all: what its process compiled of the editor serves the next test, on a page of its own."""
    context = chromium.new_context(viewport={"width": 1500, "height": 900})
    yield context.new_page()
    context.close()


def _open(page: Page, file: Path) -> Iterator[Editor]:
    faults: list[str] = []

    def note(error: object) -> None:
        faults.append(str(error))

    page.goto(file.as_uri())
    page.on("pageerror", note)
    yield Editor(page)
    page.evaluate("localStorage.clear()")
    page.remove_listener("pageerror", note)
    page.unroute_all()
    page.goto("about:blank")
    assert faults == []


@pytest.fixture
def editor(window: Page, editor_pages: Path) -> Iterator[Editor]:
    """Modeler's editor with our plugin."""
    yield from _open(window, editor_pages / "with.html")


@pytest.fixture
def bare_editor(window: Page, editor_pages: Path) -> Iterator[Editor]:
    """Modeler's editor as it comes."""
    yield from _open(window, editor_pages / "without.html")
