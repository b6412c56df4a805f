"""Phone numbers as people write them, and the one form in which they are kept, found and dialled: E.164.

What is a number, and whose, is told by libphonenumber's numbering plans. One without a country code is a Kazakh one.
"""

import re
from typing import Final

import phonenumbers

from services.msgids import _

#: whose numbers are written without a country code, `8 701 123 45 67` or `701 123 45 67`
COUNTRY: Final = "KZ"

TOO_SHORT = _(
    "This is too short for a phone number: write it with its area code, as 8 701 123 45 67 or 8 7282 21 04 91."
)
NOT_A_PHONE = _("This is no phone number: check its digits, as 8 701 123 45 67 or 8 7282 21 04 91.")
NOT_ONE = _("Write one phone number, in digits and nothing else, as 8 701 123 45 67.")

LONGEST = 40
_WRITTEN = re.compile(r"\+?[0-9 ()./\u00a0\u202f\u2010-\u2015-]+")


def e164(typed: str) -> str:
    """`+77011234567`, however it was grouped and begun. Raises ValueError with a msgid."""
    words = typed.strip()
    if len(words) > LONGEST or not _WRITTEN.fullmatch(words):
        raise ValueError(NOT_ONE)
    try:
        number = phonenumbers.parse(words, COUNTRY)
    except phonenumbers.NumberParseException:
        raise ValueError(NOT_A_PHONE) from None
    if phonenumbers.is_possible_number_with_reason(number) in _SHORT:
        raise ValueError(TOO_SHORT)
    if not phonenumbers.is_valid_number(number):
        raise ValueError(NOT_A_PHONE)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def e164_or_none(typed: str) -> str | None:
    """`e164` for what was kept before anybody checked it; None when it is no number."""
    try:
        return e164(typed)
    except ValueError:
        return None


def dialled(typed: str) -> str:
    """What a phone dials for it: E.164, or its digits as they are."""
    return e164_or_none(typed) or re.sub(r"[^0-9+]", "", typed)


def searched(digits: str) -> set[str]:
    """What those digits may be a part of: as they are, and without what is dialled before a number of any country."""
    return {digits, *(digits.removeprefix(before) for before in ("7", "8", "810", "8107", "00", "007"))} - {""}


_SHORT = (
    phonenumbers.ValidationResult.TOO_SHORT,
    phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY,
)
