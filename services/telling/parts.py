"""Of how many parts an SMS is charged. Pure.

3GPP TS 23.038: the default alphabet has 160 letters in one part, and 153 in each of several; whatever it lacks makes
the whole message UCS-2, of 70 and 67. Letters of its extension table count twice. Kazakh and Russian are UCS-2.
"""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
#: letters of a message of one part, and of each part of several
DEFAULT, UCS2 = (160, 153), (70, 67)


def parts_of(text: str) -> int:
    """How many parts a gateway charges for that text, as far as it packs them as the standard says."""
    if all(letter in _BASIC or letter in _EXTENDED for letter in text):
        units = [2 if letter in _EXTENDED else 1 for letter in text]
        alone, each = DEFAULT
    else:
        units = [len(letter.encode("utf-16-be")) // 2 for letter in text]
        alone, each = UCS2
    return 1 if sum(units) <= alone else _packed(units, each)


def _packed(units: list[int], most: int) -> int:
    """No letter is cut in two: what takes two units goes whole into the next part."""
    parts, filled = 1, 0
    for unit in units:
        if filled + unit > most:
            parts, filled = parts + 1, 0
        filled += unit
    return parts
