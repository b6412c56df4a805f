"""Putting diagrams in force: the same files once, versions in order, and nothing that is dangerous."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from services import processes, registry
from services.config import ROOT
from services.db import db
from services.errors import Invalid
from services.processes import NotDeployable
from services.processes.models import Deployment, ProcessDefinition
from tests import the_region

OURS = {file.name: file.read_bytes() for file in ROOT.glob("bpmn/*.bpmn")}
RULES = the_region.RULES
BPMN, CAMUNDA = "http://www.omg.org/spec/BPMN/20100524/MODEL", "http://camunda.org/schema/1.0/bpmn"
HEAD = f'<definitions xmlns="{BPMN}" xmlns:camunda="{CAMUNDA}" id="d">'
BOMB = (
    '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;">]>'
)
THIEF = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def drawn(middle: str) -> bytes:
    body = f'<startEvent id="s"/>{middle}<endEvent id="e"/>'
    flows = '<sequenceFlow id="f1" sourceRef="s" targetRef="t"/><sequenceFlow id="f2" sourceRef="t" targetRef="e"/>'
    return f'{HEAD}<process id="p" isExecutable="true">{body}{flows}</process></definitions>'.encode()


BAD = {
    "entities in entities": (BOMB + HEAD + "&c;</definitions>").encode(),
    "a file of the server": (THIEF + HEAD + "&x;</definitions>").encode(),
    "no XML at all": b"\x00\x01PK",
    "half a file": OURS["direct.bpmn"][:5000],
    "a script": drawn('<scriptTask id="t" name="Скрипт"><script>import os</script></scriptTask>'),
    "Python in a condition": OURS["signing.bpmn"].replace(b"${signed", b"${__import__('os').system('x') or signed"),
    "a form that nobody has": drawn('<userTask id="t" camunda:formKey="nobody.form"/>'),
    "a step that the region does not know": drawn(
        '<userTask id="t"><extensionElements><camunda:properties><camunda:property name="step" value="dance"/>'
        "</camunda:properties></extensionElements></userTask>"
    ),
    "a listener": drawn(
        '<userTask id="t"><extensionElements><camunda:executionListener class="x"/></extensionElements></userTask>'
    ),
}


def deploy(resources: dict[str, bytes]) -> Deployment:
    return processes.deploy(resources, registry.current(), name="test", actor="test").deployment


@pytest.mark.parametrize("what", BAD)
def test_a_diagram_that_must_not_run_is_refused_whole_and_in_words(app: Flask, what: str) -> None:
    with pytest.raises(Invalid) as refused:
        deploy({**OURS, "entitlement.dmn": RULES.read_bytes(), "bad.bpmn": BAD[what]})
    assert len(str(refused.value)) > 30
    if isinstance(refused.value, NotDeployable):
        assert any(problem.resource == "bad.bpmn" or problem.element for problem in refused.value.report.errors)
    assert db.session.scalar(select(func.count()).select_from(Deployment)) == 0


def test_the_same_files_are_deployed_once_and_a_change_is_the_next_version(app: Flask) -> None:
    files = {**OURS, "entitlement.dmn": RULES.read_bytes()}
    first = deploy(files)
    assert deploy(files).id == first.id
    changed = {**files, "direct.bpmn": files["direct.bpmn"].replace("Талон".encode(), "Түбіртек".encode())}
    assert deploy(changed).id != first.id
    versions = db.session.scalars(
        select(ProcessDefinition.version).filter_by(key="direct").order_by(ProcessDefinition.id)
    )
    assert list(versions) == [1, 2]


def test_all_that_is_wrong_is_said_at_once(app: Flask) -> None:
    with pytest.raises(NotDeployable) as refused:
        deploy({"a.bpmn": BAD["a script"], "b.bpmn": BAD["a listener"].replace(b'"p"', b'"q"')})
    assert {problem.resource for problem in refused.value.report.errors} == {"a.bpmn", "b.bpmn"}
    assert "Скрипт (t)" in str(refused.value)
