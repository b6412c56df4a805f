"""What a diagram may contain: everything else is refused when it is deployed, by name and with what to do."""

import re

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from lxml import etree

from services import bpmn, engine
from services.bpmn import BadDiagram, Problem
from services.bpmn.allowed import find_problems
from services.bpmn.xml import read_xml
from services.config import ROOT
from services.engine import parse
from tests.examples import tried
from tests.services.engine.drawings import (
    boundary,
    catch,
    diagram,
    drawn,
    each_of,
    error,
    extended,
    gateways,
    message,
    node,
    operation,
    parameters,
    people,
    process,
    sub_process,
    timer,
    times,
)
from tests.services.engine.ours import parsed

LINE = "start>A A>end"


def task(body: str = "", **attributes: str) -> bytes:
    return drawn(node("userTask", "A", body, **attributes), LINE)


def element(tag: str, body: str = "", **attributes: str) -> bytes:
    return drawn(node(tag, "A", body, **attributes), LINE)


def loop(body: str) -> bytes:
    return task(f"<standardLoopCharacteristics>{body}</standardLoopCharacteristics>")


def mapped(inside: str) -> str:
    return extended(f"<camunda:inputOutput>{inside}</camunda:inputOutput>")


PLAIN = drawn(people("A"), LINE)
REFUSED: dict[str, tuple[bytes, str, str]] = {
    # element, what is said
    "script task": (element("scriptTask", "<script>1</script>"), "A", "FEEL and JUEL only"),
    "send task": (element("sendTask"), "A", "what it sends"),
    "ad-hoc sub-process": (element("adHocSubProcess"), "A", "Draw the order"),
    "complex gateway": (element("complexGateway"), "A", "inclusive or a parallel"),
    "link that leads nowhere": (drawn(node("intermediateThrowEvent", "A", '<linkEventDefinition id="l" name="x"/>'), LINE), "A", "catching link"),
    "conditional event": (drawn(catch("A", '<conditionalEventDefinition id="l"/>'), LINE), "A", "which condition"),
    "a change of variables that is none": (drawn(catch("A", '<conditionalEventDefinition id="l" camunda:variableEvents="create, made"><condition>${k}</condition></conditionalEventDefinition>'), LINE), "A", "«made»"),
    "a condition in a language of its own": (drawn(catch("A", '<conditionalEventDefinition id="l"><condition language="groovy">k</condition></conditionalEventDefinition>'), LINE), "l", "Leave the language empty"),
    "cancel event": (drawn(node("endEvent", "x", '<cancelEventDefinition id="l"/>') + people("A"), "start>A A>x"), "x", "directly in a transaction"),
    "event sub-process": (drawn(people("A") + node("subProcess", "S", triggeredByEvent="true"), LINE), "S", "exactly one start"),
    "event sub-process that no event begins": (drawn(people("A") + sub_process("S", people("I"), "S_start>I I>S_end").replace('id="S"', 'id="S" triggeredByEvent="true"'), LINE), "S", "begins with one event"),
    "unknown Camunda attribute": (task(camunda__asignee="x"), "A", "camunda:asignee"),
    "a call bound to a version": (element("callActivity", calledElement="p", camunda__calledElementBinding="version"), "A", "calledElementBinding"),
    "a throw by a program without a topic": (drawn(node("intermediateThrowEvent", "A", '<messageEventDefinition id="l" messageRef="M" camunda:type="external"/>'), LINE), "l", "topic"),
    "listener": (task(extended('<camunda:taskListener event="create" class="X"/>')), "A", "camunda:taskListener"),
    "connector": (task(extended("<camunda:connector/>")), "A", "camunda:connector"),
    "script in a parameter": (task(extended('<camunda:inputOutput><camunda:inputParameter name="x"><camunda:script>1</camunda:script>'
                                            "</camunda:inputParameter></camunda:inputOutput>")), "A", "camunda:script"),
    "Java class": (drawn(node("serviceTask", "A", camunda__class="x.Y"), LINE), "A", "External"),
    "operation without a topic": (drawn(node("serviceTask", "A", camunda__type="external"), LINE), "A", "topic"),
    "way without a condition": (drawn(people("A", "B") + gateways("exclusive", "x"), "start>x x>A x>B[default] A>end B>end"), "p_f1", "condition"),
    "condition behind a parallel gateway": (drawn(people("A", "B") + gateways("parallel", "g"), "start>g g>A[a == 1] g>B A>end B>end"), "p_f1", "gateway"),
    "flow to nowhere": (drawn(people("A"), "start>A A>nobody"), "p_f1", "does not lead"),
    "flow from nowhere": (drawn(people("A"), "start>A nobody>end"), "p_f1", "does not lead"),
    "id used twice": (drawn(people("A", "A"), LINE), "A", "more than once"),
    "error without an id": (PLAIN.replace(b"<process", b'<error errorCode="x"/><process', 1), "d", "without an id"),
    "no start": (PLAIN.replace(b"startEvent", b"userTask"), "p", "exactly one start"),
    "two starts": (drawn(people("A") + node("startEvent", "s2"), "start>A s2>A A>end"), "p", "at most one plain start"),
    "two starts for one message": (drawn(people("A") + node("startEvent", "s2", message()) + node("startEvent", "s3", message()), "start>A s2>A s3>A A>end"), "s3", "not to be known"),
    "a start that looks at variables": (drawn(people("A") + node("startEvent", "s2", timer("${wait}")), "start>A s2>A A>end"), "s2", "no variables"),
    "sub-process that starts with a timer": (drawn(sub_process("S", people("I"), "S_start>I I>S_end"), "start>S S>end").replace(b'name="S_start">', b'name="S_start">' + timer().encode()), "S_start", "plain start"),
    "sub-process without a start": (drawn(node("subProcess", "S", people("I") + node("endEvent", "Se")), "start>S S>end"), "S", "exactly one start"),
    "bad condition": (drawn(people("A") + gateways("exclusive", "x"), "start>x x>A[a ===] x>end[default] A>end"), "p_f1", "cannot be used"),
    "text behind a condition": (drawn(people("A") + gateways("exclusive", "x"), "start>x x>A[${a == 1} and ${b == 1}] x>end[default] A>end"), "p_f1", "within one"),
    "two conditions of one flow": (drawn(people("A") + gateways("exclusive", "x"), "start>x x>A[a == 1] x>end[default] A>end").replace(
        b"</conditionExpression>", b"</conditionExpression><conditionExpression>b == 1</conditionExpression>"), "p_f1", "conditionExpression> stands here more than once"),
    "two loops": (task(times("2", sequential=True) + "<standardLoopCharacteristics><loopCondition>${k}</loopCondition></standardLoopCharacteristics>"), "A", "loopCharacteristics> stands here more than once"),
    "extension elements twice": (task(parameters(x="1") + parameters(y="2")), "A", "extensionElements> stands here more than once"),
    "mappings twice": (task(extended('<camunda:inputOutput/><camunda:inputOutput/>')), "A", "inputOutput stands here more than once"),
    "a parameter twice": (task(mapped('<camunda:inputParameter name="x">1</camunda:inputParameter><camunda:inputParameter name="x">2</camunda:inputParameter>')), "A", "«x» stands here more than once"),
    "a parameter that is a text and a list": (task(mapped('<camunda:inputParameter name="x">1<camunda:list/></camunda:inputParameter>')), "A", "«x» stands here more than once"),
    "a key of a map twice": (task(mapped('<camunda:inputParameter name="x"><camunda:map><camunda:entry key="k">1</camunda:entry><camunda:entry key="k">2</camunda:entry></camunda:map></camunda:inputParameter>')), "A", "«k» stands here more than once"),
    "a parameter without a name": (task(mapped("<camunda:outputParameter>1</camunda:outputParameter>")), "A", "says no «name»"),
    "an entry without a key": (task(mapped('<camunda:inputParameter name="x"><camunda:map><camunda:entry>1</camunda:entry></camunda:map></camunda:inputParameter>')), "A", "says no «key»"),
    "a property twice": (task(extended('<camunda:properties><camunda:property name="step" value="a"/></camunda:properties><camunda:properties><camunda:property name="step" value="b"/></camunda:properties>')), "A", "«step» stands here more than once"),
    "what goes into a call as nothing": (diagram(process("p", node("callActivity", "A", extended('<camunda:in source="x"/>'), calledElement="inner"), LINE),
                                                 process("inner", people("I"), "start>I I>end")), "A", "says no «target»"),
    "a mapping outside of the extension elements": (task("<camunda:inputOutput/>"), "A", "outside of the extension elements"),
    "bad timer": (drawn(catch("A", timer("in a week or so")), LINE), "A", "cannot be used"),
    "cron": (drawn(catch("A", timer("0 0 12 * * ?", "timeCycle")), LINE), "A", "cannot be used"),
    "bad assignee": (task(camunda__assignee="${who(}"), "A", "cannot be used"),
    "bad due date": (task(camunda__dueDate="${f(1)}"), "A", r"f\(\)"),
    "bad parameter": (drawn(operation("A", body=extended('<camunda:inputOutput><camunda:inputParameter name="x">${1 +}'
                                                         "</camunda:inputParameter></camunda:inputOutput>")), LINE), "A", "cannot be used"),
    "bad call mapping": (diagram(process("p", node("callActivity", "A", extended('<camunda:in sourceExpression="${+}" target="x"/>'), calledElement="inner"), LINE),
                                 process("inner", people("I"), "start>I I>end")), "A", "cannot be used"),
    "other language": (drawn(people("A") + gateways("exclusive", "x"), "start>x x>A[a == 1] x>end[default] A>end").replace(
        b"<conditionExpression>", b'<conditionExpression language="groovy">'), "p_f1", "Leave the language empty"),
    "loop without a condition": (loop(""), "A", "neither a condition nor a maximum"),
    "several of nothing": (task('<multiInstanceLoopCharacteristics isSequential="true"/>'), "A", "neither a cardinality"),
    "receive task with a message that is not there": (element("receiveTask", messageRef="M9"), "A", "message"),
    "decision that is not there": (element("businessRuleTask", camunda__decisionRef="sort"), "A", "no decision 'sort'"),
    "process that is not there": (element("callActivity", calledElement="inner"), "A", "no process 'inner'"),
    "timer without a time": (drawn(catch("A", "<timerEventDefinition/>"), LINE), "A", "time"),
    "message event without a message": (drawn(catch("A", "<messageEventDefinition/>"), LINE), "A", "message"),
    "message that is not there": (drawn(catch("A", message("M9")), LINE), "A", "message"),
    "signal that is not there": (drawn(catch("A", '<signalEventDefinition signalRef="G9"/>'), LINE), "A", "signal"),
    "catching nothing": (drawn(catch("A", ""), LINE), "A", "event"),
    "catching two things": (drawn(catch("A", timer() + message()), LINE), "A", "one event"),
    "an error thrown without a code": (drawn(people("A") + node("endEvent", "x", error("E9")), "start>A A>x").replace(
        b"<process", b'<error id="E9" name="lost"/><process', 1), "x", "no code"),
    "an escalation thrown without a code": (drawn(node("intermediateThrowEvent", "A", '<escalationEventDefinition escalationRef="U9"/>'), LINE).replace(
        b"<process", b'<escalation id="U9"/><process', 1), "A", "no code"),
    "boundary of nothing": (drawn(people("A") + boundary("b", "nobody", timer()), "start>A A>end b>end"), "b", "attached"),
    "default that is not there": (PLAIN.replace(b'id="A"', b'id="A" default="nothing"'), "A", "default"),
    "process that calls itself": (diagram(process("p", node("callActivity", "A", calledElement="p"), LINE)), "A", "calls itself"),
    "processes that call each other": (diagram(process("p", node("callActivity", "A", calledElement="inner"), LINE),
                                               process("inner", node("callActivity", "I", calledElement="p"), "start>I I>end")), "A", "calls itself"),
    "flow across a sub-process's border": (drawn(sub_process("S", people("I"), "S_start>I I>S_end") + people("A"), "start>S S>A A>I"), "p_f2", "border"),
}  # fmt: skip


def problems(content: bytes) -> tuple[Problem, ...]:
    with pytest.raises(BadDiagram) as caught:
        parsed(content)
    return caught.value.problems


#: what runs, and is told: a name, where, and a piece of the words
TOLD = {
    "gateway without a default": (drawn(people("A", "B") + gateways("exclusive", "x"), "start>x x>A[a == 1] x>B[a == 2] A>end B>end"), "x", "default"),
    "inclusive gateway without a default": (drawn(people("A", "B") + gateways("inclusive", "x"), "start>x x>A[a == 1] x>B[a == 2] A>end B>end"), "x", "default"),
    "two ways out of a task": (drawn(people("A", "B"), "start>A A>B A>end B>end"), "p_f1", "gateway"),
    "no end": (PLAIN.replace(b"endEvent", b"userTask"), "p", "no end event"),
    "boundary without a way": (drawn(people("A") + boundary("b", "A", timer()), LINE), "b", "way|flow"),
}  # fmt: skip


@pytest.mark.parametrize("name", TOLD)
def test_it_runs_and_is_told(name: str) -> None:
    content, where, said = TOLD[name]
    root = read_xml("x.bpmn", content)
    (found,) = find_problems("x.bpmn", root, {}, frozenset({"p"}))
    assert (found.element, found.rule.severity) in {(where, "warning"), (where, "info")}
    assert re.search(said, found.text)
    assert parse({"x.bpmn": content}, "p").process_id == "p"


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_and_the_element_is_named(name: str) -> None:
    content, where, said = REFUSED[name]
    found = problems(content)
    fitting = [each for each in found if each.element == where and re.search(said, each.text)]
    assert fitting, [str(each) for each in found]
    assert fitting[0].resource == "file0.bpmn"
    assert "%(" not in "".join(each.text for each in found), "a rule asks for a detail that nobody gives"


def test_all_that_is_wrong_is_said_at_once() -> None:
    content = drawn(node("scriptTask", "A") + node("sendTask", "B"), "start>A A>B B>end")
    assert [each.element for each in problems(content)] == ["A", "B"]


def test_a_problem_says_file_element_and_line() -> None:
    content = drawn(node("scriptTask", "A"), LINE).replace(b"<scriptTask", b"\n\n<scriptTask")
    (found,) = problems(content)
    assert (found.name, found.line) == ("A", 3)
    assert str(found).startswith("* A (A): Scripts are run in FEEL and JUEL only. Use a service task")
    assert str(found).endswith("| file0.bpmn | line 3")


@pytest.mark.parametrize(
    "allowed",
    [
        PLAIN, task('<dataInputAssociation id="l"><sourceRef>d</sourceRef></dataInputAssociation>', camunda__candidateUsers="x"),
        task(extended('<Grid xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="A"><userTask id="A"/></Grid>', "<x/>")),
        PLAIN.replace(b"http://camunda.org/schema/1.0/bpmn", b"http://operaton.org/schema/1.0/bpmn"), element("task"), element("manualTask"), drawn(node("userTask", "A", each_of("list", "x", sequential=False)), LINE),
        loop("<loopCondition>${again}</loopCondition>"), drawn(people("A") + '<textAnnotation id="n"><text>x</text></textAnnotation>', LINE),
        task(camunda__assignee="anybody", camunda__candidateGroups="clerk,head", camunda__priority="5"),
    ],
)  # fmt: skip
def test_what_we_promise_is_taken(allowed: bytes) -> None:
    parsed(allowed)


def test_a_process_that_is_not_there_and_one_that_is_twice() -> None:
    with pytest.raises(BadDiagram, match="no executable process 'q'"):
        parsed(PLAIN, process="q")
    with pytest.raises(BadDiagram, match="Two files hold"):
        parsed(PLAIN, PLAIN)


def test_the_processes_of_files_are_those_that_can_be_executed() -> None:
    peer = PLAIN.replace(b'id="p"', b'id="q"').replace(b'isExecutable="true"', b'isExecutable="false"')
    assert [*bpmn.FileSet({"a.bpmn": PLAIN, "b.bpmn": peer, "c.txt": b"no diagram"}).processes] == ["p"]


OURS = {
    file.name: file.read_bytes()
    for file in [
        *(ROOT / "bpmn").glob("*.bpmn"),
        *ROOT.glob("plugins/*/bpmn/*.[bd][pm][mn]*"),
        *ROOT.glob("plugins/*/bpmn/*.form"),
    ]
}


def test_our_diagrams_have_no_problem() -> None:
    files = bpmn.FileSet(OURS)
    assert set(files.processes) >= {"direct", "resolution", "signing"}
    digests = set()
    for each in files.processes:
        definition = engine.parse(files, each)
        assert definition.elements
        digests.add(definition.sha256)
    assert digests == {engine.parse(OURS, "direct").sha256}


# ---------------------------------------------------------------- spoiled files

NODES = [number for number, _ in enumerate(etree.fromstring(OURS["direct.bpmn"]).iter(etree.Element))]


def spoiled(where: int, how: str, what: str) -> bytes:
    """`direct` with one thing wrong."""
    root = etree.fromstring(OURS["direct.bpmn"])
    found = list(root.iter(etree.Element))[where]
    parent = found.getparent()
    if how == "remove" and parent is not None:
        parent.remove(found)
    elif how == "rename":
        found.tag = re.sub(r"}.*", "}" + (what if what.isidentifier() else "x"), str(found.tag))
    elif how == "double" and parent is not None:
        parent.append(etree.fromstring(etree.tostring(found)))
    elif how == "text":
        found.text = what
    elif how == "attribute":
        for name in found.attrib:
            found.set(name, what)
    else:
        for name in list(found.attrib):
            del found.attrib[name]
    return etree.tostring(root)  # type: ignore[no-any-return]


@tried(40, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(NODES),
    st.sampled_from(["remove", "rename", "double", "text", "attribute", "strip"]),
    st.sampled_from(
        ["", "userTask", "subProcess", "boundaryEvent", "endEvent", "Task_Review", "direct", "${", "timeCycle"]
    ),
)
def test_a_spoiled_diagram_is_taken_or_refused_in_words(where: int, how: str, what: str) -> None:
    try:
        engine.parse({**OURS, "direct.bpmn": spoiled(where, how, what)}, "direct")
    except BadDiagram as fault:
        assert fault.problems
        assert str(fault)
