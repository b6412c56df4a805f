"""What the doctor finds beyond what the engine refuses: names, variables, tables, times; and how it says so."""

import re
from dataclasses import replace

import pytest
from babel.messages.pofile import read_po

from services import bpmn, engine, shown
from services.bpmn import decision_rules, lenient_rules
from services.bpmn import rules as engine_rules
from services.bpmn.rules import Rule
from services.config import ROOT
from services.processes.doctor import Finding, catalogue, decision_catalogue, examine, foreign_catalogue
from services.registry import Registry
from tests import the_region
from tests.services.engine.drawings import (
    boundary,
    catch,
    diagram,
    drawn,
    each_of,
    extended,
    gateways,
    node,
    parameters,
    people,
    process,
    table,
    timer,
    times,
)

OURS = {file.name: file.read_bytes() for file in (ROOT / "bpmn").glob("*.bpmn")}
OURS["entitlement.dmn"] = the_region.RULES.read_bytes()
#: rules that are right of our own diagrams: what the act itself leaves open or contradicts
RIGHT = {
    "longer-than-limit",
    "step-without-clause",
    "step-without-deadline",
    "decision-without-default",
    "decision-inputs-unset",
    "history-stays",
}
LINE = "start>A A>end"
ENTITLED = ("entitled", "amount", "period_months", "reason")


def found(region: Registry, content: bytes, **more: bytes) -> list[tuple[str, str, str]]:
    files = {"x.bpmn": content, **{name.replace("_", "."): each for name, each in more.items()}}
    return [(each.element, each.rule, each.severity) for each in examine(files, region).findings]


def task(body: str = "", **attributes: str) -> bytes:
    return drawn(node("userTask", "A", body, **attributes), LINE)


def step(key: str) -> str:
    return extended(f'<camunda:properties><camunda:property name="step" value="{key}"/></camunda:properties>')


SHAPES = (
    b'<x:BPMNDiagram xmlns:x="http://www.omg.org/spec/BPMN/20100524/DI"><x:BPMNPlane>'
    b'<x:BPMNShape bpmnElement="start"/><x:BPMNShape bpmnElement="end"/></x:BPMNPlane></x:BPMNDiagram></definitions>'
)
LANE = '<laneSet id="l"><lane id="h" name="Head"><flowNodeRef>A</flowNodeRef></lane></laneSet>'
POOLS = (
    '<collaboration id="c"><participant id="P1" processRef="p"/><participant id="P2" processRef="{}"/></collaboration>'
)


def pooled(second: str) -> bytes:
    """Two pools; the second one speaks of that process."""
    return task().replace(b"<process", POOLS.format(second).encode() + b"<process", 1)


def asked(*names: str) -> str:
    fields = "".join(f'<camunda:formField id="{name}" label="{name}" type="string"/>' for name in names)
    return extended(f"<camunda:formData>{fields}</camunda:formData>")


def choosing(condition: str, *names: str) -> bytes:
    nodes = node("userTask", "A", asked(*names)) + people("B") + gateways("exclusive", "x")
    return drawn(nodes, f"start>A A>x x>B[{condition}] x>end[default] B>end")


def operated(topic: str, **inputs: str) -> str:
    return node("serviceTask", "A", parameters(**inputs), camunda__type="external", camunda__topic=topic)


def sent(kind: str, topic: str, **inputs: str) -> bytes:
    """A message that a plugin or a program sends: by a task, or at an event."""
    said = f'camunda:type="external" camunda:topic="{topic}"'
    if kind == "sendTask":
        return drawn(node(kind, "A", parameters(**inputs), camunda__type="external", camunda__topic=topic), LINE)
    event = node(kind, "A", parameters(**inputs) + f"<messageEventDefinition {said}/>")
    return drawn(event, LINE if kind != "endEvent" else "start>A").replace(b'<endEvent id="end" name="end"/>', b"")


def decided_by(condition: str) -> bytes:
    nodes = node("userTask", "A", camunda__formKey="assessment.draft") + people("B") + gateways("exclusive", "x")
    return drawn(nodes, f"start>A A>x x>B[{condition}] x>end[default] B>end")


SAID: dict[str, tuple[bytes, tuple[str, str, str]]] = {
    "a topic of a program outside": (
        drawn(node("serviceTask", "A", camunda__type="external", camunda__topic="bank.pay"), LINE),
        ("A", "external-task", "info")),
    "a topic with a slip": (
        drawn(node("serviceTask", "A", camunda__type="external", camunda__topic="registration.regster"), LINE),
        ("A", "topic-misspelt", "warning")),
    **{
        f"a topic with a slip at a {kind}": (sent(kind, "registration.regster"), ("A", "topic-misspelt", "warning"))
        for kind in ("sendTask", "intermediateThrowEvent", "endEvent")
    },
    "a form that nobody has": (task(camunda__formKey="nobody.form"), ("A", "form-unknown", "error")),
    "a form with a slip": (task(camunda__formKey="assessment.reviev"), ("A", "form-misspelt", "error")),
    "a drawn form that is not there": (task(camunda__formRef="hello"), ("A", "form-missing", "error")),
    "no form": (task(), ("A", "task-without-form", "info")),
    "nobody": (task(), ("A", "task-for-nobody", "warning")),
    "a role with a slip": (task(camunda__candidateGroups="head,clark"), ("A", "role-misspelt", "warning")),
    "a person by name": (task(camunda__candidateUsers="a.omarova"), ("A", "person-by-name", "info")),
    "a role that nobody holds": (task(camunda__candidateGroups="wizards"), ("A", "role-unknown", "warning")),
    "no step": (task(), ("A", "task-without-step", "warning")),
    "a step that the region does not know": (task(step("dance")), ("A", "step-unknown", "error")),
    "a step with a slip": (task(step("reviw")), ("A", "step-misspelt", "error")),
    "a drawing that leaves a step out": (
        task().replace(b"</definitions>", SHAPES), ("A", "not-drawn", "warning")),
    "no drawing at all": (task(), ("p", "no-drawing", "warning")),
    "a lane of another role": (
        task(camunda__candidateGroups="clerk").replace(b'<startEvent', LANE.encode() + b'<startEvent', 1),
        ("A", "lane-of-another-role", "warning")),
    "two pools of one process": (pooled("p"), ("P2", "pools-of-one-process", "warning")),
    "a pool of nothing": (pooled("q"), ("P2", "pool-of-nothing", "warning")),
    "a property with a slip": (
        task(step("review").replace('"step"', '"stepp"')), ("A", "property-misspelt", "warning")),
    "answers that output parameters let go": (
        task(asked("sum", "kept").replace("</extensionElements>", '<camunda:inputOutput><camunda:outputParameter '
             'name="r">${kept}</camunda:outputParameter></camunda:inputOutput></extensionElements>')),
        ("A", "answers-not-kept", "warning")),
    "a number of Camunda 8's": (
        task(times("${loopCounter}", sequential=False)).replace(
            b"<definitions ", b'<definitions xmlns:z="http://camunda.org/schema/zeebe/1.0" ', 1),
        ("A", "loop-counter-from-zero", "warning")),
    "a sender that nobody is": (
        task(step("stuff").replace('"step"', '"sender"')),
        ("A", "property-value-unknown", "warning")),
    "UTF-8 that calls itself otherwise": (
        b'<?xml version="1.0" encoding="windows-1251"?>' + task().replace(b'name="A"', 'name="Шешім"'.encode()),
        ("", "encoding-misnamed", "error")),
    "a step of the other route": (
        diagram(process("psc", node("userTask", "A", step("register")), LINE)), ("A", "step-not-on-route", "error")),
    "a step without a clause": (
        diagram(process("direct", node("userTask", "A", step("supplement")), LINE)),
        ("A", "step-without-clause", "info")),
    "a step without a time": (
        diagram(process("direct", node("userTask", "A", step("hand_over")), LINE)),
        ("A", "step-without-deadline", "info")),
    "a variable that nothing sets": (choosing("${colour == 'red'}", "size"), ("p_f2", "variable-unknown", "warning")),
    "a variable with a slip": (choosing("${decison == 'yes'}", "decision"), ("p_f2", "variable-misspelt", "warning")),
    "a variable that is set later": (
        drawn(people("A") + node("userTask", "B", asked("colour")) + gateways("exclusive", "x"),
              "start>A A>x x>B[colour == 1] x>end[default] B>end"), ("p_f2", "variable-set-later", "warning")),
    "a condition that is a text": (choosing('"yes"'), ("p_f2", "condition-without-truth", "error")),
    "a condition that always holds": (choosing("${true}"), ("p_f2", "condition-always-the-same", "warning")),
    "a time that is none": (drawn(catch("c", timer("P3H")), "start>c c>end"), ("c", "bad-time", "error")),
    "nothing executable": (
        task().replace(b'isExecutable="true"', b'isExecutable="false"'), ("p", "nothing-executable", "warning")),
    "Camunda 8": (
        task('<extensionElements><z:taskDefinition xmlns:z="http://camunda.org/schema/zeebe/1.0"/></extensionElements>'),
        ("A", "zeebe-not-read", "warning")),
    "Flowable": (
        task().replace(b'name="A"', b'name="A" xmlns:f="http://flowable.org/bpmn" f:assignee="x"'),
        ("A", "other-engine", "warning")),
    "words nobody knows": (
        task().replace(b'name="A"', b'name="A" xmlns:f="http://example.org/x" f:colour="x"'),
        ("A", "other-words", "info")),
    "names in one language": (task(), ("p", "names-untranslated", "warning")),
}  # fmt: skip


@pytest.mark.parametrize("what", SAID)
def test_it_is_found_where_it_stands(what: str, region: Registry) -> None:
    content, wanted = SAID[what]
    assert wanted in found(region, content)


#: everything that sets the variable before it is read
SETS = {
    "a drawn field": choosing("${colour == 'red'}", "colour"),
    "an item of many": drawn(
        node("userTask", "A", each_of("items", "it", sequential=False), camunda__assignee="${it}"), LINE),
    "what every case has": choosing("${route == 'direct'}"),
    "an outside program": drawn(
        node("serviceTask", "A", camunda__type="external", camunda__topic="bank.pay") + people("B")
        + gateways("exclusive", "x"), "start>A A>x x>B[anything == 1] x>end[default] B>end"),
    "an outside program that sends a message": drawn(
        node("sendTask", "A", camunda__type="external", camunda__topic="bank.pay") + people("B")
        + gateways("exclusive", "x"), "start>A A>x x>B[anything == 1] x>end[default] B>end"),
    "a field before a timer's way": drawn(
        node("userTask", "A", asked("colour")) + people("B", "C") + boundary("b", "B", timer())
        + gateways("exclusive", "x"),
        "start>A A>B B>end b>x x>C[colour == 1] x>end[default] C>end"),
}  # fmt: skip


@pytest.mark.parametrize("what", SETS)
def test_a_variable_that_is_set_before_is_known(what: str, region: Registry) -> None:
    unknown = [rule for _, rule, _ in found(region, SETS[what]) if rule.startswith("variable-")]
    assert unknown == (["variable-unknown"] if what == "an item of many" else [])  # `items` itself


def decided(*rows: list[str], policy: str = "UNIQUE") -> bytes:
    return table(["sum"], ["kind"], list(rows), policy=policy)


TABLES = {
    "a gap between two rules": (decided(["< 5", '"a"'], ["> 5", '"b"']), "decision-gap", "sum = 5"),
    "a text that no rule knows": (decided(['"x"', '"a"'], ['"y"', '"b"']), "decision-gap", "sum = …"),
    "rules that collide": (decided(["<= 5", '"a"'], [">= 5", '"b"']), "decision-overlap", "sum = 5"),
    "a rule behind one that answers first": (
        decided(["> 5", '"a"'], ["> 9", '"b"'], ["-", '"c"'], policy="FIRST"), "decision-rule-never-reached", ": 2."),
    "a rule for no number": (
        decided(["< 5", '"a"'], [">= 5", '"b"'], ["[9..1]", '"c"']), "decision-rule-never-reached", ": 3."),
    "a word without quotation marks": (
        decided(["VIP", '"a"'], ["-", '"b"'], policy="FIRST"), "decision-word-unquoted", "the variable VIP"),
    "an answer without quotation marks": (decided(["-", "approved"]), "decision-word-unquoted", "variable approved"),
    "a name with a slip": (decided(["-", "expnse * 2"]), "decision-name-misspelt", "there is expense"),
    "a name that nobody sets": (
        decided(["> zzzzzzzz + 1", "1"], ["-", "2"], policy="FIRST"), "decision-name-unknown", "zzzzzzzz"),
    "days in a column of numbers": (
        table(["sum"], ["kind"], [['> date("2020-01-01")', '"a"'], ["-", '"b"']], policy="FIRST", types=("number", "")),
        "decision-wrong-type", "«sum»"),
    "a text in a column of truth values": (
        table(["sum"], ["kind"], [["-", '"yes"']], types=("", "boolean")), "decision-wrong-type", "boolean"),
    "days with and without a time of day in one column": (
        table(["sum"], ["kind"], [['> date and time("2020-01-01T12:00:00")', '"a"'], ['< date("2020-01-01")', '"b"'],
                                  ["-", '"c"']], policy="FIRST", types=("date", "")),
        "decision-wrong-type", "rule 1"),
    "a type that nobody knows": (
        table(["sum"], ["kind"], [["-", '"a"']], types=("colour", "")), "decision-type-unknown", "colour"),
    "a day that no rule knows": (
        decided(['< date("2025-01-01")', '"a"'], ['> date("2025-01-01")', '"b"']), "decision-gap", "sum = 2025-01-01"),
    "days that collide": (
        decided(['<= @"2025-01-01"', '"a"'], ['>= @"2025-01-01"', '"b"']), "decision-overlap", "sum = 2025-01-01"),
    "a length of time between": (
        decided(['< duration("P1Y")', '"a"'], ['>= duration("P14M")', '"b"']), "decision-gap", "sum = P1Y"),
    "a truth in words": (decided(["? > 5 or ? < 3", '"a"']), "decision-gap", "sum = 3"),
    "rules of ANY that say different things": (
        decided(["<= 5", '"a"'], [">= 5", '"b"'], policy="ANY"), "decision-answers-differ", "sum = 5"),
    "a gap among the values of a list": (
        decided(['"x"', '"a"']).replace(
            b"</inputExpression>", b'</inputExpression><inputValues><text>"x", "y"</text></inputValues>'),
        "decision-gap", "sum = y"),
    "an answer that its column does not list": (
        table(["sum"], ["kind"], [["-", '"yess"']]).replace(
            b'typeRef=""/>', b'typeRef=""><outputValues><text>"yes", "no"</text></outputValues></output>'),
        "decision-value-not-listed", "«kind»"),
    "a default answer that its column does not list": (
        decided(["5", '"yes"']).replace(
            b'typeRef=""/>', b'typeRef=""><outputValues><text>"yes", "no"</text></outputValues>'
            b"<defaultOutputEntry><text>\"maybe\"</text></defaultOutputEntry></output>"),
        "decision-default-not-listed", '"maybe"'),
    "a default answer without quotation marks": (
        decided(["5", '"yes"']).replace(
            b'typeRef=""/>', b'typeRef=""><defaultOutputEntry><text>maybe</text></defaultOutputEntry></output>'),
        "decision-default-unquoted", "maybe"),
    "a sum of which one answer is empty": (
        decided(["-", "1"], ["> 3", ""], policy="COLLECT").replace(
            b'hitPolicy="COLLECT"', b'hitPolicy="COLLECT" aggregation="SUM"'),
        "decision-answer-empty", "Rule 2"),
    "ranges that collide": (decided(["[1..3]", '"a"'], ["[3..9]", '"b"']), "decision-overlap", "sum = 3"),
}  # fmt: skip


@pytest.mark.parametrize("what", TABLES)
def test_a_table_says_for_which_values_it_fails(what: str, region: Registry) -> None:
    content, rule, values = TABLES[what]
    said = [each.what() for each in examine({"x.dmn": content}, region).findings if each.rule == rule]
    assert len(said) == 1 and values in said[0], said


@pytest.mark.parametrize(
    "sound",
    [
        decided(["< 5", '"a"'], [">= 5", '"b"']),
        decided(['"x"', '"a"'], ["-", '"b"'], policy="FIRST"),
        decided(["true", '"a"'], ["false", '"b"']),
        decided(["not(5)", '"a"'], ["5", '"b"']),
        decided(["< 5", '"a"'], policy="COLLECT"),
        decided(["> expense", '"a"'], ["-", '"b"'], policy="FIRST"),
        decided(["5", '"a"']).replace(
            b'name="kind" typeRef=""/>',
            b'name="kind" typeRef=""><defaultOutputEntry id="d"><text>"b"</text></defaultOutputEntry></output>',
        ),
        table(["sum"], ["kind"], [["true", '"a"'], ["false", '"b"']], types=("boolean", "string")),
        decided(['"x"', '"a"'], ['"y"', '"b"']).replace(
            b"</inputExpression>", b'</inputExpression><inputValues><text>"x", "y"</text></inputValues>'
        ),
        decided(['< date("2025-01-01")', '"a"'], ['>= date("2025-01-01")', '"b"']),
        decided(["<= 5", '"a"'], [">= 5", '"a"'], policy="ANY"),
    ],
)
def test_a_whole_table_has_no_findings(sound: bytes, region: Registry) -> None:
    assert examine({"x.dmn": sound}, region).findings == ()


def test_a_decision_and_a_called_process_may_lie_beside(region: Registry) -> None:
    caller = {"direct.bpmn": OURS["direct.bpmn"]}
    beside = {name: content for name, content in OURS.items() if name != "direct.bpmn"}
    assert {"process-missing", "decision-missing"} <= {each.rule for each in examine(caller, region).errors}
    report = examine(caller, region, beside=beside)
    assert report.errors == [] and {each.resource for each in report.findings} == {"direct.bpmn"}


def test_our_own_diagrams_are_sound(region: Registry) -> None:
    report = examine(OURS, region)
    assert [each.said() for each in report.findings if each.rule not in RIGHT] == []
    assert report.deployable


def test_the_longest_lawful_way_is_named(region: Registry) -> None:
    longer = [each for each in examine(OURS, region).findings if each.rule == "longer-than-limit"]
    (direct,) = [each for each in longer if each.element == "direct"]
    # 15 + 30 + 30 + 30 minutes and 8 days for review and draft together: one code, one clock
    assert direct.details == {"days": "8.3", "limit": 10, "most": 8}
    assert [each for each in direct.path if each.startswith("Task_")] == [
        "Task_Register", "Task_Resolution", "Task_Review", "Task_Draft", "Task_Agree", "Task_Sign",
        "Task_Deliver",
    ]  # fmt: skip


def test_a_place_is_a_line_and_a_column(region: Registry) -> None:
    content = drawn(node("scriptTask", "A"), LINE).replace(b"<scriptTask", b"\n\n  <scriptTask")
    (refused,) = examine({"x.bpmn": content}, region).errors
    assert (refused.line, refused.column) == (3, 3)
    assert refused.said().endswith("| line 3 | column 3")


# ---------------------------------------------------------------- what plugins declare

DECLARED = {
    "an input that is missing": (
        drawn(node("serviceTask", "A", camunda__type="external", camunda__topic="barcode_scan.track"), LINE),
        "input-missing"),
    "an input that is missing where a message is sent": (sent("sendTask", "barcode_scan.track"), "input-missing"),
    "an input that nobody reads at an event": (
        sent("intermediateThrowEvent", "barcode_scan.track", paper="folder", colour="red"), "input-unknown"),
    "an input with a value that is none": (
        drawn(operated("barcode_scan.track", paper="envelope"), LINE), "input-wrong"),
    "an input that nobody reads": (
        drawn(operated("barcode_scan.track", paper="folder", colour="red"), LINE), "input-unknown"),
    "an input with a slip": (drawn(operated("barcode_scan.track", papre="folder"), LINE), "input-misspelt"),
    "a value that never comes": (decided_by('${decision == "approved"}'), "value-never-comes"),
    "a truth in quotes": (decided_by('${signed == "true"}'), "compared-with-no-truth"),
    "a text without quotes": (decided_by("${decision == true}"), "compared-with-no-text"),
    "a variable of a plugin's form with a slip": (decided_by('${desicion == "approve"}'), "variable-misspelt"),
}  # fmt: skip


@pytest.mark.parametrize("what", DECLARED)
def test_it_is_held_against_what_plugins_declare(what: str, region: Registry) -> None:
    content, rule = DECLARED[what]
    assert rule in [each for _, each, _ in found(region, content)]


def proposing(
    *, outputs: tuple[str, ...] = ENTITLED, reads: str = "income", reason: str = "entitled", policy: str = "FIRST"
) -> bytes:
    """The region's decision as the forms of the core ask it, or not quite."""
    given = {"entitled": "true", "amount": "1", "period_months": "3", "reason": f'"{reason}"'}
    return table([reads], list(outputs), [["-", *(given[each] for each in outputs)]], key="entitlement", policy=policy)


@pytest.mark.parametrize(
    ("drawn_so", "rule"),
    [
        (proposing(outputs=ENTITLED[:2]), "decision-lacks-outputs"),
        (proposing(policy="COLLECT"), "decision-lacks-outputs"),
        (proposing(reads="town"), "decision-inputs-unset"),
        (proposing(reason="no_such_ground"), "decision-reason-unknown"),
    ],
)
def test_a_decision_that_forms_ask_answers_them(drawn_so: bytes, rule: str, region: Registry) -> None:
    told = {"decision-lacks-outputs", "decision-inputs-unset", "decision-reason-unknown"}
    assert {each for _, each, _ in found(region, people_only(), e_dmn=drawn_so)} & told == {rule}
    assert not {each for _, each, _ in found(region, people_only(), e_dmn=proposing())} & told


def people_only() -> bytes:
    return drawn(people("A"), LINE)


def test_what_fits_the_declarations_is_let_be(region: Registry) -> None:
    sound = drawn(operated("barcode_scan.track", paper="folder"), LINE), decided_by('${decision == "approve"}')
    said = {rule for content in sound for _, rule, _ in found(region, content)}
    assert not {rule for rule in said if rule.startswith(("input-", "value-", "compared-", "variable-"))}


# ---------------------------------------------------------------- words

WRITTEN = [
    rule
    for module in (engine_rules, decision_rules, lenient_rules, catalogue, decision_catalogue, foreign_catalogue)
    for value in vars(module).values()
    for rule in (value.values() if isinstance(value, dict) else [value])
    if isinstance(rule, Rule)
]
ALL = {rule.code: rule for rule in WRITTEN}


def test_every_rule_has_a_code_of_its_own() -> None:
    assert len(ALL) > 90
    assert [rule.code for rule in WRITTEN if ALL[rule.code] is not rule] == []
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code) for code in ALL)


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_every_rule_speaks_the_language(language: str, region: Registry) -> None:
    with (ROOT / f"webapp/translations/{language}/LC_MESSAGES/messages.po").open("rb") as stream:
        known = read_po(stream)
    for rule in ALL.values():
        for text in (rule.text, rule.advice):
            said = str(known[text].string) if text in known else text
            assert said != text and set(re.findall(r"%\(\w+\)s", said)) == set(re.findall(r"%\(\w+\)s", text)), text


def test_a_refused_deployment_is_told_in_the_reader_s_language() -> None:
    with pytest.raises(bpmn.BadDiagram) as refused:
        engine.parse({"x.bpmn": choosing("${a === 1}")}, "p")
    problems = refused.value.details["problems"]
    assert isinstance(problems, shown.Shown)
    said = problems.said(lambda text: f"<{text}>")
    assert "<'=' is not understood here>" in said


def test_a_finding_for_programs_holds_everything(region: Registry) -> None:
    finding: Finding = examine({"x.bpmn": choosing("${a === 1}")}, region).errors[0]
    told = finding.as_dict()
    assert told["rule"] == "bad-expression" and told["repair"] and told["details"]["reason"].endswith("understood here")
    assert replace(finding, path=("a",)).as_dict()["path"] == ["a"]


@pytest.mark.parametrize(("text", "said"), [("${size}", []), ("${sise}", ["variable-misspelt"])])
def test_what_undoes_and_what_waits_for_a_condition_may_read_whatever_is_set_some_day(
    text: str, said: list[str], region: Registry
) -> None:
    undo = "<compensateEventDefinition/>"
    handler = node("serviceTask", "U", parameters(x=text), isForCompensation="true", camunda__type="external",
                   camunda__topic="registration.register")  # fmt: skip
    waits = f"<conditionalEventDefinition><condition>{text}</condition></conditionalEventDefinition>"
    asks = extended('<camunda:formData><camunda:formField id="size" label="Size" type="long"/></camunda:formData>')
    nodes = node("userTask", "A", asks) + boundary("b", "A", undo) + handler + boundary("c", "B", waits)
    tied = '<association id="t" sourceRef="b" targetRef="U"/>' + node("intermediateThrowEvent", "w", undo)
    content = drawn(nodes + people("B") + tied, "start>B B>A A>w w>end c>end")
    found = [each for each in examine({"file.bpmn": content}, region).findings if each.rule.startswith("variable")]
    assert sorted({each.rule for each in found}) == said and {each.element for each in found} <= {"U", "c"}
    assert len(found) == 2 * len(said)


def told(key: str = "A_start", *, tag: str = "startEvent", **properties: str) -> str:
    """An event sub-process whose start people tell by hand."""
    said = {"sender": "staff", **properties}
    inside = "".join(f'<camunda:property name="{name}" value="{value}"/>' for name, value in said.items())
    body = extended(f"<camunda:properties>{inside}</camunda:properties>") + '<messageEventDefinition messageRef="M"/>'
    return node(tag, key, body)


def beside(start: str) -> bytes:
    flow = '<sequenceFlow id="ff" sourceRef="A_start" targetRef="A_end"/>'
    event = node("subProcess", "Out", start + node("endEvent", "A_end") + flow, triggeredByEvent="true")
    return drawn(people("A") + event, LINE)


@pytest.mark.parametrize(
    ("properties", "rules"),
    [
        ({"role": "clerk,head"}, set()),
        ({}, {"event-nobody-tells"}),
        ({"role": "clerc"}, {"role-misspelt"}),
        ({"step": "register"}, set()),
    ],
)
def test_what_people_tell_by_hand_says_who_may(region: Registry, properties: dict[str, str], rules: set[str]) -> None:
    of_it = {rule for element, rule, _ in found(region, beside(told(**properties))) if element == "A_start"}
    assert of_it & {"event-nobody-tells", "role-misspelt", "role-unknown"} == rules


def test_a_form_that_nobody_provides_is_found_where_people_tell_something(region: Registry) -> None:
    start = told(role="clerk").replace('name="A_start"', 'name="A_start" camunda:formKey="no.such"')
    assert ("A_start", "form-unknown", "error") in found(region, beside(start))


def test_people_tell_nothing_where_the_case_waits_by_itself(region: Registry) -> None:
    content = drawn(people("A") + told("c", tag="intermediateCatchEvent", role="clerk"), "start>A A>c c>end")
    assert ("c", "event-told-elsewhere", "error") in found(region, content)


def test_what_takes_a_closed_case_up_says_what_can_be_read_of_its_condition_and_its_clock(region: Registry) -> None:
    start = told("b", role="clerk", when="closed", clock="stands", decides="me", only_if="${delivery == }")
    of_it = {rule for element, rule, _ in found(region, drawn(people("A B") + start, f"{LINE} b>B B>end"))}
    assert {"event-told-clock", "event-told-decides", "event-told-only-if"} <= of_it
    start = told("b", role="clerk", when="closed", clock="stays", decides="another", only_if="${done == 1}")
    of_it = {rule for element, rule, _ in found(region, drawn(people("A B") + start, f"{LINE} b>B B>end"))}
    assert not {"event-told-clock", "event-told-decides", "event-told-only-if"} & of_it
