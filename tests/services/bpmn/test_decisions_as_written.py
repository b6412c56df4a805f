"""A decision says what its file says, or the file is refused: nothing in it is passed over."""

from typing import Any

import pytest

from services.expressions.errors import ExpressionError
from tests.services.bpmn.deciding import NOON, decision, listing, refused, typed
from tests.services.engine.drawings import table


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2013-05-01T11:59:59", "early"),
        ("2013-05-01T12:00:01", "late"),
        ("2013-05-01", "early"),
        ("2013-05-02", "late"),
    ],
)
def test_camundas_date_has_a_time_of_day_where_the_entries_ask_for_it(moment: str, said: str) -> None:
    """Modeler's only type for both is «date», with `date and time(…)` in the cells."""
    rules = [[f"> {NOON}", '"late"'], [f"<= {NOON}", '"early"']]
    assert decision(table(["d"], ["x"], rules, types=("date", "string"))).decide({"d": moment}).outputs == {"x": said}


def test_a_column_of_days_goes_on_looking_at_days() -> None:
    days = table(["d"], ["x"], [['date("2013-05-01")', '"that day"']], types=("date", "string"))
    assert decision(days).decide({"d": "2013-05-01T23:59:00+06:00"}).outputs == {"x": "that day"}


@pytest.mark.parametrize("policy", ["PRIORITY", "OUTPUT ORDER"])
@pytest.mark.parametrize("values", ["", "[0..10]"])
def test_what_goes_by_an_order_needs_one(policy: str, values: str) -> None:
    """DMN 1.5, 8.2.10: the order is that of the output values, the first in rank first."""
    rules = [["-", "3"], ["> 1", "7"]]
    content = listing(values, rules, policy) if values else table(["n"], ["x"], rules, policy=policy)
    assert refused(content) == ["hit-policy-without-order"]


def test_priority_goes_by_the_listed_values_and_not_by_the_order_of_the_rules() -> None:
    assert decision(listing("7,3", [["-", "3"], ["> 1", "7"]])).decide({"n": 5}).outputs == {"x": 7}


def test_two_outputs_of_one_name_are_refused() -> None:
    assert refused(table(["n"], ["x", "x"], [["1", '"a"', '"b"']])) == ["name-twice"]


def test_values_that_a_type_allows_are_read_or_the_file_is_refused() -> None:
    given: dict[str, Any] = {"n": 1, "n2": "green"}
    with pytest.raises(ExpressionError, match="no colour"):
        decision(typed('"red", "blue"')).decide(given)
    assert refused(typed('"red", "blue')) == ["bad-expression"]


@pytest.mark.parametrize("where", ["{}", '<inputData id="i"><extensionElements>{}</extensionElements></inputData>'])
def test_a_list_of_values_that_is_of_no_type_is_no_part_of_the_decision(where: str) -> None:
    """Anybody's file may hold it; nothing is asked by it."""
    stray = where.format("<allowedValues><text>&quot;red</text></allowedValues>").encode()
    content = table(["n"], ["x"], [["1", "2"]]).replace(b"<decision ", stray + b"<decision ", 1)
    assert decision(content).decide({"n": 1}).outputs == {"x": 2}
