"""Sending by post: the tracking number of the Universal Postal Union (S10), with its check digit."""

import re

from services.msgids import _
from services.plugin.told import Answers

_S10 = re.compile(r"[A-Z]{2}(\d{8})(\d)[A-Z]{2}")
_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


def plain(number: str) -> str:
    """Without blanks, in capitals: `RR123456785KZ`."""
    return re.sub(r"[\s\-]", "", number).upper()


def fault(number: str) -> str | None:
    """What is wrong with a tracking number, in words; None when nothing is, or it is of another kind."""
    found = _S10.fullmatch(plain(number))
    if found is None:
        return None
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(found[1], _WEIGHTS, strict=True)) % 11
    digit = {10: 0, 11: 5}.get(rest, rest)
    if digit != int(found[2]):
        return _("The check digit of this tracking number is wrong: one of its digits is mistyped.")
    return None


def oddity(number: str) -> str | None:
    """What is unusual in it, in words: another kind of number than the post's own."""
    known = _S10.fullmatch(plain(number))
    return None if known else _("This is no international tracking number; please look once more.")


def faults(answers: Answers) -> dict[str, str]:
    """What is wrong with the `postal_number` of what was sent by post: it is missing, or mistyped."""
    number = str(answers.get("postal_number") or "")
    wrong = fault(number) if number else _("Please fill this in.")
    return {"postal_number": wrong} if wrong else {}


def warnings(answers: Answers) -> dict[str, str]:
    """What is unusual in it, and allowed."""
    odd = oddity(str(answers.get("postal_number") or ""))
    return {"postal_number": odd} if odd else {}
