"""The region's decision: who is entitled, to how much, for how long. Amounts are whole tenge a month."""

import csv
import re

import pytest
from lxml import etree

from services.bpmn.decisions import read_decisions
from services.bpmn.xml import read_xml
from tests import the_region
from tests.bpmn.drawing import word

DMN = {"dmn": "https://www.omg.org/spec/DMN/20191111/MODEL/"}

REGION = the_region.FOLDER
FILE = REGION / "bpmn/entitlement.dmn"
MODELER = "{http://camunda.org/schema/modeler/1.0}"


def read_table() -> etree._Element:
    root = etree.fromstring(FILE.read_bytes(), etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    assert root.get(f"{MODELER}executionPlatform") == "Camunda Platform"
    (decision,) = root.iterfind("dmn:decision[@id='entitlement']", DMN)
    (table,) = decision.iterfind("dmn:decisionTable", DMN)
    return table


def rows() -> list[tuple[list[str], list[str]]]:
    """The entries of every rule: what it asks, what it answers."""
    return [
        (
            [entry.findtext("dmn:text", "", DMN) for entry in rule.iterfind("dmn:inputEntry", DMN)],
            [entry.findtext("dmn:text", "", DMN) for entry in rule.iterfind("dmn:outputEntry", DMN)],
        )
        for rule in read_table().iterfind("dmn:rule", DMN)
    ]


def test_the_table_asks_what_the_forms_tell_and_answers_what_they_take_over() -> None:
    table = read_table()
    asked = [node.findtext("dmn:text", "", DMN) for node in table.iterfind("dmn:input/dmn:inputExpression", DMN)]
    assert asked == ["papers_complete", "ескерілетін шығыс", "шекті шығыс", "жан басына табыс"]
    answers = {word(node, "name"): word(node, "typeRef") for node in table.iterfind("dmn:output", DMN)}
    assert answers == {"entitled": "boolean", "amount": "integer", "period_months": "integer", "reason": "string"}
    assert table.get("hitPolicy", "UNIQUE") == "UNIQUE"


def test_every_rule_fills_every_column_and_says_that_the_act_does_not() -> None:
    for rule, (asked, answered) in zip(read_table().iterfind("dmn:rule", DMN), rows(), strict=True):
        assert (len(asked), len(answered)) == (4, 4)
        assert all(answered)
        note = rule.findtext("dmn:description", "", DMN)
        assert "актіде жоқ" in note and re.search(r"\[[DVR]\]", note)


def test_the_share_is_a_parameter_of_the_region_and_not_of_the_table() -> None:
    with (REGION / "parameters.csv").open(encoding="utf-8", newline="") as stream:
        assert "share_percent" in {row["key*"] for row in csv.DictReader(stream)}
    numbers = {
        number for entries in rows() for texts in entries for text in texts for number in re.findall(r"[\d.]+", text)
    }
    assert numbers == {"0", "0.5", "3"}, "0.5 rounds, 3 months are the quarter"


def test_the_diagram_leads_from_the_household_and_the_dwelling_to_the_entitlement() -> None:
    root = etree.fromstring(FILE.read_bytes())
    inputs = {node.get("name") for node in root.iterfind("dmn:inputData/dmn:variable", DMN)}
    assert inputs >= {"papers_complete", "expense", "income", "share_percent", "persons", "area", "tariff"}
    requires = {
        decision.get("id"): {word(each, "href")[1:] for each in decision.iterfind("*/*[@href]")}
        for decision in root.iterfind("dmn:decision", DMN)
    }
    assert requires["income_per_head"] == {"Input_income", "Input_persons"}
    assert requires["eligible_expense"] >= {"Input_expense", "Input_area", "Input_persons", "Input_tariff", "area_norm"}
    assert requires["permissible_expense"] == {"Input_income", "Input_share_percent"}
    assert requires["entitlement"] >= {"income_per_head", "eligible_expense", "permissible_expense"}
    drawn = {node.get("dmnElementRef") for node in root.iter("{*}DMNShape", "{*}DMNEdge")}
    assert drawn >= {node.get("id") for node in root.iterfind("*[@name]") if node.get("name")}
    assert drawn >= {node.get("id") for node in root.iter() if str(node.tag).endswith("Requirement")}


@pytest.mark.parametrize(
    ("persons", "area", "tariff", "amount"),
    [(3, 40, 100, 3000), (3, 80, 100, 4400), (1, 80, 100, 2000), (1, 25, 100, 1500), (3, None, 100, 19000),
     (3, 80, 1000, 19000)],
)  # fmt: skip
def test_area_persons_and_tariff_bound_the_expenses_where_they_are_known(
    persons: int, area: int | None, tariff: int, amount: int
) -> None:
    root = read_xml(FILE.name, FILE.read_bytes())
    given = {
        "papers_complete": True, "expense": 20000, "income": 10000, "share_percent": 10, "persons": persons,
        "area": area, "tariff": tariff, "norm_area_person": 18, "norm_area_single": 30,
    }  # fmt: skip
    found = read_decisions({FILE.name: root})["entitlement"].decide(given)
    assert found.outputs["amount"] == amount
    assert ("income_per_head", "Жан басына шаққандағы табыс", round(10000 / persons)) in found.behind


def test_reasons_of_a_refusal_are_known() -> None:
    refused = [answered for _, answered in rows() if answered[0] == "false"]
    assert [answered[1:3] for answered in refused] == [["0", "0"]] * 2
    assert {answered[3] for answered in refused} == {'"papers_incomplete"', '"expenses_within_share"'}
