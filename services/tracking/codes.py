"""The secret code by which an applicant asks where the application is: made, printed in groups, and read back. Pure.

Twenty digits that nobody chose (66 bits), in five groups of four; each group ends with a check digit. Digits are said
over a telephone alike in Kazakh, Russian and English, and every keyboard has them. The check is Damm's (H. M. Damm,
*Total anti-symmetrische Quasigruppen*, Marburg 2004), begun anew in each group with the group's place: it finds every
wrong digit, every swap of neighbours and every group that stands where another should, and says in which group.
"""

import secrets

from services.errors import Invalid
from services.letters import tidy

GROUPS, DIGITS = 5, 4
SIZE = DIGITS + 1  #: digits of a group, with its check

_DAMM = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip


class WrongCode(Invalid):
    """The code has 5 groups of 5 digits. Please type all of them."""


class WrongGroup(Invalid):
    """Group %(group)s of the code has a wrong digit. Please look at it again."""


def new_code() -> str:
    """A code that nobody had before: 25 digits."""
    groups = ("".join(secrets.choice("0123456789") for _ in range(DIGITS)) for _ in range(GROUPS))
    return "".join(group + check_digit(group, at) for at, group in enumerate(groups))


def read_code(typed: str) -> str:
    """The 25 digits of a code, however it is parted. Raises WrongCode, WrongGroup, which tell only what was typed."""
    said = "".join(letter for letter in tidy(typed) if letter.isalnum())
    if len(said) != GROUPS * SIZE or not (said.isascii() and said.isdigit()):
        raise WrongCode
    for at, group in enumerate(groups_of(said)):
        if check_digit(group[:-1], at) != group[-1]:
            raise WrongGroup(group=at + 1)
    return said


def groups_of(code: str) -> list[str]:
    """As it is printed and said: five groups."""
    return [code[at : at + SIZE] for at in range(0, len(code), SIZE)]


def check_digit(digits: str, begin: int = 0) -> str:
    """Damm's check digit of those; `begin` is where the reckoning starts, the group's place."""
    interim = begin
    for digit in digits:
        interim = int(_DAMM[interim][int(digit)])
    return str(interim)
