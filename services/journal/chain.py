"""How lines and seals are hashed. Pure: whoever has the rows can check them without Komek."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

#: what stands before the first line of a stream and before the first seal
GENESIS = bytes(32)

#: no line is longer: it holds ids and names of fields, not texts
MAX_DETAILS = 8_000

#: keys that would bring personal values into the journal
PERSONAL = frozenset(
    ["surname", "given_name", "patronymic", "full_name", "name", "iin", "address", "phone", "phone_raw", "email"]
) | {"login", "password"}


class BadLine(ValueError):
    """A line that must not be written: the message says why. Always a programmer's mistake."""


@dataclass(frozen=True)
class NewLine:
    """What happened ("case.task_completed"), who did it ("staff:7"), and ids, keys and field names that tell more."""

    event: str
    actor: str
    details: Mapping[str, object]


@dataclass(frozen=True)
class Head:
    """How far a stream had come: its length, and the hash of its last line."""

    stream: str
    count: int
    head: bytes


def canonical(value: object) -> str:
    """The one JSON text of a value. Raises BadLine when it has none."""
    try:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
        text.encode()
    except (TypeError, ValueError) as error:
        raise BadLine(f"not plain JSON: {error}") from error
    return text


def details_text(line: NewLine) -> str:
    """The line's details as they are kept. Raises BadLine when they are too long, or personal, or no JSON."""
    for word in (line.event, line.actor):
        if not word or len(word) > 200 or not word.isprintable():
            raise BadLine(f"not an event or an actor: {word!r}")
    personal = PERSONAL.intersection(line.details)
    if personal:
        raise BadLine(f"{line.event} carries personal values: {', '.join(sorted(personal))}")
    text = canonical(dict(line.details))
    if len(text) > MAX_DETAILS:
        raise BadLine(f"{line.event} carries {len(text)} characters, more than {MAX_DETAILS}")
    return text


def line_hash(previous: bytes, stream: str, position: int, at: datetime, actor: str, event: str, details: str) -> bytes:
    """SHA-256 over the line and the hash of the one before it."""
    fields = [previous.hex(), stream, position, moment(at), actor, event, details]
    return hashlib.sha256(canonical(fields).encode()).digest()


def seal_hash(previous: bytes, number: int, on: date, at: datetime, heads: Iterable[Head]) -> tuple[bytes, int]:
    """SHA-256 over the seal before it, the day and the heads in the order of their names; and how many there were."""
    total = hashlib.sha256(canonical([previous.hex(), number, on.isoformat(), moment(at)]).encode())
    count = 0
    for head in heads:
        total.update(canonical([head.stream, head.count, head.head.hex()]).encode())
        count += 1
    return total.digest(), count


def moment(at: datetime) -> str:
    """The moment in UTC to the microsecond, as it is hashed."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
