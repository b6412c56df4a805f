"""External tasks over the API: fetched, locked, done, failed, and looked after, with Camunda's words."""

from contextvars import copy_context
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

from komek.testing.surfer import Surfer
from services import cases, clock, directory, engine, jobs, journal, processes, registry
from services.cases.models import ExternalTask, Instance, Task
from services.config import ROOT, Config
from services.db import db
from services.directory.demo import DEMO_PASSWORD
from services.jobs.models import JobRow
from services.migrations import downgrade, upgrade
from tests.conftest import config_for
from tests.people.office import Office
from tests.services.cases.small_cases import events, people, task_at, waits
from tests.services.engine import drawings
from tests.webapp.rest.outside import INPUTS, LINE, NODES, PROPERTIES, TOPIC, fetch, topic, waiting, worker
from tests.webapp.rest.programs import ADMIN, CLERK, DESIGNER, Program, basic
from webapp.cli.staff import topics as topics_command


def rows() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(ExternalTask)) or 0


def variables(case_id: int, element: str) -> dict[str, object]:
    task = task_at(case_id, element)
    row = db.session.get_one(Instance, task.instance_id)
    return engine.variables(processes.definition(row.definition_id), row.state, task.stop_id)


def test_a_worker_gets_the_task_with_all_that_it_needs_and_nobody_else_gets_it(house: Flask) -> None:
    case_id = waiting()
    assert waits(case_id) == ["o"] and jobs.work_off() == 0, "no worker of ours tries it"
    answer = worker(house).ask("POST", "/external-task/fetchAndLock", json={
        "workerId": "w", "maxTasks": 1, "topics": [
            {"topicName": TOPIC, "lockDuration": 1000, "includeExtensionProperties": True}]})  # fmt: skip
    assert answer.headers["Content-Type"] == "application/json", "the JS client compares the text"
    (task,) = answer.get_json()
    assert (task["topicName"], task["workerId"], task["activityId"], task["retries"]) == (TOPIC, "w", "o", None)
    assert task["variables"] == {name: {"value": "p", "type": "String", "valueInfo": {}} for name in ("route", "norm")}
    assert task["extensionProperties"] == {"register": "heat"} and task["processDefinitionKey"] == "p"
    assert task["lockExpirationTime"].endswith("+0000") and task["tenantId"] is None and task["suspended"] is False
    assert fetch(worker(house), "other") == []


def test_a_worker_is_told_from_and_to_when_the_assistance_is_assigned(house: Flask) -> None:
    drawn = (ROOT / "bpmn/direct.bpmn").read_bytes()
    changed = drawn.replace(b'topic="notice_delivery.prepare"', f'topic="{TOPIC}"'.encode())
    assert changed != drawn
    processes.install({"direct.bpmn": changed}, registry.current(), name="direct", actor="test")
    with clock.stopped(datetime(2026, 2, 10, 5, 0, tzinfo=UTC)):
        Office(house).run(6)
        (task,) = fetch(worker(house), variables=["period_from", "period_until"])
    assert {name: (said["type"], said["value"]) for name, said in task["variables"].items()} == {
        "period_from": ("String", "2026-02-01"), "period_until": ("String", "2026-03-31"),
    }  # fmt: skip


def test_what_it_completes_with_goes_on_in_the_case_and_the_history_says_who(house: Flask) -> None:
    case_id = waiting()
    program = worker(house)
    (task,) = fetch(program)
    sent = {"heated": {"value": True}, "area": {"value": 42, "type": "integer"},
            "seen": {"value": "2026-11-23T08:51:32.945+0500", "type": "Date"},
            "list": {"value": '{"a": [1, 2]}', "type": "json"}, "none": {"value": None, "type": "null"}}  # fmt: skip
    program.post(f"/external-task/{task['id']}/complete", {"workerId": "w", "variables": sent})
    assert waits(case_id) == ["B"] and rows() == 0
    found = variables(case_id, "B")
    assert {name: found[name] for name in sent} == {
        "heated": True, "area": 42, "seen": "2026-11-23T03:51:32.945000+00:00", "list": {"a": [1, 2]},
        "none": None}  # fmt: skip
    assert "norm" not in found, "an input of the task is the task's own"
    done = task_at(case_id, "o")
    assert done.outcome == "done" and done.done_by_id == directory.id_of("worker")
    assert events(case_id)[-1] == "case.operation_done staff" and journal.verify([]) == []


def test_local_variables_are_seen_by_the_output_parameters_only(house: Flask) -> None:
    outputs = '<camunda:outputParameter name="sum">${base + extra}</camunda:outputParameter>'
    out = topic(body=f"<camunda:inputOutput>{outputs}</camunda:inputOutput>")
    case_id = waiting(nodes=people("A", "B") + out, line="start>A A>o o>B B>end")
    program = worker(house)
    (task,) = fetch(program)
    program.post(f"/external-task/{task['id']}/complete", {
        "workerId": "w", "variables": {"base": {"value": 40}}, "localVariables": {"extra": {"value": 2}}})  # fmt: skip
    found = variables(case_id, "B")
    assert found["sum"] == 42 and "extra" not in found


def test_a_bpmn_error_goes_to_its_boundary_event_with_what_it_brings_and_an_unknown_one_changes_nothing(
    house: Flask,
) -> None:
    case_id = waiting()
    program = worker(house)
    (task,) = fetch(program)
    said = program.post(f"/external-task/{task['id']}/bpmnError", {"workerId": "w", "errorCode": "ELSE"}, 400)
    assert "has no boundary event for the error ELSE" in said["message"] and waits(case_id) == ["o"]
    body = {"workerId": "w", "errorCode": "BROKEN", "errorMessage": "cold", "variables": {"why": {"value": "cold"}}}
    program.post(f"/external-task/{task['id']}/bpmnError", body)
    assert waits(case_id) == ["C"] and variables(case_id, "C")["why"] == "cold" and rows() == 0
    assert task_at(case_id, "o").outcome == "refused"


def test_it_may_fail_as_often_as_retries_are_left_and_then_a_person_looks_at_it(house: Flask) -> None:
    case_id = waiting()
    program, admin = worker(house), Program(house, ADMIN)
    for retries in (1, 0):
        (task,) = fetch(program)
        body = {"workerId": "w", "errorMessage": "The register does not answer.", "errorDetails": "at line 7",
                "retries": retries, "retryTimeout": 60_000}  # fmt: skip
        program.post(f"/external-task/{task['id']}/failure", body)
        assert fetch(program) == [], "not before the pause is over"
        with clock.stopped(clock.now() + timedelta(seconds=61)):
            assert (fetch(program) != []) is bool(retries)
            program.post(f"/external-task/{task['id']}/unlock")
    details = program.ask("GET", f"/external-task/{task['id']}/errorDetails")
    assert details.text == "at line 7" and details.mimetype == "text/plain"
    assert [each["id"] for each in admin.get("/external-task", noRetriesLeft="true")] == [task["id"]]
    surfer = Surfer(house).sign_in(ADMIN)
    page = surfer.get("/admin/incidents/")
    assert "The register does not answer." in page.text and TOPIC in page.text
    clerk = Surfer(house).sign_in(CLERK)
    assert "The register does not answer." in clerk.get(f"/cases/{case_id}").text
    assert events(case_id)[-1] == "case.incident staff"
    admin.put(f"/external-task/{task['id']}/retries", {"retries": 2})
    assert db.session.scalars(select(JobRow).where(JobRow.kind == cases.EXTERNAL)).all() == []
    (again,) = fetch(program)
    assert again["retries"] == 2 and again["errorMessage"] == "The register does not answer."
    program.post(f"/external-task/{task['id']}/complete", {"workerId": "w"})
    assert waits(case_id) == ["B"] and journal.verify([]) == []


def test_the_case_says_that_it_waits_for_somebody_outside(house: Flask) -> None:
    case_id = waiting()
    db.session.remove()
    clerk = Surfer(house).sign_in(CLERK)
    clerk.get(f"/cases/{case_id}")
    (line,) = clerk.tree.xpath("//p[@class='next']/span")
    assert line.text_content().startswith("o — сыртқы орындаушы, ")


def failed(house: Flask, key: str = "one") -> int:
    """A case whose worker gave up."""
    case_id = waiting(key)
    program = worker(house)
    (task,) = fetch(program)
    program.post(f"/external-task/{task['id']}/failure", {"workerId": "w", "errorMessage": "No.", "retries": 0})
    return case_id


def test_an_incident_is_tried_again_or_settled_on_the_page_like_any_other(house: Flask) -> None:
    first, second = failed(house), failed(house, "two")
    surfer = Surfer(house).sign_in(ADMIN)
    ids = dict(db.session.execute(select(JobRow.case_id, JobRow.id).where(JobRow.kind == cases.EXTERNAL)).all())
    db.session.rollback()
    surfer.get("/admin/incidents/")
    surfer.submit("/retry", {"job": ids[first]})
    assert jobs.work_off() == 1
    (task,) = fetch(worker(house))
    assert task["retries"] == 1
    surfer.get("/admin/incidents/")
    page = surfer.submit(f"/admin/incidents/{ids[second]}/settle", {"why": "By telephone"})
    assert page.status_code == 200 and waits(second) == ["B"] and waits(first) == ["o"]
    assert task_at(second, "o").outcome == "done_outside" and rows() == 1


def test_a_lock_that_ran_out_is_taken_over_and_the_first_worker_is_told_who_has_it(house: Flask) -> None:
    waiting()
    program = worker(house)
    (task,) = fetch(program, "a", lock_ms=1000)
    assert fetch(program, "b") == []
    with clock.stopped(clock.now() + timedelta(seconds=2)):
        assert [each["id"] for each in fetch(program, "b")] == [task["id"]]
        said = program.post(f"/external-task/{task['id']}/complete", {"workerId": "a"}, 400)
        assert said["message"] == (
            f"External Task {task['id']} cannot be completed by worker 'a'. It is locked by worker 'b'."
        )
        program.post(f"/external-task/{task['id']}/complete", {"workerId": "b"})
        gone = program.post(f"/external-task/{task['id']}/complete", {"workerId": "b"}, 404)
        assert gone["type"] == "RestException"
        assert (
            gone["message"] == f"The external task {task['id']} was done already. There is nothing more to do for it."
        )


def test_a_lock_is_kept_longer_given_back_and_taken_by_name(house: Flask) -> None:
    waiting()
    program = worker(house)
    (task,) = fetch(program, "a", lock_ms=1000)
    at = f"/external-task/{task['id']}"
    program.post(f"{at}/extendLock", {"workerId": "a", "newDuration": 60_000})
    assert program.post(f"{at}/extendLock", {"workerId": "b", "newDuration": 60_000}, 400)["message"]
    assert program.post(f"{at}/lock", {"workerId": "b", "lockDuration": 1000}, 400)["message"]
    with clock.stopped(clock.now() + timedelta(seconds=30)):
        assert fetch(program, "b") == []
    with clock.stopped(clock.now() + timedelta(seconds=90)):
        assert program.post(f"{at}/extendLock", {"workerId": "a", "newDuration": 1000}, 400)["message"]
    program.post(f"{at}/unlock")
    program.post(f"{at}/lock", {"workerId": "b", "lockDuration": 60_000})
    assert program.get(at)["workerId"] == "b" and program.get("/external-task/count", locked="true") == {"count": 1}


@pytest.mark.parametrize("asked", [
    {"variables": ["route"]}, {"localVariables": True}, {"variables": []}, {"variables": ["none such"]},
])  # fmt: skip
def test_it_gets_the_variables_that_it_asks_for_and_no_others(house: Flask, asked: dict[str, object]) -> None:
    waiting()
    (task,) = fetch(worker(house), **asked)
    wanted = {"norm"} if "localVariables" in asked else {"route"} & set(asked["variables"])  # type: ignore[call-overload]
    assert set(task["variables"]) == wanted


@pytest.mark.parametrize(("filter", "found"), [
    ({"processVariables": {"route": "p"}}, True), ({"processVariables": {"route": "q"}}, False),
    ({"processVariables": {"nothing": None}}, False), ({"processDefinitionKey": "p"}, True),
    ({"processDefinitionKeyIn": ["q"]}, False), ({"processDefinitionKeyIn": []}, True), ({"businessKey": "X"}, False),
    ({"processDefinitionVersionTag": "v1"}, False), ({"tenantIdIn": ["t"]}, False), ({"withoutTenantId": True}, True),
    ({"processDefinitionId": "p:1:1"}, False),
])  # fmt: skip
def test_a_worker_may_ask_for_some_of_the_tasks_only(house: Flask, filter: dict[str, object], found: bool) -> None:
    waiting()
    assert bool(fetch(worker(house), **filter)) is found


@pytest.mark.parametrize("body", [
    [], "x", {"maxTasks": 1}, {"workerId": 7}, {"workerId": "w", "topics": {}}, {"workerId": "w", "topics": [{}]},
    {"workerId": "w", "topics": [{"topicName": TOPIC}]}, {"workerId": "w", "asyncResponseTimeout": 1_800_001},
    {"workerId": "w", "topics": [{"topicName": TOPIC, "lockDuration": 0}]}, {"workerId": "w\0"},
    {"workerId": "w", "maxTasks": -1}, {"workerId": "w", "topics": [{"topicName": "\ud800", "lockDuration": 1}]},
])  # fmt: skip
def test_a_request_that_is_wrong_is_refused_with_what_is_wrong_in_it(house: Flask, body: object) -> None:
    answer = worker(house).ask("POST", "/external-task/fetchAndLock", json=body)
    assert answer.status_code == 400 and answer.get_json()["message"], answer.text


def test_only_accounts_of_workers_take_tasks_of_real_cases(house: Flask) -> None:
    waiting()
    for login in (CLERK, ADMIN):
        answer = Program(house, login).ask("POST", "/external-task/fetchAndLock", json={"workerId": "w"})
        assert answer.status_code == 403, login
    assert Program(house, CLERK).ask("GET", "/external-task").status_code == 403
    assert fetch(Program(house, DESIGNER)) == [], "a designer's worker never touches people's cases"
    assert len(Program(house, ADMIN).get("/external-task")) == 1


def test_a_designer_tries_a_worker_out_on_rehearsals_which_no_worker_of_real_cases_gets(house: Flask) -> None:
    drawn = drawings.drawn(people("B", "C") + topic() + drawings.boundary("r", "o", drawings.error()),
                           "start>o o>B B>end r>C C>end")  # fmt: skip
    designer = Program(house, DESIGNER)
    definition = next(iter(designer.deploy({"p.bpmn": drawn}).get_json()["deployedProcessDefinitions"]))
    started = designer.post(f"/process-definition/{definition}/start", {"variables": {"x": {"value": 1}}})
    assert fetch(worker(house)) == []
    (task,) = fetch(designer, processVariables={"x": 1})
    assert (task["tenantId"], task["processInstanceId"]) == ("rehearsal", started["id"])
    assert worker(house).post(f"/external-task/{task['id']}/complete", {"workerId": "w"}, 404)
    designer.post(f"/external-task/{task['id']}/complete", {"workerId": "w"})
    record = db.session.get_one(Instance, int(started["id"]))
    assert waits(record.case_id) == ["B"]


def test_a_task_that_the_case_no_longer_needs_is_gone_with_its_incident(house: Flask) -> None:
    nodes = people("A", "B") + topic() + drawings.boundary("late", "o", drawings.timer("PT1H"))
    case_id = waiting(nodes=nodes, line="start>A A>o o>end late>B B>end")
    program = worker(house)
    (task,) = fetch(program)
    program.post(f"/external-task/{task['id']}/failure", {"workerId": "w", "errorMessage": "No.", "retries": 0})
    jobs.work_off(clock.now() + timedelta(hours=2))
    assert waits(case_id) == ["B"] and rows() == 0
    assert db.session.scalars(select(JobRow).where(JobRow.kind == cases.EXTERNAL)).all() == []
    assert program.post(f"/external-task/{task['id']}/complete", {"workerId": "w"}, 404)


def test_many_workers_at_once_never_get_the_same_task(house: Flask) -> None:
    for number in range(12):
        waiting(str(number))
    db.session.remove()
    start, taken = Barrier(6, timeout=60), []

    def take(name: str) -> None:
        start.wait()
        for _ in range(4):
            taken.extend(each["id"] for each in fetch(worker(house), name, 1))

    threads = [Thread(target=copy_context().run, args=(take, f"w{number}")) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(taken) == 12 == len(set(taken))


def test_one_task_reported_by_many_at_once_is_done_once(house: Flask) -> None:
    case_id = waiting()
    (task,) = fetch(worker(house))
    db.session.remove()
    start, said = Barrier(4, timeout=60), []

    def report() -> None:
        program = worker(house)
        start.wait()
        answer = program.ask("POST", f"/external-task/{task['id']}/complete", json={"workerId": "w"})
        said.append(answer.status_code)

    threads = [Thread(target=copy_context().run, args=(report,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(said) == [204, 404, 404, 404] and waits(case_id) == ["B"]


def test_a_deployment_with_a_topic_of_nobodys_is_let_through(house: Flask) -> None:
    drawn = drawings.drawn(topic(body=PROPERTIES + INPUTS), "start>o o>end")
    done = processes.deploy({"p.bpmn": drawn}, registry.current(), name="x", actor="test")
    assert done.new and NODES and LINE


def test_a_task_of_a_plugin_is_no_external_task(house: Flask) -> None:
    cases.open_case("direct", "TALDYKORGAN", directory.staff_at("TALDYKORGAN", "clerk")[0], key="x")
    assert rows() == 0 and db.session.scalars(select(Task).filter_by(waits_for="operation")).all() == []


# ---------------------------------------------------------------- several accounts


def second(topics: tuple[str, ...] = ()) -> str:
    """The login of another program's account."""
    office = str(registry.current().facts()["control_office"])
    config = Config(testing=True)
    staff_id = directory.add_staff("heating", "Жылу тізілімі", DEMO_PASSWORD + "-2", actor="console", config=config)
    directory.appoint(staff_id, office, directory.WORKER, actor="console")
    directory.give_topics(staff_id, topics, actor="console")
    db.session.remove()
    return "heating"


def other(house: Flask, *topics: str) -> Program:
    program = Program(house)
    program.headers["Authorization"] = basic(second(topics), DEMO_PASSWORD + "-2")
    return program


def test_an_account_gets_the_topics_that_were_given_to_it_and_sees_no_others(house: Flask) -> None:
    waiting()
    stranger = other(house, "water.check")
    wanted = {"workerId": "w", "topics": [{"topicName": TOPIC, "lockDuration": 1000}]}
    said = stranger.post("/external-task/fetchAndLock", wanted, 403)
    assert TOPIC in said["message"]
    assert stranger.get("/external-task") == [] and stranger.get("/external-task/count") == {"count": 0}
    (task,) = fetch(worker(house))
    for path, body in (
        ("complete", {}), ("failure", {}), ("bpmnError", {"errorCode": "x"}), ("lock", {"lockDuration": 1}),
        ("extendLock", {"newDuration": 1}),
    ):  # fmt: skip
        stranger.post(f"/external-task/{task['id']}/{path}", {"workerId": "w", **body}, 404)
    stranger.post(f"/external-task/{task['id']}/unlock", None, 404)
    assert stranger.put(f"/external-task/{task['id']}/retries", {"retries": 0}, 404)
    assert stranger.ask("GET", f"/external-task/{task['id']}").status_code == 404


def test_a_lock_is_of_one_account_and_another_of_the_same_topic_neither_reads_it_nor_ends_it(house: Flask) -> None:
    case_id = waiting()
    mine, stranger = worker(house), other(house, TOPIC)
    (task,) = fetch(mine, "secret-7")
    at = f"/external-task/{task['id']}"
    assert stranger.get(at)["workerId"] is None and mine.get(at)["workerId"] == "secret-7"
    assert Program(house, ADMIN).get(at)["workerId"] == "secret-7"
    assert stranger.get("/external-task", workerId="secret-7") == [] and mine.get("/external-task", workerId="secret-7")
    for path, body in (
        ("complete", {}), ("failure", {}), ("bpmnError", {"errorCode": "BROKEN"}), ("lock", {"lockDuration": 1000}),
        ("extendLock", {"newDuration": 1000}),
    ):  # fmt: skip
        said = stranger.post(f"{at}/{path}", {"workerId": "secret-7", **body}, 400)
        assert "another account" in said["message"], path
    stranger.post(f"{at}/unlock", None, 409)
    stranger.put(f"{at}/retries", {"retries": 0}, 409)
    assert waits(case_id) == ["o"] and fetch(stranger, "secret-7") == []
    with clock.stopped(clock.now() + timedelta(seconds=61)):
        assert [each["id"] for each in fetch(stranger, "secret-7")] == [task["id"]]
        assert "another account" in mine.post(f"{at}/complete", {"workerId": "secret-7"}, 400)["message"]
        Program(house, ADMIN).post(f"{at}/unlock")
        (again,) = fetch(mine, "secret-7")
        mine.post(f"/external-task/{again['id']}/complete", {"workerId": "secret-7"})
    assert waits(case_id) == ["B"]


def test_an_administrator_gives_topics_on_the_page_and_reads_which_no_account_has(house: Flask) -> None:
    waiting()
    staff_id = directory.id_of("worker")
    surfer = Surfer(house).sign_in(ADMIN)
    assert "Бұл тақырыптар ешбір бағдарламада жоқ" not in surfer.get("/staff/").text
    surfer.get(f"/staff/{staff_id}")
    answer = surfer.submit(f"/staff/{staff_id}/topics", {"topics": " water.check \r\n\r\ngas.check"})
    assert answer.status_code == 200 and directory.topics_of(staff_id or 0) == ["gas.check", "water.check"]
    page = surfer.get("/staff/")
    assert "Бұл тақырыптар ешбір бағдарламада жоқ" in page.text and TOPIC in page.text
    surfer.get(f"/staff/{staff_id}")
    assert surfer.submit(f"/staff/{staff_id}/topics", {"topics": "x" * 201}).status_code == 400
    assert Surfer(house).sign_in(CLERK).get(f"/staff/{staff_id}").status_code == 403
    (line,) = [each for each in journal.read("staff") if each.event == "staff.topics"]
    assert line.details["topics"] == ["gas.check", "water.check"]


def test_the_command_gives_lists_and_takes_topics(house: Flask, database_url: str) -> None:
    run, config = CliRunner(), config_for(database_url)
    assert run.invoke(topics_command, ["worker", "a.b", "c.d"], obj=config).output.split() == ["a.b", "c.d"]
    assert run.invoke(topics_command, ["worker"], obj=config).output.split() == ["a.b", "c.d"]
    assert run.invoke(topics_command, ["worker", "--none"], obj=config).output == ""


def test_accounts_of_before_have_the_topics_of_what_they_did_and_finish_what_they_hold(house: Flask) -> None:
    for key in ("done", "held"):
        waiting(key)
    mine, stranger = worker(house), other(house)
    done, held = fetch(mine)
    mine.post(f"/external-task/{done['id']}/complete", {"workerId": "w"})
    db.session.commit()
    downgrade("0020_phones")
    upgrade()
    assert directory.topics_of(directory.id_of("worker") or 0) == [TOPIC], "not registration.register, a plugin's"
    assert directory.topics_of(directory.id_of("heating") or 0) == []
    stranger.post(f"/external-task/{held['id']}/complete", {"workerId": "w"}, 404)
    mine.post(f"/external-task/{held['id']}/complete", {"workerId": "w"})
