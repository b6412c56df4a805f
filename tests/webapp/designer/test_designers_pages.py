"""Designers see what is in force, what a candidate would change, and put it in force; staff are told in words."""

import io
import re
from datetime import date

import pytest
from flask import Flask
from lxml import html

from komek.testing.surfer import Surfer
from services import directory, notices, processes, registry
from services.config import ROOT
from tests import the_region
from tests.people.office import Office

DIRECT = (ROOT / "bpmn/direct.bpmn").read_bytes()
CHANGED = DIRECT.replace('name="Хабарламаны жеткізу"'.encode(), 'name="Хабарламаны табыстау"'.encode())
ACT = {"act_number": "17-қ", "act_on": "2026-11-20", "why": "Жаңа тәртіп"}


def person(login: str) -> directory.Person:
    found = directory.person(directory.id_of(login) or 0)
    assert found is not None
    return found


def candidate() -> int:
    """A deployment of the designer's that renames a step."""
    done = processes.deploy({"direct.bpmn": CHANGED}, registry.current(), name="direct", person=person("designer"))
    return done.deployment.id


def words(text: str) -> str:
    return " ".join(html.fromstring(text).text_content().split())


def test_the_list_names_what_is_in_force_and_how_many_cases_run_under_it(house: Flask) -> None:
    office = Office(house)
    office.run(until=2)
    said = words(Surfer(house).sign_in("designer").get("/processes/").text)
    assert "күшінде 1-нұсқа" in said
    assert "ашық істер: 1" in said


def test_a_candidate_says_what_it_would_change_and_stands_beside_what_is_in_force(house: Flask) -> None:
    deployment_id = candidate()
    designer = Surfer(house).sign_in("designer")
    assert "үміткер 2-нұсқа" in words(designer.get("/processes/").text)
    page = designer.get(f"/processes/deployments/{deployment_id}").text
    assert "«Хабарламаны жеткізу» енді «Хабарламаны табыстау» деп аталады." in words(page)
    before = designer.get(f"/processes/deployments/{deployment_id}/before/direct.bpmn").text
    after = designer.get(f"/processes/deployments/{deployment_id}/after/direct.bpmn").text
    assert ("жеткізу" in before, "табыстау" in before, "табыстау" in after) == (True, False, True)


def test_whoever_deployed_it_is_told_that_a_second_person_has_to_put_it_in_force(house: Flask) -> None:
    deployment_id = candidate()
    designer = Surfer(house).sign_in("designer")
    page = designer.get(f"/processes/deployments/{deployment_id}")
    assert "екінші адам" in page.text
    assert 'name="act_number"' not in page.text


def test_what_came_into_force_by_no_act_is_told_without_a_gap_where_an_act_would_stand(house: Flask) -> None:
    page = Surfer(house).sign_in("designer").get("/processes/deployments/1").text
    assert re.search(r"<small>[^<]*</small>", page) and not re.search(r"·\s*</small>", page)


def test_a_second_person_puts_it_in_force_by_an_act_and_staff_are_told_what_changed(house: Flask) -> None:
    deployment_id = candidate()
    second = Surfer(house).sign_in("designer2")
    second.get(f"/processes/deployments/{deployment_id}")
    page = second.submit("/enact", ACT)
    assert page.status_code == 200
    assert "№ 17-қ акт" in words(page.text)
    executor = Surfer(house).sign_in(directory.staff_at("TALDYKORGAN", "executor")[0].login)
    told = executor.get("/notices/").text
    (link,) = [each for each in html.fromstring(told).iter("a") if "/processes/law/" in (each.get("href") or "")]
    law = words(executor.get(link.get("href")).text)
    assert "«Хабарламаны жеткізу» енді «Хабарламаны табыстау» деп аталады." in law
    assert "Жаңа тәртіп" in law
    psc = Surfer(house).sign_in("inspector.taldykorgan")
    assert "/processes/law/" not in psc.get("/notices/").text


def test_an_act_without_number_and_date_is_asked_for_and_what_was_typed_stays(house: Flask) -> None:
    first = processes.in_force("direct")
    deployment_id = candidate()
    second = Surfer(house).sign_in("designer2")
    second.get(f"/processes/deployments/{deployment_id}")
    page = second.submit("/enact", {"act_number": "", "act_on": "", "why": "Себебі бар"})
    assert page.status_code == 422
    assert "Себебі бар" in page.text
    assert processes.in_force("direct") == first


def test_going_back_is_putting_the_former_version_in_force_again(house: Flask) -> None:
    first = processes.in_force("direct")
    deployment_id = candidate()
    second = Surfer(house).sign_in("designer2")
    second.get(f"/processes/deployments/{deployment_id}")
    second.submit("/enact", ACT)
    second.get("/processes/deployments/1")
    second.submit("/enact", {**ACT, "act_number": "18-қ"})
    assert processes.in_force("direct") == first
    said = words(second.get("/processes/").text)
    assert "2-нұсқа" in said
    assert "№ 18-қ акт" in said


def test_a_case_says_that_its_version_is_no_longer_in_force(house: Flask) -> None:
    office = Office(house)
    case_id = office.run(until=1)
    deployment_id = candidate()
    second = Surfer(house).sign_in("designer2")
    second.get(f"/processes/deployments/{deployment_id}")
    second.submit("/enact", ACT)
    assert "күшіндегі уақыты: " in office.person("clerk").get(f"/cases/{case_id}").text


def test_a_rehearsal_begins_at_a_press(house: Flask) -> None:
    deployment_id = candidate()
    designer = Surfer(house).sign_in("designer")
    designer.get(f"/processes/deployments/{deployment_id}")
    page = designer.submit("/rehearse")
    assert "/cases/" in page.request.path
    assert "Сынақ" in page.text


def test_files_come_back_byte_for_byte(house: Flask) -> None:
    deployment_id = candidate()
    designer = Surfer(house).sign_in("designer")
    assert designer.get(f"/processes/deployments/{deployment_id}/files/direct.bpmn").get_data() == CHANGED
    assert designer.get(f"/processes/deployments/{deployment_id}/files/no.bpmn").status_code == 404
    assert designer.get("/processes/deployments/999").status_code == 404


@pytest.mark.parametrize("path", ["/processes/", "/processes/deployments/1", "/processes/upload"])
def test_the_pages_are_for_designers_and_administrators(house: Flask, path: str) -> None:
    assert Surfer(house).sign_in("head.taldykorgan").get(path).status_code == 403
    assert Surfer(house).sign_in("admin").get(path).status_code == 200
    places = Surfer(house).sign_in("admin").get("/").text
    assert 'href="/processes/"' in places


def test_files_are_uploaded_as_modeler_would_deploy_them(house: Flask) -> None:
    designer = Surfer(house).sign_in("designer")
    designer.get("/processes/upload")
    page = designer.submit("/processes/upload", {"files": (io.BytesIO(CHANGED), "direct.bpmn"), "name": "Жаңа сызба"})
    assert "/processes/deployments/" in page.request.path
    assert "Жаңа сызба" in page.text


def test_what_is_wrong_with_an_uploaded_file_is_said_and_nothing_is_kept(house: Flask) -> None:
    bad = DIRECT.replace(b"${decision ==", b"${__import__('os') ==")
    designer = Surfer(house).sign_in("designer")
    designer.get("/processes/upload")
    page = designer.submit("/processes/upload", {"files": (io.BytesIO(bad), "direct.bpmn")})
    assert page.status_code == 422
    assert "Flow_Approved" in page.text
    control = str(registry.current().facts()["control_office"])
    lines = processes.all_processes(directory.staff_at(control, "designer")[0])
    assert [each.version for line in lines for each in line.versions if line.key == "direct"] == [1]


def test_the_notice_is_given_once_for_each_role_at_each_office(house: Flask) -> None:
    deployment_id = candidate()
    processes.enact(deployment_id, person("designer2"), act_number="1", act_on=date(2026, 11, 20))
    clerk = person("clerk.taldykorgan")
    assert notices.unread(clerk) == 1


def test_a_candidate_is_withdrawn_with_a_reason_and_its_files_may_come_again(house: Flask) -> None:
    deployment_id = candidate()
    designer = Surfer(house).sign_in("designer")
    address = f"/processes/deployments/{deployment_id}"
    designer.get(address)
    assert designer.submit("/withdraw", {"withdrawn_why": " "}).status_code == 422
    page = words(designer.submit("/withdraw", {"withdrawn_why": "Атауы қате"}).text)
    assert "Атауы қате" in page and "Сынақ бастау" not in page
    second = Surfer(house).sign_in("designer2")
    assert 'name="act_number"' not in second.get(address).text
    with pytest.raises(processes.Withdrawn):
        processes.enact(deployment_id, person("designer2"), act_number="1", act_on=date(2026, 11, 20))
    again = candidate()
    assert again != deployment_id
    with pytest.raises(processes.NoCandidate):
        processes.withdraw(1, person("designer"), why="Керек емес")


def test_going_back_is_for_the_processes_that_are_chosen_and_says_what_it_changes_now(house: Flask) -> None:
    first = processes.in_force("direct")
    both = {"direct.bpmn": CHANGED, "via_psc.bpmn": (ROOT / "bpmn/via_psc.bpmn").read_bytes() + b"<!-- anew -->"}
    done = processes.deploy(both, registry.current(), name="both", person=person("designer"))
    processes.enact(done.deployment.id, person("designer2"), act_number="1", act_on=date(2026, 11, 20))
    second = Surfer(house).sign_in("designer2")
    page = words(second.get("/processes/deployments/1").text)
    assert "«Хабарламаны табыстау» енді «Хабарламаны жеткізу» деп аталады." in page
    assert second.submit("/enact", ACT).status_code == 422
    psc = processes.in_force("psc")
    assert second.submit("/enact", {**ACT, "keys": "direct"}).status_code == 200
    assert processes.in_force("direct") == first
    assert processes.in_force("psc") == psc


def test_an_expression_a_mapping_and_a_decision_are_tried_with_values_before_anything_is_deployed(house: Flask) -> None:
    table = the_region.RULES.read_bytes()
    designer = Surfer(house).sign_in("designer")
    designer.get("/processes/evaluate")
    sent = {"values": '{"income": 40000, "decision": "approve"}', "expression": "${income > 30000}"}
    page = designer.submit("/processes/evaluate", sent)
    assert "true" in words(page.text)
    page = designer.submit("/processes/evaluate", {"expression": "", "files": (io.BytesIO(DIRECT), "direct.bpmn")})
    assert "${decision ==" in page.text and "true" in words(page.text)
    known = '{"papers_complete": true, "expense": 30000, "income": 40000, "share_percent": 10, "persons": 1}'
    page = designer.submit("/processes/evaluate", {"values": known, "files": (io.BytesIO(table), "entitlement.dmn")})
    assert page.status_code == 200 and "іске қосылған қағидалар: 3" in words(page.text)
    assert "бірде-бір қағида" not in words(page.text)  # a formula has no rules
    wrong = designer.submit("/processes/evaluate", {"values": "[1", "expression": "${income + 'x'}"})
    assert wrong.status_code == 422
    fault = designer.submit("/processes/evaluate", {"values": "{}", "expression": "= 1 + + 2"})
    assert fault.status_code == 200 and "= 1 + + 2" in fault.text
    assert Surfer(house).sign_in("head.taldykorgan").get("/processes/evaluate").status_code == 403


@pytest.mark.parametrize(
    ("language", "said"), [("kk", "кемінде шекті шығыс + 99"), ("ru", "не менее шекті шығыс + 99")]
)
def test_what_changes_in_a_table_is_said_in_words_and_not_in_code(house: Flask, language: str, said: str) -> None:
    table = the_region.RULES.read_bytes()
    files = {"entitlement.dmn": table.replace(b"+ 0.5</text>", b"+ 99</text>")}
    done = processes.deploy(files, registry.current(), name="e", person=person("designer"))
    surfer = Surfer(house).sign_in("designer2")
    surfer.get("/processes/")
    surfer.submit("/language", {"language": language})
    page = words(surfer.get(f"/processes/deployments/{done.deployment.id}").text)
    assert said in page and "+ 0,5" in page and "&gt;=" not in page and ">= шекті" not in page
