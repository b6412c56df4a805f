"""Any file that anybody has gets an answer: never an exception, never a wait. Spoiled ones of our own are always tried.

`DIAGRAM_CORPUS=<folder>` tries every .bpmn, .dmn and .form under that folder, too.
"""

import itertools
import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from lxml import etree

from services import engine
from services.bpmn import BadDiagram
from services.config import ROOT
from services.processes.doctor import Report, examine, repaired
from services.registry import Registry
from tests import the_region
from tests.ends import ends
from tests.examples import tried

OURS = {file.name: file.read_bytes() for file in [*(ROOT / "bpmn").glob("*.bpmn"), the_region.RULES]}
BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
HEAD = f'<definitions xmlns="{BPMN}" id="d">'
ENTITIES = '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">'
THIEF = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
BOMB = f"<!DOCTYPE d [{ENTITIES}]>{HEAD}&c;</definitions>"
TAGS = ["userTask", "subProcess", "boundaryEvent", "endEvent", "parallelGateway", "inclusiveGateway", "sequenceFlow",
        "timeCycle", "callActivity", "adHocSubProcess", "process", "definitions"]  # fmt: skip
ENDINGS = st.sampled_from(["bpmn", "dmn", "form", "txt"])
TEXTS = ["", "${", "Task_Review", "direct", "=" * 50, "P3H", "R/", "1" * 400, "(" * 300, "${direct.x[1]}"]


def answered(files: dict[str, bytes], region: Registry) -> Report:
    """The report; it came, it reads well, and no check has failed."""
    with ends():
        report = examine(files, region)
    assert not [each for each in report.findings if each.rule == "not-examined"], report.findings
    for each in report.findings:
        assert each.said() and "%(" not in each.said()
        json.dumps(each.as_dict(), default=str)
    mended = repaired(files, report.findings)
    assert mended.keys() == files.keys()
    return report


def drop(found: etree._Element, second: etree._Element, what: str) -> None:
    if (parent := found.getparent()) is not None:
        parent.remove(found)


def double(found: etree._Element, second: etree._Element, what: str) -> None:
    if (parent := found.getparent()) is not None:
        parent.append(etree.fromstring(etree.tostring(found)))


def move(found: etree._Element, second: etree._Element, what: str) -> None:
    if found.getparent() is not None and second is not found and found not in second.iterancestors():
        second.append(found)


def rename(found: etree._Element, second: etree._Element, what: str) -> None:
    found.tag = f"{{{BPMN}}}{what}" if what.isidentifier() else "x"


def rewrite(found: etree._Element, second: etree._Element, what: str) -> None:
    found.text = what


def relabel(found: etree._Element, second: etree._Element, what: str) -> None:
    for name in found.attrib:
        found.set(name, what)


def swap(found: etree._Element, second: etree._Element, what: str) -> None:
    for name in ("id", "sourceRef", "targetRef", "default", "attachedToRef"):
        if name in found.attrib and name in second.attrib:
            found.attrib[name], second.attrib[name] = second.attrib[name], found.attrib[name]


def strip(found: etree._Element, second: etree._Element, what: str) -> None:
    found.attrib.clear()


SPOILING = [drop, double, move, rename, rewrite, relabel, swap, strip]


@tried(15, whole=400, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(sorted(OURS)),
    st.lists(
        st.tuples(
            st.integers(0, 2000),
            st.sampled_from(range(len(SPOILING))),
            st.sampled_from(TAGS + TEXTS),
            st.integers(0, 2000),
        ),
        min_size=1,
        max_size=4,
    ),
)
def test_a_spoiled_diagram_is_answered(region: Registry, name: str, changes: list[tuple[int, int, str, int]]) -> None:
    content = OURS[name]
    for where, how, what, other in changes:
        nodes = list((root := etree.fromstring(content)).iter(etree.Element))
        SPOILING[how](nodes[where % len(nodes)], nodes[other % len(nodes)], what)
        content = etree.tostring(root)
    answered({**OURS, name: content}, region)


@tried(40, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(sorted(OURS)), st.integers(0, 60_000), st.binary(max_size=20), ENDINGS)
def test_a_broken_file_is_answered(region: Registry, name: str, at: int, junk: bytes, ending: str) -> None:
    content = OURS[name]
    at %= len(content)
    answered({f"x.{ending}": content[:at] + junk + content[at + len(junk) :]}, region)
    answered({f"x.{ending}": junk}, region)


def process(inside: str) -> bytes:
    return f'{HEAD}<process id="p" isExecutable="true">{inside}</process></definitions>'.encode()


MANY = " ".join(f"a{n}=''" for n in range(10000))
HOSTILE = {
    "entities in entities": (BOMB.encode(), "doctype"),
    "a file of the server": (f"{THIEF}{HEAD}&x;</definitions>".encode(), "doctype"),
    "too large": (HEAD.encode() + b" " * (5 * 1024 * 1024) + b"</definitions>", "too-large"),
    "too deep": ((HEAD + "<process id='p' isExecutable='true'>" + "<subProcess>" * 5000).encode(), "not-xml"),
    "ten thousand attributes": (process(f"<task {MANY}/>"), "too-many-attributes"),
    "no XML at all": (b"\x00\x01PK", "not-xml"),
    "nothing": (b"", "not-xml"),
    "another root": (b"<x/>", "not-bpmn"),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_files_are_refused_in_words(what: str, region: Registry) -> None:
    content, rule = HOSTILE[what]
    assert [each.rule for each in answered({"x.bpmn": content}, region).errors] == [rule]


def flood(kind: str) -> bytes:
    """A process of thousands of elements, as unkind as can be."""
    nodes, flows = "", ""
    for n in range(3000):
        nodes += f'<{kind} id="n{n}"/>'
        flows += f'<sequenceFlow id="f{n}" sourceRef="n{n}" targetRef="n{(n * 7 + 1) % 3000}"/>'
        flows += f'<sequenceFlow id="g{n}" sourceRef="n{n}" targetRef="n{(n * 13 + 5) % 3000}"/>'
    start = '<startEvent id="s"/><sequenceFlow id="fs" sourceRef="s" targetRef="n0"/>'
    return process(start + nodes + flows)


KINDS = ["parallelGateway", "inclusiveGateway", "exclusiveGateway", "userTask", "endEvent", "eventBasedGateway"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_flood_of_elements_is_answered_in_time(kind: str, region: Registry) -> None:
    assert answered({"x.bpmn": flood(kind)}, region).findings


@pytest.mark.parametrize("gate", ["parallelGateway", "inclusiveGateway"])
def test_a_fan_of_a_thousand_ways_is_answered(gate: str, region: Registry) -> None:
    ways = "".join(
        f'<userTask id="t{n}"/><sequenceFlow id="a{n}" sourceRef="g" targetRef="t{n}"/>'
        f'<sequenceFlow id="b{n}" sourceRef="t{n}" targetRef="j"/>'
        for n in range(1000)
    )
    start = '<startEvent id="s"/><sequenceFlow id="fs" sourceRef="s" targetRef="g"/>'
    answered({"x.bpmn": process(f'{start}<{gate} id="g"/><{gate} id="j"/>{ways}')}, region)


def test_a_tower_of_sub_processes_is_answered(region: Registry) -> None:
    tower = "".join(f'<subProcess id="u{n}">' for n in range(240)) + "</subProcess>" * 240
    answered({"x.bpmn": process(tower)}, region)


def test_a_wall_of_findings_is_cut_and_said(region: Registry) -> None:
    scripts = "".join(f'<scriptTask id="s{n}"/>' for n in range(2000))
    report = answered({"x.bpmn": process(scripts)}, region)
    assert len(report.findings) <= 500 + 1
    assert [each for each in report.findings if each.rule == "more-findings"]


def loop(text: str) -> str:
    tag = "multiInstanceLoopCharacteristics"
    return f"<{tag}><loopCardinality>{text}</loopCardinality></{tag}>"


def line(inside: str, tag: str = "userTask") -> str:
    flows = '<sequenceFlow id="f0" sourceRef="s" targetRef="A"/><sequenceFlow id="f1" sourceRef="A" targetRef="e"/>'
    return f'<startEvent id="s"/><endEvent id="e"/><{tag} id="A">{inside}</{tag}>{flows}'


def row_of(count: int) -> bytes:
    keys = ["s", *(f"t{n}" for n in range(count)), "e"]
    nodes = "".join(f'<userTask id="{key}"/>' for key in keys[1:-1])
    flows = "".join(
        f'<sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}"/>'
        for n, (a, b) in enumerate(itertools.pairwise(keys))
    )
    return process(f'<startEvent id="s"/><endEvent id="e"/>{nodes}{flows}')


def timed(kind: str, text: str) -> str:
    return line(f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>", "intermediateCatchEvent")


ABSURD = {
    "a duration of all times": (timed("timeDuration", "P99999999999Y"), "bad-time"),
    "a duration beyond the calendar": (timed("timeDuration", "P10000Y"), "bad-time"),
    "a timer of every second": (timed("timeCycle", "R/PT1S"), "too-often"),
    "repeats without number": (timed("timeCycle", "R99999999999999999999/PT1H"), "bad-time"),
    "a thousand million at once": (line(loop("1000000000")), "bad-number"),
    "more than the most": (line(loop("501")), "bad-number"),
    "fewer than none": (line(loop("-5")), "bad-number"),
    "one and a half": (line(loop("${1.5}")), "bad-number"),
    "a letter": (line(loop("'a'")), "bad-number"),
    "a loop of a letter": (line('<standardLoopCharacteristics loopMaximum="a"/>'), "bad-number"),
    "500 in 500": (
        line(loop("500") + line(loop("500")).replace('"s"', '"s2"').replace('"e"', '"e2"').replace('"A"', '"A2"')
             .replace('"f', '"g'), "subProcess"), "too-many-at-once"),
}  # fmt: skip


@pytest.mark.parametrize("what", ABSURD)
def test_what_would_take_for_ever_or_never_start_is_refused_before_it_is_deployed(what: str, region: Registry) -> None:
    inside, rule = ABSURD[what]
    assert rule in [each.rule for each in answered({"x.bpmn": process(inside)}, region).errors]
    with pytest.raises(BadDiagram) as refused:
        engine.parse({"x.bpmn": process(inside)}, "p")
    assert rule in [each.rule.code for each in refused.value.problems]


@pytest.mark.parametrize("number", ["0", "3", "500", "${n}", "${count(list)}"])
def test_a_number_that_can_be_is_let_be(number: str, region: Registry) -> None:
    assert answered({"x.bpmn": process(line(loop(number)))}, region).errors == []


def test_a_row_of_thousands_is_refused_in_words_and_one_of_hundreds_is_taken(region: Registry) -> None:
    assert [each.rule for each in answered({"x.bpmn": row_of(2600)}, region).errors] == ["too-long"]
    with pytest.raises(BadDiagram, match="too many elements in a row") as refused:
        engine.parse({"x.bpmn": row_of(2600)}, "p")
    assert "Recursion" not in str(refused.value)
    assert answered({"x.bpmn": row_of(380)}, region).errors == []
    assert engine.parse({"x.bpmn": row_of(380)}, "p").elements


def test_a_process_that_two_files_hold_names_both(region: Registry) -> None:
    files = {"one.bpmn": row_of(1), "two.bpmn": row_of(1)}
    found = answered(files, region).errors
    assert {each.resource for each in found} == set(files)
    assert all("one.bpmn, two.bpmn" in each.said() for each in found)
    with pytest.raises(BadDiagram, match=r"one\.bpmn, two\.bpmn"):
        engine.parse(files, "p")


CORPUS = os.environ.get("DIAGRAM_CORPUS")
KNOWN = (".bpmn", ".dmn", ".form")
FOUND = sorted(each for each in Path(CORPUS).rglob("*") if each.suffix in KNOWN) if CORPUS else []


@pytest.mark.skipif(not CORPUS, reason="DIAGRAM_CORPUS names no folder")
def test_every_file_of_a_collection_is_answered(region: Registry) -> None:
    for file in FOUND:
        answered({file.name: file.read_bytes()}, region)


def test_fifteen_hundred_ways_at_once_are_answered(region: Registry) -> None:
    ways = [f"t{number}" for number in range(1500)]
    nodes = '<parallelGateway id="g"/>' + "".join(f'<userTask id="{each}"/>' for each in ways)
    flows = [("s", "g"), *(("g", each) for each in ways), *((each, "e") for each in ways)]
    drawn = "".join(f'<sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}"/>' for n, (a, b) in enumerate(flows))
    ends = '<startEvent id="s"/><endEvent id="e"/>'
    answered(
        {"p.bpmn": f'{HEAD}<process id="p" isExecutable="true">{ends}{nodes}{drawn}</process></definitions>'.encode()},
        region,
    )


def test_elements_of_bpmn_inside_of_extension_elements_are_no_part_of_the_process(region: Registry) -> None:
    foreign = "<extensionElements><Grid><userTask id='zz'/></Grid><userTask id='yy'/></extensionElements>"
    flow = '<sequenceFlow id="f" sourceRef="s" targetRef="e"/>'
    nodes = f'<startEvent id="s">{foreign}</startEvent><endEvent id="e"/>{flow}'
    report = answered(
        {"p.bpmn": f'{HEAD}<process id="p" isExecutable="true">{nodes}</process></definitions>'.encode()}, region
    )
    assert not report.errors and not {each.element for each in report.findings} & {"zz", "yy"}
