"""Repairs: the corrected file differs in what was wrong and in nothing else, and is free of the finding."""

import difflib

import pytest

from services.config import ROOT
from services.processes.doctor import examine, repaired
from services.registry import Registry
from tests import the_region
from tests.services.engine.drawings import catch, drawn, gateways, node, people, timer

CHOICE = people("A", "B") + gateways("exclusive", "x")
OURS = {file.name: file.read_bytes() for file in (ROOT / "bpmn").glob("*.bpmn")}
RULES = {"entitlement.dmn": the_region.RULES.read_bytes()}


def choice(condition: str) -> bytes:
    return drawn(CHOICE, f"start>x x>A[{condition}] x>B[default] A>end B>end")


REPAIRED: dict[str, tuple[bytes, str, bytes]] = {
    # rule, what the corrected file holds
    "a gateway whose default is clear": (
        drawn(CHOICE, "start>x x>A[a == 1] x>B A>end B>end"), "no-default-flow", b'default="p_f2"'),
    "a default that leaves another element": (
        choice("a == 1").replace(b'default="p_f2"', b'default="p_f0"'), "default-elsewhere", b'default="p_f2"'),
    "three equals signs": (choice('${a === "x"}'), "bad-expression", b'>${a == "x"}<'),
    "equals as a method": (choice("${a.equals('x')}"), "bad-expression", b">${a == 'x'}<"),
    "an opening bracket without its end": (choice("${a == 1"), "bad-expression", b">${a == 1}<"),
    "curly quotes": (choice("${a == “x”}"), "bad-expression", b'>${a == "x"}<'),
    "a time in words": (
        drawn(catch("c", timer("3 days")), "start>c c>end"), "bad-expression", b"<timeDuration>P3D</timeDuration>"),
    "a time with blanks": (
        drawn(catch("c", timer("p 10 d")), "start>c c>end"), "bad-expression", b"<timeDuration>P10D</timeDuration>"),
    "hours without their T": (
        drawn(catch("c", timer("P2H")), "start>c c>end"), "bad-time", b"<timeDuration>PT2H</timeDuration>"),
    "an id used twice": (
        drawn(people("A") + '<textAnnotation id="A"><text>x</text></textAnnotation>', "start>A A>end"),
        "id-twice", b'"A_2"'),
    "a process that is not executable": (
        drawn(people("A"), "start>A A>end").replace(b'isExecutable="true"', b'isExecutable="false"'),
        "nothing-executable", b'isExecutable="true"'),
    "no history time": (
        drawn(people("A"), "start>A A>end"), "no-history-time", b'camunda:historyTimeToLive="P1825D">'),
    "another language": (
        choice("a == 1").replace(b"<conditionExpression>", b'<conditionExpression language="juel">'),
        "expression-language", b"<conditionExpression>"),
    "a form key with a slip": (
        drawn(node("userTask", "A", camunda__formKey="assessment.reveiw"), "start>A A>end"),
        "form-misspelt", b'"assessment.review"'),
    "a topic with a slip": (
        drawn(node("serviceTask", "A", camunda__type="external", camunda__topic="registration.regster"),
              "start>A A>end"),
        "topic-misspelt", b'"registration.register"'),
}  # fmt: skip


@pytest.mark.parametrize("what", REPAIRED)
def test_the_finding_is_gone_and_the_rest_is_as_it_was(what: str, region: Registry) -> None:
    content, rule, holds = REPAIRED[what]
    found = [each for each in examine({"x.bpmn": content}, region).findings if each.rule == rule]
    assert found and found[0].repair, found
    corrected = repaired({"x.bpmn": content}, found)["x.bpmn"]
    assert holds in corrected
    assert rule not in {each.rule for each in examine({"x.bpmn": corrected}, region).findings}
    changed = sum(
        max(a2 - a1, b2 - b1)
        for kind, a1, a2, b1, b2 in difflib.SequenceMatcher(None, content, corrected, autojunk=False).get_opcodes()
        if kind != "equal"
    )
    assert changed < 45


def test_a_file_as_modeler_saves_it_changes_in_one_place_only(region: Registry) -> None:
    wrong = OURS["signing.bpmn"].replace(b"${signed == true}", b"${signed === true}")
    files = {**OURS, **RULES, "signing.bpmn": wrong}
    found = [each for each in examine(files, region).findings if each.rule == "bad-expression"]
    assert [(each.resource, each.repair != "") for each in found] == [("signing.bpmn", True)]
    assert repaired(files, found) == {**OURS, **RULES}


def test_what_is_not_certain_is_not_offered(region: Registry) -> None:
    content = drawn(CHOICE, "start>x x>A[a == 1] x>B[a == 2] A>end B>end")
    found = [each for each in examine({"x.bpmn": content}, region).findings if each.rule == "no-default-flow"]
    assert [each.repair for each in found] == [""]
    assert repaired({"x.bpmn": content}, found) == {"x.bpmn": content}


def test_an_empty_condition_is_not_taken_for_what_follows_it(region: Registry) -> None:
    content = choice("a == 1").replace(
        b"<conditionExpression>a == 1</conditionExpression>", b"<conditionExpression/><documentation>a</documentation>"
    )
    found = examine({"x.bpmn": content}, region).findings
    assert repaired({"x.bpmn": content}, [each for each in found if each.rule == "bad-expression"])["x.bpmn"] == content
