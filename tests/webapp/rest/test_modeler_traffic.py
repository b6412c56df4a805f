"""Camunda Modeler's own traffic, request by request, at a server over HTTP: Deploy, Start, and the links it shows."""

import json
from urllib.parse import quote, urlsplit

import pytest
import requests
from flask import Flask
from sqlalchemy import select

from komek.testing.surfer import Surfer
from services import processes
from services.cases.models import Case, Instance
from services.config import ROOT
from services.db import db
from tests import the_region
from tests.services.engine import drawings
from tests.webapp.rest.modeler import PATIENCE_S, Modeler
from tests.webapp.rest.programs import CLERK, DESIGNER, basic

DIRECT = (ROOT / "bpmn/direct.bpmn").read_bytes()


@pytest.fixture
def modeler(address: str) -> Modeler:
    return Modeler(f"{address}/engine-rest")


def test_it_finds_that_a_name_and_a_password_are_needed_and_that_they_are_right(modeler: Modeler) -> None:
    assert modeler.probe() == 401, "so that the fields for them appear"
    modeler.authorization = "undefined"
    assert modeler.ask("GET", "/deployment?maxResults=0").status_code == 401
    modeler.authorization = basic(DESIGNER)
    assert modeler.ask("GET", "/deployment?maxResults=0").json() == []
    modeler.authorization = basic(CLERK)
    assert modeler.ask("GET", "/deployment?maxResults=0").status_code == 403, "this user is not permitted to deploy"


def test_it_deploys_starts_and_its_links_lead_to_our_pages(modeler: Modeler, house: Flask) -> None:
    changed = DIRECT.replace("Талон".encode(), "Түбіртек".encode())
    first = modeler.deploy("direct.bpmn", changed)
    assert first.status_code == 200, first.text
    deployed = first.json()
    definition = next(iter(deployed["deployedProcessDefinitions"].values()))
    assert (definition["key"], definition["version"]) == ("direct", 2)
    assert modeler.deploy("direct.bpmn", changed).json() == deployed, "the same once more is what is there"
    started = modeler.start(definition["id"], "KEY-1", {"office": {"value": "TALGAR", "type": "String"}})
    assert started.status_code == 200, started.text
    said = started.json()
    assert said["definitionId"] == definition["id"] and said["ended"] is False and said["id"]
    case = db.session.scalars(select(Case).join(Instance).where(Instance.id == int(said["id"]))).one()
    assert case.plays == "TALGAR" and case.number is None, "a rehearsal, also under what is in force"
    assert processes.in_force("direct") != int(definition["id"].rpartition(":")[2]), "a candidate is not the law"
    host = modeler.base.removesuffix("/engine-rest")
    apps = requests.get(f"{host}/.well-known/camunda-automation-platform/webapps", timeout=PATIENCE_S).json()
    cockpit = apps["cockpitUrl"] + "/"
    surfer = Surfer(house).sign_in(DESIGNER)
    page = surfer.get(urlsplit(f"{cockpit}process-instance/{said['id']}").path)
    assert page.status_code == 200 and page.request.path == f"/cases/{case.id}"
    query = quote(json.dumps([{"type": "id", "operator": "eq", "value": deployed["id"]}]))
    page = surfer.get(f"/modeler-link/repository?deploymentsQuery={query}")
    assert page.status_code == 200 and page.request.path == f"/processes/deployments/{deployed['id']}"
    for odd in ("", "[]", "[1]", "{", '[{"type":"id","value":"x"}]'):
        assert surfer.get(f"/modeler-link/repository?deploymentsQuery={quote(odd)}").request.path == "/processes/"


def test_the_main_process_of_the_file_comes_first_whatever_its_name_is(modeler: Modeler) -> None:
    main = drawings.process("zebra", drawings.node("userTask", "z1"), "start>z1 z1>end")
    other = drawings.process("ant", drawings.node("userTask", "a1"), "start>a1 a1>end")
    answer = modeler.deploy("z.bpmn", drawings.diagram(main), {"a.bpmn": drawings.diagram(other)})
    assert [each["key"] for each in answer.json()["deployedProcessDefinitions"].values()] == ["zebra", "ant"]


def test_a_decision_alone_is_deployed_and_answers_with_the_process_that_uses_it(modeler: Modeler) -> None:
    rules = the_region.RULES.read_bytes()
    changed = rules.replace(b"</definitions>", b"<!-- looked at --></definitions>")
    answer = modeler.deploy("entitlement.dmn", changed)
    assert answer.status_code == 200, answer.text
    keys = [each["key"] for each in answer.json()["deployedProcessDefinitions"].values()]
    decide, call_them, call_back_to_them = (
        {"direct", "psc_body", "deciding_anew"},
        {"complaint", "resumption"},
        {"psc", "calling_back", "returned_result"},  # pools and messages of the PSC's application
    )
    assert sorted(keys) == sorted(decide | call_them | call_back_to_them)


def test_what_is_wrong_is_told_a_line_for_each_finding(modeler: Modeler) -> None:
    broken = drawings.drawn(
        drawings.node("scriptTask", "s", "<script>import os</script>") + drawings.gateways("complex", "g"),
        "start>s s>g g>end",
    )
    answer = modeler.deploy("broken.bpmn", broken)
    body = answer.json()
    assert answer.status_code == 400 and body["type"] == "ParseException"
    lines = [line for line in body["message"].splitlines() if line.startswith("* ")]
    assert any("s (s)" in line for line in lines) and any("g (g)" in line for line in lines), body["message"]
    assert "broken.bpmn" in body["details"]
    assert modeler.deploy("nothing.txt", b"hello").status_code == 400
    beside = {"direct.bpmn": ("direct.bpmn", DIRECT, "text/xml"), "Sort.DMN": ("Sort.DMN", b"<a/>", "text/xml")}
    left_out = modeler.ask("POST", "/deployment/create", files=beside)
    assert left_out.status_code == 400 and "Sort.DMN" in left_out.json()["message"], "a file was left out in silence"
    modeler.authorization = basic(CLERK)
    refused = modeler.ask("POST", "/deployment/create", files={"direct.bpmn": ("direct.bpmn", DIRECT, "text/xml")})
    assert refused.status_code == 403 and refused.json()["type"] == "AuthorizationException"


def test_what_it_starts_with_wrong_words_is_said_and_nothing_begins(modeler: Modeler) -> None:
    definition = next(iter(modeler.deploy("direct.bpmn", DIRECT).json()["deployedProcessDefinitions"]))
    for variables in ([1], {"a": 1}, {"a": {"value": "x", "type": "Integer"}}, {"a": {"value": 1, "type": "Elephant"}},
                      {"office": {"value": "NOWHERE", "type": "String"}}):  # fmt: skip
        answer = modeler.start(definition, None, variables)
        assert answer.status_code in (400, 404) and answer.json()["message"], variables
    assert modeler.start("direct:1:99999999").status_code == 404
    assert db.session.scalars(select(Case)).all() == []
