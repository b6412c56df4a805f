"""The secret code: made, read back, and what its check finds (H. M. Damm 2004)."""

import random

import pytest

from services.tracking import WrongCode, WrongGroup, groups_of, read_code
from services.tracking.codes import DIGITS, GROUPS, check_digit, new_code
from services.tracking.service import ROUNDS


def test_the_check_digit_is_damms() -> None:
    # the worked example of en.wikipedia.org/wiki/Damm_algorithm: 572 is written 5724
    assert check_digit("572") == "4"


def test_a_code_has_more_than_sixty_random_bits_and_none_comes_twice() -> None:
    assert 10 ** (GROUPS * DIGITS) > 2**60 and ROUNDS >= 1000
    assert len({new_code() for _ in range(500)}) == 500


def test_every_wrong_digit_and_every_swap_is_found_and_its_group_is_named() -> None:
    code = new_code()
    for at, right in enumerate(code):
        for wrong in set("0123456789") - {right}:
            with pytest.raises(WrongGroup) as raised:
                read_code(code[:at] + wrong + code[at + 1 :])
            assert raised.value.details["group"] == at // 5 + 1
    for at in range(len(code) - 1):
        swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
        if swapped != code:
            with pytest.raises(WrongGroup):
                read_code(swapped)


def test_a_group_that_stands_where_another_should_is_found() -> None:
    groups = groups_of(new_code())
    groups[1], groups[3] = groups[3], groups[1]
    if groups[1] != groups[3]:
        with pytest.raises(WrongGroup):
            read_code(" ".join(groups))


@pytest.mark.parametrize("between", ["", " ", "-", " – ", "\u00a0", ". ", "\n"])
def test_a_code_is_read_however_it_is_parted(between: str) -> None:
    code = new_code()
    assert read_code(between.join(groups_of(code))) == code


def test_what_is_no_code_is_refused_whatever_it_is() -> None:
    chance = random.Random(7)
    for said in (
        "",
        "12345",
        "a" * 25,
        "١" * 25,
        "9" * 26,
        "".join(chr(chance.randrange(32, 9000)) for _ in range(60)),
    ):
        with pytest.raises(WrongCode):
            read_code(said)
