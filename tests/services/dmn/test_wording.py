"""What a rule asks is said in words; what has no good words stays as it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dmn.wording import KAZAKH, in_words
from webapp.cli.languages import CORE

SAID = [
    (">= шекті шығыс + 0.5", "at least шекті шығыс + 0.5", "кемінде шекті шығыс + 0,5"),
    ("< 12000.50", "less than 12,000.5", "12 000,5 мәнінен аз"),
    ("> 5", "more than 5", "5 мәнінен көп"),
    ("<= -1", "at most −1", "ең көбі −1"),
    ("[1..10]", "between 1 and 10", "1 – 10 аралығында"),
    ("(1..10]", "more than 1 and at most 10", "1 мәнінен көп және ең көбі 10"),
    ('"A", "B", "C"', "«A», «B» or «C»", "«A», «B» немесе «C»"),
    ('not("A")', "not «A»", "«A» емес"),
    ('not("A", "B")', "neither «A» nor «B»", "«A» да, «B» да емес"),
    ("not(< 5)", "at least 5", "кемінде 5"),
    ("null", "not given", "берілмеген"),
    ("not(null)", "given", "берілген"),
    ("true", "yes", "иә"),
    ("limit * (1 + rate)", "limit × (1 + rate)", "limit × (1 + rate)"),
    ('>= date("2027-03-01")', "from 01.03.2027 on", "01.03.2027 күнінен бастап"),
    ('< date and time("2027-03-01T10:30:00")', "before 01.03.2027 10:30", "01.03.2027 10:30 күніне дейін"),
    ('[duration("P1Y6M")..duration("P2Y")]', "between 1 y 6 mo and 2 y", "1 жыл 6 ай – 2 жыл аралығында"),
    ('> @"P3DT4H"', "more than 3 d 4 h", "3 күн 4 сағ мәнінен көп"),
    ("? > 5 and ? < my pay", "more than 5 and less than my pay", "5 мәнінен көп және my pay мәнінен аз"),
    ("? between 1 and 3", "between 1 and 3", "1 – 3 аралығында"),
    ("5 < ?", "more than 5", "5 мәнінен көп"),
    ("< 5, > 10", "less than 5 or more than 10", "5 мәнінен аз немесе 10 мәнінен көп"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "english", "kazakh"), SAID)
def test_a_condition_is_said_in_words(written: str, english: str, kazakh: str) -> None:
    assert in_words(written, str, comma=False) == english
    assert in_words(written, KAZAKH.__getitem__).replace("\u00a0", " ") == kazakh


@pytest.mark.parametrize(
    "written", ["", "-", 'contains(?, "x")', "count(?) > 3", "< 5 <", "some x in ? satisfies x > 1"]
)
def test_what_fits_anything_or_has_no_good_words_is_said_by_none(written: str) -> None:
    assert in_words(written, str) == ""


@given(st.text(max_size=60) | st.text('?<>=[]().,+-*/ 0123456789abnort"', max_size=40))
def test_whatever_is_written_there_is_an_answer(written: str) -> None:
    assert isinstance(in_words(written, str), str)


def test_papers_say_it_as_the_pages_do_in_kazakh() -> None:
    known = CORE.known("kk")
    assert {msgid: known.get(msgid) for msgid in KAZAKH} == dict(KAZAKH)
