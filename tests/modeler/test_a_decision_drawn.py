"""A requirements diagram drawn from nothing in Modeler's own editor of decisions deploys and decides."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from lxml import etree
from playwright.sync_api import Browser, Page

from services.bpmn.decisions import CompiledDecision, read_decisions
from services.config import ROOT
from services.processes.doctor import examine
from services.registry import current
from tests.webapp.conftest import address, served  # noqa: F401
from tests.webapp.rest.modeler import Modeler

pytestmark = pytest.mark.modeler

DIST = ROOT / "node_modules/camunda-dmn-js/dist"
STYLES = (
    "diagram-js", "dmn-js-shared", "dmn-js-drd", "dmn-js-decision-table", "dmn-js-decision-table-controls",
    "dmn-js-literal-expression", "dmn-js-boxed-expression", "dmn-js-boxed-expression-controls", "dmn-font/css/dmn",
)  # fmt: skip
#: what Modeler opens for a new DMN file
NEW = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/"
  id="assistance" name="DRD" namespace="http://camunda.org/schema/1.0/dmn">
  <dmndi:DMNDI><dmndi:DMNDiagram/></dmndi:DMNDI>
</definitions>"""
NOWHERE = (1000, 800)
Place = tuple[int, int]


@dataclass
class Decisions:
    """The hands of a designer."""

    page: Page

    def put(self, kind: str, place: Place, name: str) -> Place:
        self.page.click(f'.djs-palette [data-action="create.{kind}"]')
        self.page.mouse.move(place[0] - 5, place[1] - 5)
        self.page.mouse.click(*place)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(name)
        self.page.mouse.click(*NOWHERE)
        return place

    def connect(self, one: Place, other: Place) -> None:
        self.page.mouse.click(*one)
        self.page.click('.djs-context-pad [data-action="connect"]')
        self.page.mouse.move(*other, steps=4)
        self.page.mouse.click(*other)
        self.page.mouse.click(*NOWHERE)

    def make(self, place: Place, what: str) -> None:
        self.page.mouse.click(*place)
        self.page.click('.djs-context-pad [data-action="replace"]')
        self.page.click(f'.djs-popup [data-id="replace-with-{what}"]')
        self.page.mouse.click(*NOWHERE)

    def open(self, name: str) -> None:
        wanted = "view => view.type !== 'drd' && view.element.name === name"
        self.page.evaluate(f"name => editor.open(editor.getViews().find({wanted}))", name)

    def write(self, where: str, text: str) -> None:
        """Into an editor of expressions."""
        self.page.click(where)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)
        self.page.keyboard.press("Escape")  # what it offers to complete

    def row(self, *texts: str) -> None:
        self.page.click(".add-rule-add")
        cells = self.page.locator("tbody tr:has(.rule-index)").last.locator("td.cell:not(.annotation)")
        for at, text in enumerate(texts):
            cells.nth(at).click()
            self.page.keyboard.insert_text(text)
            self.page.keyboard.press("Escape")

    def save(self) -> str:
        self.page.wait_for_timeout(400)  # a view writes what is typed a moment later
        return str(self.page.evaluate("async () => (await editor.saveXML({ format: true })).xml"))


@pytest.fixture
def hands(browser: Browser, tmp_path: Path) -> Iterator[Decisions]:
    styles = "".join(f'<link rel="stylesheet" href="file://{DIST}/assets/{each}.css">' for each in STYLES)
    (tmp_path / "page.html").write_text(
        f'<!doctype html><meta charset="utf-8">{styles}<style>html,body,#canvas{{margin:0;height:100%}}</style>'
        f'<div id="canvas"></div><script src="file://{DIST}/camunda-platform-modeler.production.min.js"></script>',
        encoding="utf-8",
    )
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.set_default_timeout(20_000)
    page.goto(f"file://{tmp_path}/page.html")
    page.evaluate("xml => (window.editor = new DmnModeler({ container: '#canvas' })).importXML(xml)", NEW)
    yield Decisions(page)
    page.close()


def drawn(hands: Decisions) -> str:
    """Household -> income per head (a knowledge model divides) -> help."""
    persons, income = hands.put("input-data", (300, 600), "persons"), hands.put("input-data", (600, 600), "income")
    divide = hands.put("business-knowledge-model", (900, 500), "per head")
    a_head, help_ = hands.put("decision", (450, 400), "Income per head"), hands.put("decision", (450, 200), "Help")
    for one, other in ((persons, a_head), (income, a_head), (divide, a_head), (a_head, help_)):
        hands.connect(one, other)
    hands.make(divide, "literal-expression")
    hands.make(a_head, "literal-expression")
    hands.make(help_, "decision-table")
    hands.open("per head")
    hands.page.locator('[aria-label="Edit formal parameters"]').dispatch_event("click")
    for name in ("total", "heads"):
        hands.page.get_by_text("Add parameter").click()
        hands.page.locator(".function-definition-parameter").last.locator("input").first.fill(name)
        hands.page.keyboard.press("Tab")
    hands.page.mouse.click(*NOWHERE)
    hands.write(".function-definition-body .cm-content", "decimal(total / heads, 0)")
    hands.open("Income per head")
    hands.write(".cm-content", "per head(income, persons)")
    hands.open("Help")
    hands.row("< 50000", '"full"')
    hands.row("[50000..80000)", '"half"')
    hands.page.dblclick("th.input-cell")
    hands.write(".context-menu-container .ref-text .cm-content", "Income per head")
    return hands.save()


def help_of(xml: str) -> CompiledDecision:
    found = read_decisions({"assistance.dmn": etree.fromstring(xml.encode())})
    return next(each for each in found.values() if each.name == "Help")


def test_a_requirements_diagram_drawn_in_modeler_deploys_and_decides(
    house: Flask,
    hands: Decisions,
    address: str,  # noqa: F811
) -> None:
    xml = drawn(hands)
    assert [each.what() for each in examine({"assistance.dmn": xml.encode()}, current()).errors] == []
    deployed = Modeler(f"{address}/engine-rest").deploy("assistance.dmn", xml.encode())
    assert deployed.status_code == 200, deployed.text
    for income, persons, said in ((140_000, 3, "full"), (200_000, 4, "half"), (200_000, 2, None)):
        decided = help_of(xml).decide({"income": income, "persons": persons})
        assert next(iter(decided.outputs.values()), None) == said
