"""What a form decides by a region's table is what the diagram decides by it: over all that the case knows."""

from collections.abc import Iterator

import pytest
from flask import Flask

from plugins.assessment import decision, figures
from services import cases, processes, registry
from services.cases.facts import form_call
from services.cases.reading import read_task
from services.db import db
from services.plugin import FormCall
from tests.services.cases.small_cases import OFFICE, clerk, people, task_at
from tests.services.engine.drawings import drawn, extended, node, table

#: a region whose decision asks for one thing more than the forms of the core give
SHARE_IN_TOWN = table(
    ["expense", "income", "share_percent", "town"],
    ["entitled", "amount", "period_months", "reason"],
    [
        ["-", "-", "-", "false", "false", "0", "0", '"not_eligible"'],
        ["> income * share_percent / 100", "-", "-", "true", "true", "expense", "3", '"entitled"'],
    ],
    key="entitlement", policy="FIRST", types=("number", "number", "number", "boolean", "", "", "", ""),
)  # fmt: skip
ASKED = {"expense": "long", "income": "long", "share_percent": "long", "town": "boolean"}
FIGURES = {
    "papers": "complete",
    "members": [{"name": "A", "relation": "applicant", "income": 1000}],
    "expenses": [{"kind": "electricity", "amount": 5000}],
}


@pytest.fixture
def at_the_draft(house: Flask) -> Iterator[FormCall]:
    """A form's call in a case of the country, which its own question said, after the diagram has decided."""
    asked = "".join(f'<camunda:formField id="{name}" label="{name}" type="{kind}"/>' for name, kind in ASKED.items())
    field = f"<camunda:formData>{asked}</camunda:formData>"
    rule = node("businessRuleTask", "R", camunda__decisionRef="entitlement", camunda__resultVariable="proposal",
                camunda__mapDecisionResult="singleResult")  # fmt: skip
    first = node("userTask", "A", extended(field), camunda__candidateGroups="clerk")
    files = {"p.bpmn": drawn(first + rule + people("B"), "start>A A>R R>B B>end"), "e.dmn": SHARE_IN_TOWN}
    processes.install(files, registry.current(), name="small", actor="test")
    case_id = cases.open_case("p", OFFICE, clerk(), key="one")
    cases.complete_task(
        task_at(case_id, "A").id,
        {"expense": "9000", "income": "1000", "share_percent": "10"},
        cases.Click(clerk(), "a"),
    )
    work = read_task(task_at(case_id, "B").id)
    yield form_call(registry.current(), work, clerk())
    db.session.rollback()


def test_a_form_proposes_what_the_decision_says_over_all_that_the_case_knows(at_the_draft: FormCall) -> None:
    known = at_the_draft.case.variables
    assert known["town"] is False and known["proposal"]["reason"] == "not_eligible"
    proposal = decision.propose(at_the_draft, FIGURES)
    assert dict(proposal) == known["proposal"], "not money that the decision in force refuses"
    assert decision.taken_over(at_the_draft, proposal) == {"decision": "refuse", "ground": "not_eligible"}
    assert figures.determine_check(at_the_draft, FIGURES).outcome == "not_entitled"


def test_what_stands_in_the_form_now_goes_before_what_the_case_knew(at_the_draft: FormCall) -> None:
    assert at_the_draft.decide("entitlement", {**figures.inputs(at_the_draft, FIGURES), "town": True})["amount"] == 5000


def test_what_the_case_knows_is_written_down_with_what_was_decided(at_the_draft: FormCall) -> None:
    assert ("town", False) in decision.propose(at_the_draft, FIGURES).tables[0].values
