"""Reports of delivery that the gateway sends by itself: signed, of our day, and told once.

Signed as Standard Webhooks 1.0.0 has it: HMAC-SHA256 of `id.timestamp.body`, in base64 after `v1,`, with a secret that
may be written `whsec_` and base64. One older than five minutes is refused; within them the same report changes nothing,
and what was reported last of a message stays: a copied request does nothing.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Literal, cast

import orjson
from sqlalchemy import select

from services import clock
from services.db import db
from services.errors import Forbidden, Invalid
from services.telling.models import TellingMessage

TOLERANCE = timedelta(minutes=5)
PREFIX = "whsec_"
STATES = ("delivered", "failed")
MOST_PARTS = 100


class WrongSignature(Forbidden):
    """The report is not signed with the secret of these reports, or not of now."""


class WrongReport(Invalid):
    """A report is a JSON object with `key` and with `state`, which is `delivered` or `failed`."""


@dataclass(frozen=True)
class DeliveryReport:
    """What became of one message."""

    key: str
    state: Literal["delivered", "failed"]
    parts: int | None = None
    cost: Decimal | None = None


def read_report(headers: Mapping[str, str], body: bytes, secret: str) -> DeliveryReport:
    """A report that is signed, and of now. Raises WrongSignature, WrongReport."""
    check_signed(headers, body, secret)
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise WrongReport from None
    if not isinstance(said, dict) or said.get("state") not in STATES or not isinstance(said.get("key"), str):
        raise WrongReport
    parts, cost = said.get("parts"), said.get("cost")
    if parts is not None and (type(parts) is not int or not 0 <= parts <= MOST_PARTS):
        raise WrongReport
    return DeliveryReport(said["key"], cast(Literal["delivered", "failed"], said["state"]), parts, _cost(cost))


def check_signed(headers: Mapping[str, str], body: bytes, secret: str) -> None:
    """Raises WrongSignature, also when no secret is set: then nothing is believed."""
    name, at, given = (headers.get(f"webhook-{each}", "") for each in ("id", "timestamp", "signature"))
    if not secret or not name or not (at.isascii() and at.isdigit()) or len(at) > 12:
        raise WrongSignature
    expected = signature_of(name, at, body, secret)
    said = [each[3:] for each in given.split(" ") if each.startswith("v1,")]
    same = [hmac.compare_digest(each.encode(), expected.encode()) for each in said[:8]]
    if not any(same) or abs(clock.real().timestamp() - int(at)) > TOLERANCE.total_seconds():
        raise WrongSignature


def signature_of(name: str, at: str, body: bytes, secret: str) -> str:
    """The signature of that body, sent under that id at that second: base64."""
    signed = b".".join((name.encode(), at.encode(), body))
    return base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode()


def _key(secret: str) -> bytes:
    if not secret.startswith(PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        return secret.encode()


def _cost(said: object) -> Decimal | None:
    """Tenge, as text or number. Raises WrongReport."""
    if said is None:
        return None
    try:
        cost = Decimal(str(said))
    except InvalidOperation:
        raise WrongReport from None
    if not cost.is_finite() or not 0 <= cost < Decimal(10) ** 8:
        raise WrongReport
    return cost


def case_of(key: str) -> int | None:
    """The case that a message with that key is about."""
    found: int | None = db.session.scalar(select(TellingMessage.case_id).filter_by(handle=key))
    return found


def report(told: DeliveryReport) -> TellingMessage | None:
    """Keep what was reported; None when it is no news. In the caller's transaction, case locked."""
    wanted = select(TellingMessage).filter_by(handle=told.key).with_for_update()
    row = db.session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if row is None or row.reported_at is not None:
        return None
    row.reported_at, row.state = clock.now(), told.state
    row.parts = told.parts if told.parts is not None else row.parts
    row.cost = told.cost if told.cost is not None else row.cost
    return row
