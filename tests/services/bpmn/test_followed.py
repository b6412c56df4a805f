"""What is drawn happens as it is drawn, or is refused or told when it is deployed."""

import re

import pytest

from services import engine
from services.bpmn import BadDiagram
from services.bpmn.allowed import find_problems
from services.bpmn.xml import read_xml
from tests.services.engine.drawings import (
    boundary,
    catch,
    diagram,
    drawn,
    error,
    extended,
    gateways,
    message,
    node,
    operation,
    people,
    process,
    signal,
    sub_process,
    timer,
    times,
)
from tests.services.engine.ours import begin, done, parsed, waits, world

LINK = '<linkEventDefinition name="q"/>'
LINE = "start>A A>end"


def beside(what: str, key: str = "S", more: str = "") -> str:
    """An event sub-process that begins with that."""
    inside = sub_process(key, people(f"{key}I"), f"{key}_start>{key}I {key}I>{key}_end")
    inside = inside.replace(f'id="{key}"', f'id="{key}" triggeredByEvent="true"')
    return inside.replace(f'name="{key}_start">', f'name="{key}_start"{more}>{what}')


def breaking_off(more: str, line: str) -> bytes:
    inside = sub_process("O", people("I") + node("endEvent", "x", error()), "O_start>I I>x")
    return drawn(inside + people("Z", "B") + more, f"start>O O>Z Z>end {line}")


SAME_CODE = '<error id="E9" name="same" errorCode="BROKEN"/><process'
REFUSED = {
    "a flow out of an end event": (drawn(people("A", "B") + node("endEvent", "x"), "start>A A>x x>B B>end"), "p_f2", "end event"),
    "a flow into a start event": (drawn(people("A") + gateways("exclusive", "x"), "start>A A>x x>start[k == 1] x>end[default]"), "p_f2", "only begins"),
    "a flow into an event on a border": (drawn(people("A", "B") + boundary("b", "A", timer()), "start>A A>B B>b b>end"), "p_f2", "only begins"),
    "a flow out of a throwing link": (
        drawn(people("A", "B", "D") + node("intermediateThrowEvent", "x", LINK) + catch("c", LINK), "start>A A>x x>D D>end c>B B>end"), "p_f2", "elsewhere"),
    "a link at an end": (drawn(people("A", "B") + node("endEvent", "x", LINK) + catch("c", LINK), "start>A A>x c>B B>end"), "x", "nothing would ever come"),
    "a link on a border": (drawn(people("A") + boundary("b", "A", LINK), "start>A A>end b>end"), "b", "nothing would ever come"),
    "an event on the border of an event sub-process": (drawn(people("A") + beside(message()) + boundary("b", "S", timer()), "start>A A>end b>end"), "b", "attached"),
    "an error that lets its host go on": (breaking_off(boundary("b", "O", error(), interrupting=False), "b>B B>end"), "b", "breaks off"),
    "an error that begins beside what it breaks off": (breaking_off(beside(error(), more=' isInterrupting="false"'), "B>end"), "S_start", "breaks off"),
    "one error caught twice on one border": (drawn(operation("A") + boundary("b", "A", error()) + boundary("c", "A", error()) + people("B"), "start>A A>end b>B B>end c>end"), "c", "never would"),
    "one code caught twice under two ids": (drawn(operation("A") + boundary("b", "A", error()) + boundary("c", "A", error("E9")) + people("B"), "start>A A>end b>B B>end c>end")
                                            .replace(b"<process", SAME_CODE.encode(), 1), "c", "never would"),
    "one error caught by two event sub-processes": (breaking_off(beside(error()) + beside(error(), "T"), "B>end"), "T_start", "never would"),
    "two numbers of one multi-instance": (drawn(node("userTask", "A", times("2", sequential=False).replace("<multiInstanceLoopCharacteristics", '<multiInstanceLoopCharacteristics camunda:collection="xs"')), LINE), "A", "both"),
    "a day that is none": (drawn(node("userTask", "A", camunda__dueDate="10.03.2026"), LINE), "A", "ISO 8601"),
    "a day to look again that is none": (drawn(node("userTask", "A", camunda__followUpDate="tomorrow"), LINE), "A", "ISO 8601"),
    "a priority that is none": (drawn(node("userTask", "A", camunda__priority="high"), LINE), "A", "whole number"),
    "a priority above all": (drawn(node("userTask", "A", camunda__priority="101"), LINE), "A", "from 0 to 100"),
    "a priority of other digits": (drawn(node("userTask", "A", camunda__priority="1_0"), LINE), "A", "whole number"),
    "a link without a name": (drawn(people("A") + node("intermediateThrowEvent", "x", '<linkEventDefinition name=" "/>') + catch("c", LINK), "start>A A>x c>end"), "x", "says no «name»"),
    "a cycle that never comes round": (drawn(people("A") + boundary("b", "A", timer("R0/PT1H", "timeCycle"), interrupting=False), LINE + " b>end"), "b", "no time at all"),
    "a yes that is none": (drawn(node("userTask", "A", times("2", sequential=False).replace('"false"', '"yes"')), LINE), "A", "neither true nor false"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_not_happen_as_drawn_is_refused(name: str) -> None:
    content, where, said = REFUSED[name]
    with pytest.raises(BadDiagram) as caught:
        parsed(content)
    assert [each.element for each in caught.value.problems if re.search(said, each.text)] == [where]


def two_pools(thrown: str, waited: str = message()) -> bytes:
    """The pool of p throws or does something, and a message flow leads to another pool."""
    flow = '<collaboration id="co"><messageFlow id="mf" sourceRef="A" targetRef="q_m"/></collaboration>'
    other = process("q", people("I") + node("startEvent", "q_m", waited), "q_m>I I>end")
    other = other.replace('<startEvent id="q_start" name="q_start"></startEvent>', "")
    return diagram(flow, process("p", thrown, LINE), other)


TOLD = {
    "one way with a condition": (drawn(gateways("exclusive", "x") + people("A"), "start>x x>A[k == 1] A>end"), "all-flows-ask", "x"),
    "a task all of whose ways ask": (drawn(people("A", "B", "C"), "start>A A>B[k == 1] A>C[k == 2] B>end C>end"), "all-flows-ask", "A"),
    "a default that asks": (drawn(gateways("exclusive", "x") + people("A", "B"), "start>x x>A[default] x>B[k == 1] A>end B>end").replace(
        b'targetRef="A"></sequenceFlow>', b'targetRef="A"><conditionExpression>${k == 7}</conditionExpression></sequenceFlow>'), "default-flow-asks", "p_f1"),
    "a default where all are taken": (drawn(gateways("parallel", "g") + people("A", "B"), "start>g g>A[default] g>B A>end B>end"), "means-nothing", "g"),
    "a timer on what passes at once": (drawn(node("manualTask", "A") + boundary("b", "A", timer()) + people("B"), "start>A A>end b>B B>end"), "border-of-what-passes", "b"),
    "an error on a person's task": (drawn(people("A", "B") + boundary("b", "A", error()), "start>A A>end b>B B>end"), "border-without-thrower", "b"),
    "a gateway that says another direction": (drawn(node("parallelGateway", "g", gatewayDirection="Converging") + people("A"), "start>g g>A A>end"), "gateway-direction", "g"),
    "a code that is an expression": (drawn(people("A"), LINE).replace(b"<process", b'<error id="E9" name="x" errorCode="=code"/><process', 1), "code-not-reckoned", "E9"),
    "what each of several puts out": (drawn(node("userTask", "A", extended('<camunda:inputOutput><camunda:outputParameter name="r">1</camunda:outputParameter></camunda:inputOutput>')
                                                 + times("2", sequential=False)), LINE), "output-of-several", "A"),
    "an item of no collection": (drawn(node("userTask", "A", times("2", sequential=False).replace("<multiInstanceLoopCharacteristics", '<multiInstanceLoopCharacteristics camunda:elementVariable="x"')), LINE), "variable-not-set", "A"),
    "a code that is kept where it is thrown": (drawn(people("A") + node("endEvent", "x", error().replace("/>", ' camunda:errorCodeVariable="c"/>')), "start>A A>x"), "variable-not-set", "x"),
    "a variable that no expression can read": (drawn(node("scriptTask", "A", "<script>1</script>", scriptFormat="feel", camunda__resultVariable="home.street"), LINE), "variable-name-unreadable", "A"),
    "a script whose value goes nowhere": (drawn(node("scriptTask", "A", "<script>1</script>", scriptFormat="feel"), LINE), "script-for-nothing", "A"),
    "a message flow out of a person's task": (two_pools(people("A")), "message-flow-only-drawn", "mf"),
    "a message flow of another message": (two_pools(node("intermediateThrowEvent", "A", message("M2"))), "message-flow-only-drawn", "mf"),
}  # fmt: skip


def found(content: bytes) -> list[tuple[str, str]]:
    problems = find_problems("x.bpmn", read_xml("x.bpmn", content), {}, frozenset({"p", "q"}))
    assert {each.rule.severity for each in problems} <= {"warning", "info"}
    return [(each.rule.code, each.element) for each in problems if each.rule.code != "implicit-split"]


@pytest.mark.parametrize("name", TOLD)
def test_what_is_carried_out_otherwise_is_told(name: str) -> None:
    content, code, where = TOLD[name]
    assert found(content) == [(code, where)]


def test_what_is_right_is_not_told() -> None:
    assert found(two_pools(node("intermediateThrowEvent", "A", message()))) == []
    assert found(two_pools(operation("A"))) == [], "a program may send any message"
    shown = '<collaboration id="co"><participant id="people" name="P"/><messageFlow id="mf" sourceRef="A" targetRef="people"/></collaboration>'
    assert found(diagram(shown, process("p", people("A"), LINE))) == []
    for due in ("P3D", "2026-03-10T18:00:00", "2026-03-10", "${when}"):
        assert found(drawn(node("userTask", "A", camunda__dueDate=due, camunda__priority="70"), LINE)) == []
    assert found(drawn(people("A", "B", "C"), "start>A A>B[k == 1] A>C[default] B>end C>end")) == []
    two = boundary("b", "A", signal()) + boundary("c", "A", error()) + boundary("e", "A", "<errorEventDefinition/>")
    assert found(drawn(operation("A") + two, "start>A A>end b>end c>end e>end")) == []


def test_one_and_zero_are_yes_and_no() -> None:
    """XML Schema's boolean, which BPMN's own attributes are, has four ways of writing."""
    several = drawn(node("userTask", "A", times("2", sequential=True).replace('"true"', '"1"')), LINE)
    assert waits(begin(several)[1]) == ["A"], "one after the other"
    first = '<standardLoopCharacteristics testBefore="1" loopMaximum="2"><loopCondition>${k}</loopCondition></standardLoopCharacteristics>'
    assert begin(drawn(node("userTask", "A", first), LINE), k=False)[1].finished, "asked before the first turn"
    on = drawn(people("A", "B") + boundary("b", "A", timer("PT0S")).replace('"true"', '"0"'), "start>A A>end b>B B>end")
    definition, step = begin(on)
    due = [stop.id for stop in step.stops if stop.element == "b"]
    assert waits(engine.wake(definition, step.state, due, world())) == ["A", "B"]
    assert parsed(drawn(people("A"), LINE).replace(b'isExecutable="true"', b'isExecutable="1"')).process_id == "p"
    assert waits(done(*begin(several), "A")) == ["A"]
