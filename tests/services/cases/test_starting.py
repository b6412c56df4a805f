"""Cases that nobody opens: begun by a moment, a signal, or a message from outside, each exactly once."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from komek.testing.surfer import Surfer
from services import cases, clock, directory, jobs, journal, processes, registry
from services.cases.models import Instance
from services.db import db
from services.engine import NoPlainStart, known
from services.errors import InvalidAnswers
from services.jobs.models import JobRow
from services.processes.beginnings import START
from tests.services.cases.small_cases import OFFICE, begin, clerk, complete, events, people, task_at, waits
from tests.services.cases.starting import beginning, begun, in_force, property_of
from tests.services.engine.drawings import diagram, extended, message, node, scope, signal, timer
from tests.webapp.rest.programs import CLERK, DESIGNER, WORKER, Program

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def planned() -> list[datetime]:
    db.session.rollback()
    return sorted(db.session.scalars(select(JobRow.due_at).where(JobRow.kind == START)))


@pytest.mark.usefixtures("house")
def test_a_timer_start_event_begins_a_case_at_the_office_that_it_names_when_its_moment_has_come() -> None:
    with clock.stopped(MORNING):
        in_force(beginning("q", timer("PT1H")))
    assert planned() == [MORNING + timedelta(hours=1)] and begun("q") == []
    jobs.work_off(MORNING + timedelta(minutes=59))
    assert begun("q") == []
    jobs.work_off(MORNING + timedelta(hours=2))
    (case,) = begun("q")
    assert (case.office_key, waits(case.id), task_at(case.id, "A").role) == (OFFICE, ["A"], "clerk")
    assert events(case.id)[0] == "case.begun worker"
    jobs.work_off(MORNING + timedelta(days=9))
    assert len(begun("q")) == 1 and planned() == []


@pytest.mark.usefixtures("house")
def test_a_cycle_begins_a_case_at_every_turn_as_often_as_it_says() -> None:
    with clock.stopped(MORNING):
        in_force(beginning("q", timer("R3/PT1H", "timeCycle")))
    for hour in range(1, 6):
        jobs.work_off(MORNING + timedelta(hours=hour))
    assert len(begun("q")) == 3 and planned() == []


@pytest.mark.usefixtures("house")
def test_a_moment_without_an_offset_is_the_offices_own_and_one_that_has_passed_is_not_made_up_for() -> None:
    with clock.stopped(MORNING):
        in_force(beginning("q", timer("2026-03-03T09:00:00", "timeDate")))
        in_force(beginning("old", timer("2026-03-01T09:00:00", "timeDate")), "old.bpmn")
        in_force(beginning("monthly", timer("R/2026-01-31T09:00:00/P1M", "timeCycle")), "monthly.bpmn")
    assert planned() == [datetime(2026, 3, 3, 4, 0, tzinfo=UTC), datetime(2026, 3, 31, 4, 0, tzinfo=UTC)]


@pytest.mark.usefixtures("house")
def test_when_another_version_comes_into_force_the_timers_of_the_former_are_void() -> None:
    with clock.stopped(MORNING):
        in_force(beginning("q", timer("PT1H")))
        in_force(beginning("q", timer("PT3H")))
    assert planned() == [MORNING + timedelta(hours=3)]
    jobs.work_off(MORNING + timedelta(hours=4))
    (case,) = begun("q")
    newest = db.session.scalars(select(Instance).filter_by(case_id=case.id)).one().definition_id
    assert newest == processes.in_force("q")


@pytest.mark.usefixtures("house")
def test_a_timer_of_a_version_that_was_replaced_while_a_worker_held_it_begins_nothing() -> None:
    with clock.stopped(MORNING):
        in_force(beginning("q", timer("R/PT1H", "timeCycle")))
        former = db.session.scalars(select(JobRow).where(JobRow.kind == START)).one()
        kept = jobs.NewJob(former.kind, former.key, former.due_at, args=dict(former.args))
        in_force(beginning("q", timer("P30D")))
        jobs.enqueue([kept])
        db.session.commit()
    jobs.work_off(MORNING + timedelta(days=2))
    assert begun("q") == [] and planned() == [MORNING + timedelta(days=30)]


@pytest.mark.usefixtures("house")
def test_a_signal_begins_a_case_of_every_process_in_force_that_begins_with_it_once_with_what_it_brings() -> None:
    in_force(beginning("q", signal()))
    shouting = people("U") + node("endEvent", "gong", signal())
    complete(begin(shouting, "start>U U>gong", key="one"), "U")
    assert begun("q") == []
    jobs.work_off()
    (case,) = begun("q")
    assert waits(case.id) == ["A"]
    jobs.work_off()
    assert len(begun("q")) == 1


def test_a_rehearsal_begins_nothing_by_its_signal_and_never_begins_by_itself(house: Flask) -> None:
    in_force(beginning("q", signal()))
    shouting = people("U") + node("endEvent", "gong", signal())
    begin(shouting, "start>U U>gong", key="one")
    designer = next(each for each in directory.staff_at(registry.current().facts()["control_office"], "designer"))
    case_id = cases.rehearse(processes.in_force("p"), designer)
    cases.complete_task(task_at(case_id, "U").id, {}, cases.Click(designer, "x"))
    jobs.work_off()
    assert begun("q") == [] and waits(case_id) == []


def test_a_message_from_outside_begins_a_case_past_its_start_event(house: Flask) -> None:
    in_force(beginning("q", message(), sender="outside"))
    program = Program(house, WORKER)
    body = {"messageName": "news", "resultEnabled": True, "processVariables": {"paid": {"value": True}}}
    (result,) = program.post("/message", body)
    assert (result["resultType"], result["execution"]) == ("ProcessDefinition", None)
    (case,) = begun("q")
    assert (waits(case.id), case.office_key) == (["A"], OFFICE)
    assert result["processInstance"]["definitionKey"] == "q"
    assert events(case.id)[0] == "case.begun staff"
    assert Program(house, DESIGNER).post("/message", body, 400)["message"]
    assert program.post("/message", {**body, "businessKey": "77"}, 400)["message"]
    assert len(begun("q")) == 1


def test_a_message_start_event_that_does_not_let_it_come_from_outside_begins_nothing(house: Flask) -> None:
    in_force(beginning("q", message()))
    assert Program(house, WORKER).post("/message", {"messageName": "news"}, 400)["message"]
    assert begun("q") == []


@pytest.mark.usefixtures("house")
def test_nobody_opens_by_hand_a_process_with_several_starts_of_which_none_is_plain() -> None:
    more = node("startEvent", "t", property_of(office=OFFICE) + message("M2"))
    in_force(beginning("q", message(), more=more, line="s>A t>A A>e"))
    with pytest.raises(NoPlainStart):
        cases.open_case("q", OFFICE, clerk(), key="one")


@pytest.mark.usefixtures("house")
def test_a_process_that_begins_by_itself_at_no_office_is_warned_of_and_one_at_an_unknown_office_refused() -> None:
    without = beginning("q", timer("PT1H")).replace(f'value="{OFFICE}"'.encode(), b'value=""')
    report = processes.examine({"q.bpmn": without}, registry.current())
    assert [each.severity for each in report.findings if each.rule == "start-without-office"] == ["warning"]
    in_force(without)
    assert planned() == []
    other = beginning("q", timer("PT1H")).replace(f'value="{OFFICE}"'.encode(), b'value="NOWHERE"')
    with pytest.raises(processes.NotDeployable) as refused:
        in_force(other)
    assert [each.rule for each in refused.value.report.errors] == ["office-unknown"]


def test_what_a_program_says_is_so_begins_a_case_where_the_condition_holds(house: Flask) -> None:
    """Camunda 7's EvaluateStartConditions: ConditionalStartEventTest#testStartInstanceWithTrueConditionalStartEvent."""
    condition = "<conditionalEventDefinition><condition>${level &gt; 3}</condition></conditionalEventDefinition>"
    in_force(beginning("q", condition))
    program = Program(house, WORKER)
    low = {"variables": {"level": {"value": 2}}}
    high = {"variables": {"level": {"value": 5}}}
    assert program.post("/condition", low) == [] and begun("q") == []
    (result,) = program.post("/condition", high)
    (case,) = begun("q")
    assert (result["definitionKey"], waits(case.id), events(case.id)[0]) == ("q", ["A"], "case.begun staff")
    assert program.post("/condition", {**high, "processDefinitionId": "other:1:99999"}) == []
    assert Program(house, DESIGNER).post("/condition", high, 403)["message"]
    assert program.post("/condition", {**high, "businessKey": "7"}, 400)["message"]
    assert len(begun("q")) == 1


ASKED = (
    '<camunda:formData><camunda:formField id="sum" label="Sum" type="long"><camunda:validation>'
    '<camunda:constraint name="required"/></camunda:validation></camunda:formField></camunda:formData>'
)


def asking(key: str = "q") -> bytes:
    """Whoever begins it fills in a form; beside it a message begins it."""
    plain = node("startEvent", "s", extended(ASKED))
    other = node("startEvent", "m", message())
    body = scope(plain + other + people("A", "B") + node("endEvent", "e"), "s>A m>B A>e B>e", f"{key}_f")
    return diagram(f'<process id="{key}" name="{key}" isExecutable="true">{body}</process>')


def test_a_form_at_the_start_event_is_filled_in_first_and_its_answers_are_the_first_variables(house: Flask) -> None:
    in_force(asking())
    designer = directory.staff_at(str(registry.current().facts()["control_office"]), "designer")[0]
    case_id = cases.rehearse(processes.in_force("q"), designer)
    assert (waits(case_id), task_at(case_id, "s").form) == (["s"], "fields:q/s")
    with pytest.raises(InvalidAnswers):
        cases.complete_task(task_at(case_id, "s").id, {}, cases.Click(designer, "a"))
    cases.complete_task(task_at(case_id, "s").id, {"sum": "7"}, cases.Click(designer, "a"))
    assert waits(case_id) == ["A"]
    row = db.session.scalars(select(Instance).filter_by(case_id=case_id)).one()
    assert known(processes.definition(row.definition_id), row.state)["sum"] == 7
    assert waits(cases.rehearse(processes.in_force("q"), designer, at="m")) == ["B"]


def test_an_application_begins_with_the_form_of_its_start_event_in_one_click(house: Flask) -> None:
    in_force(asking("direct"), "direct.bpmn")
    assert [each.name for each in cases.intake_form("direct", OFFICE).fields] == ["sum"]
    case_id = cases.take_in("direct", OFFICE, {"sum": "7"}, clerk(), key="one")
    assert (waits(case_id), task_at(case_id, "s").role, task_at(case_id, "s").outcome) == (["A"], "clerk", "done")
    with pytest.raises(InvalidAnswers):
        cases.take_in("direct", OFFICE, {}, clerk(), key="two")
    assert len(begun("direct")) == 1


def test_a_program_reads_the_form_of_a_start_event_and_sends_its_answers_or_begins_past_it(house: Flask) -> None:
    program = Program(house, DESIGNER)
    made = program.deploy({"q.bpmn": asking()}).get_json()["deployedProcessDefinitions"]
    address = f"/process-definition/{next(iter(made))}"
    assert program.get(f"{address}/startForm")["key"] == "fields:q/s"
    assert program.get(f"{address}/form-variables") == {"sum": {"type": "Null", "value": None, "valueInfo": {}}}
    assert program.post(f"{address}/submit-form", {"variables": {}}, 400)["errors"] == {"sum": "Please fill this in."}
    filled = program.post(f"{address}/submit-form", {"variables": {"sum": {"value": 7}}})
    past = program.post(f"{address}/start", {"variables": {"sum": {"value": 7}}})
    at_the_message = {"startInstructions": [{"type": "startBeforeActivity", "activityId": "m"}]}
    other = program.post(f"{address}/start", at_the_message)
    where = [waits(db.session.get_one(Instance, int(each["id"])).case_id) for each in (filled, past, other)]
    assert where == [["A"], ["A"], ["B"]]
    wrong = {"startInstructions": [{"type": "startBeforeActivity", "activityId": "A"}]}
    assert program.post(f"{address}/start", wrong, 404)["message"]


def test_a_designer_chooses_on_the_page_at_which_of_several_start_events_a_rehearsal_begins(house: Flask) -> None:
    made = Program(house, DESIGNER).deploy({"q.bpmn": asking()}).get_json()
    surfer = Surfer(house).sign_in(DESIGNER)
    page = surfer.get(f"/processes/deployments/{made['id']}").text
    options = re.findall(r'<option value="(\w+)">', page[page.index('name="at"') :].partition("</select>")[0])
    assert options == ["s", "m"]
    definition_id = next(iter(made["deployedProcessDefinitions"])).rpartition(":")[2]
    surfer.submit(f"/processes/versions/{definition_id}/rehearse", {"at": "m"})
    assert waits(begun("q")[-1].id) == ["B"]


def test_the_pages_of_a_case_that_nobody_opened_are_as_those_of_any(house: Flask) -> None:
    with clock.stopped(MORNING):
        in_force(beginning("q", timer("PT1H")))
    jobs.work_off(MORNING + timedelta(hours=2))
    (case,) = begun("q")
    case_id = case.id
    surfer = Surfer(house).sign_in(CLERK)
    assert "өтініш өздігінен басталды" in surfer.get(f"/cases/{case_id}").text
    assert f"/cases/{case_id}" in surfer.get("/?list=role").text
    head = Surfer(house).sign_in("head.taldykorgan")
    assert {head.get(address).status_code for address in ("/boards/head", f"/cases/{case_id}")} == {200}
    complete(case_id, "A")
    assert waits(case_id) == []


def test_a_case_that_cannot_begin_by_itself_is_an_incident_for_the_administrator(house: Flask) -> None:
    """Camunda 7: IncidentTest#testShouldCreateIncidentOnFailedStartTimerEvent."""
    gate = node("exclusiveGateway", "x")
    with clock.stopped(MORNING):
        in_force(beginning("q", timer("PT1H"), more=gate, line="s>x x>A[${1 == 2}] A>e"))
    jobs.work_off(MORNING + timedelta(hours=2))
    assert begun("q") == []
    admin = directory.staff_at(str(registry.current().facts()["control_office"]), "admin")[0]
    (incident,) = cases.incidents(admin).rows
    assert (incident.kind, incident.case_id) == (START, None)
    assert (incident.title, incident.office_key) == ("q", OFFICE)
    said = journal.read("jobs")[0]
    assert (said.event, said.actor, said.details["process"], said.details["office"]) == (
        "case.incident", "worker", "q", OFFICE)  # fmt: skip
    assert "Істің басталуы" in Surfer(house).sign_in("admin").get("/admin/incidents/").text
    cases.settle_incident(incident.job_id, "not wanted", admin)
    assert cases.incidents(admin).rows == [] and begun("q") == []
