"""Decisions over the API: what Camunda 7's manual says of `evaluate`, over the tables in force and of a candidate."""

from flask import Flask

from services import directory, processes, registry
from services.db import db
from tests.entitlement import granting
from tests.services.engine.drawings import drawn, node, table
from tests.webapp.rest.programs import CLERK, Program

VALUES = {"papers_complete": True, "expense": 30000, "income": 40000, "share_percent": 10, "persons": 1}
SENT = {"variables": {name: {"value": value} for name, value in VALUES.items()}}
KEY = "/decision-definition/key/entitlement"


def deployed(files: dict[str, bytes]) -> int:
    designer = directory.person(directory.id_of("designer") or 0)
    return processes.deploy(files, registry.current(), name="d", person=designer).deployment.id


def test_the_decision_in_force_answers_with_typed_outputs_once_for_every_rule(house: Flask) -> None:
    program = Program(house, CLERK)
    (said,) = program.post(f"{KEY}/evaluate", SENT)
    assert said == {
        "entitled": {"value": True, "type": "Boolean", "valueInfo": {}},
        "amount": {"value": 26000, "type": "Integer", "valueInfo": {}},
        "period_months": {"value": 3, "type": "Integer", "valueInfo": {}},
        "reason": said["reason"],
    }
    shown = program.get(KEY)
    assert (shown["key"], shown["deploymentId"], shown["resource"]) == ("entitlement", None, "entitlement.dmn")


def test_a_candidate_answers_by_its_id_and_the_law_stays_what_it_is(house: Flask) -> None:
    number = deployed({"entitlement.dmn": granting(12)})
    db.session.remove()
    program = Program(house, CLERK)
    at = f"/decision-definition/entitlement:{number}"
    assert program.get(at)["deploymentId"] == str(number)
    (new,), (now,) = program.post(f"{at}/evaluate", SENT), program.post(f"{KEY}/evaluate", SENT)
    assert (new["period_months"]["value"], now["period_months"]["value"]) == (12, 3)


def test_several_rules_are_several_answers_and_none_is_an_empty_list(house: Flask) -> None:
    rows = [["< 10", '"small"'], ["< 100", '"medium"']]
    asks = drawn(node("businessRuleTask", "D", camunda__decisionRef="sort"), "start>D D>end")
    files = {"p.bpmn": asks, "sort.dmn": table(["n"], ["size"], rows, policy="COLLECT")}
    processes.install(files, registry.current(), name="s", actor="test")
    db.session.remove()
    program = Program(house, CLERK)

    def sizes(n: int) -> list[str]:
        said = program.post("/decision-definition/key/sort/evaluate", {"variables": {"n": {"value": n}}})
        return [each["size"]["value"] for each in said]

    assert (sizes(5), sizes(50), sizes(500)) == (["small", "medium"], ["medium"], [])


def test_what_cannot_be_decided_is_said_in_words(house: Flask) -> None:
    program = Program(house, CLERK)
    at = "/decision-definition"
    for path in (f"{at}/key/nothing", f"{at}/entitlement:999999", f"{at}/x"):
        assert program.ask("POST", f"{path}/evaluate", json={}).status_code == 404
        assert program.ask("GET", path).get_json()["error"] == "NoSuchDecision"
    wrong = {"variables": {**SENT["variables"], "expense": {"value": "much"}}}
    answer = program.ask("POST", f"{KEY}/evaluate", json=wrong)
    assert answer.status_code == 400 and "expense" in answer.get_json()["message"]
