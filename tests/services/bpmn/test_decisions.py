"""Decision tables: hit policies, what is refused, and the region's own decision by value."""

from decimal import ROUND_FLOOR, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import bpmn
from services.bpmn import BadDiagram
from services.bpmn.decisions import CompiledDecision, read_decisions
from services.bpmn.xml import read_xml
from services.expressions.errors import ExpressionError
from tests import the_region
from tests.services.engine.drawings import DMN, drawn, node, table
from tests.services.engine.ours import parsed

ENTITLEMENT = the_region.RULES.read_bytes()


def decision(content: bytes, key: str = "sort") -> CompiledDecision:
    return read_decisions({"t.dmn": read_xml("t.dmn", content)})[key]


OVERLAPPING = [["< 10", '"small"'], ["< 100", '"medium"'], ["-", '"any"']]


def test_unique_refuses_two_rules_that_fit() -> None:
    unique = decision(table(["n"], ["size"], OVERLAPPING))
    assert unique.decide({"n": 500}).outputs == {"size": "any"}
    with pytest.raises(ExpressionError, match=r"\[1, 2, 3\]"):
        unique.decide({"n": 5})


def test_first_takes_the_first() -> None:
    first = decision(table(["n"], ["size"], OVERLAPPING, policy="FIRST"))
    assert [first.decide({"n": n}).outputs["size"] for n in (5, 50, 500)] == ["small", "medium", "any"]


@pytest.mark.parametrize("policy", ["COLLECT", "RULE ORDER"])
def test_collect_and_rule_order_give_lists(policy: str) -> None:
    many = decision(table(["n"], ["size"], OVERLAPPING, policy=policy))
    assert many.decide({"n": 50}).outputs == {"size": ["medium", "any"]}
    assert decision(table(["n"], ["size"], [["< 1", "1"]], policy=policy)).decide({"n": 5}).outputs == {}


def test_any_wants_one_answer() -> None:
    agreed = decision(table(["n"], ["x"], [["< 10", "1"], ["< 100", "1"], ["> 100", "2"]], policy="ANY"))
    assert agreed.decide({"n": 5}).outputs == {"x": 1}
    with pytest.raises(ExpressionError, match="differ"):
        decision(table(["n"], ["x"], [["< 10", "1"], ["< 100", "2"]], policy="ANY")).decide({"n": 5})


def test_no_rule_gives_nothing_and_an_empty_entry_gives_null() -> None:
    found = decision(table(["n"], ["x", "y"], [["1", "n + 1", ""]]))
    assert found.decide({"n": 2}).outputs == {}
    assert found.decide({"n": 1}).outputs == {"x": 2, "y": None}
    assert found.decide({}).outputs == {}


def test_a_decision_may_be_one_expression() -> None:
    text = DMN.replace("<decisionTable", "<literalExpression").split("<literalExpression")[0]
    literal = '<variable id="v" name="fee"/><literalExpression id="l"><text>=sum * 2</text></literalExpression>'
    content = (text + literal + "</decision></definitions>").format(key="fee").encode()
    assert decision(content, "fee").decide({"sum": 21}).outputs == {"fee": 42}


def test_one_output_needs_no_name_and_is_called_as_the_decision() -> None:
    """Camunda 7: «if the decision table has more than one output, then all outputs must have a unique name»."""
    assert decision(table(["n"], [""], [["1", '"one"']]), "sort").decide({"n": 1}).outputs == {"sort": "one"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (table(["n"], ["x"], [["1", "1"]], policy="BEST"), "BEST"),
        (table(["n"], ["x"], [["1", "1"]], policy="FIRST", more=' aggregation="SUM"'), "FIRST SUM"),
        (table(["n"], ["x"], [["1", "1"]], policy="COLLECT", more=' aggregation="MEAN"'), "MEAN"),
        (table(["n"], ["x", ""], [["1", "1", "1"]]), "name"),
        (table([""], ["x"], [["1", "1"]]), "expression"),
        (table(["n"], ["x"], [["<", "1"]]), "<"),
        (table(["n"], ["x"], [["1", "open("]]), "open"),
        (
            table(["n"], ["x"], [["1", "1"]]).replace(
                b"<decisionTable",
                b'<informationRequirement id="q"><requiredDecision href="#other"/></informationRequirement>'
                b"<decisionTable",
            ),
            "requires #other",
        ),
        (
            table(["n"], ["x"], [["1", "1"]]).replace(
                b"<decisionTable",
                b'<informationRequirement id="q"><requiredDecision href="#sort"/></informationRequirement>'
                b"<decisionTable",
            ),
            "requires itself",
        ),
        (
            table(["n"], ["x"], [["1", "1"]]).replace(b"<inputEntry ", b'<inputEntry expressionLanguage="groovy" '),
            "groovy",
        ),
        (DMN.split("<decisionTable")[0].format(key="sort").encode() + b"</decision></definitions>", "neither"),
        (table(["n"], ["x"], [["1"]]), "rule 1"),
        (table(["n"], ["x"], [["1", "1", "1"]]), "rule 1"),
    ],
)
def test_a_table_we_cannot_honour_is_refused_with_its_name(content: bytes, said: str) -> None:
    task = drawn(node("businessRuleTask", "D", camunda__decisionRef="sort"), "start>D D>end")
    with pytest.raises(BadDiagram, match=said) as caught:
        parsed(task, content)
    assert caught.value.problems[0].element == "sort"
    assert caught.value.problems[0].resource == "file1.dmn"


def entitlement(complete: bool, expense: Any, income: Any, share: Any) -> dict[str, Any]:
    inputs = {"papers_complete": complete, "expense": expense, "income": income, "share_percent": share}
    return decision(ENTITLEMENT, "entitlement").decide(inputs).outputs


@pytest.mark.parametrize(
    ("expense", "income", "share", "amount"),
    [
        (20000, 100000, 10, 10000), (10000, 100000, 10, None), (10000.49, 100000, 10, None), (10000.5, 100000, 10, 1),
        (10001.49, 100000, 10, 1), (10001.5, 100000, 10, 2), (10000.499999, 100000, 10, None), (0, 0, 10, None),
        (0.49, 0, 10, None), (0.5, 0, 10, 1), (5000, 33333, 15, 0.05), (21000, 150000, 0, 21000), (100, 1000000, 100, None),
        (12345.67, 67890.12, 7.5, 7254),
    ],
)  # fmt: skip
def test_the_region_s_decision_rounds_to_whole_tenge(
    expense: float, income: float, share: float, amount: float | None
) -> None:
    found = entitlement(True, expense, income, share)
    if amount is None:
        assert found == {"entitled": False, "amount": 0, "period_months": 0, "reason": "expenses_within_share"}
        return
    expected = 0 if amount == 0.05 else amount
    if amount == 0.05:  # 5000 - 4999.95 = 0.05: below half a tenge
        assert found["entitled"] is False
    else:
        assert found == {"entitled": True, "amount": expected, "period_months": 3, "reason": "entitled"}
    assert type(found["amount"]) is int


def test_papers_that_are_not_complete_decide_by_themselves() -> None:
    assert entitlement(False, 20000, 100000, 10)["reason"] == "papers_incomplete"
    assert entitlement(False, None, None, None)["entitled"] is False


def test_what_is_not_known_is_not_decided() -> None:
    with pytest.raises(ExpressionError):
        entitlement(True, 20000, None, 10)
    assert decision(ENTITLEMENT, "entitlement").decide({}).outputs == {}


tenge = st.decimals(0, 10**7, places=2).map(float)


@given(st.booleans(), tenge, tenge, st.decimals(0, 100, places=1).map(float))
def test_the_decision_always_answers_and_as_the_formula_says(
    complete: bool, expense: float, income: float, share: float
) -> None:
    found = entitlement(complete, expense, income, share)
    exact = Decimal(str(expense)) - Decimal(str(income)) * Decimal(str(share)) / 100
    whole = int((exact + Decimal("0.5")).to_integral_value(ROUND_FLOOR))
    entitled = complete and whole >= 1
    assert found["entitled"] is entitled
    assert found["amount"] == (whole if entitled else 0)
    assert found["period_months"] == (3 if entitled else 0)


def test_a_decision_is_asked_for_through_the_door() -> None:
    task = node("businessRuleTask", "D", camunda__decisionRef="entitlement")
    definition = parsed(drawn(task, "start>D D>end"), ENTITLEMENT)
    inputs = {"papers_complete": True, "expense": 9, "income": 0, "share_percent": 1}
    assert bpmn.decide_over(definition.decisions, "entitlement", inputs).outputs["amount"] == 9
