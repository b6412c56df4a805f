"""What the barcode on a paper says, and what a scanner or a person says back.

The payload is the number and a check character: `19-2013-00042-K` (ISO 7064 MOD 37,36, over the letters and digits). A
scanner is a keyboard: with a Kazakh or Russian layout switched on, it types other characters for the same keys. They
are read back by their place on the keyboard, so nobody has to switch the layout before scanning.
"""

import base64
import re
from functools import lru_cache

import zxingcpp

from services.errors import Invalid
from services.letters import tidy

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#: nothing longer is looked at: no number is
LONGEST = 80

#: the keys of the Kazakh layout's upper row, and those that Kazakh and Russian share, as a Latin layout has them
_KEYS = str.maketrans(
    '"ӘІҢҒ,.ҮҰҚӨ' + "ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬ",
    "1234567890-" + "QWERTYUIOPASDFGHJKLZXCVBNM",
)
#: a hand types the mark of outgoing numbers as it looks
_LOOKS = str.maketrans("Х", "X")
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015\u2212]+")
_SPOKEN = re.compile(
    "(?P<office>[0-9]{1,3}|[A-Z][0-9]{1,3})-(?P<mark>[XRLC]?)-?(?P<year>[0-9]{4})"
    "-(?P<count>[0-9]{1,10})(?:-(?P<check>[0-9A-Z]))?"
)


_BADGE = re.compile("B-?(?P<id>[0-9]{1,9})-(?P<check>[0-9A-Z])")


class Misread(Invalid):
    """This is no registration number. Please scan again, or type the number as 19-2013-00042."""


class WrongCheck(Misread):
    """The check character does not fit: the code was misread. Please scan again."""


def barcode_payload(number: str) -> str:
    """What the barcode of that number says. Raises Misread when it is no number."""
    found = _match(number)
    if found is None or found["check"]:
        raise Misread
    bare = _write(found)
    return f"{bare}-{check_character(bare)}"


def read_payload(scanned: str) -> str:
    """The number that was scanned with its check character, or typed without.

    Case, blanks, kinds of dashes, missing zeros and the keyboard's layout do not matter. Raises Misread.
    """
    found = _match(scanned)
    if found is None:
        raise Misread
    bare = _write(found)
    if found["check"] and found["check"] != check_character(bare):
        raise WrongCheck
    return bare


def badge_payload(staff_id: int) -> str:
    """What the barcode on a person's badge says: `B-00012-K`."""
    return f"B-{staff_id:05d}-{check_character(f'B-{staff_id:05d}')}"


def read_badge(scanned: str) -> int | None:
    """The id of the person whose badge was scanned; None when it is no badge, or was misread."""
    found = _BADGE.fullmatch(plain_code(scanned))
    if found is None or badge_payload(int(found["id"]))[-1] != found["check"]:
        return None
    return int(found["id"])


def check_character(text: str) -> str:
    """ISO 7064 MOD 37,36 over the letters and digits of the text.

    One wrong character always shows; a swap of neighbours shows but for less than one in a hundred.
    """
    total = 36
    for value in (ALPHABET.index(letter) for letter in text if letter in ALPHABET):
        total = (total + value) % 36 or 36
        total = total * 2 % 37
    return ALPHABET[(37 - total) % 36]


@lru_cache(maxsize=4096)
def barcode_svg(number: str) -> str:
    """Code 128 of the number's payload, with its quiet zones. Raises Misread."""
    return payload_svg(barcode_payload(number))


def payload_svg(payload: str) -> str:
    """Code 128 of a payload as it stands."""
    return _svg(payload, zxingcpp.BarcodeFormat.Code128)


def qr_svg(number: str) -> str:
    """The QR code of the number's payload, with its quiet zone. Raises Misread."""
    return square_svg(barcode_payload(number))


def square_svg(said: str) -> str:
    """The QR code of an address or a payload as it stands."""
    return _svg(said, zxingcpp.BarcodeFormat.QRCode)


def square_data(said: str) -> str:
    """The QR code of an address in base64, for a page to show as a picture."""
    return base64.b64encode(square_svg(said).encode()).decode()


def _svg(payload: str, form: zxingcpp.BarcodeFormat) -> str:
    return str(zxingcpp.write_barcode_to_svg(zxingcpp.create_barcode(payload, form), scale=4))


def _match(text: str) -> re.Match[str] | None:
    return _SPOKEN.fullmatch(plain_code(text))


#: what scanners put before a code when they are set to: the symbology by ISO/IEC 15424 (`]C0`, `]C1`, `]Q1`, `]A0` …),
#: on a Kazakh or Russian layout with Ъ for the bracket; Code 39's stars stand around it
_ADDED = re.compile(r"^[\]Ъ][A-Z][0-9A-Z](?=.)")


def plain_code(text: str) -> str:
    """What was scanned or typed, as a Latin keyboard has it, in capitals; nothing of what no number is as long as."""
    if len(text) > LONGEST:
        return ""
    plain = _BETWEEN.sub("-", tidy(text).strip().upper().translate(_LOOKS).translate(_KEYS))
    return _ADDED.sub("", plain).strip("*")


def _write(found: re.Match[str]) -> str:
    office = found["office"]
    if office.isdigit():
        office = f"{int(office):02d}"
    return f"{office}-{found['mark']}{found['year']}-{int(found['count']):05d}"
