"""Incomes are reckoned from the months of the certificates, and the reckoning is said: nothing is typed twice."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from plugins.assessment import decision, drafts, figures, incomes
from services.answers import asked, parse
from services.errors import InvalidAnswers
from services.plugin import FormCall
from tests.plugins.drafting import APPROVED, PROPOSAL, call

TYPED = {
    "papers": "complete",
    "members-0-name": "Үлгіұлы Мысалбек", "members-0-relation": "applicant",
    "members-0-month_1": "40 000", "members-0-month_2": "50000", "members-0-month_3": "45001",
    "members-1-name": "Үлгіұлы Сынақ", "members-1-relation": "spouse", "members-1-income": "7000",
    "expenses-0-kind": "maintenance", "expenses-0-amount": "30000",
}  # fmt: skip


def answered(call: FormCall, typed: dict[str, str]) -> dict[str, object]:
    return dict(figures.check(call, parse(figures.fields(call), typed)).answers or {})


def test_each_members_income_is_the_average_of_the_months_and_the_decision_rests_on_it() -> None:
    """(40 000 + 50 000 + 45 001) / 3 = 45 000.33 (reckoned by hand); a member whose average is stated stands beside."""
    kept = answered(call(), TYPED)
    members = kept["members"]
    assert isinstance(members, list) and [each["income"] for each in members] == [45000, 7000]
    assert figures.inputs(call(), kept)["income"] == 52000
    assert kept["income_reckoned"] == (
        "Үлгіұлы Мысалбек: (40\u00a0000 + 50\u00a0000 + 45\u00a0001) : 3 = 45\u00a0000; Үлгіұлы Сынақ: 7\u00a0000. "
        "Σ 45\u00a0000 + 7\u00a0000 = 52\u00a0000"
    )
    again = answered(call(), TYPED | {"members-0-month_3": "45002"})  # half a tenge is a whole one
    assert figures.inputs(call(), again)["income"] == 52001


def test_the_months_are_the_whole_ones_before_the_application_was_taken_in_on_the_offices_clock() -> None:
    local = replace(call(), now=datetime(2013, 3, 11, 15, 0, tzinfo=ZoneInfo("Asia/Almaty")))
    case = replace(local.case, opened_at=datetime(2013, 1, 31, 20, 30, tzinfo=UTC))  # the first of February there
    at = [f"{each:%m.%Y}" for each in incomes.months(replace(local, case=case))]
    assert at == ["11.2012", "12.2012", "01.2013"]
    column = incomes.columns(replace(local, case=case), 1)[0]
    assert column.fill is not None and column.fill("%(month)s айының табысы") == "11.2012 айының табысы"


def test_where_months_are_entered_the_average_is_not_asked_and_what_stood_there_does_not_count() -> None:
    typed = TYPED | {"members-0-income": "999999"}
    assert "members-0-income" in asked(figures.fields(call()), typed).hidden
    assert figures.inputs(call(), answered(call(), typed))["income"] == 52000


@pytest.mark.parametrize("gone", ["members-0-month_1", "members-0-month_3"])
def test_a_month_that_is_left_empty_is_asked_for_and_not_taken_for_nought(gone: str) -> None:
    typed = {name: said for name, said in TYPED.items() if name != gone}
    with pytest.raises(InvalidAnswers) as refused:
        answered(call(), typed)
    assert refused.value.errors == {"members": incomes.SOME_MISSING}
    assert answered(call(), typed | {gone: "0"})


def test_a_member_with_neither_months_nor_average_is_asked_for_one() -> None:
    typed = {name: said for name, said in TYPED.items() if name != "members-1-income"}
    with pytest.raises(InvalidAnswers) as refused:
        answered(call(), typed)
    assert list(refused.value.errors) == ["members-1-income"]


def test_the_calculation_says_how_the_income_was_reckoned_and_the_decision_is_proposed_from_it() -> None:
    kept = answered(call(), TYPED)
    asked_of = figures.inputs(call(), kept)
    content = drafts.calculation_content(call(), {**APPROVED, **kept}, PROPOSAL, asked_of)
    members = content["members"]
    assert isinstance(members, list)
    assert members[0]["reckoned"] == "(40\u00a0000 + 50\u00a0000 + 45\u00a0001) : 3 = 45\u00a0000"
    assert "reckoned" not in members[1] and content["income"] == 52000
    assert decision.preview(call(), kept)["inputs"] == asked_of
