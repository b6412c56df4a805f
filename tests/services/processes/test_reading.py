"""A deployment of before keeps what its files meant then; the same file deployed now means what Camunda 7 says."""

from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import update

from services import engine, expressions, processes, registry
from services.db import db
from services.processes.models import Deployment, Resource
from tests.services.engine.drawings import drawn, node, table

WORLD = expressions.World(datetime(2026, 3, 2, 9, tzinfo=UTC), lambda step, start: start)
TASK = node("businessRuleTask", "D", camunda__decisionRef="sort", camunda__resultVariable="r")
FILES = {
    "p.bpmn": drawn(TASK, "start>D D>end"),
    "sort.dmn": table(["sum"], ["kind", "fee"], [["< 5", '"little"', "1"], [">= 5", '"much"', "2"]]),
}


def test_a_result_without_a_mapping_is_a_list_and_one_by_name_where_it_was_deployed_before(app: Flask) -> None:
    done = processes.deploy(FILES, registry.current(), name="test", actor="test")
    definition_id = done.definitions[0].id
    now = engine.start(processes.definition(definition_id), {"sum": 9}, WORLD)
    assert now.variables["r"] == [{"kind": "much", "fee": 2}]
    db.session.execute(update(Deployment).values(reading=1))
    db.session.commit()
    processes.definition.cache_clear()
    before = engine.start(processes.definition(definition_id), {"sum": 9}, WORLD)
    assert before.variables["r"] == {"kind": "much", "fee": 2}
    again = processes.deploy(FILES, registry.current(), name="test", actor="test")
    assert again.new and again.definitions[0].id != definition_id, "what they mean now is another version"
    after = engine.start(processes.definition(again.definitions[0].id), {"sum": 9}, WORLD)
    assert after.variables["r"] == [{"kind": "much", "fee": 2}]
    assert not processes.deploy(FILES, registry.current(), name="test", actor="test").new
    processes.definition.cache_clear()


def test_the_doctor_says_that_a_result_without_a_mapping_is_a_list(app: Flask) -> None:
    found = processes.examine(FILES, registry.current()).findings
    assert [(each.element, each.severity) for each in found if each.rule == "result-without-mapping"] == [
        ("D", "warning")
    ]


def test_a_decision_in_force_answers_programs_as_its_deployment_reads_it(app: Flask) -> None:
    """Also when a later rule would refuse it."""
    done = processes.install(FILES, registry.current(), name="test", actor="test")
    twice = FILES["sort.dmn"].replace(b'name="fee"', b'name="kind"')
    of_it = {"deployment_id": done.deployment.id, "name": "sort.dmn"}
    db.session.execute(update(Resource).filter_by(**of_it).values(content=twice))
    db.session.commit()
    for asked in (processes.decision_in_force("sort"), processes.decision_of(done.deployment.id, "sort")):
        assert processes.decide(asked, {"sum": 9}) == [{"kind": 2}]
    db.session.execute(update(Resource).filter_by(**of_it).values(content=FILES["sort.dmn"]))
    db.session.commit()
