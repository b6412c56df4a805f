"""A designer's whole way: a step drawn with a template in Modeler, deployed, rehearsed, put in force, done for real."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from komek.testing.surfer import Surfer
from services import processes
from services.cases.models import Case, Instance, Task
from services.db import db
from services.processes.models import ProcessDefinition
from tests.modeler.conftest import Editor, diagram
from tests.people.office import APPLICATION, Office
from tests.webapp.conftest import address, served  # noqa: F401
from tests.webapp.rest.modeler import Modeler

pytestmark = pytest.mark.modeler

TEMPLATE, NAME = "courier_handover.pass_on", "Папканы қайта қарау"


def drawn(editor: Editor) -> tuple[str, str]:
    """The direct route with one more step of the clerk's after the talon; the step's id, and the file."""
    assert editor.open(diagram("direct")) == []
    made = editor.append("Service_Register", TEMPLATE)
    editor.do("begin", "Flow_ToResolution", made)
    editor.do("rename", made, NAME)
    editor.do("select", made)
    panel = editor.page.locator("#properties")
    panel.get_by_text("Кім орындайды және қай қадам").click()
    panel.get_by_label("Рөлі").select_option("clerk")
    editor.page.keyboard.press("Tab")
    editor.until("async () => (await editor.save()).includes('candidateGroups=\"clerk\"')")
    editor.page.wait_for_timeout(600)
    assert not [each for each in editor.problems() if each[0] == made and "error" in each[1]]
    return made, editor.do("save")


@contextmanager
def at(house: Flask, login: str) -> Iterator[Surfer]:
    yield Surfer(house).sign_in(login)
    db.session.rollback()


def open_task(case_id: int) -> Task:
    db.session.rollback()
    wanted = select(Task).where(Task.case_id == case_id, Task.closed_at.is_(None)).order_by(Task.seq)
    return db.session.scalars(wanted).first()  # type: ignore[return-value]


def test_a_step_drawn_in_modeler_is_rehearsed_and_then_done_at_the_counter(
    house: Flask,
    editor: Editor,
    address: str,  # noqa: F811
) -> None:
    made, xml = drawn(editor)
    modeler = Modeler(f"{address}/engine-rest")
    deployed = modeler.deploy("direct.bpmn", xml.encode())
    assert deployed.status_code == 200, deployed.text
    definition = next(iter(deployed.json()["deployedProcessDefinitions"].values()))
    assert (definition["key"], definition["version"]) == ("direct", 2)
    started = modeler.start(definition["id"])
    assert started.status_code == 200, started.text
    rehearsed = db.session.scalars(select(Case).join(Instance).where(Instance.id == int(started.json()["id"]))).one()

    with at(house, "designer") as designer:
        assert f"TEST-{rehearsed.id:05d}" in designer.get("/inbox").text, "it stands in the designer's own inbox"
        designer.get(f"/cases/{rehearsed.id}")
        designer.submit(f"/inbox/{open_task(rehearsed.id).id}/complete", dict(APPLICATION))
        task = open_task(rehearsed.id)
        assert (task.element, task.name) == (made, NAME)
        designer.get(f"/cases/{rehearsed.id}")
        page = designer.submit(f"/inbox/{task.id}/complete", {"remark": "Бәрі дұрыс"})
        assert page.status_code == 200 and open_task(rehearsed.id).step == "resolution"
        page = designer.get(f"/processes/deployments/{deployed.json()['id']}")
        assert NAME in page.text and "/enact" not in page.text, "a second person puts it in force"
    with at(house, "designer2") as second:
        second.get(f"/processes/deployments/{deployed.json()['id']}")
        page = second.submit("/enact", {"act_number": "№ 21", "act_on": "2026-11-20", "why": "Қайта қарау"})
        assert page.status_code == 200, page.text
    law = processes.laws("direct")[0]
    assert (law.enactment.act_number, law.enactment.act_on) == ("№ 21", date(2026, 11, 20))

    office = Office(house)
    case_id = office.open()
    version = select(ProcessDefinition.version).join(Instance, Instance.definition_id == ProcessDefinition.id)
    assert db.session.scalar(version.where(Instance.case_id == case_id)) == 2
    office.work(case_id, "clerk", dict(APPLICATION))
    task = open_task(case_id)
    assert (task.element, task.role, task.office_key) == (made, "clerk", office.key)
    clerk = office.person("clerk")
    page = clerk.get(f"/cases/{case_id}")
    assert NAME in page.text
    clerk.submit(f"/inbox/{task.id}/claim")
    clerk.submit(f"/inbox/{task.id}/complete", {"remark": "Қаралды"})
    assert open_task(case_id).step == "resolution"
    assert re.search(r"\d{2}-20\d\d-\d{5}", clerk.get(f"/cases/{case_id}").text), "a real case has a number"
