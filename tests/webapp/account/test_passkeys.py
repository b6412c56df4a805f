"""Passkeys: made on one's own page, by them alone through the door, beside a password where a role asks for one."""

import json
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, CDPSession, Page, expect

from komek.testing.surfer import Surfer
from services import clock, directory, factors, journal
from services.db import db
from services.directory.demo import DEMO_PASSWORD
from services.factors.models import Passkey
from tests.people.hands import Hands

pytestmark = pytest.mark.browser
LOGIN = "clerk.taldykorgan"
SITE = factors.Site("localhost", "http://localhost")


@pytest.fixture
def device(chromium: Browser, address: str) -> Iterator[tuple[Page, CDPSession, str]]:
    """A browser with a device that makes sure of its owner: Chromium's own, virtual one. Its address is a name."""
    context = chromium.new_context(base_url=address.replace("127.0.0.1", "localhost"), locale="kk-KZ")
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    made = line.send("WebAuthn.addVirtualAuthenticator", {"options": kind})
    yield page, line, made["authenticatorId"]
    context.close()


def make(page: Page, name: str) -> None:
    page.goto("/account/second")
    page.fill("#passkey-name", name)
    page.fill("#passkey-password", DEMO_PASSWORD)
    page.click("form[data-makes] button.primary")


def come_by_passkey(page: Page) -> None:
    page.context.clear_cookies()
    page.goto("/sign-in")
    page.click("form[action*='/sign-in/passkey'] button")


def test_a_passkey_is_made_signs_in_alone_and_beside_a_password_and_a_copy_of_it_is_refused(
    house: Flask, device: tuple[Page, CDPSession, str]
) -> None:
    page, line, authenticator = device
    Hands(page).sign_in(LOGIN, None)
    make(page, "Телефоным")
    expect(page.locator("form.repair b")).to_have_text("Телефоным")
    come_by_passkey(page)
    expect(page).to_have_url(re.compile("^(?!.*sign-in)"))
    (kept,) = factors.passkeys_of(directory.id_of(LOGIN) or 0)
    assert kept.sign_count > 0 and kept.used_at is not None

    page.context.clear_cookies()
    Hands(page).come_in(LOGIN)
    expect(page.locator("#step-title")).to_be_visible()
    page.click("form[data-passkey] button")
    expect(page.locator("#step-title")).to_have_count(0)
    page.goto("/account")
    expect(page.locator("#me-title")).to_be_visible()

    (credential,) = line.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"]
    line.send("WebAuthn.removeCredential",
              {"authenticatorId": authenticator, "credentialId": credential["credentialId"]})  # fmt: skip
    line.send(
        "WebAuthn.addCredential", {"authenticatorId": authenticator, "credential": {**credential, "signCount": 0}}
    )
    come_by_passkey(page)
    expect(page.locator(".flash.warning")).to_be_visible()
    assert page.url.endswith("/sign-in")

    line.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    come_by_passkey(page)
    page.wait_for_timeout(500)
    assert page.url.endswith("/sign-in"), "a device that did not make sure of its owner lets nobody in"
    events = [each.event for each in journal.read("staff")]
    assert "staff.passkey_added" in events and events.count("staff.signed_in") >= 2


def keep(login: str, name: str = "Кілт") -> Passkey:
    """A row as if a device had made it: for whoever asks what becomes of it."""
    row = Passkey(staff_id=directory.id_of(login), credential_id=name.encode() * 4, public_key=b"k", sign_count=0,
                  name=name, added_at=clock.real())  # fmt: skip
    db.session.add(row)
    db.session.commit()
    return row


def test_what_a_stranger_sends_in_place_of_a_signature_is_refused_in_words(house: Flask) -> None:
    row = keep(LOGIN)
    raw = "0JrRltC70YLQmtGW0LvRgtCa0ZbQu9GC0JrRltC70YI"
    unsigned = {"id": raw, "rawId": raw, "type": "public-key", "response": {}}
    for credential in ("", "{}", "[]", "1", '{"rawId": 1}', json.dumps({"rawId": raw}), json.dumps(unsigned)):
        _, challenge = factors.ask(SITE)
        with pytest.raises(factors.PasskeyRefused):
            factors.who_signed(credential, challenge, SITE)
    with pytest.raises(factors.PasskeyRefused):
        factors.who_signed("{}", b"never given", SITE)
    stranger = Surfer(house)
    stranger.get("/sign-in")
    assert stranger.submit("/sign-in/passkey", {"credential": "{}"}).request.path == "/sign-in"
    assert row.used_at is None


def test_a_challenge_is_taken_once_by_whom_it_was_given_to_and_for_what(house: Flask) -> None:
    clerk, head = (directory.staff_at("TALDYKORGAN", role)[0] for role in ("clerk", "head"))
    _, made = factors.ask_for_new(clerk, SITE)
    for whose in (None, clerk, head):
        with pytest.raises(factors.PasskeyRefused):
            factors.who_signed("{}", made, SITE, whose)
    with pytest.raises(factors.PasskeyRefused):
        factors.keep_passkey(head, "{}", made, "name", SITE)


def test_a_passkey_is_removed_by_its_owner_after_the_password_or_by_an_administrator_and_nobody_else(
    house: Flask,
) -> None:
    mine, other = keep(LOGIN, "one"), keep(LOGIN, "two")
    head, clerk = directory.staff_at("TALDYKORGAN", "head")[0], directory.person(directory.id_of(LOGIN) or 0)
    assert clerk is not None
    with pytest.raises(directory.NotAdministrator):
        factors.remove_passkey(mine.id, actor=head)
    factors.remove_passkey(mine.id, actor=clerk)
    admin, page = Surfer(house).sign_in("admin"), f"/staff/{clerk.id}"
    admin.get(page)
    admin.submit(f"{page}/passkeys/{other.id}/remove")
    assert factors.passkeys_of(clerk.id) == []
