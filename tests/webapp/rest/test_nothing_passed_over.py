"""What a program asks for and the API does not know is refused, never passed over: a filter would filter nothing."""

import io
import re
from datetime import timedelta

import pytest
from flask import Flask

from services import clock, jobs
from tests.services.cases.small_cases import people
from tests.services.engine import drawings
from tests.webapp.rest.outside import TOPIC, fetch, topic, waiting, worker
from tests.webapp.rest.programs import ADMIN, DESIGNER, WORKER, Program
from webapp.rest.openapi import described
from webapp.rest.operations import OPERATIONS, ApiOperation

WITH_BODY = [each for each in OPERATIONS if each.body is not None]


def address(each: ApiOperation) -> str:
    return re.sub(r"<name:\w+>", "7", each.path)


def said(each: ApiOperation) -> str:
    return f"{each.method} {each.path}"


@pytest.mark.parametrize("each", OPERATIONS, ids=said)
def test_an_unknown_parameter_of_an_address_is_refused_on_every_one(house: Flask, each: ApiOperation) -> None:
    program = Program(house, DESIGNER)
    body = {"json": {}} if each.body is not None else {}
    answer = program.ask(each.method, address(each), query_string={"processInstanceld": "7"}, **body)
    assert answer.status_code == 400
    assert "processInstanceld" in answer.get_json()["message"] and answer.get_json()["error"] == "UnknownName"


@pytest.mark.parametrize("each", [each for each in OPERATIONS if each.query], ids=said)
def test_a_parameter_that_stands_there_twice_is_refused(house: Flask, each: ApiOperation) -> None:
    name = next(iter(each.query))
    answer = Program(house, DESIGNER).ask(each.method, address(each), query_string=[(name, "1"), (name, "2")])
    assert answer.status_code == 400 and name in answer.get_json()["message"]


@pytest.mark.parametrize("each", WITH_BODY, ids=said)
def test_an_unknown_key_of_a_body_is_refused_on_every_address(house: Flask, each: ApiOperation) -> None:
    answer = Program(house, WORKER).ask(each.method, address(each), json={"skipCustomListeners": []})
    assert answer.status_code == 400 and "skipCustomListeners" in answer.get_json()["message"]
    assert each.body is not None and each.body.schema["additionalProperties"] is False


def test_a_misspelt_filter_of_a_topic_takes_nothing(house: Flask) -> None:
    waiting()
    wanted = {"topicName": TOPIC, "lockDuration": 1000, "proccessVariables": {"x": 1}}
    body = {"workerId": "w", "maxTasks": 9, "topics": [wanted]}
    answer = worker(house).ask("POST", "/external-task/fetchAndLock", json=body)
    assert answer.status_code == 400 and "topics[0].proccessVariables" in answer.get_json()["message"]
    assert len(fetch(worker(house))) == 1, "it was left to others"


@pytest.mark.parametrize(
    ("value", "where"),
    [({"value": 1, "local": True}, "x.local"), ({"value": 1, "typ": "Long"}, "x.typ"),
     ({"value": "a", "valueInfo": {"encoding": "utf-8"}}, "x.valueInfo.encoding"),
     ({"value": "a", "valueInfo": {"transient": True}}, "x.valueInfo"),
     ({"value": "a", "valueInfo": "b"}, "x.valueInfo"),
     ({"value": None, "type": "Object", "valueInfo": {"filename": "a"}}, "x.valueInfo.filename")],
)  # fmt: skip
def test_what_a_typed_value_says_is_kept_or_refused(house: Flask, value: object, where: str) -> None:
    waiting()
    program = worker(house)
    (task,) = fetch(program)
    body = {"workerId": "w", "variables": {"x": value}}
    told = program.post(f"/external-task/{task['id']}/complete", body, 400)
    assert where in told["message"]
    info = {"objectTypeName": "java.util.Map", "serializationDataFormat": "application/json", "transient": False}
    ok = {"value": '{"a": 1}', "type": "Object", "valueInfo": info}
    program.post(f"/external-task/{task['id']}/complete", {"workerId": "w", "variables": {"x": ok}})


def test_a_field_of_a_deployment_that_is_not_known_is_refused(house: Flask) -> None:
    program, diagram = Program(house, DESIGNER), (io.BytesIO(b"<x/>"), "a.bpmn")
    data = {"deployment-name": "a", "deployment-activation-time": "2030-01-01T00:00:00.000+0000", "data": diagram}
    answer = program.ask("POST", "/deployment/create", data=data)
    assert answer.status_code == 400 and "deployment-activation-time" in answer.get_json()["message"]


def test_more_files_than_are_deployed_together_are_counted_and_refused(house: Flask) -> None:
    answer = Program(house, DESIGNER).deploy({f"{number}.bpmn": b"<x/>" for number in range(51)})
    assert (answer.status_code, answer.get_json()["error"]) == (400, "TooManyFiles")
    assert "51" in answer.get_json()["message"] and "50" in answer.get_json()["message"]


def test_a_lock_whose_task_went_another_way_says_so(house: Flask) -> None:
    nodes = people("A", "B") + topic() + drawings.boundary("late", "o", drawings.timer("PT1H"))
    waiting(nodes=nodes, line="start>A A>o o>end late>B B>end")
    program = worker(house)
    (task,) = fetch(program)
    jobs.work_off(clock.now() + timedelta(hours=2))
    for path, body in (("complete", {}), ("failure", {"retries": 1}), ("bpmnError", {"errorCode": "e"}),
                       ("extendLock", {"newDuration": 1000})):  # fmt: skip
        told = program.post(f"/external-task/{task['id']}/{path}", {"workerId": "w", **body}, 404)
        assert told["error"] == "WentAnotherWay" and "went another way" in told["message"]
    stranger = Program(house, DESIGNER).post(f"/external-task/{task['id']}/complete", {"workerId": "w"}, 404)
    assert stranger["error"] == "NoSuchExternalTask", "a designer's account is for rehearsals"


def test_a_task_that_was_done_already_says_so_and_one_that_never_was_does_not(house: Flask) -> None:
    waiting()
    program = worker(house)
    (task,) = fetch(program)
    program.post(f"/external-task/{task['id']}/complete", {"workerId": "w"})
    assert program.post(f"/external-task/{task['id']}/complete", {"workerId": "w"}, 404)["error"] == "DoneAlready"
    assert program.post("/external-task/nowhere/complete", {"workerId": "w"}, 404)["error"] == "NoSuchExternalTask"


def test_the_document_says_that_nothing_is_passed_over() -> None:
    assert "nothing is passed over in silence" in described()["info"]["description"]


def test_what_is_known_is_still_answered(house: Flask) -> None:
    for path in ("/task", "/process-instance", "/process-definition", "/deployment", "/incident"):
        assert Program(house, ADMIN).ask("GET", path, query_string={"maxResults": 3}).status_code == 200
