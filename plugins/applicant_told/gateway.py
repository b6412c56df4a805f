"""One message to a gateway, as JSON over HTTP: the key goes along in `Idempotency-Key`, so that it is sent once.

The header is that of the IETF draft «The Idempotency-Key HTTP Header Field»; its answers 409 (the first one is still
being worked on) and 429 are worth another try.
"""

import json
import urllib.error
import urllib.request
from decimal import Decimal, InvalidOperation
from email.message import Message
from http.client import HTTPException
from typing import IO

from services.errors import Invalid
from services.plugin import Gateway, Outgoing, Taken, TemporaryFailure

TIMEOUT_S = 20.0
MOST_BYTES = 64 * 1024
#: answers after which another try may help: too slow, still at work, too early, too many
AGAIN = (408, 409, 425, 429)


class NotTaken(TemporaryFailure):
    """The gateway could not be reached, or did not take the message now (%(answer)s)."""


class Refused(Invalid):
    """The gateway refused the message for good (%(answer)s)."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A message and its secret go where the settings say, and nowhere else."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirects)


def tell(message: Outgoing, gateway: Gateway) -> Taken:
    """Hand it over. Raises NotTaken, Refused."""
    said: dict[str, str] = {
        "key": message.key,
        "channel": message.channel,
        "to": message.to,
        "language": message.language,
        "text": message.text,
    }
    if message.channel == "email":
        said["subject"] = message.subject
    headers = {
        "authorization": (b"Bearer " + gateway.token.encode()).decode(),
        "content-type": "application/json",
        "idempotency-key": f'"{message.key}"',
    }
    request = urllib.request.Request(gateway.url, json.dumps(said).encode(), headers)
    try:
        with _opener.open(request, timeout=TIMEOUT_S) as answer:
            return _taken(answer.read(MOST_BYTES + 1))
    except urllib.error.HTTPError as error:
        kind = NotTaken if error.code >= 500 or error.code in AGAIN else Refused
        raise kind(answer=error.code) from None
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise NotTaken(answer=str(getattr(reason, "strerror", None) or type(reason).__name__)[:80]) from None


def _taken(body: bytes) -> Taken:
    """What the answer says, if it says anything that can be read: the message is taken either way."""
    try:
        said = json.loads(body) if len(body) <= MOST_BYTES else {}
    except ValueError:
        said = {}
    if not isinstance(said, dict):
        return Taken()
    parts = said.get("parts")
    return Taken(
        id=str(said.get("id") or "")[:200],
        parts=parts if type(parts) is int and 0 <= parts <= 100 else None,
        cost=_cost(said.get("cost")),
    )


def _cost(said: object) -> Decimal | None:
    try:
        cost = Decimal(str(said)) if said is not None else None
    except InvalidOperation:
        return None
    return cost if cost is not None and cost.is_finite() and 0 <= cost < Decimal(10) ** 8 else None
