"""Which browsers are known to be somebody's: a signed cookie that opens nothing, and only spares its people a wait."""

import secrets
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from services import directory
from webapp import asked

LIFE_S = 365 * 24 * 3600
#: several people share a computer at a counter; whoever signed in there last
MOST_PEOPLE = 12


def known_for(login: str) -> str:
    """The mark of this browser, when that login signed in from it before; else empty."""
    kept = _kept()
    return str(kept["browser"]) if _mark(login) in kept["people"] else ""


def know(response: Response, login: str) -> Response:
    """A login signed in from this browser."""
    kept = _kept()
    people = [_mark(login), *(each for each in kept["people"] if each != _mark(login))][:MOST_PEOPLE]
    told = _signer().dumps({"browser": kept["browser"] or secrets.token_urlsafe(12), "people": people})
    strict = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(_name(), told, max_age=LIFE_S, httponly=True, samesite="Lax", secure=strict)
    return response


def _kept() -> dict[str, Any]:
    try:
        kept: dict[str, Any] = _signer().loads(asked.cookie(_name()))
    except BadSignature:
        kept = {"browser": "", "people": []}
    return kept


def _mark(login: str) -> str:
    return directory.login_hash(login).hex()[:32]


def _name() -> str:
    return "__Host-komek-browser" if current_app.config["SESSION_COOKIE_SECURE"] else "komek-browser"


def _signer() -> URLSafeSerializer:
    keys = current_app.config["KOMEK"].keys() or str(current_app.secret_key)
    return URLSafeSerializer(keys, salt="komek-browser")
