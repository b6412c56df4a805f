"""Sending by post: the tracking number of the Universal Postal Union (S10), with its check digit."""

import re

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
        return "The check digit of this tracking number is wrong: one of its digits is mistyped."
    return None


def oddity(number: str) -> str | None:
    """What is unusual in it, in words: another kind of number than the post's own."""
    return None if _S10.fullmatch(plain(number)) else "This is no international tracking number; please look once more."
