"""Requirements diagrams as Modeler draws them, by value: what is decided, by which rules, on which values."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services import bpmn
from services.bpmn import BadDiagram, DecisionMade
from services.bpmn.decisions import read_decisions
from services.bpmn.xml import read_xml
from services.expressions.errors import ExpressionError
from tests.services.engine.drawings import drawn, node, table
from tests.services.engine.ours import begin, parsed

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="{space}" xmlns:camunda="http://camunda.org/schema/1.0/dmn" '
    'id="d" name="DRD" namespace="http://camunda.org/schema/1.0/dmn" {more}>'
)
SPACES = {
    "1.1": "http://www.omg.org/spec/DMN/20151101/dmn.xsd", "1.2": "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "1.3": "https://www.omg.org/spec/DMN/20191111/MODEL/", "1.4": "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "1.5": "https://www.omg.org/spec/DMN/20230324/MODEL/",
}  # fmt: skip
#: two input data, a business knowledge model, two decisions and a knowledge source
HOUSEHOLD = """
<inputData id="persons_id" name="persons"><variable id="v1" name="persons" typeRef="number"/></inputData>
<inputData id="income_id" name="household income"><variable id="v2" name="household income" typeRef="number"/></inputData>
<knowledgeSource id="law" name="N421"/>
<businessKnowledgeModel id="per" name="per head"><variable id="v3" name="per head"/>
  <encapsulatedLogic id="e"><formalParameter id="f1" name="sum"/><formalParameter id="f2" name="heads"/>
    <literalExpression id="l1"><text>decimal(sum / heads, 0)</text></literalExpression></encapsulatedLogic>
</businessKnowledgeModel>
<decision id="income_per_head" name="Income per head"><variable id="v4" name="income per head" typeRef="number"/>
  <informationRequirement id="r1"><requiredInput href="#persons_id"/></informationRequirement>
  <informationRequirement id="r2"><requiredInput href="#income_id"/></informationRequirement>
  <knowledgeRequirement id="r3"><requiredKnowledge href="#per"/></knowledgeRequirement>
  <invocation id="i"><literalExpression id="l2"><text>per head</text></literalExpression>
    <binding><parameter id="b1" name="sum"/><literalExpression id="l3"><text>household income</text></literalExpression></binding>
    <binding><parameter id="b2" name="heads"/><literalExpression id="l4"><text>persons</text></literalExpression></binding>
  </invocation>
</decision>
<decision id="help" name="Help">
  <informationRequirement id="r4"><requiredDecision href="#income_per_head"/></informationRequirement>
  <authorityRequirement id="r5"><requiredAuthority href="#law"/></authorityRequirement>
  <decisionTable id="t" hitPolicy="FIRST">
    <input id="i1" label="Income per head"><inputExpression id="x1" typeRef="number"><text>income per head</text></inputExpression></input>
    <output id="o1" name="kind" typeRef="string"/><output id="o2" name="amount" typeRef="integer"/>
    <rule id="rule1"><description>below the minimum</description><inputEntry id="e1"><text>&lt; 50000</text></inputEntry>
      <outputEntry id="e2"><text>"full"</text></outputEntry><outputEntry id="e3"><text>50000 - income per head</text></outputEntry></rule>
    <rule id="rule2"><inputEntry id="e4"><text>-</text></inputEntry>
      <outputEntry id="e5"><text>"none"</text></outputEntry><outputEntry id="e6"><text>0</text></outputEntry></rule>
  </decisionTable>
</decision>
"""


def drd(body: str, version: str = "1.3", more: str = "") -> bytes:
    return (HEAD.format(space=SPACES[version], more=more) + body + "</definitions>").encode()


def decided(body: str | bytes, key: str, data: dict[str, Any], **others: bytes) -> DecisionMade:
    files = {"t.dmn": body if isinstance(body, bytes) else drd(body), **{f"{k}.dmn": v for k, v in others.items()}}
    return read_decisions({name: read_xml(name, each) for name, each in files.items()})[key].decide(data)


def literal(key: str, text: str, more: str = "", name: str = "") -> str:
    return (
        f'<decision id="{key}" name="{name or key}"><variable id="v_{key}" name="{name or key}"/>{more}'
        f'<literalExpression id="l_{key}"><text>{text}</text></literalExpression></decision>'
    )


@pytest.mark.parametrize("version", SPACES)
def test_a_diagram_of_input_data_two_decisions_and_a_knowledge_model_deploys_and_decides(version: str) -> None:
    task = drawn(node("businessRuleTask", "D", camunda__decisionRef="help"), "start>D D>end")
    _, step = begin(task, drd(HOUSEHOLD, version), persons=4, **{"household income": 160000})
    assert step.variables == {"persons": 4, "household income": 160000, "kind": "full", "amount": 10000}


def test_it_is_told_which_rules_fired_on_which_values() -> None:
    found = decided(HOUSEHOLD, "help", {"persons": "4", "household income": 160000})
    (fired,) = found.tables
    assert (fired.decision, fired.name, fired.policy) == ("help", "Help", "FIRST")
    assert fired.values == (("Income per head", 40000),)
    (rule,) = fired.rules
    assert (rule.number, rule.id, rule.says, rule.tests) == (1, "rule1", "below the minimum", ("< 50000",))
    assert rule.outputs == {"kind": "full", "amount": 10000}
    assert found.behind == (("income_per_head", "Income per head", 40000),)


def test_the_step_says_at_which_task_it_was_decided() -> None:
    task = drawn(node("businessRuleTask", "D", camunda__decisionRef="help"), "start>D D>end")
    _, step = begin(task, drd(HOUSEHOLD), persons=1, **{"household income": 160000})
    (asked,) = step.decided
    assert (asked.element, asked.process, asked.decided.decision) == ("D", "p", "help")
    assert [rule.number for table in asked.decided.tables for rule in table.rules] == [2]


def test_decisions_of_several_files_require_one_another() -> None:
    base = drd(literal("norm", "18 * persons", name="norm")).replace(b'namespace="http://camunda.org/schema/1.0/dmn"',
                                                                     b'namespace="urn:norms"')  # fmt: skip
    importing = drd(
        '<import name="norms" namespace="urn:norms" importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>'
        + literal("more", "norms.norm + 1",
                  '<informationRequirement id="q"><requiredDecision href="urn:norms#norm"/></informationRequirement>')
    )  # fmt: skip
    assert decided(importing, "more", {"persons": 2}, other=base).outputs == {"more": 37}
    with pytest.raises(BadDiagram, match="imports norms"):
        decided(importing, "more", {"persons": 2})


def test_files_of_modeler_s_one_namespace_do_not_mix_up_their_ids() -> None:
    one = drd('<inputData id="in" name="a"><variable id="v" name="a"/></inputData>' + literal(
        "x", "a", '<informationRequirement id="q"><requiredInput href="#in"/></informationRequirement>'))  # fmt: skip
    other = drd('<inputData id="in" name="b"><variable id="v" name="b"/></inputData>' + literal(
        "y", "b", '<informationRequirement id="q"><requiredInput href="#in"/></informationRequirement>'))  # fmt: skip
    assert decided(one, "x", {"a": 1, "b": 2}, other=other).outputs == {"x": 1}
    assert decided(one, "y", {"a": 1, "b": 2}, other=other).outputs == {"y": 2}


@pytest.mark.parametrize(
    ("policy", "more", "rules", "value", "expected"),
    [
        ("PRIORITY", "", [["> 1", '"low"'], ["> 2", '"high"']], 5, "high"),
        ("OUTPUT ORDER", "", [["> 1", '"low"'], ["> 2", '"high"']], 5, ["high", "low"]),
        ("COLLECT", ' aggregation="SUM"', [["> 1", "10"], ["> 2", "20.5"], ["> 9", "1"]], 5, 30.5),
        ("COLLECT", ' aggregation="MIN"', [["> 1", "10"], ["> 2", "20"]], 5, 10),
        ("COLLECT", ' aggregation="MAX"', [["> 1", "10"], ["> 2", "20"]], 5, 20),
        ("COLLECT", ' aggregation="COUNT"', [["> 1", "10"], ["> 2", "20"]], 5, 2),
    ],
)
def test_every_hit_policy_and_aggregation_is_decided(
    policy: str, more: str, rules: list[list[str]], value: int, expected: object
) -> None:
    content = table(["n"], ["x"], rules, policy=policy, more=more)
    ranks = b'name="x" typeRef=""><outputValues id="ov"><text>"high","low"</text></outputValues></output>'
    if "ORDER" in policy or policy == "PRIORITY":
        content = content.replace(b'name="x" typeRef=""/>', ranks)
    assert decided(content, "sort", {"n": value}).outputs == {"x": expected}


def test_a_value_that_its_column_does_not_list_is_told_and_not_decided_upon() -> None:
    content = table(["n"], ["x"], [["< 3", "1"], [">= 3", "n * 10"]])
    asked = content.replace(b"</inputExpression>", b"</inputExpression><inputValues><text>[1..5]</text></inputValues>")
    assert decided(asked, "sort", {"n": 5}).outputs == {"x": 50}
    with pytest.raises(ExpressionError, match="6 is not among the values of n"):
        decided(asked, "sort", {"n": 6})
    assert decided(asked, "sort", {"n": None}).outputs == {}
    told = content.replace(b'typeRef=""/>', b'typeRef=""><outputValues><text>1, 30</text></outputValues></output>')
    assert decided(told, "sort", {"n": 3}).outputs == {"x": 30}
    with pytest.raises(ExpressionError, match="40 is not among the values of x"):
        decided(told, "sort", {"n": 4})


@pytest.mark.parametrize(
    ("typed", "given", "entry", "fits"),
    [
        ("string", 17, '"17"', True), ("string", True, '"true"', True), ("boolean", "true", "true", True),
        ("boolean", "FALSE", "false", True), ("number", "12.50", "12.5", True), ("integer", "12", "[1..12]", True),
        ("long", 13, "[1..12]", False), ("double", "1e2", "100", True), ("number", "", "0", False),
        ("date", "2026-03-02", '> date("2020-01-01")', True), ("date", "2026-03-02T10:00", '> date("2020-01-01")', True),
        ("", "2026-03-02", '> date("2020-01-01")', True), ("string", "2019-03-02", '> date("2020-01-01")', False),
        ("string", "2019-03-02", '<= @"2020-01-01"', True), ("date", "2026-03-01", "< today()", True),
        ("", "2026-03-02", "< today()", False), ("", "2026-03-01", "today() - @\"P1D\"", True),
        ("", "2026-03-02T08:59:00+00:00", "< now()", True), ("", "PT3H", '> duration("PT2H")', True),
        ("string", 5, "> 4", True),  # Modeler's own «string», which no entry means
    ],
)  # fmt: skip
def test_a_column_s_type_is_read(typed: str, given: object, entry: str, fits: bool) -> None:
    content = table(["n"], ["x"], [[entry, "1"]], types=(typed, ""))
    definition = parsed(drawn(node("businessRuleTask", "D", camunda__decisionRef="sort"), "start>D D>end"), content)
    found = bpmn.decide_over(definition.decisions, "sort", {"n": given}, datetime(2026, 3, 2, 9, tzinfo=UTC))
    assert found.outputs == ({"x": 1} if fits else {})


@pytest.mark.parametrize(
    ("typed", "given"),
    [("boolean", "yes"), ("number", "many"), ("integer", 2.5), ("date", "soon"), ("", "soon"), ("number", True)],
)
def test_a_value_of_another_type_is_an_error_that_names_the_column(typed: str, given: object) -> None:
    entry = '> date("2020-01-01")' if typed in ("date", "") else "true" if typed == "boolean" else "1"
    with pytest.raises(ExpressionError, match=r"in n is no (boolean|number|integer|date)"):
        decided(table(["n"], ["x"], [[entry, "1"]], types=(typed, "")), "sort", {"n": given})


@pytest.mark.parametrize(
    ("typed", "entry", "expected"),
    [("integer", "2 + 1", 3), ("boolean", '"true"', True), ("string", '"a" + string(1)', "a1"), ("date", '"2026-03-02"', "2026-03-02"),
     ("string", 'if true then "017" else 17', "017"), ("double", '"0.5"', 0.5)],
)  # fmt: skip
def test_an_output_s_type_is_read(typed: str, entry: str, expected: object) -> None:
    assert decided(table(["n"], ["x"], [["-", entry]], types=("", typed)), "sort", {}).outputs == {"x": expected}


def test_a_word_without_quotation_marks_fits_nothing_that_nobody_set() -> None:
    content = table(["kind"], ["x"], [["VIP", "1"]])
    assert decided(content, "sort", {}).outputs == {}
    assert decided(content, "sort", {"kind": "VIP"}).outputs == {}
    assert decided(content, "sort", {"kind": "VIP", "VIP": "VIP"}).outputs == {"x": 1}


def test_what_is_missing_where_it_is_reckoned_with_is_an_error_and_no_silent_null() -> None:
    with pytest.raises(ExpressionError, match="n"):
        decided(table(["n"], ["x"], [["-", "limit * 2"]]), "sort", {"n": 1})
    with pytest.raises(ExpressionError):
        decided(literal("x", "1 / zero"), "x", {"zero": 0})


def test_juel_is_read_where_the_file_or_an_entry_says_so() -> None:
    juel = table(
        ["n"],
        ["x"],
        [["${cellInput &gt; 4 &amp;&amp; list[0] == 1}".replace("&gt;", ">").replace("&amp;", "&"), "${n * 2}"]],
    )
    assert decided(juel, "sort", {"n": 5, "list": [1]}).outputs == {"x": 10}
    whole = drd(literal("x", "${a + b}"), more='expressionLanguage="juel"')
    assert decided(whole, "x", {"a": "2", "b": 3}).outputs == {"x": 5}


def test_a_column_s_value_is_known_by_its_input_variable() -> None:
    content = table(["n"], ["x"], [["sum > 4", "sum"]]).replace(
        b"<input id", b'<input camunda:inputVariable="sum" id', 1
    )
    content = content.replace(b"<definitions ", b'<definitions xmlns:camunda="http://camunda.org/schema/1.0/dmn" ', 1)
    assert decided(content.replace(b"sum &gt; 4", b"? = sum and sum &gt; 4"), "sort", {"n": 5}).outputs == {"x": 5}


@pytest.mark.parametrize(
    ("mapping", "policy", "sums", "expected"),
    [
        ("singleEntry", "FIRST", 9, "much"), ("singleResult", "FIRST", 9, {"kind": "much", "fee": 2}),
        ("resultList", "FIRST", 9, [{"kind": "much", "fee": 2}]), ("collectEntries", "FIRST", 9, ["much"]),
        ("resultList", "COLLECT", 9, [{"kind": "little", "fee": 1}, {"kind": "much", "fee": 2}]),
        ("collectEntries", "COLLECT", 9, ["little", "much"]), ("singleEntry", "COLLECT", 3, "little"),
        ("singleResult", "COLLECT", 3, {"kind": "little", "fee": 1}), ("singleEntry", "FIRST", 0, None),
        ("resultList", "FIRST", 0, []), ("collectEntries", "FIRST", 0, []), ("singleResult", "COLLECT", 9, "refused"),
        ("singleEntry", "COLLECT", 9, "refused"),
    ],
)  # fmt: skip
def test_a_result_is_mapped_as_camunda_maps_it(mapping: str, policy: str, sums: int, expected: object) -> None:
    rows = [["> 0", '"little"', "1"], ["> 5", '"much"', "2"]]
    rules = table(["sum"], ["kind", "fee"], rows if policy == "COLLECT" else [*reversed(rows)], policy=policy)
    task = node("businessRuleTask", "D", camunda__decisionRef="sort", camunda__resultVariable="r",
                camunda__mapDecisionResult=mapping)  # fmt: skip
    if expected == "refused":
        with pytest.raises(ExpressionError, match="several rules"):
            begin(drawn(task, "start>D D>end"), rules, sum=sums)
        return
    _, step = begin(drawn(task, "start>D D>end"), rules, sum=sums)
    assert step.variables["r"] == expected


@pytest.mark.parametrize(
    "entry",
    ["10 ** 10 ** 10 ** 10", "for i in 1..1000000000 return i", "count(for i in 1..9999999 return 1)",
     "{f: function(n) f(n + 1), x: f(1)}.x", "replace(\"" + "a" * 400 + "\", \"a\", \"" + "b" * 9000 + "\")"],
)  # fmt: skip
def test_what_would_take_for_ever_ends_in_words(entry: str) -> None:
    with pytest.raises(ExpressionError):
        decided(table(["n"], ["x"], [["-", entry]]), "sort", {"n": 1})
