"""What the executor's papers say, and that they are accepted and printed as they are."""

from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from plugins.assessment import decision, drafts, figures, norms
from services.documents.printing import print_form
from services.documents.required import check_content
from services.errors import InvalidAnswers
from tests.plugins.drafting import AGAINST, APPLICANT, APPROVED, AT, FIGURES, PROPOSAL, REFUSED, SAID, call, rules


@pytest.mark.parametrize("answers", [APPROVED, REFUSED])
def test_the_papers_of_a_decision_are_accepted_and_printed(answers: Mapping[str, object]):
    reason = {"departure_reason": "Анықтама күмән туғызды."} if answers is REFUSED else {}
    checked = decision.check(call(), {**answers, **reason})
    assert set(checked.papers) == {"doc.draft", "doc.calculation"}
    for item, content in checked.papers.items():
        check_content(item, content, rules())
        assert print_form(item, content, rules(), at=AT, mark="").startswith(b"%PDF-")


def test_a_refusal_gives_its_ground_in_words_and_hands_them_on_for_the_signed_paper():
    content = drafts.draft_content(call(), REFUSED, AGAINST)
    row = rules().row("grounds", "false_data")
    assert (content["ground"], content["ground_ru"]) == (row["title_kk"], row["title_ru"])
    assert "amount" not in content
    variables = decision.check(call(), {**REFUSED, "departure_reason": "Себебі бар."}).variables
    assert (variables["ground"], variables["ground_ru"]) == (row["title_kk"], row["title_ru"])


def test_a_refusal_in_russian_has_its_reasons_in_russian_and_is_not_made_without():
    answers = {**REFUSED, "departure_reason": "Себебі бар.", "explanation_ru": ""}
    with pytest.raises(InvalidAnswers) as refused:
        decision.check(call(), answers)
    assert set(refused.value.errors) == {"explanation_ru"}
    in_kazakh = call(replace(APPLICANT, language="kk"))
    assert "explanation_ru" not in {field.name for field in decision.fields(in_kazakh)}
    decision.check(in_kazakh, answers)
    draft = decision.check(call(), {**answers, "explanation_ru": "Справка не соответствует."}).papers["doc.draft"]
    pdf = PdfReader(BytesIO(print_form("doc.draft", draft, rules(), at=AT, mark="")))
    text = " ".join(page.extract_text() for page in pdf.pages)
    assert "Пояснение: Справка не соответствует." in " ".join(text.split())


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
    assert content["income_months"] == "3"
    assert content["expenses"] == [
        {"kind": "Тұрғын үйді күтіп-ұстау", "amount": 1800, "counts": 1800,
         "norm": "толық есептелді: ауданы көрсетілмеген"},
        {"kind": "Газ", "amount": 20095, "counts": 20095, "norm": "толық есептелді: тұтынуы көрсетілмеген"},
    ]  # fmt: skip
    assert (content["income"], content["expense"], content["proposed_amount"]) == (95500, 21895, 12345)
    assert content["rules"] == [SAID]


def test_a_refusal_names_the_rule_that_it_rests_on_and_only_where_the_table_refused():
    assert drafts.draft_content(call(), REFUSED, AGAINST)["rule"] == SAID
    assert drafts.draft_content(call(), REFUSED, PROPOSAL)["rule"] == ""
    assert drafts.refusal_rule(APPROVED, AGAINST) == ""


def test_every_expense_and_relation_has_a_kazakh_word():
    assert {choice.key for choice in figures.EXPENSES} == set(drafts.EXPENSES_KK)
    assert {choice.key for choice in figures.RELATIONS} == set(drafts.RELATIONS_KK)


FAMILY = [{"name": name, "relation": "other", "income": 0} for name in ("Ү", "М", "С")]
#: people, area, expenses -> what counts, reckoned by hand from 18 m² a person (30 alone), gas 15, cold water 4,
#: hot 2 m³ a person, heat 0.025 Gcal a m², lift 1300, phone 1399, condominium 60 tenge a m²
COUNTS = [
    (3, None, [("lift", 1500, None), ("telephone", 1000, None)], [1300, 1000]),
    (3, None, [("telephone", 1000, None), ("telephone", 1000, None)], [1399]),
    (3, None, [("gas", 9000, 90), ("cold_water", 2000, 12), ("hot_water", 3000, 7)], [4500, 2000, 2571]),
    (1, 60, [("maintenance", 2400, None), ("heating", 12000, None), ("rent", 30001, None)], [1200, 6000, 15001]),
    (3, 54, [("maintenance", 9000, None), ("heating", 20000, 2.7)], [3240, 10000]),
    (3, 108, [("heating", 20000, 1), ("electricity", 7000, None), ("waste", 500, None)], [20000, 7000, 500]),
    (3, None, [("heating", 20000, None), ("gas", 9000, None)], [20000, 9000]),
    (3, None, [("gas", 4000, 30), ("gas", 5000, None)], [9000]),
    (0, 30, [("rent", 100, None)], [100]),
]


@pytest.mark.parametrize(("people", "area", "bills", "counts"), COUNTS)
def test_what_counts_of_an_expense_is_what_was_billed_and_no_more_than_the_norm(people, area, bills, counts):
    expenses = [{"kind": kind, "amount": amount, "used": used} for kind, amount, used in bills]
    answers = {**FIGURES, "members": FAMILY[:people], "area": area, "expenses": expenses}
    found = norms.count(call(), answers)
    assert [each.counts for each in found] == counts
    assert [each.billed for each in found] == [
        sum(amount for other, amount, _ in bills if other == each.kind) for each in found
    ]
    assert all(each.norm % each.words for each in found)
    assert figures.inputs(call(), answers)["expense"] == sum(counts)


def test_every_norm_of_the_region_counts_and_every_norm_that_counts_is_the_regions():
    asked = {*norms.PER_PERSON.values(), *norms.MOST.values(), "norm_heat", "norm_condominium"}
    asked |= {"norm_area_person", "norm_area_single"}
    assert asked == {row["key"] for row in call().table("parameters") if row["key"].startswith("norm_")}


def test_an_amount_beyond_what_counts_is_asked_back_though_less_was_billed_than_paid():
    answers = {**APPROVED, "expenses": [{"kind": "lift", "amount": 9000}], "amount": 2000}
    assert decision.beyond(call(), answers)
    assert not decision.beyond(call(), {**answers, "amount": 1300})


def test_what_is_no_figure_yet_counts_nothing_and_breaks_nothing():
    for odd in ({"expenses": None}, {"expenses": [{"kind": "gas", "amount": None, "used": "x"}], "area": "x"}, {}):
        assert sum(each.counts for each in norms.count(call(), odd)) == 0
