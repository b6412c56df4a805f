"""What a scanner or a person says back, and what is found out when it was misread."""

import random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.documents import Misread, barcode_payload, read_payload
from services.documents.barcodes import ALPHABET, LONGEST, badge_payload, check_character, read_badge
from services.documents.numbers import write_number

NUMBERS = st.builds(
    write_number,
    st.integers(0, 99).map(str),
    st.sampled_from(["in", "out"]),
    st.integers(2000, 2099),
    st.integers(1, 2**31 - 1),
)
#: what the keys of a Latin keyboard type when the Kazakh layout is on
KAZAKH_LAYOUT = str.maketrans("1234567890-QWERTYUIOPASDFGHJKLZXCVBNM", '"әіңғ,.үұқөЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬ')
RUSSIAN_LAYOUT = str.maketrans("QWERTYUIOPASDFGHJKLZXCVBNM", "ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬ")


def test_the_check_character_is_that_of_the_standard():
    assert check_character("A1-2425GABC1234002") == "M"  # the example published with ISO 7064 MOD 37,36


@given(NUMBERS)
def test_what_is_printed_is_read_back(number: str):
    assert read_payload(barcode_payload(number)) == number


@given(NUMBERS)
def test_case_blanks_and_dashes_do_not_matter(number: str):
    payload = barcode_payload(number)
    spoken = [payload.lower(), f"  {payload}\r\n", payload.replace("-", " "), payload.replace("-", " – ")]
    assert {read_payload(each) for each in spoken} == {number}


@given(NUMBERS, st.sampled_from([KAZAKH_LAYOUT, RUSSIAN_LAYOUT]), st.booleans())
def test_a_scanner_may_type_with_another_layout(number: str, layout: dict[int, int], small: bool):
    typed = barcode_payload(number).translate(layout)
    assert read_payload(typed.lower() if small else typed) == number


@given(NUMBERS, st.data())
def test_one_wrong_character_is_found_out(number: str, data: st.DataObject):
    payload = barcode_payload(number)
    at = data.draw(st.sampled_from([at for at, letter in enumerate(payload) if letter in ALPHABET]))
    wrong = payload[:at] + data.draw(st.sampled_from(ALPHABET)) + payload[at + 1 :]
    assume(wrong != payload)
    with pytest.raises(Misread):
        read_payload(wrong)


def test_two_digits_swapped_are_found_out_but_for_one_in_a_hundred_at_most():
    chance, swaps, missed = random.Random(7), 0, 0
    for _ in range(20_000):
        office, count = f"{chance.randrange(1, 99):02d}", chance.randrange(1, 99_999)
        payload = barcode_payload(write_number(office, "in", 2013, count))
        at = chance.randrange(len(payload) - 3)
        left, right = payload[at : at + 2]
        if left == right or left not in ALPHABET or right not in ALPHABET:
            continue
        swaps += 1
        try:
            read_payload(payload[:at] + right + left + payload[at + 2 :])
            missed += 1
        except Misread:
            pass
    assert swaps > 8_000 and missed < swaps / 100, (swaps, missed)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("19-2013-00042", "19-2013-00042"),
        ("19-2013-42", "19-2013-00042"),
        ("4 2013 42", "04-2013-00042"),
        ("19-х2013-7", "19-X2013-00007"),
        ("19-2013-123456", "19-2013-123456"),
    ],
)
def test_a_number_typed_by_hand_needs_no_check_character(typed: str, number: str):
    assert read_payload(typed) == number


@given(st.text(max_size=LONGEST))
def test_anything_else_is_a_misreading_and_nothing_worse(text: str):
    try:
        assert read_payload(read_payload(text)) == read_payload(text)
    except Misread as error:
        assert "19-2013-00042" in str(error) or "scan again" in str(error)


@pytest.mark.parametrize("text", ["", "-", "Үлгіұлы", "19-2013", "19-2013-00042-Q-Q", "1" * 10_000, "١٩-٢٠١٣-٠٠٠٤٢"])
def test_what_is_no_number_is_refused(text: str):
    with pytest.raises(Misread):
        read_payload(text)


def test_a_payload_is_not_given_a_second_check_character():
    with pytest.raises(Misread):
        barcode_payload(barcode_payload("19-2013-00042"))


@pytest.mark.parametrize("added", [
    "]C0{}", "]C1{}", "]c1{}", "]Q1{}", "]d2{}", "ъс1{}", "ЪЙ1{}", "*{}*", "]A0*{}*", "{}\t", "]C0{}\t", "{}\r",
    " *{}* ",
])  # fmt: skip
def test_what_scanners_add_to_a_code_is_left_out(added: str) -> None:
    """ISO/IEC 15424 names the symbology before the data: `]C0` Code 128, `]C1` GS1-128, `]Q1` QR; Code 39: stars."""
    for number in ("19-2013-00042", "P30-X2026-00001"):
        assert read_payload(added.format(barcode_payload(number))) == number
    assert read_badge(added.format(badge_payload(12))) == 12
    for nothing in ("]C1", "**", "]", "ъс1"):
        with pytest.raises(Misread):
            read_payload(nothing)
