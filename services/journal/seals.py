"""The daily seal: a hash over all heads, chained from day to day, small enough to be kept outside the database."""

import json
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, literal, select, text
from sqlalchemy.dialects.postgresql import Insert

from services.db import db, transaction
from services.errors import Invalid
from services.journal.chain import GENESIS, Head, canonical, moment, seal_hash
from services.journal.models import Seal, SealedHead, Stream

#: two workers never seal at the same time
_TURN = text("SELECT pg_advisory_xact_lock(hashtext('komek.journal.seal'))")


class BadSeal(Invalid):
    """This is not a seal of Komek's journal: %(text)s"""


def seal(at: datetime) -> Seal:
    """The seal of the day of `at`, in the zone that `at` is given in: made now, or the one that day has already.

    A clock that went back gets the last seal there is.
    """
    with transaction():
        db.session.execute(_TURN)
        last = db.session.scalar(select(Seal).order_by(Seal.number.desc()).limit(1))
        if last is not None and last.on >= at.date():
            return last
        number, previous = (last.number + 1, last.hash) if last else (1, GENESIS)
        db.session.execute(_heads_since_last_seal(number))
        digest, streams = seal_hash(previous, number, at.date(), at, _heads_of(number))
        made = Seal(number=number, on=at.date(), at=at, streams=streams, previous=previous, hash=digest)
        db.session.add(made)
    return made


def export_seals(after: int = 0) -> str:
    """Every seal with a higher number, one line of JSON each: to be kept where the database's keeper cannot write."""
    found = db.session.scalars(select(Seal).where(Seal.number > after).order_by(Seal.number))
    return "\n".join(canonical({"journal": "komek", **seal_fields(made)}) for made in found)


def seal_fields(made: Seal) -> dict[str, object]:
    """What is told of a seal outside the database."""
    return {
        "number": made.number,
        "on": made.on.isoformat(),
        "at": moment(made.at),
        "streams": made.streams,
        "previous": made.previous.hex(),
        "hash": made.hash.hex(),
    }


def read_seal(kept: str) -> dict[str, object]:
    """The fields of an exported seal. Raises BadSeal."""
    try:
        fields = json.loads(kept)
        if fields.pop("journal") == "komek" and type(fields["number"]) is int and isinstance(fields["hash"], str):
            return dict(fields)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    raise BadSeal(text=kept[:80])


def _heads_since_last_seal(number: int) -> Insert:
    known = select(SealedHead.stream, func.max(SealedHead.count).label("count")).group_by(SealedHead.stream).subquery()
    grown = (
        select(Stream.name, Stream.count, Stream.head, literal(number))
        .outerjoin(known, known.c.stream == Stream.name)
        .where(Stream.count > func.coalesce(known.c.count, 0))
    )
    return Insert(SealedHead).from_select(["stream", "count", "head", "seal"], grown)


def _heads_of(number: int) -> Iterator[Head]:
    wanted = select(SealedHead.stream, SealedHead.count, SealedHead.head).where(SealedHead.seal == number)
    ordered = wanted.order_by(SealedHead.stream).execution_options(yield_per=2_000)
    return (Head(*row) for row in db.session.execute(ordered))
