"""Passkeys: a device signs what we ask, after it made sure of its owner. WebAuthn, by py_webauthn."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from services import clock, directory
from services.db import db, transaction
from services.directory import Person
from services.factors.errors import NoSuchPasskey, PasskeyRefused, TooManyPasskeys, UnnamedPasskey
from services.factors.models import Passkey, PasskeyChallenge
from services.letters import is_printable

#: how long a device may take
LIFE = timedelta(minutes=5)
MOST, MOST_OF_NAME = 10, 60


@dataclass(frozen=True)
class Site:
    """Where the pages are: a passkey is good there alone."""

    host: str  #: without port: WebAuthn's relying party
    origin: str  #: as browsers write it


def ask_for_new(person: Person, site: Site) -> tuple[str, bytes]:
    """What a browser makes a new passkey of, as JSON, and the challenge in it. The caller has asked for the password.

    Raises TooManyPasskeys.
    """
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers import structs

    kept = passkeys_of(person.id)
    if len(kept) >= MOST:
        raise TooManyPasskeys(most=MOST)
    wanted = structs.AuthenticatorSelectionCriteria(
        resident_key=structs.ResidentKeyRequirement.PREFERRED,
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    options = generate_registration_options(
        rp_id=site.host, rp_name="Komek", user_name=person.login, user_display_name=person.full_name,
        user_id=person.id.to_bytes(8, "big"), challenge=_challenge(person.id, makes=True),
        authenticator_selection=wanted,
        exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=each.credential_id) for each in kept],
    )  # fmt: skip
    return options_to_json(options), options.challenge


def keep_passkey(person: Person, credential: str, challenge: bytes, name: str, site: Site) -> None:
    """A passkey that this person's device made. Raises UnnamedPasskey, PasskeyRefused, TooManyPasskeys."""
    from webauthn import verify_registration_response

    called = " ".join(name.split())
    if not called or len(called) > MOST_OF_NAME or not is_printable(called):
        raise UnnamedPasskey(most=MOST_OF_NAME)
    _take(challenge, person.id, makes=True)
    told = _read(credential)
    with _refusing():
        made = verify_registration_response(
            credential=told, expected_challenge=challenge, expected_rp_id=site.host, expected_origin=site.origin,
            require_user_verification=True,
        )  # fmt: skip
    with transaction():
        directory.lock(person.id)
        if len(passkeys_of(person.id)) >= MOST:
            raise TooManyPasskeys(most=MOST)
        if db.session.scalar(select(Passkey.id).filter_by(credential_id=made.credential_id)) is not None:
            raise PasskeyRefused
        row = Passkey(staff_id=person.id, credential_id=made.credential_id, public_key=made.credential_public_key,
                      sign_count=made.sign_count, name=called, added_at=clock.real())  # fmt: skip
        db.session.add(row)
        db.session.flush()
        directory.note("staff.passkey_added", person, staff=person.id, passkey=row.id)


def ask(site: Site, person: Person | None = None) -> tuple[str, bytes]:
    """What a device is to sign, as JSON, and the challenge in it; a device of that person's, when one is named."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers import structs

    kept = passkeys_of(person.id) if person else []
    options = generate_authentication_options(
        rp_id=site.host, challenge=_challenge(person.id if person else None, makes=False),
        allow_credentials=[structs.PublicKeyCredentialDescriptor(id=each.credential_id) for each in kept],
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )  # fmt: skip
    return options_to_json(options), options.challenge


def who_signed(credential: str, challenge: bytes, site: Site, person: Person | None = None) -> Person:
    """Whose device signed it, having made sure of them; that person's own, when one is named. Raises PasskeyRefused."""
    from webauthn import verify_authentication_response
    from webauthn.helpers import base64url_to_bytes

    _take(challenge, person.id if person else None, makes=False)
    told = _read(credential)
    with transaction():
        with _refusing():
            raw = base64url_to_bytes(str(told.get("rawId", "")))
        row = db.session.scalar(select(Passkey).filter_by(credential_id=raw).with_for_update())
        found = directory.person(row.staff_id) if row else None
        if row is None or found is None or (person is not None and person.id != found.id):
            raise PasskeyRefused
        with _refusing():
            signed = verify_authentication_response(
                credential=told, expected_challenge=challenge, expected_rp_id=site.host, expected_origin=site.origin,
                credential_public_key=row.public_key, credential_current_sign_count=row.sign_count,
                require_user_verification=True,
            )  # fmt: skip
        row.sign_count, row.used_at = signed.new_sign_count, clock.real()
        if person is None:
            directory.note("staff.signed_in", found, staff=found.id, passkey=row.id)
    return found


def passkeys_of(staff_id: int) -> list[Passkey]:
    """Passkeys of that person, the oldest first."""
    return list(db.session.scalars(select(Passkey).filter_by(staff_id=staff_id).order_by(Passkey.id)))


def remove_passkey(passkey_id: int, *, actor: Person) -> None:
    """By that passkey nobody comes in any more; its owner says so, or an administrator.

    Raises NoSuchPasskey, NotAdministrator.
    """
    with transaction():
        held = {"with_for_update": True, "populate_existing": True}
        row = db.session.get(Passkey, passkey_id, **held) if 0 < passkey_id < 2**63 else None  # type: ignore[arg-type]
        if row is None:
            raise NoSuchPasskey
        if row.staff_id != actor.id:
            directory.check_administers(actor)
        db.session.delete(row)
        directory.note("staff.passkey_removed", actor, staff=row.staff_id, passkey=row.id)


def _challenge(staff_id: int | None, *, makes: bool) -> bytes:
    """A new one; what ran out is forgotten."""
    made = secrets.token_bytes(32)
    with transaction():
        db.session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.ends_at <= clock.real()))
        row = PasskeyChallenge(challenge=made, staff_id=staff_id, makes=makes, ends_at=clock.real() + LIFE)
        db.session.add(row)
    return made


def _take(challenge: bytes, staff_id: int | None, *, makes: bool) -> None:
    """A challenge is taken once, whatever comes of it. Raises PasskeyRefused."""
    mine = (PasskeyChallenge.challenge == challenge, PasskeyChallenge.ends_at > clock.real())
    whose = PasskeyChallenge.staff_id.is_not_distinct_from(staff_id)
    taken = delete(PasskeyChallenge).where(*mine, whose, PasskeyChallenge.makes == makes)
    with transaction():
        found = db.session.scalar(taken.returning(PasskeyChallenge.challenge))
    if found is None:
        raise PasskeyRefused


def _read(credential: str) -> dict[str, Any]:
    try:
        told = json.loads(credential)
    except ValueError:
        raise PasskeyRefused from None
    if not isinstance(told, dict):
        raise PasskeyRefused
    return told


@contextmanager
def _refusing() -> Iterator[None]:
    """Whatever the library finds wrong with what a stranger sent is one error of ours."""
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        yield
    except (WebAuthnException, ValueError, TypeError, KeyError, AttributeError) as error:
        raise PasskeyRefused from error
