"""An office as a vCard 3.0 (RFC 2426, which telephones of every age read), in UTF-8."""

import re

from services.public import PublicOffice, place_name

_LONGEST = 75  #: octets of a line (RFC 2425, 5.8.1)


def card(office: PublicOffice, language: str) -> str:
    """Lines end in CRLF; long ones are folded between two letters."""
    street, place = _safe(office.address), office.place
    locality = _safe(place_name(place, language)) if place else ""
    lines = [
        "BEGIN:VCARD", "VERSION:3.0",
        f"FN:{_safe(office.name(language))}", f"N:{_safe(office.name(language))};;;;",
        f"ORG:{_safe(office.name(language))}",
        f"ADR;TYPE=WORK:;;{street};{locality};;;KZ",
        *(f"TEL;TYPE=WORK,VOICE:{phone}" for phone, _ in office.phones),
        *([f"EMAIL;TYPE=INTERNET:{office.email}"] if office.email else []),
        "END:VCARD",
    ]  # fmt: skip
    return "".join(_folded(line) for line in lines)


def _safe(text: str) -> str:
    return re.sub(r"([\\;,])", r"\\\1", text).replace("\n", r"\n")


def _folded(line: str) -> str:
    parts, room, count = [""], _LONGEST, 0
    for letter in line:
        size = len(letter.encode())
        if count + size > room:
            parts.append(" ")
            count = 1
        parts[-1] += letter
        count += size
    return "\r\n".join(parts) + "\r\n"
