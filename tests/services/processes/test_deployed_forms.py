"""Forms come and go with the diagrams that ask them: refused together, kept together, each case with its own."""

import json
import re

import pytest
from flask import Flask
from sqlalchemy import select

from services import cases, processes, registry
from services.db import db
from services.processes import NotDeployable
from services.processes.forms import NoSuchForm
from services.processes.models import ProcessDefinition
from services.processes.texts import texts_of
from services.registry import UnknownForm
from tests.counting import counted
from tests.ends import ends
from tests.services.cases.small_cases import OFFICE, task_at
from tests.services.engine.drawings import drawn, node
from tests.services.processes.drawn_forms import ANSWERS, VISIT, clerk, constraints, fields, one, put_in_force, visit

LINE = "start>Visit Visit>end"
OPERATION = {"camunda__type": "external", "camunda__topic": "a.b", "camunda__formRef": "home_visit"}


def deploy(files: dict[str, bytes]) -> processes.Deployed:
    return processes.deploy(files, registry.current(), name="test", actor="test")


def refused(files: dict[str, bytes]) -> NotDeployable:
    with pytest.raises(NotDeployable) as found:
        deploy(files)
    return found.value


def test_a_task_whose_form_is_missing_is_refused_and_says_which(house: Flask) -> None:
    (problem,) = refused({"p.bpmn": drawn(visit(), LINE)}).report.errors
    assert (problem.element, problem.resource) == ("Visit", "p.bpmn")
    assert "'home_visit'" in problem.what()


def test_a_form_that_cannot_be_shown_is_refused_alone_and_with_its_diagram(house: Flask) -> None:
    spoilt = VISIT.replace(b'"type": "checklist"', b'"type": "hologram"')
    for files in ({"home_visit.form": spoilt}, {"p.bpmn": drawn(visit(), LINE), "home_visit.form": spoilt}):
        (problem,) = refused(files).report.errors
        assert (problem.resource, problem.element, problem.name) == ("home_visit.form", "services", "Не қосылған")
        assert "hologram" in problem.what() and "choice or list" in problem.what_to_do()


def test_all_that_is_wrong_with_the_fields_of_a_task_is_said_with_the_task(house: Flask) -> None:
    task = fields(one("a", "file", "Файл"), one("b", "string", "Мәтін", constraints(min="many")))
    problems = refused({"p.bpmn": drawn(task, "start>Ask Ask>end")}).report.errors
    assert [problem.element for problem in problems] == ["Ask", "Ask"]
    assert [problem.name.rpartition(": ")[2] for problem in problems] == ["a", "b"]


@pytest.mark.parametrize(
    ("task", "said"),
    [
        (visit(camunda__formRefBinding="version", camunda__formRefVersion="2"), "version of its own"),
        (visit(camunda__formKey="registration.application"), "more than one form"),
        (visit() + node("serviceTask", "S", **OPERATION), "nobody fills it in"),
    ],
)  # fmt: skip
def test_a_form_is_bound_to_its_deployment_and_there_is_one_where_a_person_works(
    house: Flask, task: str, said: str
) -> None:
    line = "start>Visit Visit>S S>end" if "serviceTask" in task else LINE
    assert said in str(refused({"p.bpmn": drawn(task, line), "home_visit.form": VISIT}))


def test_two_files_with_one_form_are_refused(house: Flask) -> None:
    assert "another file" in str(refused({"a.form": VISIT, "b.form": VISIT, "p.bpmn": drawn(visit(), LINE)}))


def test_two_tasks_of_one_id_in_two_processes_are_asked_each_its_own_fields(house: Flask) -> None:
    first, second = (drawn(fields(one(key, "string", "Мәтін")), "start>Ask Ask>end") for key in ("a", "b"))
    deploy({"p.bpmn": first, "q.bpmn": second.replace(b'process id="p"', b'process id="q"')})
    rows = db.session.scalars(select(ProcessDefinition).where(ProcessDefinition.key.in_(["p", "q"])))
    asked = {}
    for row in rows:
        definition = processes.definition(row.id)
        name = definition.elements[row.key, "Ask"].form
        asked[row.key] = [field["id"] for field in definition.elements[row.key, "Ask"].form_fields]
        assert processes.form(definition, name).title == "Ask"
    assert asked == {"p": ["a"], "q": ["b"]}


def test_a_case_keeps_the_form_it_began_under_and_a_new_one_is_asked_the_new(house: Flask) -> None:
    put_in_force(visit(), LINE, home_visit=VISIT)
    old = cases.open_case("p", OFFICE, clerk(), key="old")
    put_in_force(visit(), LINE, home_visit=VISIT.replace("Баспана көлемі".encode(), "Ауданы".encode()))
    new = cases.open_case("p", OFFICE, clerk(), key="new")
    for case_id, label in ((old, "Баспана көлемі"), (new, "Ауданы")):
        page = cases.case_page(case_id, clerk())
        assert page.form is not None
        assert label in [field.label for field in page.form.fields]
        assert task_at(case_id, "Visit").form == "form:home_visit"


def test_the_form_sent_alone_makes_a_version_of_the_diagram_that_asks_it(house: Flask) -> None:
    put_in_force(visit(), LINE, home_visit=VISIT)
    done = deploy({"home_visit.form": VISIT.replace(b'"max": 1000', b'"max": 900')})
    assert [(each.key, each.version) for each in done.definitions] == [("p", 2)]


def test_what_people_read_in_forms_is_named_for_translation_with_its_context(house: Flask) -> None:
    put_in_force(visit() + fields(one("why", "string", "Себебі")), "start>Visit Visit>Ask Ask>end", home_visit=VISIT)
    files = processes.definition(processes.in_force("p")).resources
    found = [(each.context, each.msgid) for each in texts_of(files)]
    assert ("form:home_visit", "Баспана көлемі") in found
    assert ("form:home_visit", "Құжаттағыдай, шаршы метрмен.") in found
    assert ("form:home_visit", "Жылыту") in found
    assert ("form:home_visit", "Туған жылы") in found
    assert ("form:home_visit", "Нөмірді 12/2026 түрінде жазыңыз.") in found
    assert ("form:home_visit", "Актіні бекіту") in found
    assert ("bpmn:p", "Себебі") in found
    assert len(found) == len(set(found))
    words = [text for text in strings(json.loads(VISIT)) if re.search("[а-яә-өА-Я]", text)]
    missing = [text for text in words if ("form:home_visit", text) not in found]
    assert missing == []


def strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for each in inside for text in strings(each)]


def test_a_name_that_nobody_answers_for_is_said(house: Flask) -> None:
    put_in_force(visit(), LINE, home_visit=VISIT)
    definition = processes.definition(processes.in_force("p"))
    with pytest.raises(NoSuchForm):
        processes.form(definition, "form:other")
    with pytest.raises(NoSuchForm):
        processes.form(definition, "fields:p/Visit")
    with pytest.raises(UnknownForm):
        processes.form(definition, "nobody.form")
    assert processes.form(definition, "registration.application").title == "Application for housing assistance"


def test_a_drawn_form_costs_no_statement_more_than_a_plugin_s(house: Flask) -> None:
    then = node("userTask", "Then", camunda__candidateGroups="clerk")
    put_in_force(visit() + then, "start>Visit Visit>Then Then>end", home_visit=VISIT)
    for key in ("warm", "measured"):
        case_id = cases.open_case("p", OFFICE, clerk(), key=key)
        task_id = task_at(case_id, "Visit").id
        person = clerk()
        db.session.rollback()
        with counted(db.engine) as count:
            cases.complete_task(task_id, ANSWERS, cases.Click(person, key))
    assert count.commits == 1
    assert len(count.statements) <= 15, count.statements


HOSTILE = {
    "a file of many megabytes": b'{"id": "home_visit", "components": [' + b'{"type": "text"},' * 400_000 + b"{}]}",
    "thousands of components": json.dumps(
        {"id": "home_visit", "components": [{"type": "textfield", "key": f"a{at}"} for at in range(5000)]}
    ).encode(),
    "groups in groups without end": b'{"id": "home_visit", "components": ['
    + b'{"type": "group", "components": [' * 300 + b"]}" * 300 + b"]}",
    "brackets without end": b'{"id": "home_visit", "components": ' + b"[" * 200_000,
    "numbers that are none": b'{"id": "home_visit", "components": [{"type": "number", "key": "a", "increment": NaN}]}',
    "no text at all": b"\xff\xfe\x00",
    "a pattern made to hang": json.dumps(
        {"id": "home_visit", "components": [{"type": "textfield", "key": "a", "validate": {"pattern": r"^(a+)+\1$"}}]}
    ).encode(),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_in_words(house: Flask, what: str) -> None:
    with ends():
        fault = refused({"p.bpmn": drawn(visit(), LINE), "home_visit.form": HOSTILE[what]})
    assert 0 < len(fault.report.errors) <= 50
    assert "home_visit.form" in {problem.resource for problem in fault.report.errors}
