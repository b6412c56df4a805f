"""Signing in by a provider: there, back, and whose account that is. It opens an account and gives no right."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from services import clock, directory
from services.config import Config
from services.db import db, transaction
from services.directory import Person
from services.errors import KomekError
from services.letters import is_printable
from services.openid.errors import NobodyTied, NoSubject, ProviderRefused, ProviderSaidNo, SubjectTaken
from services.openid.models import OpenidRound, OpenidTie
from services.openid.provider import claims_of, provider_of, tokens

#: how long somebody may take at the provider's
LIFE = timedelta(minutes=10)
MOST_OF_SUBJECT = 255


@dataclass(frozen=True)
class CameBack:
    """What the provider's answer carries in the address."""

    state: str
    code: str
    issuer: str = ""
    error: str = ""


def send_there(config: Config, back: str) -> tuple[str, str]:
    """The address at the provider's, and the state by which this browser is known when it comes back.

    Raises ProviderAway, ProviderRefused.
    """
    from authlib.integrations.requests_client import OAuth2Session  # type: ignore[import-untyped]

    there = provider_of(config)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    with OAuth2Session(config.openid_client_id, redirect_uri=back, scope="openid profile email",
                       code_challenge_method="S256") as line:  # fmt: skip
        address, _ = line.create_authorization_url(
            there.authorization, state=state, nonce=nonce, code_verifier=verifier
        )
    with transaction():
        db.session.execute(delete(OpenidRound).where(OpenidRound.ends_at <= clock.real()))
        db.session.add(
            OpenidRound(state_hash=_hash(state), nonce=nonce, verifier=verifier, ends_at=clock.real() + LIFE)
        )
    return str(address), state


def who_came(came: CameBack, state: str, config: Config, back: str) -> tuple[Person, bool]:
    """Whose account it is, and whether the provider asked for more than a password (`amr`, RFC 8176).

    `state` is the one that this browser was sent with; each is taken once. Raises ProviderAway; ProviderRefused;
    ProviderSaidNo; NobodyTied.
    """
    nonce, verifier = _take(came.state, state)
    there = provider_of(config)
    if (came.issuer or there.says_issuer) and came.issuer != there.issuer:
        raise ProviderRefused  # another provider's answer (RFC 9207)
    if came.error or not came.code:
        raise ProviderSaidNo
    claims = claims_of(config, str(tokens(config, came.code, verifier, back).get("id_token", "")), nonce)
    with transaction():
        person = _person(claims, config)
        directory.note("staff.signed_in", person, staff=person.id, provider=there.issuer)
    methods = claims.get("amr")
    return person, isinstance(methods, list) and "mfa" in methods


def sign_out_there(config: Config, back: str) -> str:
    """Where the provider ends its session, too (RP-initiated logout); empty when it has no such address, or is away."""
    try:
        there = provider_of(config)
    except KomekError:
        return ""
    asked = urlencode({"client_id": config.openid_client_id, "post_logout_redirect_uri": back})
    return f"{there.end_session}?{asked}" if there.end_session else ""


def tie_of(staff_id: int) -> OpenidTie | None:
    """Who that member of the staff is at the provider's."""
    return db.session.get(OpenidTie, staff_id)


def tie_subject(staff_id: int, subject: str, *, config: Config, actor: directory.Actor) -> None:
    """Whoever the provider calls so is this member of the staff. Raises NotAdministrator, NoSubject, SubjectTaken."""
    directory.check_administers(actor)
    said = subject.strip()
    if not said or len(said) > MOST_OF_SUBJECT or not is_printable(said):
        raise NoSubject(most=MOST_OF_SUBJECT)
    with transaction():
        directory.lock(staff_id)
        db.session.execute(delete(OpenidTie).where(OpenidTie.staff_id == staff_id))
        _tie(staff_id, config.openid_issuer, said)
        directory.note("staff.openid_tied", actor, staff=staff_id)


def untie_subject(staff_id: int, *, actor: directory.Actor) -> None:
    """By the provider nobody comes in as this member of the staff any more. Raises NotAdministrator."""
    directory.check_administers(actor)
    with transaction():
        directory.end_sessions_of(staff_id, actor=actor)
        db.session.execute(delete(OpenidTie).where(OpenidTie.staff_id == staff_id))
        directory.note("staff.openid_untied", actor, staff=staff_id)


def _take(said: str, state: str) -> tuple[str, str]:
    """Nonce and verifier of a sign-in that this browser was sent with; it is over. Raises ProviderRefused."""
    if not said or not secrets.compare_digest(_hash(said), _hash(state)):
        raise ProviderRefused
    mine = (OpenidRound.state_hash == _hash(said), OpenidRound.ends_at > clock.real())
    with transaction():
        taken = delete(OpenidRound).where(*mine).returning(OpenidRound.nonce, OpenidRound.verifier)
        found = db.session.execute(taken).first()
    if found is None:
        raise ProviderRefused
    return found.nonce, found.verifier


def _person(claims: dict[str, object], config: Config) -> Person:
    """By the tie; else by the claim that is the login here, which ties for ever. Raises NobodyTied."""
    issuer, subject = config.openid_issuer, str(claims["sub"])
    tied = select(OpenidTie.staff_id).where(OpenidTie.issuer == issuer, OpenidTie.subject == subject)
    staff_id = db.session.scalar(tied)
    if staff_id is None:
        staff_id = _by_login(claims, config.openid_claim)
        if staff_id is None or db.session.get(OpenidTie, staff_id) is not None:
            raise NobodyTied  # a name that the provider gave to another person opens nobody's account
        _tie(staff_id, issuer, subject)
        directory.note("staff.openid_tied", f"staff:{staff_id}", staff=staff_id)
    found = directory.person(staff_id)
    if found is None:
        raise NobodyTied
    return found


def _by_login(claims: dict[str, object], claim: str) -> int | None:
    said = claims.get(claim) if claim else None
    if not isinstance(said, str) or (claim == "email" and claims.get("email_verified") is not True):
        return None
    return directory.id_of(said)


def _tie(staff_id: int, issuer: str, subject: str) -> int:
    """The account that is tied now. Raises SubjectTaken."""
    row = insert(OpenidTie).values(staff_id=staff_id, issuer=issuer, subject=subject, tied_at=clock.real())
    made: int | None = db.session.scalar(row.on_conflict_do_nothing().returning(OpenidTie.staff_id))
    if made is None:
        raise SubjectTaken
    return made


def _hash(state: str) -> bytes:
    return hashlib.sha256(state.encode("utf-8", "surrogatepass")).digest()
