"""What keeps guessers out: wrong answers are counted by number, address and network, over all processes.

A number that nobody has is counted as any other, so that the counting says nothing of it. What is over a limit is
remembered by the process until its window ends: whoever goes on asking costs the database nothing.
"""

import hmac
import ipaddress
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from threading import Lock

from sqlalchemy import case, delete, func, update
from sqlalchemy.dialects.postgresql import insert

from services import clock
from services.db import db
from services.errors import Forbidden
from services.tracking.models import TrackingGuess

WINDOW = timedelta(hours=1)
#: wrong answers in one window: about one number, from one address, from its network (/24 of IPv4, /48 of IPv6)
MOST = {"number": 10, "address": 20, "network": 200}
#: how many that are over a limit one process remembers
REMEMBERED = 20_000


class TooManyGuesses(Forbidden):
    """There were too many wrong tries. Please try again in an hour, or call the office."""


class OverLimit:
    """Who is over a limit, and until when; the oldest are forgotten first."""

    def __init__(self) -> None:
        self._until: OrderedDict[bytes, datetime] = OrderedDict()
        self._lock = Lock()

    def __contains__(self, what: bytes) -> bool:
        until = self._until.get(what)
        return until is not None and clock.real() < until

    def add(self, what: bytes, until: datetime) -> None:
        with self._lock:
            self._until[what] = until
            while len(self._until) > REMEMBERED:
                self._until.popitem(last=False)

    def cache_clear(self) -> None:
        """Forget all of them: the database knows."""
        self._until.clear()


refused = OverLimit()
_key = b""


def digest_with(key: str) -> None:
    """Say the key of the digests, called once, when the application is put together.

    There are few enough numbers and addresses to try all of them: whoever has the database alone has no key.
    """
    global _key
    _key = key.encode()


def keys_of(number: str, address: str) -> Mapping[bytes, int]:
    """What a guess about that number from that address counts against -> how many it may have."""
    at, wide = _places(address)
    said = {"number": number, "address": at, "network": wide}
    return {_digest(kind, value): MOST[kind] for kind, value in said.items()}


def is_refused(address: str) -> bool:
    """Whether this process knows that address, or its network, to be over its limit; asks nobody."""
    at, wide = _places(address)
    return _digest("address", at) in refused or _digest("network", wide) in refused


def check_not_refused(keys: Mapping[bytes, int]) -> None:
    """Raises TooManyGuesses for whoever this process knows to be over a limit; asks nobody."""
    if any(what in refused for what in keys):
        raise TooManyGuesses


def count_guess(keys: Mapping[bytes, int]) -> None:
    """Count it before it is looked at, so that tries at one moment are counted one by one; in the caller's transaction.

    Raises TooManyGuesses.
    """
    now = clock.real()
    over = TrackingGuess.since <= now - WINDOW
    rows = [{"what": what, "since": now, "wrong": 1} for what in sorted(keys)]
    counted = insert(TrackingGuess).values(rows)
    again = counted.on_conflict_do_update(
        index_elements=["what"],
        set_={
            "wrong": case((over, 1), else_=TrackingGuess.wrong + 1),
            "since": case((over, now), else_=TrackingGuess.since),
        },
    ).returning(TrackingGuess.what, TrackingGuess.wrong, TrackingGuess.since, _UNHURRIED)
    full = [(what, since) for what, wrong, since, _ in db.session.execute(again) if wrong > keys[bytes(what)]]
    for what, since in full:
        refused.add(bytes(what), since + WINDOW)
    if full:
        raise TooManyGuesses


def take_back(keys: Mapping[bytes, int]) -> None:
    """What was counted was right, and no guess. In the caller's transaction."""
    ours = update(TrackingGuess).where(TrackingGuess.what.in_(keys))
    db.session.execute(ours.values(wrong=func.greatest(TrackingGuess.wrong - 1, 0)), execution_options=_UNTRACKED)


def forget_old() -> None:
    """Windows that are over, in the caller's transaction; those in somebody's hands are left."""
    old = TrackingGuess.since <= clock.real() - WINDOW
    here = db.select(TrackingGuess.what).where(old).limit(100).with_for_update(skip_locked=True)
    db.session.execute(delete(TrackingGuess).where(TrackingGuess.what.in_(here)), execution_options=_UNTRACKED)


def _digest(kind: str, value: str) -> bytes:
    return hmac.digest(_key, f"{kind}:{value}".encode(), "sha256")


@lru_cache(maxsize=10_000)
def _places(address: str) -> tuple[str, str]:
    """What counts as one address (IPv6: the /64 that one holder changes at will), and as its network."""
    try:
        parsed = ipaddress.ip_address(address.strip())
    except ValueError:
        return "nowhere", "nowhere"
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    near, wide = (32, 24) if parsed.version == 4 else (64, 48)
    return tuple(str(ipaddress.ip_network((parsed, each), strict=False)) for each in (near, wide))  # type: ignore[return-value]


#: nobody waits for its way to the disk: a count that is lost with the server lets somebody guess once more
_UNHURRIED = func.set_config("synchronous_commit", "off", True)
_UNTRACKED = {"synchronize_session": False}
