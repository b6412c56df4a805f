"""What designers get from the server beside Camunda's API."""

import io
import json

import pytest
from flask import Flask

from services import registry
from services.config import ROOT
from services.processes.element_templates import PLACE
from tests.webapp.rest.programs import ADMIN, CLERK, DESIGNER, Program


def test_a_designer_gets_the_templates_of_this_installation_in_the_language_asked_for(house: Flask) -> None:
    found = {
        said: Program(house, DESIGNER).get("/komek/element-templates", language=said) for said in ("kk", "ru", "en")
    }
    assert found["kk"] == json.loads(registry.current().file(PLACE).read_text(encoding="utf-8"))
    assert len({json.dumps(each) for each in found.values()}) == 3
    assert Program(house, ADMIN, language="ru").get("/komek/element-templates") == found["ru"]


DIRECT = (ROOT / "bpmn/direct.bpmn").read_bytes()


@pytest.mark.parametrize("login", [CLERK, "worker"])
def test_nobody_else_does(house: Flask, login: str) -> None:
    assert Program(house, login).ask("GET", "/komek/element-templates").status_code == 403


def test_the_doctor_looks_at_a_diagram_beside_what_is_in_force_and_speaks_the_readers_language(house: Flask) -> None:
    broken = DIRECT.replace(b' default="Flow_Refused"', b' default="Flow_ToDecision"')
    sent = {"data": broken, "headers": {"Content-Type": "text/xml"}}
    said = {language: Program(house, DESIGNER, language=language).ask("POST", "/komek/doctor", **sent).get_json()
            for language in ("kk", "ru", "en")}  # fmt: skip
    for each in said.values():
        assert not each["deployable"]
        assert "Gateway_Decision" in [f["element"] for f in each["findings"] if f["severity"] == "error"]
    assert len({each["findings"][0]["text"] for each in said.values()}) == 3
    sound = Program(house, DESIGNER).ask("POST", "/komek/doctor", data=DIRECT, headers={"Content-Type": "text/xml"})
    assert sound.get_json()["deployable"], sound.text


def test_the_doctor_looks_at_several_files_at_once_and_at_none(house: Flask) -> None:
    program = Program(house, DESIGNER)
    files = {name: (io.BytesIO(content), name) for name, content in {
        "direct.bpmn": DIRECT, "broken.dmn": b"<x", "odd.form": b"[1]"}.items()}  # fmt: skip
    found = program.ask("POST", "/komek/doctor", data=files).get_json()["findings"]
    assert {each["resource"] for each in found if each["severity"] == "error"} == {"broken.dmn", "odd.form"}
    assert program.ask("POST", "/komek/doctor").status_code == 400
    assert Program(house, CLERK).ask("POST", "/komek/doctor", data=DIRECT).status_code == 403
    for kind in ({}, {"Content-Type": "application/pdf"}, {"Content-Type": "application/json"}):
        answer = program.ask("POST", "/komek/doctor", data=DIRECT, headers=kind)
        assert (answer.status_code, answer.get_json()["error"]) == (415, "NotFiles")
