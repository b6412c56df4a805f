"""Messages between the pools of a case: delivered in the click that throws them, or kept until somebody waits."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from services import cases, directory, journal, processes, registry
from services.cases.models import Case, Instance, Message, Task
from services.db import db
from tests.people.office import ALL_PAPERS, Psc
from tests.webapp.rest.programs import WORKER, Program

PSC, BODY = "PSC_TALDYKORGAN", "TALDYKORGAN"
TWO_POOLS = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  id="D" targetNamespace="t">
  <collaboration id="C">
    <participant id="P1" processRef="sender"/><participant id="P2" processRef="hearer"/>
  </collaboration>
  <message id="M1" name="begin"/><message id="M2" name="news"/>
  <process id="sender" isExecutable="true">
    <startEvent id="S"/>
    <userTask id="First" camunda:candidateGroups="psc_inspector"/>
    <intermediateThrowEvent id="T1"><messageEventDefinition id="E1" messageRef="M1"/></intermediateThrowEvent>
    <intermediateThrowEvent id="T2"><extensionElements><camunda:inputOutput>
        <camunda:inputParameter name="word">${"hello"}</camunda:inputParameter>
      </camunda:inputOutput></extensionElements>
      <messageEventDefinition id="E2" messageRef="M2"/></intermediateThrowEvent>
    <userTask id="Last" camunda:candidateGroups="psc_inspector"/><endEvent id="End_Done"/>
    <sequenceFlow id="f1" sourceRef="S" targetRef="First"/><sequenceFlow id="f2" sourceRef="First" targetRef="T1"/>
    <sequenceFlow id="f3" sourceRef="T1" targetRef="T2"/><sequenceFlow id="f4" sourceRef="T2" targetRef="Last"/>
    <sequenceFlow id="f5" sourceRef="Last" targetRef="End_Done"/>
  </process>
  <process id="hearer" isExecutable="true">
    <startEvent id="HS"><messageEventDefinition id="E3" messageRef="M1"/></startEvent>
    <userTask id="Busy" camunda:candidateGroups="clerk"/>
    <receiveTask id="Hear" messageRef="M2"/>
    <userTask id="Heard" camunda:candidateGroups="clerk"/><endEvent id="HE"/>
    <sequenceFlow id="g1" sourceRef="HS" targetRef="Busy"/><sequenceFlow id="g2" sourceRef="Busy" targetRef="Hear"/>
    <sequenceFlow id="g3" sourceRef="Hear" targetRef="Heard"/><sequenceFlow id="g4" sourceRef="Heard" targetRef="HE"/>
  </process>
</definitions>"""

OUTSIDE = """<extensionElements><camunda:properties>
    <camunda:property name="sender" value="outside"/></camunda:properties></extensionElements>"""


def complete(case_id: int, element: str, office: str, role: str) -> None:
    task = db.session.scalars(select(Task).filter_by(case_id=case_id, element=element, closed_at=None)).one()
    cases.complete_task(task.id, {}, cases.Click(directory.staff_at(office, role)[0], element))


def open_elements(case_id: int) -> set[str]:
    db.session.rollback()
    return set(db.session.scalars(select(Task.element).filter_by(case_id=case_id, closed_at=None)))


@pytest.fixture
def case_id(house: Flask) -> int:
    """A case whose hearer is busy when the news comes."""
    processes.install({"two.bpmn": TWO_POOLS}, registry.current(), name="two", actor="test")
    inspector = directory.staff_at(PSC, "psc_inspector")[0]
    opened = cases.open_case("sender", PSC, inspector, key="one")
    complete(opened, "First", PSC, "psc_inspector")
    return opened


def test_a_message_begins_the_pool_that_begins_with_it_at_the_authorised_body(case_id: int) -> None:
    assert open_elements(case_id) == {"Last", "Busy"}
    offices = db.session.scalars(select(Instance.office_key).filter_by(case_id=case_id).order_by(Instance.id))
    assert list(offices) == [PSC, BODY]


def test_of_two_files_whose_pools_begin_with_one_message_each_goes_on_in_its_own(house: Flask) -> None:
    """However the files are called and in whichever order they were read: two routes have one body each."""
    other = TWO_POOLS
    for name in (b"sender", b"hearer", b"Busy"):
        other = other.replace(b'"%s"' % name, b'"other_%s"' % name)
    inspector = directory.staff_at(PSC, "psc_inspector")[0]
    for turn, files in enumerate(({"a.bpmn": TWO_POOLS, "b.bpmn": other}, {"a.bpmn": other, "b.bpmn": TWO_POOLS})):
        processes.install(files, registry.current(), name=f"both {turn}", actor="test")
        for route, element in (("sender", "Busy"), ("other_sender", "other_Busy")):
            opened = cases.open_case(route, PSC, inspector, key=f"{turn} {route}")
            complete(opened, "First", PSC, "psc_inspector")
            assert open_elements(opened) == {"Last", element}


def test_a_message_that_nobody_waits_for_is_kept_and_shown_and_then_delivered_once(case_id: int) -> None:
    clerk = directory.staff_at(BODY, "clerk")[0]
    assert cases.case_page(case_id, clerk).kept == ["news"]
    complete(case_id, "Busy", BODY, "clerk")
    assert open_elements(case_id) == {"Last", "Heard"}
    message = db.session.scalars(select(Message).filter_by(case_id=case_id)).one()
    assert message.delivered_at is not None and message.payload == {"word": "hello"}
    assert cases.case_page(case_id, clerk).kept == []
    events = [line.event for line in journal.read(f"case:{case_id}", limit=50)]
    assert events.count("case.message_kept") == events.count("case.message_received") == 1


def test_a_message_for_one_pool_is_given_to_that_pool_though_another_of_the_case_waits_for_it_too(
    house: Flask,
) -> None:
    both = TWO_POOLS.replace(b'<message id="M1"', b'<message id="M3" name="reply"/><message id="M1"')
    for element, role, said in (("Last", "psc_inspector", ""), ("Busy", "clerk", OUTSIDE)):
        person = f'<userTask id="{element}" camunda:candidateGroups="{role}"/>'.encode()
        both = both.replace(person, f'<receiveTask id="{element}" messageRef="M3">{said}</receiveTask>'.encode())
    processes.install({"two.bpmn": both}, registry.current(), name="both", actor="test")
    case_id = cases.open_case("sender", PSC, directory.staff_at(PSC, "psc_inspector")[0], key="both")
    complete(case_id, "First", PSC, "psc_inspector")
    pools = dict(db.session.execute(select(Task.element, Task.instance_id).filter_by(case_id=case_id)).all())
    db.session.rollback()
    program = Program(house, WORKER)
    program.post("/message", {"messageName": "reply", "processInstanceId": str(pools["Last"])}, 400)
    assert open_elements(case_id) == {"Last", "Busy"}
    program.post("/message", {"messageName": "reply", "processInstanceId": str(pools["Busy"])})
    assert open_elements(case_id) == {"Last", "Heard"}


def test_a_case_is_closed_by_the_pool_that_opened_it(case_id: int) -> None:
    complete(case_id, "Busy", BODY, "clerk")
    complete(case_id, "Heard", BODY, "clerk")
    case = db.session.get_one(Case, case_id)
    assert case.closed_at is None
    complete(case_id, "Last", PSC, "psc_inspector")
    db.session.refresh(case)
    assert case.outcome == "done"


def test_a_wait_is_not_ended_by_hand(house: Flask) -> None:
    psc = Psc(house)
    case = psc.accept()
    wait = db.session.scalars(select(Task).filter_by(case_id=case, step="registry")).one()
    accum = directory.staff_at(PSC, "psc_accum")[0]
    for act in (
        lambda: cases.claim_task(wait.id, accum),
        lambda: cases.complete_task(wait.id, {}, cases.Click(accum, "k")),
    ):
        with pytest.raises(cases.NotByHand):
            act()


def test_the_applicant_can_only_come_once_the_result_is_there_and_coming_twice_changes_nothing(house: Flask) -> None:
    psc = Psc(house)
    case = psc.accept()
    inspector = directory.staff_at(PSC, "psc_inspector")[0]
    with pytest.raises(cases.NotReady):
        cases.applicant_came(case, inspector)
    psc.carry(case)
    psc.decide(case)
    psc.send("clerk", psc.result(case))
    psc.scan("psc_accum", psc.result(case))
    psc.work(case, "psc_accum")
    with pytest.raises(cases.NotYours):
        cases.applicant_came(case, directory.staff_at(BODY, "clerk")[0])
    cases.applicant_came(case, inspector)
    cases.applicant_came(case, inspector)
    issuing = select(func.count()).select_from(Task).filter_by(case_id=case, step="issue")
    assert db.session.scalar(issuing) == 1


def test_the_psc_sees_its_case_but_not_the_papers_of_the_body_and_a_courier_sees_neither(house: Flask) -> None:
    psc = Psc(house)
    case = psc.accept()
    psc.carry(case)
    psc.decide(case)
    inspector, clerk = psc.person("psc_inspector"), psc.person("clerk")
    at_psc, at_body = inspector.get(f"/cases/{case}").text, clerk.get(f"/cases/{case}").text
    assert "Қолхат" in at_psc and "Есептеу парағы" not in at_psc and "хабарлама жобасы" not in at_psc
    assert "Есептеу парағы" in at_body and 'class="task"' not in at_psc
    paper = next(iter(clerk.tree.xpath("//ul[@class='papers']//a[contains(., 'Есептеу парағы')]/@href")))
    assert inspector.get(paper).status_code == 403
    assert psc.person("courier").get(f"/cases/{case}").status_code == 403


def test_another_body_needs_a_reason_and_counts_by_its_own_calendar(house: Flask) -> None:
    psc = Psc(house)
    case_id = psc.open()
    task = psc.open_line(case_id)["task_id"]
    inspector = psc.person("psc_inspector")
    inspector.get(f"/cases/{case_id}")
    form = {"surname": "Сынақ", "given_name": "Үлгі", "address": "Талғар қаласы", "body": "TALGAR", **ALL_PAPERS}
    answer = inspector.submit(f"/inbox/{task}/complete", form)
    assert answer.status_code == 422 and "себебін жазыңыз" in answer.text
    answer = inspector.submit(f"/inbox/{task}/complete", {"body_reason": "Талғарда тіркелген"})
    assert answer.status_code == 200
    case = db.session.get_one(Case, case_id)
    assert (case.office_key, case.body_key) == (PSC, "TALGAR")
    assert [line.event for line in journal.read(f"case:{case_id}", limit=50)].count("case.body_chosen") == 1
