"""Rules of telling applicants: parts of an SMS, signed reports, who can be reached, quiet hours, a region's words."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from services import clock, registry, telling
from services.config import Config
from services.plugin.telling import NO_EMAIL, NO_MOBILE, email_fault, mobile_fault
from tests.people.office import OFFICE

#: of the Standard Webhooks' own test (standard-webhooks/standard-webhooks, libraries/python/tests/test_webhooks.py)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, AT, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.quick
@pytest.mark.parametrize(("text", "parts"), [
    ("", 1), ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3),
    ("€" * 80, 1), ("€" * 81, 2),  # of the extension table: two septets each
    ("a" * 152 + "€" + "a" * 152, 3),  # no letter is cut in two: it goes whole into the second part
    ("қ" * 70, 1), ("қ" * 71, 2), ("қ" * 134, 2), ("қ" * 135, 3),
    ("a" * 70 + "қ", 2), ("😀" * 35, 1), ("😀" * 36, 2), ("😀" * 67, 3),
])  # fmt: skip
def test_parts_are_counted_as_3gpp_ts_23_038_says(text: str, parts: int) -> None:
    assert telling.parts_of(text) == parts


@pytest.mark.quick
def test_signatures_are_those_of_standard_webhooks_by_its_own_vector() -> None:
    assert f"v1,{telling.signature_of(ID, str(AT), BODY, SECRET)}" == SIGNATURE


@pytest.mark.quick
@pytest.mark.parametrize("wrong", ["id", "timestamp", "signature", "body", "secret", "no secret", "old", "to come"])
def test_a_report_that_is_changed_unsigned_or_not_of_now_is_not_believed(
    wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shift = {"old": 301, "to come": -301}.get(wrong, 0)
    monkeypatch.setattr(clock, "real", lambda: datetime.fromtimestamp(AT + shift, UTC))
    body, secret = b'{"key": "k", "state": "delivered"}', SECRET
    signature = f"v2,x v1,y v1,{telling.signature_of(ID, str(AT), body, SECRET)}"
    headers = {"webhook-id": ID, "webhook-timestamp": str(AT), "webhook-signature": signature}
    if not shift and wrong in ("id", "timestamp", "signature"):
        headers[f"webhook-{wrong}"] = {"id": "other", "timestamp": str(AT + 1), "signature": "v1,x"}[wrong]
    body = b'{"key": "k", "state": "failed"}' if wrong == "body" else body
    secret = {"secret": "whsec_AAAA", "no secret": ""}.get(wrong, secret)
    with pytest.raises(telling.WrongSignature):
        telling.read_report(headers, body, secret)


@pytest.mark.quick
@pytest.mark.parametrize("body", [
    b"", b"[]", b"{", b'{"key": 1, "state": "delivered"}', b'{"key": "k", "state": "lost"}',
    b'{"key": "k", "state": "failed", "parts": true}', b'{"key": "k", "state": "failed", "cost": "NaN"}',
    b'{"key": "k", "state": "failed", "cost": -1}', b'{"key": "k", "state": "failed", "cost": "x"}',
])  # fmt: skip
def test_a_signed_report_that_says_nothing_is_refused(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "real", lambda: datetime.fromtimestamp(AT, UTC))
    signature = f"v1,{telling.signature_of(ID, str(AT), body, SECRET)}"
    headers = {"webhook-id": ID, "webhook-timestamp": str(AT), "webhook-signature": signature}
    with pytest.raises(telling.WrongReport):
        telling.read_report(headers, body, SECRET)


@pytest.mark.quick
def test_a_message_comes_to_mobile_numbers_and_plain_addresses_only() -> None:
    assert [mobile_fault(each) for each in ("+77011234567", "+79161234567")] == ["", ""]
    assert [mobile_fault(each) for each in ("+77282210491", "", "8701", None)] == [NO_MOBILE] * 4
    assert [email_fault(each) for each in ("", "a@b.kz", "аты.жөні@пошта.қаз")] == ["", "", ""]
    wrong = ("a@b", "a b@c.kz", "a@@b.kz", "@b.kz", "a@.kz", "A <a@b.kz>", "a@b.kz\nBcc: c@d.kz", "a,b@c.kz")
    assert [email_fault(each) for each in wrong] == [NO_EMAIL] * len(wrong)


@pytest.mark.quick
@pytest.mark.parametrize("settings", [
    {"told_url": "http://gateway.example.kz/send", "told_token": "t"},
    {"told_url": "ftp://127.0.0.1/", "told_token": "t"},
    {"told_url": "https://name:word@example.kz/", "told_token": "t"},
    {"told_url": "https://example.kz/"},
    {"told_url": "https://example.kz/", "told_token": "t", "told_report_secret": "short"},
])  # fmt: skip
def test_a_wrong_setting_of_the_gateway_is_named_and_says_no_secret(settings: dict[str, str]) -> None:
    with pytest.raises(telling.BadGateway, match="KOMEK_TOLD_") as refused:
        telling.gateway_of(Config(**settings))  # type: ignore[arg-type]
    assert "word" not in str(refused.value).replace("password", "") and "short" not in str(refused.value)


@pytest.mark.quick
def test_the_secrets_of_the_gateway_stand_in_no_print_of_the_settings() -> None:
    config = Config(told_url="https://example.kz/", told_token="t0ken-value", told_report_secret="s3cret-value")
    assert "t0ken" not in repr(config) and "s3cret" not in repr(config)
    assert telling.gateway_of(Config()) is None


def test_it_is_quiet_from_eight_in_the_evening_until_nine_on_the_offices_clock(house: Flask) -> None:
    """Almaty oblast is at UTC+6 in 2013."""
    plugins, day = registry.current(), datetime(2013, 3, 4, tzinfo=UTC)
    nine = day + timedelta(hours=3)
    for now, opens in [
        (nine, nine), (nine - timedelta(seconds=1), nine), (day, nine),
        (day + timedelta(hours=13, minutes=59), day + timedelta(hours=13, minutes=59)),
        (day + timedelta(hours=14), nine + timedelta(days=1)), (day + timedelta(hours=17), nine + timedelta(days=1)),
        (day + timedelta(hours=20), nine + timedelta(days=1)),
    ]:  # fmt: skip
        assert telling.opens(plugins, OFFICE, now) == opens, now


def test_the_regions_words_are_one_sms_each_and_say_nothing_of_a_person_or_a_decision(house: Flask) -> None:
    rows = registry.shipped().table("told")
    by_fact: dict[str, set[tuple[str, ...]]] = {}
    for row in rows:
        words = tuple(row[f"text_{each}"] for each in ("kk", "ru", "en"))
        by_fact.setdefault(row["fact"], set()).add(words)
        assert [telling.parts_of(each) for each in words] == [1, 1, 1], words
        said = " ".join(words).casefold()
        assert not [each for each in ("бас тарт", "отказ", "refus", "теңге", "тенге", "№", "%") if each in said]
        assert not any(letter.isdigit() for letter in said)
    assert {"registered", "ready", "posted", "stopped", "complaint_answered"} <= set(by_fact)
    assert all(len(words) == 1 for words in by_fact.values()), "one fact has one text"
