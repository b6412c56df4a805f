"""Who asks: staff of Komek, by the Authorization header of every request and by nothing else."""

import base64
import binascii
import hashlib
import hmac
import secrets
import time
from threading import Lock
from urllib.parse import urlsplit

from flask import current_app, request

from services import directory, factors
from services.config import Config
from services.letters import tidy
from webapp.asked import header
from webapp.rest.problems import NoCredentials, TooOften, WrongCredentials

#: argon2 takes its time: a header that was found right is not checked anew for so long
REMEMBER_S = 900.0
MOST_REMEMBERED = 1000
_KEY = secrets.token_bytes(32)
_lock = Lock()
#: HMAC of a header -> whose it is, under which session version, until when
_known: dict[bytes, tuple[int, int, float]] = {}


def who_asks() -> directory.Person:
    """The person whose name and password the request carries, with what they may do today.

    Raises NoCredentials for no header, or one of a kind that is not known ("undefined", Bearer);
    WrongCredentials; TooOften; SecondFactorMissing.
    """
    said = header("Authorization")
    credentials = _read(said)
    if credentials is None or _from_a_page_elsewhere():
        raise NoCredentials
    mark = hmac.digest(_KEY, said.encode(), hashlib.sha256)
    person = _remembered(mark) or _sign_in(mark, *credentials)
    if factors.needed_by(person):  # a header shows a password alone
        raise factors.SecondFactorMissing
    return person


def still(person: directory.Person) -> directory.Person:
    """The person as of now, for a request that waited. Raises NoCredentials when they may no more."""
    now = directory.person(person.id)
    if now is None or now.session_version != person.session_version:
        raise NoCredentials
    return now


def _remembered(mark: bytes) -> directory.Person | None:
    """Whose header that is, unless the password changed or they left since."""
    staff_id, version, until = _known.get(mark, (0, 0, 0.0))
    if until < time.monotonic():
        return None
    person = directory.person(staff_id)
    return person if person is not None and person.session_version == version else None


def _sign_in(mark: bytes, login: str, password: str) -> directory.Person:
    config: Config = current_app.config["KOMEK"]
    try:
        person = directory.sign_in(login, password, request.remote_addr or "", config)
    except directory.WrongPassword:
        raise WrongCredentials from None
    except directory.TooManyAttempts as error:
        raise TooOften(wait_s=error.details["wait_s"]) from None
    if factors.has_any(person.id):
        raise factors.SecondFactorMissing
    with _lock:
        if len(_known) >= MOST_REMEMBERED:
            _known.clear()
        _known[mark] = (person.id, person.session_version, time.monotonic() + REMEMBER_S)
    return person


def _read(header: str) -> tuple[str, str] | None:
    """Name and password of a Basic header: UTF-8, else Latin-1, as browsers' `btoa` writes it."""
    scheme, _, said = header.strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        raw = base64.b64decode(said.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    try:
        words = raw.decode("utf-8")
    except UnicodeDecodeError:
        words = raw.decode("latin-1")
    login, colon, password = words.partition(":")
    return (tidy(login), password) if colon else None


def _from_a_page_elsewhere() -> bool:
    """A browser adds credentials it knows also to what a foreign page sends, by a form or without asking first.

    Modeler asks first, from a page whose origin is `file://` or `null`.
    """
    origin = urlsplit(header("Origin"))
    foreign = origin.scheme in ("http", "https") and origin.netloc != request.host
    unasked = request.method != "GET" and header("Sec-Fetch-Mode") in ("navigate", "no-cors")
    return foreign or unasked
