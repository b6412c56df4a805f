"""Everybody who looks at the files of a deployment shares what was read of them: one file is parsed once."""

import pickle
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from lxml import etree

from services import bpmn, processes, registry
from services.bpmn import BadDiagram
from tests.services.engine.drawings import drawn, node, table

ROOT = Path(__file__).parents[3]
OURS = {each.name: each.read_bytes() for each in sorted((ROOT / "bpmn").glob("*.bpmn"))}
FILES = {
    "p.bpmn": drawn(node("businessRuleTask", "D", camunda__decisionRef="sort"), "start>D D>end"),
    "q.bpmn": drawn("", "start>end").replace(b'id="p"', b'id="q"'),
    "sort.dmn": table(["sum"], ["kind"], [["< 5", '"little"'], [">= 5", '"much"']]),
}  # fmt: skip


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[bytes]]:
    """Content -> how often lxml read it."""
    found: Counter[bytes] = Counter()
    read = etree.fromstring

    def counted(text: bytes, *more: object, **named: object) -> object:
        found[text] += 1
        return read(text, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(etree, "fromstring", counted)
    yield found


def test_a_deployment_with_its_doctor_its_processes_and_its_timers_reads_each_file_once(
    app: Flask, parsed: Counter[bytes]
) -> None:
    with app.app_context():
        done = processes.install(FILES, registry.current(), name="test", actor="test")
    assert len(done.definitions) == 2
    deployed = {content: parsed[content] for content in FILES.values()}
    assert set(deployed.values()) == {1}, deployed


def test_what_is_read_of_files_is_shared_with_those_that_hold_the_same(parsed: Counter[bytes]) -> None:
    files = bpmn.FileSet(OURS)
    with pytest.raises(BadDiagram, match="entitlement"):  # a region brings it
        files.check("direct")
    assert [*files.processes] and files.elements and [files.contents(name) for name in files]
    assert files.some(["direct.bpmn"]).root("direct.bpmn") is files.root("direct.bpmn")
    assert files.others({"another.bpmn": OURS["direct.bpmn"]}).root("another.bpmn") is files.root("direct.bpmn")
    assert set(parsed.values()) == {1}


def test_a_file_that_cannot_be_read_says_so_under_its_own_name_each_time() -> None:
    files = bpmn.FileSet({"one.bpmn": b"<broken", "other.bpmn": b"<broken"})
    for name in files:
        with pytest.raises(BadDiagram) as bad:
            files.root(name)
        assert [each.resource for each in bad.value.problems] == [name]


def test_files_that_go_to_another_process_take_their_contents_along() -> None:
    files = bpmn.FileSet(OURS)
    files.root("direct.bpmn")
    there = pickle.loads(pickle.dumps(files))
    assert there == files == OURS and there.root("direct.bpmn") is not files.root("direct.bpmn")
