"""People's tasks, instances, messages, incidents and history over the API: what the pages show and let do, no more."""

import json

import pytest
from flask import Flask

from services import cases, directory, jobs, journal
from services.cases.models import Case, Instance
from services.db import db
from tests.counting import counted
from tests.people.office import APPLICATION, OFFICE
from tests.services.cases.small_cases import Courier, begin, complete, events, people, task_at, waits, with_plugin
from tests.services.cases.small_cases import clerk as opener
from tests.services.cases.ways_out import begun as begun_with_a_way_out
from tests.services.engine import drawings
from tests.services.processes import drawn_forms
from tests.webapp.rest.outside import fetch, waiting, worker
from tests.webapp.rest.programs import ADMIN, CLERK, DESIGNER, Program

HEAD, EXECUTOR, OTHER_CLERK = "head.taldykorgan", "executor.taldykorgan", "clerk.talgar"


def opened(key: str = "one") -> int:
    clerk = next(each for each in directory.staff_at(OFFICE, "clerk") if each.login == CLERK)
    return cases.open_case("direct", OFFICE, clerk, key=key)


def typed(answers: dict[str, object]) -> dict[str, object]:
    return {name: {"value": value} for name, value in answers.items()}


def fill_in(program: Program, task: dict[str, object], answers: dict[str, object]) -> None:
    """As it stands, with these answers over it, like a person at the page."""
    stands = program.get(f"/task/{task['id']}/form-variables")
    program.post(f"/task/{task['id']}/complete", {"variables": {**stands, **typed(answers)}})


def open_task(program: Program, **asked: object) -> dict[str, object]:
    (task,) = program.get("/task", **asked)
    return dict(task)


def test_a_whole_case_is_worked_on_over_the_api_by_its_people(house: Flask) -> None:
    case_id = opened()
    db.session.remove()
    clerk, head, executor = (Program(house, login) for login in (CLERK, HEAD, EXECUTOR))
    task = open_task(clerk)
    assert (task["taskDefinitionKey"], task["assignee"], task["formKey"]) == (
        "Task_Register", CLERK, "registration.application")  # fmt: skip
    empty = clerk.get(f"/task/{task['id']}/form-variables")
    assert empty["surname"] == {"value": "", "type": "String", "valueInfo": {}}
    refused = clerk.post(f"/task/{task['id']}/complete", {"variables": typed({"surname": "Үлгібаев"})}, 400)
    assert refused["errors"]["given_name"] == "Please fill this in." and "* given_name: " in refused["message"]
    fill_in(clerk, task, dict(APPLICATION))
    number = db.session.get_one(Case, case_id).number
    db.session.remove()
    assert clerk.get("/task") == []
    resolution = open_task(head, processInstanceBusinessKey=number, candidateGroup="head")
    head.post(f"/task/{resolution['id']}/claim", {"userId": HEAD})
    executor_id = directory.id_of(EXECUTOR)
    db.session.remove()
    fill_in(head, resolution, {"executor": executor_id})
    review = open_task(executor, assignee=EXECUTOR)
    stands = executor.get(f"/task/{review['id']}/form-variables")["members"]
    assert stands["type"] == "Json"
    members = [{**json.loads(stands["value"])[0], "income": 40000}]
    figures = {"papers": "complete", "members": members, "expenses": [{"kind": "heating", "amount": 30000}]}
    fill_in(executor, review, dict(figures))
    assert open_task(executor)["taskDefinitionKey"] != review["taskDefinitionKey"]
    (instance,) = clerk.get("/process-instance", businessKey=number)
    assert (instance["businessKey"], instance["definitionKey"], instance["ended"]) == (number, "direct", False)
    history = clerk.get("/history/activity-instance", processInstanceId=instance["id"])
    done = {each["activityId"]: each for each in history if each["activityType"] == "userTask"}
    assert done["Task_Register"]["assignee"] == CLERK and done["Task_Register"]["durationInMillis"] >= 0
    assert any(each["activityType"] == "startEvent" and each["startTime"] is None for each in history)
    assert journal.verify([]) == []


def test_no_list_says_whose_the_case_is(house: Flask) -> None:
    opened()
    db.session.remove()
    clerk = Program(house, CLERK)
    task = open_task(clerk)
    fill_in(clerk, task, dict(APPLICATION))
    head = Program(house, HEAD)
    said = [head.get("/task"), clerk.get("/process-instance"), Program(house, ADMIN).get("/incident"),
            clerk.get("/history/activity-instance", processInstanceId=task["processInstanceId"])]  # fmt: skip
    written = json.dumps(said, ensure_ascii=False)
    assert all(str(value) not in written for value in APPLICATION.values() if len(str(value)) > 1), written


@pytest.mark.parametrize("login", [OTHER_CLERK, DESIGNER, ADMIN, "courier.taldykorgan", "worker", "control"])
def test_what_the_pages_do_not_show_the_api_does_not_either(house: Flask, login: str) -> None:
    opened()
    db.session.remove()
    task = open_task(Program(house, CLERK))
    stranger = Program(house, login)
    assert stranger.get("/task") == [] == stranger.get("/process-instance")
    at = f"/task/{task['id']}"
    for method, path, body in (
        ("GET", at, None), ("GET", f"{at}/form-variables", None), ("POST", f"{at}/claim", {}),
        ("POST", f"{at}/unclaim", {}), ("POST", f"{at}/complete", {"variables": typed(APPLICATION)}),
        ("GET", f"/process-instance/{task['processInstanceId']}", None),
        ("GET", f"/history/activity-instance?processInstanceId={task['processInstanceId']}", None),
    ):  # fmt: skip
        answer = stranger.ask(method, path, json=body)
        assert answer.status_code == 403 and answer.get_json()["type"] == "AuthorizationException", (path, answer.text)
    if login != ADMIN:
        assert stranger.ask("GET", "/incident").status_code == 403


def test_a_task_is_claimed_for_oneself_given_back_and_held_against_others(house: Flask) -> None:
    case_id = begin(people("A", "B"), "start>A A>B B>end")
    complete(case_id, "A")
    db.session.remove()
    mine, theirs = Program(house, CLERK), Program(house, "clerk2.taldykorgan")
    at = f"/task/{open_task(mine)['id']}"
    assert mine.post(f"{at}/claim", {"userId": "clerk2.taldykorgan"}, 400)["message"]
    mine.post(f"{at}/claim", {"userId": CLERK})
    assert theirs.post(f"{at}/claim", {}, 409)["error"] == "HeldByAnother"
    assert mine.get("/task", unassigned="true") == [] == mine.get("/task", candidateGroup="clerk")
    assert len(mine.get("/task", assigned="true")) == 1
    mine.post(f"{at}/unclaim")
    assert len(theirs.get("/task", candidateGroups="head,clerk")) == 1 and theirs.get("/task", assignee="none") == []
    key = {"Idempotency-Key": "once"}
    for _ in range(2):
        answer = theirs.ask("POST", f"{at}/complete", json={}, headers=key)
        assert answer.status_code == 204, answer.text
    assert mine.post(f"{at}/complete", {}, 409)["error"] == "TaskAlreadyDone"


def test_lists_come_in_pages_at_a_price_that_does_not_grow(house: Flask) -> None:
    for number in range(7):
        begin(people("A"), "start>A A>end", key=str(number))
    clerk = Program(house, opener().login)
    db.session.remove()
    pages = [clerk.get("/task", firstResult=first, maxResults=3) for first in (0, 3, 6)]
    assert [len(page) for page in pages] == [3, 3, 1] and len({each["id"] for page in pages for each in page}) == 7
    assert clerk.get("/task", maxResults=0) == []
    with counted(db.engine) as few:
        clerk.get("/task", maxResults=1)
    with counted(db.engine) as many:
        clerk.get("/task", maxResults=7)
    assert len(many.statements) == len(few.statements) <= 4
    with counted(db.engine) as instances:
        assert len(clerk.get("/process-instance")) == 7
    assert len(instances.statements) <= 3
    assert clerk.ask("GET", "/task?maxResults=501").status_code == 400
    assert clerk.ask("GET", "/task?firstResult=10001").status_code == 400


OUTSIDE = drawings.extended(
    '<camunda:properties><camunda:property name="sender" value="outside"/></camunda:properties>'
)
CATCH = f'<intermediateCatchEvent id="m" name="m">{OUTSIDE}{drawings.message()}</intermediateCatchEvent>'
LINE = "start>A A>m m>B B>end"


def waits_for_news(key: str = "one", catch: str = CATCH) -> int:
    case_id = begin(people("A", "B") + catch, LINE, key=key)
    complete(case_id, "A")
    return case_id


def instance_of(case_id: int) -> int:
    return task_at(case_id, "A").instance_id


def test_a_message_from_outside_brings_its_case_on_with_its_variables(house: Flask) -> None:
    case_id, other = waits_for_news(), waits_for_news("two")
    program, at = worker(house), instance_of(case_id)
    body = {"messageName": "news", "processInstanceId": str(at), "processVariables": {"paid": {"value": True}},
            "resultEnabled": True}  # fmt: skip
    (result,) = program.post("/message", body)
    assert result["resultType"] == "Execution" and result["execution"]["id"] == str(at)
    assert waits(case_id) == ["B"] and waits(other) == ["m"]
    assert events(case_id)[-1] == "case.message_received staff"
    again = program.post("/message", body, 400)
    assert again["type"] == "MismatchingMessageCorrelationException"


@pytest.mark.parametrize("login", ["head.talgar", ADMIN, DESIGNER, "courier.taldykorgan"])
def test_a_message_is_not_taken_from_just_anybody(house: Flask, login: str) -> None:
    case_id = waits_for_news()
    body = {"messageName": "news", "processInstanceId": str(instance_of(case_id))}
    assert Program(house, login).post("/message", body, 400)["type"] == "MismatchingMessageCorrelationException"
    assert waits(case_id) == ["m"]


def test_a_message_that_the_diagram_does_not_let_come_from_outside_is_refused(house: Flask) -> None:
    case_id = waits_for_news(catch=drawings.catch("m", drawings.message()))
    program = worker(house)
    for body in ({"messageName": "news", "processInstanceId": str(instance_of(case_id))}, {"messageName": "news"},
                 {"messageName": "folder.arrived", "processInstanceId": str(instance_of(case_id))}):  # fmt: skip
        assert program.post("/message", body, 400)["message"]
    assert waits(case_id) == ["m"]


def test_incidents_of_plugins_and_of_workers_stand_in_one_list(house: Flask) -> None:
    courier = Courier()
    courier.answer = lambda call: {}["nothing"]  # type: ignore[assignment]
    failing = waiting()
    program = worker(house)
    (task,) = fetch(program)
    program.post(f"/external-task/{task['id']}/failure", {"workerId": "w", "errorMessage": "Cold.", "retries": 0})
    with with_plugin(courier):
        other = begin(people("A", "B") + drawings.operation("x", "courier.order"), "start>A A>x x>B B>end", key="two")
        complete(other, "A")
        for _ in range(10):
            jobs.look_again()
            db.session.commit()
            jobs.work_off()
        found = Program(house, ADMIN).get("/incident")
    by_type = {each["incidentType"]: each for each in found}
    assert by_type["failedExternalTask"]["configuration"] == task["id"]
    assert by_type["failedExternalTask"]["incidentMessage"] == "Cold." and by_type["failedJob"]["activityId"] == "x"
    at = db.session.query(Instance.id).filter_by(case_id=failing).scalar()
    (only,) = Program(house, ADMIN).get("/incident", processInstanceId=at)
    assert only["activityId"] == "o"


def test_a_form_drawn_in_modeler_is_read_and_completed_over_the_api(house: Flask) -> None:
    case_id = drawn_forms.begin(drawn_forms.visit() + people("Then"), "start>Visit Visit>Then Then>end",
                                home_visit=drawn_forms.VISIT)  # fmt: skip
    clerk = Program(house, drawn_forms.clerk().login)
    at = f"/task/{task_at(case_id, 'Visit').id}"
    stands = clerk.get(f"{at}/form-variables")
    assert {name: stands[name]["value"] for name in ("photographed", "route", "area")} == {
        "photographed": False, "route": "p", "area": None,
    }  # fmt: skip
    said = {"visited_on": "2026-03-05", "area": 48.5, "lives": "yes", "people": 3, "services": ["gas", "water"],
            "members": [{"kin": "бала", "born": 2010}]}  # fmt: skip
    refused = clerk.post(f"{at}/complete", {"variables": typed({**said, "services": ["coal"]})}, 400)
    assert refused["error"] == "InvalidAnswers"
    clerk.post(f"{at}/complete", {"variables": typed(said)})
    assert waits(case_id) == ["Then"]
    kept = cases.reading.read_task(at.removeprefix("/task/")).answers["form:home_visit"]
    assert {name: kept[name] for name in said} == {**said, "services": ["water", "gas"]}


def test_whom_a_diagram_names_how_urgent_and_when_to_follow_up_are_shown_asked_for_and_sorted_by(house: Flask) -> None:
    said = [
        {"camunda__candidateUsers": CLERK, "camunda__priority": "70", "camunda__dueDate": "2027-03-01T10:00:00"},
        {"camunda__candidateGroups": "clerk", "camunda__followUpDate": "2027-02-01T09:00:00"},
        {"camunda__candidateGroups": "clerk"},
    ]
    for number, attributes in enumerate(said):
        drawn = people("A") + drawings.node("userTask", "X", **attributes)
        complete(begin(drawn, "start>A A>X X>end", key=str(number)), "A")
    db.session.remove()
    program = Program(house, CLERK)

    def found(**asked: object) -> list[int]:
        return [each["priority"] for each in program.get("/task", **asked)]

    assert found(sortBy="priority", sortOrder="desc") == [70, 50, 50]
    assert found(sortBy="priority", sortOrder="asc") == [50, 50, 70]
    assert found(candidateUser=CLERK) == found(minPriority=51) == found(priority=70) == [70]
    assert found(candidateUser=CLERK, maxPriority=60) == found(candidateUser="clerk2.taldykorgan") == []
    (due,) = program.get("/task", dueBefore="2027-03-01T06:00:00.000+0000")
    assert (due["due"], due["followUp"]) == ("2027-03-01T05:00:00.000+0000", None)
    (later,) = program.get("/task", followUpAfter="2027-01-01T00:00:00.000+0000")
    assert later["followUp"] == "2027-02-01T04:00:00.000+0000"
    assert len(program.get("/task", followUpBeforeOrNotExistent="2027-01-01T00:00:00.000+0000")) == 2
    first = program.get("/task", sortBy="followUpDate", sortOrder="asc")[0]
    assert first["id"] == later["id"]
    assert "sortOrder" in program.ask("GET", "/task?sortBy=priority").get_json()["message"]
    assert program.ask("GET", "/task?dueBefore=yesterday").status_code == 400


def test_what_people_tell_of_a_case_is_told_by_a_message_too_with_its_reason(house: Flask) -> None:
    case_id = begun_with_a_way_out()
    message = {"messageName": "news", "processInstanceId": str(instance_of(case_id))}
    assert Program(house, "head.taldykorgan").post("/message", message, 400), "the head may not"
    program = Program(house, opener().login)
    refused = program.post("/message", message, 400)
    assert "reason" in str(refused)
    told = {**message, "processVariables": {"reason": {"value": "an application"}}, "resultEnabled": True}
    (result,) = program.post("/message", told)
    assert (result["execution"]["id"], waits(case_id)) == (message["processInstanceId"], ["Back"])
