"""Any file is examined in the browser: what is wrong, where, and corrected at a press; nothing is kept."""

import io

import pytest
from flask import Flask
from lxml import html
from playwright.sync_api import Page, expect
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from komek.testing.surfer import Surfer
from services.config import ROOT
from services.db import db
from services.processes.models import Deployment
from tests.people.hands import Hands

DIRECT = (ROOT / "bpmn/direct.bpmn").read_bytes()
NO_DEFAULT = DIRECT.replace(b' default="Flow_Refused"', b"")
WRONG_DEFAULT = DIRECT.replace(b' default="Flow_Refused"', b' default="Flow_ToDecision"')


def examine(designer: Surfer, content: bytes, name: str = "direct.bpmn") -> str:
    designer.get("/processes/doctor")
    page = designer.submit("/processes/doctor", {"files": (io.BytesIO(content), name)})
    assert page.status_code == 200
    return page.text


def findings(text: str) -> list[html.HtmlElement]:
    return [line for found in html.fromstring(text).find_class("findings") for line in found.iter("li")]


def test_what_is_wrong_leads_to_its_element_and_nothing_is_kept(house: Flask) -> None:
    designer = Surfer(house).sign_in("designer")
    lines = findings(examine(designer, WRONG_DEFAULT))
    named = {(line.get("class"), link.get("data-element")) for line in lines for link in line.iter("a")}
    assert ("error", "Gateway_Decision") in named
    assert db.session.scalar(select(func.count()).select_from(Deployment)) == 1


def test_our_own_diagram_can_be_deployed(house: Flask) -> None:
    designer = Surfer(house).sign_in("designer")
    text = examine(designer, DIRECT)
    assert not [line for line in findings(text) if line.get("class") == "error"]
    carried = MultiDict(designer.form("/processes/doctor").form_values())
    page = designer._ask("POST", "/processes/upload", data=carried)
    assert "/processes/deployments/1" in page.request.path


def test_all_that_can_be_repaired_is_repaired_at_a_press_and_handed_out(house: Flask) -> None:
    designer = Surfer(house).sign_in("designer")
    before = findings(examine(designer, WRONG_DEFAULT))
    assert any("repair" in (button.get("name") or "") for line in before for button in line.iter("button"))
    page = designer.submit("/processes/doctor", {"repair": "all"})
    after = findings(page.text)
    assert len([line for line in after if line.get("class") == "error"]) < len(
        [line for line in before if line.get("class") == "error"]
    )


@pytest.mark.parametrize("content", [b"", b"\x00\x01PK", b"<html/>", NO_DEFAULT[:4000], b"<!DOCTYPE d><d/>"])
@pytest.mark.parametrize("name", ["a.bpmn", "a.dmn", "a.form", "a.txt", "../../a.bpmn"])
def test_any_file_gets_an_answer(house: Flask, content: bytes, name: str) -> None:
    designer = Surfer(house).sign_in("designer")
    assert findings(examine(designer, content, name))


def test_of_two_files_of_one_name_none_takes_the_others_place(house: Flask) -> None:
    designer = Surfer(house).sign_in("designer")
    designer.get("/processes/doctor")
    values = MultiDict(designer.form("/processes/doctor").form_values())
    values.setlist(
        "files", [(io.BytesIO(content), f"{folder}/a.bpmn") for folder, content in (("x", DIRECT), ("y", b"<a/>"))]
    )
    page = designer._ask("POST", "/processes/doctor", data=values)
    assert page.status_code == 400 and "a.bpmn" in html.fromstring(page.text).text_content()


@pytest.mark.browser
def test_findings_and_diagram_are_linked_both_ways(house: Flask, page: Page) -> None:
    Hands(page).sign_in("designer", "/processes/doctor")
    page.set_input_files("#files", {"name": "direct.bpmn", "mimeType": "text/xml", "buffer": NO_DEFAULT})
    expect(page.locator(".dropped li")).to_have_count(1)
    page.locator(".upload button").last.press("Enter")
    page.wait_for_selector("#canvas[data-drawn]")
    expect(page.locator("#canvas .finding-warning[data-element-id=Gateway_Decision]")).to_have_count(1)
    page.locator(".findings .warning a[data-element=Gateway_Decision]").first.press("Enter")
    expect(page.locator("#canvas .pointed-at")).to_have_count(1)
    page.locator("[data-path]").first.press("Enter")
    assert page.locator("#canvas .on-path").count() > 2
    page.locator("#canvas .djs-shape[data-element-id=Gateway_Decision]").click()
    expect(page.locator(".findings .pointing").first).to_be_visible()
