"""What was deployed goes on as it did: later rules refuse it only when it is deployed anew."""

from typing import Any

import pytest

from services import engine
from services.bpmn import READING, BadDiagram
from services.expressions.errors import ExpressionError
from tests.services.bpmn.deciding import NOON, decision, listing, refused, typed
from tests.services.engine.drawings import boundary, drawn, extended, node, people, table, timer
from tests.services.engine.ours import world

BEFORE = 4
RANKED = [["-", "3"], ["> 1", "7"]]
CONTEXT = "<context>{}</context>"
ENTRY = '<contextEntry><variable name="{}"/><literalExpression><text>{}</text></literalExpression></contextEntry>'


def boxed(logic: str) -> bytes:
    """A decision whose logic is a boxed expression."""
    content = table(["n"], ["x"], [["1", "1"]])
    before, _, rest = content.partition(b"<decisionTable")
    return before + logic.encode() + rest.partition(b"</decisionTable>")[2]


RELATION = (
    '<relation><column name="a"/><column name="a"/><row><literalExpression><text>1</text></literalExpression>'
    "<literalExpression><text>2</text></literalExpression></row></relation>"
)
FUNCTION = (
    '<functionDefinition><formalParameter name="a"/><formalParameter name="a"/>'
    "<literalExpression><text>a</text></literalExpression></functionDefinition>"
)
TWO_OF_A_NAME = table(["n"], ["x", "x"], [["1", '"a"', '"b"']])
#: file -> the rule that refuses it now, what it was given, what it said
NOW_REFUSED: list[tuple[bytes, str, dict[str, Any], dict[str, Any]]] = [
    (TWO_OF_A_NAME, "name-twice", {"n": 1}, {"x": "b"}),
    (boxed(CONTEXT.format(ENTRY.format("a", 1) + ENTRY.format("a", 2))), "name-twice", {}, {"sort": {"a": 2}}),
    (boxed(RELATION), "name-twice", {}, {"sort": [{"a": 2}]}),
    (table(["n"], ["x"], RANKED, policy="PRIORITY"), "hit-policy-without-order", {"n": 5}, {"x": 3}),
    (listing("[0..10]", RANKED, "OUTPUT ORDER"), "hit-policy-without-order", {"n": 5}, {"x": [3, 7]}),
    (typed('"red", "blue'), "bad-expression", {"n": 1, "n2": "green"}, {"x": "green"}),
]


@pytest.mark.parametrize(("content", "rule", "given", "said"), NOW_REFUSED)
def test_a_decision_that_is_refused_now_goes_on_deciding_where_it_was_deployed_before(
    content: bytes, rule: str, given: dict[str, Any], said: dict[str, Any]
) -> None:
    found = decision(content, BEFORE).decide(given).outputs
    assert found == said
    assert refused(content) == [rule]


@pytest.mark.parametrize("content", [boxed(FUNCTION), *(each[0] for each in NOW_REFUSED)])
def test_no_rule_is_laid_upon_a_decision_that_is_deployed_whatever_its_reading(content: bytes) -> None:
    assert decision(content, READING).id == decision(content, BEFORE).id == "sort"
    with pytest.raises(BadDiagram):
        decision(content)


def test_a_function_that_nobody_has_breaks_off_its_own_step_and_no_other_where_it_is_deployed() -> None:
    content = table(["n"], ["x"], [["1", "gone(n)"], ["2", '"two"']])
    assert refused(content) == ["bad-expression"]
    assert decision(content, READING).decide({"n": 2}).outputs == {"x": "two"}


@pytest.mark.parametrize(("reading", "said"), [(BEFORE, {}), (READING, {"x": "late"})])
def test_a_column_of_camundas_date_means_what_it_did_when_it_was_deployed(reading: int, said: dict[str, str]) -> None:
    content = table(["d"], ["x"], [[f"> {NOON}", '"late"']], types=("date", "string"))
    found = decision(content, reading).decide({"d": "2013-05-01T12:00:01"}).outputs
    assert found == said


LITERAL = "<literalExpression{}><text>{}</text></literalExpression>"
SMALL = '<itemDefinition name="small"><typeRef>number</typeRef><allowedValues><text>[0..9]</text></allowedValues></itemDefinition>'


@pytest.mark.parametrize(
    ("logic", "before", "now"),
    [
        (LITERAL.format(' typeRef="number"', "[n]"), [12], 12),
        (LITERAL.format(' typeRef="string"', "n"), 12, 12),
        (LITERAL.format("", "n instance of small"), False, True),
    ],
)
def test_types_of_literal_expressions_and_lists_of_values_mean_what_they_did_when_they_were_deployed(
    logic: str, before: object, now: object
) -> None:
    content = boxed(logic).replace(b"<decision ", SMALL.encode() + b"<decision ", 1)
    for reading, said in ((5, before), (READING, now)):
        assert decision(content, reading).decide({"n": 12}).outputs == {"sort": said}


NOT_LISTED = b'</outputValues><defaultOutputEntry><text>"none"</text></defaultOutputEntry>'
NOT_RECKONED = b'name="x" typeRef=""><defaultOutputEntry><text>1 + "a"</text></defaultOutputEntry></output>'


@pytest.mark.parametrize(
    ("content", "before"),
    [
        (listing('"some"', [["1", '"some"']], "UNIQUE").replace(b"</outputValues>", NOT_LISTED), {"x": "none"}),
        (
            table(["n"], ["x", "y"], [["1", '"some"', "1"]]).replace(b'name="x" typeRef=""/>', NOT_RECKONED),
            {"x": None, "y": None},
        ),
    ],
)
def test_a_default_answer_is_held_to_what_rules_are_held_to_and_means_what_it_did_where_it_was_deployed(
    content: bytes, before: dict[str, Any]
) -> None:
    """DMN 1.5, 8.2.11: the default is one of the output values."""
    assert decision(content, 6).decide({"n": 2}).outputs == before
    for reading in (None, READING):
        assert decision(content, reading).decide({"n": 1}).outputs["x"] == "some"
        with pytest.raises(ExpressionError):
            decision(content, reading).decide({"n": 2})


EMPTY = '<camunda:inputOutput><camunda:inputParameter name="x"/><camunda:inputParameter name="y">1<!-- or -->2</camunda:inputParameter></camunda:inputOutput>'


@pytest.mark.parametrize(("reading", "inputs"), [(5, {"x": "", "y": "1"}), (READING, {"x": None, "y": "12"})])
def test_an_empty_parameter_is_null_and_a_comment_parts_no_text_but_where_it_was_deployed_before(
    reading: int, inputs: dict[str, str | None]
) -> None:
    """InputOutputTest#testInputNullValue of Camunda 7; Modeler writes such a parameter where the field is left empty."""
    files = {"p.bpmn": drawn(node("userTask", "A", extended(EMPTY)), "start>A A>end")}
    definition = engine.parse(files, "p", reading=reading)
    begun = engine.start(definition, {}, world())
    assert engine.variables(definition, begun.state, begun.stops[0].id) == inputs


@pytest.mark.parametrize("first", [BEFORE, READING])
def test_a_yes_in_digits_means_what_it_did_when_the_diagram_was_deployed(first: int) -> None:
    """The same files stand in an old and in a new deployment; neither is read with the other's eyes."""
    late = boundary("b", "A", timer("PT1H")).replace('cancelActivity="true"', 'cancelActivity="1"')
    files = {"p.bpmn": drawn(people("A", "B") + late, "start>A A>end b>B B>end")}
    for reading in (first, BEFORE + READING - first):
        definition = engine.parse(files, "p", reading=reading)
        assert definition.spec.task_specs["b"].cancel_activity is (reading == READING)


def test_a_case_under_a_deployment_of_before_asks_its_decision_and_a_new_one_is_refused() -> None:
    task = node("businessRuleTask", "D", camunda__decisionRef="sort")
    files = {"p.bpmn": drawn(task, "start>D D>end"), "s.dmn": TWO_OF_A_NAME}
    for reading in (BEFORE, READING):
        assert engine.start(engine.parse(files, "p", reading=reading), {"n": 1}, world()).variables["x"] == "b"
    with pytest.raises(BadDiagram, match="stands there twice"):
        engine.parse(files, "p")
