"""One-time codes, against the vectors of the RFCs that define them."""

import base64

import pytest

from services.factors import totp

SECRET = b"12345678901234567890"
#: RFC 4226, appendix D
HOTP = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]


@pytest.mark.parametrize(
    ("at_s", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_rfc_6238(at_s: int, code: str) -> None:
    assert totp.code_at(SECRET, at_s // 30, digits=8) == code
    assert totp.code_at(SECRET, at_s // 30) == code[2:]


@pytest.mark.parametrize(
    ("count", "code"),
    enumerate(["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]),
)
def test_codes_are_those_of_rfc_4226(count: int, code: str) -> None:
    assert totp.code_at(SECRET, count) == code


def test_a_code_is_taken_half_a_minute_early_or_late_and_never_twice_nor_before_one_taken_later() -> None:
    now = 1_000_000 * 30 + 15
    for step in (999_999, 1_000_000, 1_000_001):
        assert totp.step_of(SECRET, totp.code_at(SECRET, step), now, after=0) == step
        assert totp.step_of(SECRET, totp.code_at(SECRET, step), now, after=step) is None
    for step in (999_998, 1_000_002):
        assert totp.step_of(SECRET, totp.code_at(SECRET, step), now, after=0) is None
    for typed in ("", "12345", "abcdef", "\ud800".encode("utf-8", "replace").decode(), "１２３４５６"):
        assert totp.step_of(SECRET, typed, now, after=0) is None


def test_what_an_authenticator_reads_says_whose_and_which_secret() -> None:
    said = totp.address(SECRET, "a.omarova", "Komek")
    assert said == "otpauth://totp/Komek:a.omarova?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Komek"
    assert base64.b32decode(totp.written(SECRET)) == SECRET
