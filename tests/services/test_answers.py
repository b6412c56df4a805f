"""From what a form sent to answers: every kind of field, what is refused, and what is never asked."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import answers, kinds
from services.answers import as_form, parse, so_far
from services.errors import InvalidAnswers
from services.plugin import Choice, Field

YES_NO = (Choice("yes", "Yes"), Choice("no", "No"))
MEMBERS = Field(
    "members",
    "rows",
    "Household",
    maximum=3,
    columns=(
        Field("name", "text", "Name", required=True, maximum=20),
        Field("relation", "choice", "Relation", choices=(Choice("child", "Child"), Choice("spouse", "Spouse"))),
        Field("income", "money", "Income", required=True, minimum=0),
    ),
)
PAPERS = Field(
    "papers", "counts", "Papers", choices=(Choice("identity", "Identity"), Choice("bill", "Bill")), maximum=9
)


def faults(field: Field, raw: Mapping[str, object]) -> dict[str, str]:
    """What is wrong with that answer, by field."""
    with pytest.raises(InvalidAnswers) as found:
        parse([field], raw)
    return found.value.errors


def test_a_field_that_nobody_asked_for_is_left_out():
    assert parse([Field("name", "text", "Name")], {"name": "Үлгі", "is_admin": "yes"}) == {"name": "Үлгі"}


def test_blanks_around_and_within_a_line_of_text_are_one():
    assert parse([Field("name", "text", "Name")], {"name": "  Үлгібаев \t Мысал\n"}) == {"name": "Үлгібаев Мысал"}


def test_lines_of_a_long_text_are_kept():
    assert parse([Field("why", "long_text", "Why")], {"why": "бір\r\nекі\r\n"}) == {"why": "бір\nекі"}


@pytest.mark.parametrize("empty", ["", "   ", "\n"])
def test_a_required_field_that_is_empty_is_named(empty: str):
    assert faults(Field("name", "text", "Name", required=True), {"name": empty}) == {"name": kinds.MISSING}


def test_every_fault_is_found_at_once():
    fields = [Field("name", "text", "Name", required=True), Field("on", "date", "On"), Field("n", "integer", "N")]
    with pytest.raises(InvalidAnswers) as found:
        parse(fields, {"on": "31.02.2013", "n": "many"})
    assert found.value.errors == {"name": kinds.MISSING, "on": kinds.NOT_A_DATE, "n": kinds.NOT_A_NUMBER}


def test_a_text_may_be_as_long_as_its_maximum_and_no_longer():
    field = Field("name", "text", "Name", maximum=5)
    assert parse([field], {"name": "Үлгіб"}) == {"name": "Үлгіб"}
    assert faults(field, {"name": "Үлгіба"}) == {"name": kinds.TOO_LONG}


@pytest.mark.parametrize("kind", ["text", "long_text", "phone"])
def test_a_character_that_cannot_be_printed_is_refused(kind):
    assert faults(Field("name", kind, "Name"), {"name": "Үл\x00гі"}) == {"name": kinds.NO_CONTROL}


@pytest.mark.parametrize("kind", ["text", "long_text"])
@pytest.mark.parametrize("typed", ["Үлгі көшесі 🏠", "✅ әкелді", "👍🏽", "🇰🇿"])
def test_a_picture_that_a_paper_would_print_as_a_box_is_refused_in_words(kind: str, typed: str):
    assert faults(Field("address", kind, "Address"), {"address": typed}) == {"address": kinds.NO_PICTURES}


@pytest.mark.parametrize("typed", ["Үлгі көшесі, № 3", "t° 36,6", "☎ 21-00-11", "«Үлгі» → 2-үй ©", "中"])
def test_signs_and_letters_that_are_no_pictures_stay_as_they_were_typed(typed: str):
    assert parse([Field("address", "long_text", "Address")], {"address": typed}) == {"address": typed}


@pytest.mark.parametrize("typed", ["26000", "26 000", "26\u00a0000", "26\u202f000 ₸", " 26000 "])
def test_money_is_whole_tenge_however_it_is_grouped(typed: str):
    assert parse([Field("amount", "money", "Amount")], {"amount": typed}) == {"amount": 26000}


@pytest.mark.parametrize("typed", ["26,5", "26.5", "1e6", "0x10", "٢٦", "²", "--1", "+-1", "1" * 16, "NaN", "1_000"])
def test_what_is_no_whole_number_is_refused(typed: str):
    assert faults(Field("amount", "money", "Amount"), {"amount": typed}) == {"amount": kinds.NOT_A_NUMBER}


def test_a_number_stays_within_its_bounds():
    field = Field("months", "integer", "Months", minimum=1, maximum=12)
    assert faults(field, {"months": "0"}) == {"months": kinds.TOO_SMALL}
    assert faults(field, {"months": "13"}) == {"months": kinds.TOO_LARGE}
    assert [parse([field], {"months": each})["months"] for each in ("1", "12")] == [1, 12]


def test_zero_is_an_answer():
    assert parse([Field("income", "money", "Income", required=True)], {"income": "0"}) == {"income": 0}


@pytest.mark.parametrize("typed", ["15.03.2013", "2013-03-15"])
def test_a_date_is_read_day_first_or_as_iso(typed: str):
    assert parse([Field("on", "date", "On")], {"on": typed}) == {"on": "2013-03-15"}


@pytest.mark.parametrize("typed", ["29.02.2013", "2013-13-01", "15/03/2013", "yesterday", "00.00.0000"])
def test_a_day_that_does_not_exist_is_refused(typed: str):
    assert faults(Field("on", "date", "On"), {"on": typed}) == {"on": kinds.NOT_A_DATE}


def test_only_a_choice_that_is_offered_is_taken():
    field = Field("way", "choice", "Way", required=True, choices=YES_NO)
    assert parse([field], {"way": "no"}) == {"way": "no"}
    assert faults(field, {"way": "maybe"}) == {"way": kinds.NOT_A_CHOICE}
    assert faults(field, {}) == {"way": kinds.NOT_A_CHOICE}


def test_a_box_that_must_be_ticked_is_missed_when_it_is_not():
    assert parse([Field("agreed", "yes", "Agreed")], {}) == {"agreed": False}
    assert parse([Field("agreed", "yes", "Agreed", required=True)], {"agreed": "on"}) == {"agreed": True}
    assert faults(Field("agreed", "yes", "Agreed", required=True), {}) == {"agreed": kinds.MISSING}


def test_an_iin_is_read_without_its_blanks():
    assert parse([Field("iin", "iin", "IIN")], {"iin": "850101 100 012"}) == {"iin": "850101100012"}


def test_a_heading_is_not_an_answer():
    assert parse([Field("figures", "note", "Figures", required=True)], {"figures": "x"}) == {}


def test_an_answer_that_hangs_on_another_is_ignored_until_that_one_is_given():
    fields = [
        Field("decision", "choice", "Decision", choices=YES_NO),
        Field("why", "text", "Why", required=True, when=("decision", ("no",))),
    ]
    assert parse(fields, {"decision": "yes", "why": "left over"}) == {"decision": "yes"}
    assert parse(fields, {"decision": "no", "why": "бар"}) == {"decision": "no", "why": "бар"}
    with pytest.raises(InvalidAnswers) as found:
        parse(fields, {"decision": "no"})
    assert found.value.errors == {"why": kinds.MISSING}


def test_papers_handed_in_are_counted_and_those_that_were_not_are_left_out():
    assert parse([PAPERS], {"papers-identity": "2", "papers-bill": "0", "papers-other": "5"}) == {
        "papers": {"identity": 2}
    }


def test_a_program_may_send_counts_as_they_are_kept():
    assert parse([PAPERS], {"papers": {"identity": 2, "bill": 1}}) == {"papers": {"identity": 2, "bill": 1}}


@pytest.mark.parametrize("count", ["-1", "10", "two"])
def test_a_count_that_is_none_is_refused(count: str):
    assert set(faults(PAPERS, {"papers-identity": count})) == {"papers"}


def test_a_form_without_any_paper_misses_them():
    field = Field("papers", "counts", "Papers", required=True, choices=PAPERS.choices)
    assert faults(field, {"papers-identity": "0"}) == {"papers": kinds.MISSING}


def test_lines_are_read_in_their_order_and_empty_ones_are_skipped():
    raw = {
        "members-2-name": "Екі",
        "members-2-income": "500",
        "members-0-name": "Бір",
        "members-0-relation": "child",
        "members-0-income": "1 000",
        "members-1-name": "  ",
        "members-1-income": "",
        "members-1-relation": "spouse",
    }
    assert parse([MEMBERS], raw) == {
        "members": [
            {"name": "Бір", "relation": "child", "income": 1000},
            {"name": "Екі", "relation": None, "income": 500},
        ]
    }


def test_a_fault_in_a_line_is_named_by_its_cell():
    raw = {"members-0-name": "Бір", "members-0-income": "1", "members-7-name": "Жеті", "members-7-income": "көп"}
    assert faults(MEMBERS, raw) == {"members-7-income": kinds.NOT_A_NUMBER}


def test_more_lines_than_allowed_are_refused():
    raw = {f"members-{at}-{name}": "1" for at in range(4) for name in ("name", "income")}
    assert faults(MEMBERS, raw) == {"members": answers.TOO_MANY_ROWS}


def test_a_program_may_send_lines_as_they_are_kept():
    rows = [{"name": "Бір", "relation": "child", "income": 5}]
    assert parse([MEMBERS], {"members": rows}) == {"members": rows}


def test_what_can_be_read_already_is_read_of_a_form_half_filled():
    fields = [Field("amount", "money", "Amount", required=True), Field("on", "date", "On", required=True), MEMBERS]
    raw = {"amount": "5", "on": "no day", "members-0-name": "Бір", "members-0-income": "7"}
    assert so_far(fields, raw) == {"amount": 5, "members": [{"name": "Бір", "relation": None, "income": 7}]}


@given(
    name=st.text(st.characters(whitelist_categories=["L", "N", "P"]), min_size=1, max_size=20),
    income=st.integers(0, 10**12),
    counts=st.fixed_dictionaries({"identity": st.integers(1, 9), "bill": st.integers(1, 9)}),
    agreed=st.booleans(),
)
def test_what_is_kept_reads_the_same_when_the_form_sends_it_back(
    name: str, income: int, counts: dict[str, int], agreed: bool
):
    kept = {"agreed": agreed, "papers": counts, "members": [{"name": name, "relation": "child", "income": income}]}
    assert parse([Field("agreed", "yes", "Agreed"), PAPERS, MEMBERS], as_form(kept)) == kept


@given(
    st.dictionaries(
        st.sampled_from(["name", "amount", "on", "way", "papers", "papers-identity", "members", "members-0-name"]),
        st.one_of(st.text(max_size=40), st.none(), st.integers(), st.lists(st.text(max_size=5), max_size=3),
                  st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2)),
    )
)  # fmt: skip
def test_whatever_is_sent_is_answered_or_refused_and_never_breaks(raw: dict[str, object]):
    fields = [
        Field("name", "text", "Name"),
        Field("amount", "money", "Amount"),
        Field("on", "date", "On"),
        Field("way", "choice", "Way", choices=YES_NO),
        PAPERS,
        MEMBERS,
    ]
    try:
        assert set(parse(fields, raw)) == {field.name for field in fields}
    except InvalidAnswers as refused:
        assert refused.errors


def test_a_cell_left_empty_stays_empty_when_the_answers_are_shown_again():
    column = (Field("kind", "text", "Kind"), Field("used", "number", "Used"))
    field = Field("rows", "rows", "Rows", columns=column)
    given = parse([field], {"rows-0-kind": "gas", "rows-0-used": ""})
    assert parse([field], answers.as_form(given)) == given == {"rows": [{"kind": "gas", "used": None}]}


def test_what_hangs_on_an_answer_that_is_not_asked_is_not_asked_either():
    ways, papers = (Choice("post", "Post"), Choice("hand", "Hand")), (Choice("own", "Own"), Choice("power", "Power"))
    asked = [
        Field("way", "choice", "Way", choices=ways),
        Field("known_by", "choice", "Known by", choices=papers, when=("way", ("hand",))),
        Field("attorney", "text", "Attorney", required=True, when=("known_by", ("power",))),
        Field("proof", "text", "Proof", hide=lambda answers: answers.get("way") == "post"),
        Field("of_proof", "text", "Of the proof", when=("proof", ("seal",))),
    ]
    typed = {"way": "post", "known_by": "power", "attorney": "№ 12", "proof": "seal", "of_proof": "x"}
    assert parse(asked, typed) == answers.so_far(asked, typed) == {"way": "post"}
    assert parse(asked, {**typed, "way": "hand"}) == {**typed, "way": "hand"}
    with pytest.raises(InvalidAnswers):
        parse(asked, {**typed, "way": "hand", "attorney": ""})
    assert parse(asked, {"way": "post", "known_by": "power"}) == {"way": "post"}
