"""Phones: one form however they are written, what is none is refused in words, and the act's stay as printed."""

import csv
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import phones
from services.answers import parse
from services.errors import InvalidAnswers
from services.phones import NOT_A_PHONE, NOT_ONE, TOO_SHORT
from services.plugin import Field
from tests import the_region

PHONE = Field("phone", "phone", "Phone", maximum=40)


@pytest.mark.parametrize(
    "typed",
    ["8 701 123 45 67", "+7 (701) 123-45-67", "87011234567", "7011234567", "7-701-123-45-67", " +7.701.123.4567 ",
     "8 10 7 701 123 45 67", "8 (701) 1234567", "8\u00a0701\u00a0123\u201345\u201367"],
)  # fmt: skip
def test_a_phone_is_kept_in_one_form_beside_what_was_typed(typed: str) -> None:
    assert parse([PHONE], {"phone": typed}) == {"phone": "+77011234567", "phone_raw": " ".join(typed.split())}


@pytest.mark.parametrize(
    ("typed", "said"),
    [("12", TOO_SHORT), ("210491", TOO_SHORT), ("123 45 67", TOO_SHORT), ("8 700 000 00 0", NOT_A_PHONE),
     ("8 100 000 00 01", NOT_A_PHONE), ("7+7000000001", NOT_ONE), ("8(7282)24-15-06;8(7282) 24-41-33", NOT_ONE),
     ("8 700 000 00 01 8 700 000 00 02", NOT_A_PHONE), ("٨٧٠٠٠٠٠٠٠٠١", NOT_ONE), ("8 700 000 00 01 ішкі 5", NOT_ONE),
     ("-", NOT_A_PHONE), ("8" * 31, NOT_A_PHONE), ("жоқ", NOT_ONE), ("8 800 КӨМЕК", NOT_ONE)],
)  # fmt: skip
def test_what_is_no_phone_is_refused_in_words(typed: str, said: str) -> None:
    with pytest.raises(InvalidAnswers) as found:
        parse([PHONE], {"phone": typed})
    assert found.value.errors == {"phone": said}


def test_no_phone_is_no_answer_and_leaves_nothing_beside_it() -> None:
    assert parse([PHONE], {"phone": " "}) == {"phone": ""}


def test_a_phone_of_another_country_is_one() -> None:
    assert phones.e164("+996 555 123456") == phones.e164("8 10 996 555 12-34-56") == "+996555123456"
    assert phones.e164("8 495 123 45 67") == "+74951234567"


def test_what_a_phone_dials_is_never_text() -> None:
    assert phones.dialled("8-7282 210491") == "+77282210491"
    assert phones.dialled("21-04-91 (Айгүл)") == "210491"


def test_every_phone_of_the_act_is_one_number_digit_for_digit() -> None:
    rows = list(csv.DictReader((the_region.FOLDER / "offices.csv").open(encoding="utf-8")))
    raw = [phone for row in rows for phone in row["phone_raw"].split(";") if phone]
    stored = [phone for row in rows for phone in row["phone"].split(";") if phone]
    assert [phones.e164(phone) for phone in raw] == stored
    assert [re.sub("[^0-9]", "", phone)[1:] for phone in raw] == [phone[2:] for phone in stored]
    assert len(raw) > 60


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_a_phone(text: str) -> None:
    assert re.fullmatch("([+][0-9]{7,15})?", phones.e164_or_none(text) or "")
    phones.dialled(text)
