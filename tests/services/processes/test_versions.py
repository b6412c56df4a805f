"""Candidates and the law: what a deployment brings along, who puts it in force, and what goes back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from services import cases, clock, directory, engine, journal, processes, registry
from services.cases.models import Instance
from services.config import ROOT
from services.db import db
from services.errors import Conflict, InvalidAnswers
from services.processes import service
from services.processes.models import Deployment, InForce, ProcessDefinition, Resource
from tests import the_region
from tests.counting import counted
from tests.services.engine import drawings
from tests.unbroken import assert_unbroken

SIGNING = (ROOT / "bpmn/signing.bpmn").read_bytes()
DIRECT = (ROOT / "bpmn/direct.bpmn").read_bytes()
RULES = the_region.RULES.read_bytes()
OFFICE = "TALDYKORGAN"
ACT = {"act_number": "№ 17", "act_on": date(2026, 11, 1)}


def who(role: str) -> directory.Person:
    """Somebody with that role, at a body or at the control level."""
    control = str(registry.current().facts()["control_office"])
    return directory.staff_at(OFFICE if role in ("clerk", "head") else control, role)[0]


def changed(content: bytes, note: str = "Өзгерген ") -> bytes:
    """The same diagram, its first task called otherwise."""
    return content.replace(b'name="', f'name="{note}'.encode(), 1)


def send(**files: bytes) -> processes.Deployed:
    named = {name.replace("_", "."): content for name, content in files.items()}
    return processes.deploy(named, registry.current(), name="test", person=who("designer"))


def keys(done: processes.Deployed) -> list[tuple[str, int]]:
    return [(each.key, each.version) for each in done.definitions]


def test_a_file_that_was_deployed_before_makes_no_new_version_and_says_which_it_is(house: Flask) -> None:
    before = db.session.scalar(select(func.count()).select_from(Deployment))
    done = send(direct_bpmn=DIRECT)
    assert (done.new, keys(done)) == (False, [("direct", 1)])
    assert db.session.scalar(select(func.count()).select_from(Deployment)) == before


def test_a_diagram_sent_alone_takes_what_it_calls_from_what_is_in_force(house: Flask) -> None:
    done = send(direct_bpmn=changed(DIRECT))
    assert (done.new, keys(done)) == (True, [("direct", 2)])
    rows = db.session.scalars(select(Resource).filter_by(deployment_id=done.deployment.id))
    kept = {row.name: row.sent for row in rows}
    called = (
        "resolution.bpmn",
        "signing.bpmn",
        "giving_back.bpmn",
        "sending_on.bpmn",
        "handing_over.bpmn",
        "entitlement.dmn",
    )
    assert kept == {"direct.bpmn": True, **dict.fromkeys(called, False)}


@pytest.mark.parametrize("part", ["a decision", "a called diagram"])
def test_whatever_uses_the_part_that_was_sent_gets_a_new_version_with_it(house: Flask, part: str) -> None:
    if part == "a decision":
        done = send(entitlement_dmn=RULES.replace(b'name="', b'name="New ', 1))
    else:
        done = send(signing_bpmn=changed(SIGNING))
    assert {key for key, _ in keys(done)} >= {"direct", "psc"}
    assert all(version == 2 for _, version in keys(done))
    assert ("signing" in dict(keys(done))) is (part == "a called diagram")


def test_what_calls_by_an_expression_takes_every_process_in_force_along_and_changes_with_each(house: Flask) -> None:
    calling = drawings.drawn(drawings.node("callActivity", "S", calledElement="${which}"), "start>S S>end")
    done = processes.install({"p.bpmn": calling}, registry.current(), name="small", actor="test")
    rows = set(db.session.scalars(select(Resource.name).filter_by(deployment_id=done.deployment.id)))
    assert (done.new, keys(done)[0]) == (True, ("p", 1)) and rows >= {"p.bpmn", "direct.bpmn", "signing.bpmn"}
    assert {"direct", "signing"} <= processes.definition(done.definitions[0].id).subprocess_specs.keys()
    assert ("p", 2) in keys(send(direct_bpmn=changed(DIRECT)))


def test_a_candidate_is_not_the_law_until_a_second_person_says_by_which_act(house: Flask) -> None:
    done = send(direct_bpmn=changed(DIRECT))
    former, new = processes.in_force("direct"), done.definitions[0].id
    assert new != former
    with pytest.raises(processes.OwnDeployment):
        processes.enact(done.deployment.id, who("designer"), **ACT)
    with pytest.raises(processes.NotTheirs):
        processes.enact(done.deployment.id, who("clerk"), **ACT)
    with pytest.raises(InvalidAnswers) as asked:
        processes.enact(done.deployment.id, who("admin"), act_number=" ", act_on=None)
    assert set(asked.value.errors) == {"act_number", "act_on"}
    assert processes.in_force("direct") == former
    processes.enact(done.deployment.id, who("admin"), why="Жаңа қадам", **ACT)
    assert processes.in_force("direct") == new
    newest, oldest = processes.laws("direct")
    assert (newest.enactment.act_number, newest.until, oldest.until) == ("№ 17", None, newest.since)
    assert journal.read("deployment", limit=1)[0].event == "deployment.enacted"


def test_only_a_designer_deploys_and_only_designers_rehearse(house: Flask) -> None:
    with pytest.raises(processes.NotDesigner):
        processes.deploy({"direct.bpmn": DIRECT}, registry.current(), name="x", person=who("admin"))
    with pytest.raises(processes.NotDesigner):
        cases.rehearse(processes.in_force("direct"), who("head"))


def test_a_case_ends_in_the_version_it_began_under_and_rolling_back_is_putting_the_former_in_force(
    house: Flask,
) -> None:
    clerk = who("clerk")
    first = cases.open_case("direct", OFFICE, clerk, key="before")
    done = send(direct_bpmn=changed(DIRECT))
    processes.enact(done.deployment.id, who("admin"), **ACT)
    second = cases.open_case("direct", OFFICE, clerk, key="after")
    assert [version_of(first), version_of(second)] == [1, 2]
    former = processes.laws("direct")[1].enactment.deployment_id
    processes.enact(former, who("admin"), act_number="№ 18", act_on=date(2026, 11, 2))
    assert version_of(cases.open_case("direct", OFFICE, clerk, key="again")) == 1
    with pytest.raises(processes.InForceAlready):
        processes.enact(former, who("admin"), **ACT)


def test_a_candidate_never_undoes_in_silence_what_came_into_force_since_it_was_made(house: Flask) -> None:
    mine, other = send(direct_bpmn=changed(DIRECT)), send(direct_bpmn=changed(DIRECT, "Басқа "))
    processes.enact(other.deployment.id, who("admin"), **ACT)
    with pytest.raises(processes.Outdated) as refused:
        processes.enact(mine.deployment.id, who("admin"), **ACT)
    assert isinstance(refused.value, Conflict) and refused.value.details["keys"] == "direct"


def test_the_console_does_not_override_what_people_put_in_force(house: Flask) -> None:
    done = send(direct_bpmn=changed(DIRECT))
    processes.enact(done.deployment.id, who("admin"), **ACT)
    law = processes.in_force("direct")
    again = processes.install_registry(registry.current(), actor="console")
    assert not again.new and processes.in_force("direct") == law
    newer = processes.install(
        {"direct.bpmn": changed(DIRECT, "Консольдан ")}, registry.current(), name="upgrade", actor="console"
    )
    assert newer.new and processes.in_force("direct") == law
    assert again.law["direct"] == newer.law["direct"] == 2


def test_files_of_an_older_version_come_from_the_console_and_it_is_told_that_the_newer_one_stays(house: Flask) -> None:
    newer = processes.install({"direct.bpmn": changed(DIRECT)}, registry.current(), name="draft", actor="console")
    assert newer.new and newer.law["direct"] == 2 and processes.in_force("direct") == newer.definitions[0].id
    again = processes.install({"direct.bpmn": DIRECT}, registry.current(), name="back", actor="console")
    assert not again.new and again.law["direct"] == 2 and again.definitions[0].version == 1
    assert processes.in_force("direct") == newer.definitions[0].id


def test_nobody_but_those_who_look_after_diagrams_looks_at_what_was_deployed(house: Flask) -> None:
    for look in (
        lambda person: processes.all_processes(person),
        lambda person: processes.deployment_page(1, person),
        lambda person: processes.resource(1, "direct.bpmn", person),
        lambda person: processes.names_of("direct", person, registry.current()),
    ):
        with pytest.raises(processes.NotTheirs):
            look(who("clerk"))
        for role in ("designer", "admin"):
            assert look(who(role))


def version_of(case_id: int) -> int:
    wanted = select(ProcessDefinition.version).join(Instance, Instance.definition_id == ProcessDefinition.id)
    return db.session.scalars(wanted.where(Instance.case_id == case_id)).one()


def test_what_many_ask_for_at_once_after_a_start_is_read_once_for_all_of_them(house: Flask) -> None:
    wanted = processes.in_force_now()["direct"]
    processes.definition.cache_clear()
    service._parsed.cache_clear()
    start = Barrier(4, timeout=60)

    def ask(_: int) -> engine.Definition:
        with house.app_context():
            start.wait(60)
            return processes.definition(wanted)

    with ThreadPoolExecutor(start.parties) as pool:
        assert len({id(each) for each in pool.map(ask, range(start.parties))}) == 1
    assert service._parsed.cache_info().misses == 1


def test_a_process_that_knows_no_definition_reads_the_files_of_a_deployment_once_for_all_in_force(house: Flask) -> None:
    for remembered in (processes.definition, service.files_of):
        remembered.cache_clear()
    with counted(db.engine) as count:
        known = [processes.definition(each) for each in processes.in_force_now().values()]
    assert len(known) > 3 and len({each.sha256 for each in known}) == 1
    assert len([each for each in count.statements if "deployment_resource.content" in each]) == 1


def test_who_looks_for_what_a_signal_begins_reads_no_diagram_whole_in_somebodys_transaction(house: Flask) -> None:
    for remembered in (processes.definition, processes.starts, service._parsed):
        remembered.cache_clear()
    found = {process: processes.starts(each) for process, each in processes.in_force_now().items()}
    assert len(found) > 3 and service._parsed.cache_info().misses == 0
    assert found == {process: processes.definition(each).starts for process, each in processes.in_force_now().items()}


def test_what_is_put_in_force_after_the_clock_went_back_holds_from_where_the_former_one_began(house: Flask) -> None:
    began = db.session.scalar(select(InForce.since).where(InForce.key == "direct", InForce.until.is_(None)))
    assert began is not None
    with clock.stopped(began - timedelta(hours=3)):
        done = send(direct_bpmn=changed(DIRECT))
        processes.enact(done.deployment.id, who("admin"), **ACT)
    rows = db.session.execute(select(InForce.since, InForce.until).where(InForce.key == "direct").order_by(InForce.id))
    assert [tuple(row) for row in rows] == [(began, began), (began, None)]
    assert_unbroken()
