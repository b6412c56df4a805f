"""Digests by which a line attests a value that is kept elsewhere: an answer, a paper, an outcome.

A value that tells of a person has a salt of its own, kept with it: when both are erased nobody can guess from the line
what it was, and the chain stays whole. Pure: whoever has value and salt can check it without Komek.
"""

import hashlib
import hmac
import os
import re
from decimal import Decimal

import orjson

#: under this key of a line's details stands what it attests: thing -> digest
HOLDS = "holds"
SALT_BYTES = 16
#: orjson reads these as whole numbers, and as a float whatever is larger
READ_AS_WHOLE = range(-(2**63), 2**64)
#: how orjson writes a float that is whole: 2.0, 1e22; where nothing looks so there is none
_MAYBE_WHOLE = re.compile(rb"[:,\[]-?\d+(?:\.0(?!\d)|(?:\.\d+)?e)")


def new_salt() -> bytes:
    """Random bytes for one value."""
    return os.urandom(SALT_BYTES)


def digest(salt: bytes, thing: str, value: object) -> str:
    """HMAC-SHA-256, in hex, of thing and value as the database gives them back; anything that JSON can say."""
    said = orjson.dumps([thing, value], default=str)
    kept = orjson.loads(said)
    if _MAYBE_WHOLE.search(said):
        kept = _plain(kept)
    return hmac.digest(salt, orjson.dumps(kept, option=orjson.OPT_SORT_KEYS), hashlib.sha256).hex()


def _plain(value: object) -> object:
    """What JSONB keeps: 1e22 and -0.0 come back as whole numbers."""
    if isinstance(value, float) and value.is_integer():
        whole = int(Decimal(repr(value)))  # the digits that are written of it, not those that it stands for
        return whole if whole in READ_AS_WHOLE else str(int(value))
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value
