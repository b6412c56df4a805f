"""One writing for whatever keyboards, scanners, spreadsheets and programs send, and what cannot be kept of it.

What is not seen does not count: two texts that look alike are one text. Everything that comes in passes here once, at
the edge (`webapp/asked.py`), and once more where a service reads answers, codes and files from elsewhere.
"""

import re
import unicodedata

#: stands where a letter cannot be kept (NUL, half of a pair, bytes of another encoding): seen, and refused in words
LOST = "\ufffd"

#: what no eye sees although it is no format character: Default_Ignorable_Code_Point of the Unicode Character Database
#: (DerivedCoreProperties.txt), and the blank pattern of Braille
_UNSEEN = "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef"
_UNSEEN_TOO = re.compile(f"[{_UNSEEN}]")
_LOST = re.compile("[\0\ud800-\udfff]")
#: line and paragraph separators, as Windows, old Macs and word processors write them
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029]")


def tidy(text: str) -> str:
    """The text as it is kept: composed (NFC), without invisible characters, with plain line ends.

    What cannot be kept at all becomes `LOST`, so that it is seen where it stood.
    """
    text = _LINE_ENDS.sub("\n", _LOST.sub(LOST, text))
    if text.isascii():
        return text
    seen = text
    if not text.replace("\n", "").isprintable():  # no format character is: most texts need not be gone through
        seen = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    return unicodedata.normalize("NFC", _UNSEEN_TOO.sub("", seen))


def tidy_all(value: object) -> object:
    """`tidy` of every text in a JSON value, names included."""
    if isinstance(value, str):
        return tidy(value)
    if isinstance(value, dict):
        return {tidy_all(name): tidy_all(each) for name, each in value.items()}
    if isinstance(value, list):
        return [tidy_all(each) for each in value]
    return value


def is_printable(text: str) -> bool:
    """Whether a paper can show it: no controls but line ends and tabs, nothing lost, private or unassigned."""
    if text.isascii() and text.isprintable():
        return True
    return not any(
        letter == LOST or (letter not in "\n\t" and unicodedata.category(letter) in ("Cc", "Cs", "Co", "Cn"))
        for letter in text
    )


#: what is drawn as a picture by itself (Emoji_Presentation of the Unicode Character Database, emoji-data.txt), and the
#: blocks of pictures; not what papers' letters have, too: №, °, ☎, ★
_PICTURES = re.compile(
    "[\U0001f000-\U0001faff\u231a\u231b\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693\u26a1"
    "\u26aa\u26ab\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705\u270a\u270b\u2728\u274c\u274e"
    "\u2753-\u2755\u2757\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55]"
)


def has_pictures(text: str) -> bool:
    """Whether it holds emoji: on a paper each of them would be an empty box."""
    return not text.isascii() and _PICTURES.search(text) is not None


#: what makes a formula of a spreadsheet's cell
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_cell(text: str) -> str:
    """The text for a cell of a file that spreadsheets open: a text, whatever it begins with."""
    return f"'{text}" if text.lstrip("'").startswith(FORMULA) else text


def from_cell(text: str) -> str:
    """What `as_cell` made a cell of."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA) else text
