"""One-time codes reckoned from a secret and the time (RFC 6238 over RFC 4226): SHA-1, 30 seconds, six digits. Pure.

That is what every authenticator reckons; others of the RFC's choices many of them silently ignore.
"""

import base64
import hmac
from urllib.parse import quote

STEP_S, DIGITS = 30, 6
#: steps before and after now whose codes are taken: a telephone's clock, and the time it takes to type
TOLERANCE = 1


def code_at(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """The code of that step of time: HOTP of it (RFC 4226, 5.3)."""
    mac = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    start = mac[-1] & 15
    number = int.from_bytes(mac[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}d}"


def step_of(secret: bytes, typed: str, now_s: float, after: int) -> int | None:
    """The step of time whose code was typed, if it is near now and later than the one taken last; else None."""
    middle, found = int(now_s // STEP_S), None
    for step in range(middle - TOLERANCE, middle + TOLERANCE + 1):
        same = hmac.compare_digest(code_at(secret, step).encode(), typed.encode())
        if same and step > after:
            found = step
    return found


def written(secret: bytes) -> str:
    """The secret in base32, as it is typed where no camera is."""
    return base64.b32encode(secret).decode().rstrip("=")


def address(secret: bytes, login: str, issuer: str) -> str:
    """What an authenticator reads from the square (otpauth, as all of them do)."""
    label = f"{quote(issuer, safe='')}:{quote(login, safe='')}"
    return f"otpauth://totp/{label}?secret={written(secret)}&issuer={quote(issuer, safe='')}"
