"""What the executor's papers say, and that they are accepted and printed as they are."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import pytest

from plugins.assessment import decision, drafts, figures
from services import registry
from services.config import PLUGINS, ROOT
from services.documents.contents import check_content
from services.documents.printing import print_form
from services.plugin import Applicant, CaseFacts, Decided, DecidedRule, DecidedTable, FormCall, OfficeFacts, PersonFacts

AT = datetime(2013, 3, 11, 9, 0, tzinfo=UTC)
OFFICE = OfficeFacts("BALKHASH", "Балқаш ауданының жұмыспен қамту бөлімі", "district", "Балқаш", phone="+77277391425",
                     phone_raw="8-72773 9-14-25")  # fmt: skip
APPLICANT = Applicant("Үлгіұлы", "Мысалбек", address="Бақанас ауылы, Мысал көшесі, 12", language="ru")
EXECUTOR = PersonFacts(5, "Дерекова Нұсқагүл", frozenset({"executor"}))
FIGURES = {
    "papers": "complete",
    "members": [{"name": "Үлгіұлы Мысалбек", "relation": "applicant", "income": 95500}],
    "expenses": [{"kind": "maintenance", "amount": 1800}, {"kind": "gas", "amount": 20095}],
}
APPROVED = {**FIGURES, "decision": "approve", "amount": 12345, "period_months": 3}
REFUSED = {**FIGURES, "decision": "refuse", "ground": "false_data", "explanation": "Анықтама сәйкес емес."}
TABLE = DecidedTable(
    "Көмек алу құқығын анықтау",
    [
        DecidedRule(
            3, "Мөлшер.", [("Табыс", "", 95500), ("Құжаттар толық па?", "true", True), ("Шығыс", "> 1", 21895.5)]
        )
    ],
    [],
)
PROPOSAL = Decided({"entitled": True, "amount": 12345, "period_months": 3, "reason": "entitled"}, [TABLE])
AGAINST = Decided({"entitled": False, "amount": 0, "period_months": 0, "reason": "expenses_within_share"}, [TABLE])
SAID = "Көмек алу құқығын анықтау, 3-қағида: Құжаттар толық па? — иә; Шығыс — 21\u00a0895,5; Табыс — 95\u00a0500"


@cache
def rules() -> registry.Registry:
    return registry.load(PLUGINS, ROOT)


def call(applicant: Applicant = APPLICANT) -> FormCall:
    known = {"executor_name": "Дерекова", "executor_phone": ""}
    case = CaseFacts(7, "direct", OFFICE, OFFICE, OFFICE, AT, AT, "03-2013-00042", applicant, {}, known)
    return FormCall(
        case,
        EXECUTOR,
        "draft",
        AT,
        rules().table,
        lambda role: [],
        lambda decision, inputs: PROPOSAL,
        lambda code: code,
    )


@pytest.mark.parametrize("answers", [APPROVED, REFUSED])
def test_the_papers_of_a_decision_are_accepted_and_printed(answers: Mapping[str, object]):
    reason = {"departure_reason": "Анықтама күмән туғызды."} if answers is REFUSED else {}
    checked = decision.check(call(), {**answers, **reason})
    assert set(checked.papers) == {"doc.draft", "doc.calculation"}
    for item, content in checked.papers.items():
        check_content(item, content)
        assert print_form(item, content, rules(), at=AT, mark="").startswith(b"%PDF-")


def test_a_refusal_gives_its_ground_in_words_and_hands_them_on_for_the_signed_paper():
    content = drafts.draft_content(call(), REFUSED, AGAINST)
    row = rules().row("grounds", "false_data")
    assert (content["ground"], content["ground_ru"]) == (row["title_kk"], row["title_ru"])
    assert "amount" not in content
    variables = decision.check(call(), {**REFUSED, "departure_reason": "Себебі бар."}).variables
    assert (variables["ground"], variables["ground_ru"]) == (row["title_kk"], row["title_ru"])


def test_an_approval_after_a_refusal_leaves_no_ground_behind():
    variables = decision.check(call(), APPROVED).variables
    assert (variables["ground"], variables["ground_ru"]) == ("", "")


def test_a_body_without_a_phone_for_the_executor_gives_its_own():
    assert drafts.draft_content(call(), APPROVED, PROPOSAL)["executor_phone"] == "8-72773 9-14-25"


def test_the_language_is_the_applicants():
    assert drafts.draft_content(call(), APPROVED, PROPOSAL)["second_language"] == "ru"
    assert drafts.draft_content(call(replace(APPLICANT, language="kk")), APPROVED, PROPOSAL)["second_language"] == "kk"


def test_the_calculation_speaks_kazakh_and_keeps_its_figures():
    asked = figures.inputs(call(), APPROVED)
    content = drafts.calculation_content(call(), APPROVED, PROPOSAL, asked)
    assert content["members"] == [{"name": "Үлгіұлы Мысалбек", "relation": "Өтініш беруші", "income": 95500}]
    assert content["expenses"] == [
        {"kind": "Тұрғын үйді күтіп-ұстау", "amount": 1800},
        {"kind": "Газ", "amount": 20095},
    ]
    assert (content["income"], content["expense"], content["proposed_amount"]) == (95500, 21895, 12345)
    assert content["rules"] == [SAID]


def test_a_refusal_names_the_rule_that_it_rests_on_and_only_where_the_table_refused():
    assert drafts.draft_content(call(), REFUSED, AGAINST)["rule"] == SAID
    assert drafts.draft_content(call(), REFUSED, PROPOSAL)["rule"] == ""
    assert drafts.refusal_rule(APPROVED, AGAINST) == ""


def test_every_expense_and_relation_has_a_kazakh_word():
    assert {choice.key for choice in figures.EXPENSES} == set(drafts.EXPENSES_KK)
    assert {choice.key for choice in figures.RELATIONS} == set(drafts.RELATIONS_KK)
