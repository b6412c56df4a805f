"""The individual identification number: what makes it wrong, and what only looks odd (DIGEST section 6).

Length and check digit are errors. Since decree N 853 of 26.08.2013 the digits are not tied to birth date or sex, so a
mismatch there is a warning and nothing more.
"""

from datetime import date

from services.msgids import _

CENTURIES = {"1": 1800, "2": 1800, "3": 1900, "4": 1900, "5": 2000, "6": 2000}
FEMALE_ENDINGS = ("қызы", "кызы", "вна", "чна")
MALE_ENDINGS = ("ұлы", "улы", "вич", "ьич")


def check_digit(first_eleven: str) -> int | None:
    """The twelfth digit that belongs to the first eleven; None when such a number is never issued."""
    digits = [int(digit) for digit in first_eleven]
    for weights in (range(1, 12), (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)):
        rest = sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % 11
        if rest < 10:
            return rest
    return None


def fault(iin: str) -> str | None:
    """What makes it wrong, in words; None when nothing does."""
    if len(iin) != 12 or not (iin.isascii() and iin.isdigit()):
        return _("An IIN has 12 digits.")
    if check_digit(iin[:11]) != int(iin[11]):
        return _("The check digit of this IIN is wrong: one of its digits is mistyped.")
    return None


def oddity(iin: str, patronymic: str) -> str | None:
    """What looks unusual in a number that is not wrong, in words; None when nothing does."""
    century = CENTURIES.get(iin[6])
    if century is None or not _is_date(century + int(iin[:2]), int(iin[2:4]), int(iin[4:6])):
        return _("The first digits of this IIN are not a date of birth. That is allowed; please look once more.")
    female = int(iin[6]) % 2 == 0
    ending = patronymic.casefold().rstrip()
    if (female and ending.endswith(MALE_ENDINGS)) or (not female and ending.endswith(FEMALE_ENDINGS)):
        return _("The IIN and the patronymic speak of different sexes. That is allowed; please look once more.")
    return None


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
