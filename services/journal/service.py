"""Writing and reading lines."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from sqlalchemy import BigInteger, ColumnElement, LargeBinary, Text, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.sql.selectable import LateralFromClause

from services import trail
from services.db import Moment, db, table_of
from services.journal.chain import GENESIS, NewLine, canonical, details_text, line_hash
from services.journal.models import Entry, Stream
from services.journal.values import HOLDS
from services.loaded import Loaded
from services.written import Once

#: makes the stream's row when it is missing, and locks it either way
_TAKE = (
    insert(table_of(Stream))
    .values(name=bindparam("stream"), head=GENESIS, count=0)
    .on_conflict_do_update(index_elements=["name"], set_={"count": Stream.count})
    .returning(Stream.head, Stream.count)
)

#: one text for any number of lines
_WRITE = Once(
    text("""
    WITH moved AS (UPDATE journal_stream SET head = :head, count = :count WHERE name = :stream)
    INSERT INTO journal_entry (stream, position, at, actor, event, details, hash)
    SELECT :stream, line.position, :at, line.actor, line.event, line.details, line.hash
    FROM unnest(:positions, :actors, :events, :details, :hashes) AS line (position, actor, event, details, hash)
    ORDER BY line.position
""").bindparams(
        bindparam("at", type_=Moment()),
        bindparam("stream", type_=Text()),
        bindparam("head", type_=LargeBinary()),
        bindparam("count", type_=BigInteger()),
        bindparam("positions", type_=ARRAY(BigInteger)),
        bindparam("actors", type_=ARRAY(Text)),
        bindparam("events", type_=ARRAY(Text)),
        bindparam("details", type_=ARRAY(Text)),
        bindparam("hashes", type_=ARRAY(LargeBinary)),
    )
)


#: under this key of a line's details stands the id of the request that it is of, or that it was done because of
REQUEST = "of_request"


@dataclass(frozen=True)
class Recorded:
    """A line as it stands in the journal."""

    stream: str
    position: int
    at: datetime
    actor: str
    event: str
    details: Mapping[str, object]
    request: str | None = None


def append(stream: str, lines: Sequence[NewLine], *, at: datetime) -> None:
    """Add the lines to the stream, in the caller's transaction: two statements for any number of lines, and one that
    waits where the stream's head is known (`know_head`).

    The stream's row stays locked until that transaction ends, so nobody leaves a gap or a fork. Who writes to several
    streams writes to the case's first. Raises BadLine.
    """
    texts = [_text(line) for line in lines]
    if not lines:
        return
    known = _known().pop(stream, None)
    head, count = known if known is not None else db.session.execute(_TAKE, {"stream": stream}).one()
    hashes = []
    for position, (line, details) in enumerate(zip(lines, texts, strict=True), start=count + 1):
        head = line_hash(head, stream, position, at, line.actor, line.event, details)
        hashes.append(head)
    written = {
        "positions": list(range(count + 1, count + len(lines) + 1)),
        "actors": [line.actor for line in lines],
        "events": [line.event for line in lines],
        "details": texts,
        "hashes": hashes,
    }
    _WRITE.wait(stream=stream, at=at, head=head, count=count + len(lines), **written)


def held_head(stream: ColumnElement[str]) -> LateralFromClause:
    """Head and count of the stream of that name, nobody else's for this transaction; for a statement of the caller's,
    which has locked what the stream is about in a part before.
    """
    return (
        select(Stream.head, Stream.count.label("lines")).where(Stream.name == stream).with_for_update().lateral("held")
    )


def know_head(stream: str, head: bytes, count: int) -> None:
    """The stream is held by this transaction, and stands there: whoever adds to it next need not ask."""
    _known()[stream] = head, count


def _known() -> dict[str, tuple[bytes, int]]:
    """Stream -> its head, in this transaction."""
    session = db.session()
    now = session.get_transaction()
    of, known = session.info.get("heads", (None, {}))
    if of is not now:
        known = {}
        session.info["heads"] = now, known
    return cast(dict[str, tuple[bytes, int]], known)


#: the same for one line in each of many streams
_HEADS = select(Stream.name, Stream.head, Stream.count).where(Stream.name.in_(bindparam("streams", expanding=True)))
_WRITE_EACH = text("""
    WITH line AS (
        SELECT * FROM unnest(:streams, :positions, :events, :details, :hashes)
            AS line (stream, position, event, details, hash)
    ), moved AS (
        UPDATE journal_stream SET head = line.hash, count = line.position FROM line WHERE name = line.stream
    )
    INSERT INTO journal_entry (stream, position, at, actor, event, details, hash)
    SELECT stream, position, :at, :actor, event, details, hash FROM line ORDER BY stream
""").bindparams(
    bindparam("at", type_=Moment()),
    bindparam("actor", type_=Text()),
    bindparam("streams", type_=ARRAY(Text)),
    bindparam("positions", type_=ARRAY(BigInteger)),
    bindparam("events", type_=ARRAY(Text)),
    bindparam("details", type_=ARRAY(Text)),
    bindparam("hashes", type_=ARRAY(LargeBinary)),
)


def append_each(lines: Mapping[str, NewLine], *, actor: str, at: datetime) -> None:
    """Add one line of the same actor to each of many streams that have begun already: two statements for all of them.

    The caller has locked what the streams are about. Raises BadLine.
    """
    for stream in lines:
        _known().pop(stream, None)
    found = db.session.execute(_HEADS.order_by(Stream.name).with_for_update(), {"streams": list(lines)}).all()
    texts = {name: _text(line) for name, line in lines.items()}
    rows = [
        (name, count + 1, lines[name].event, texts[name],
         line_hash(head, name, count + 1, at, actor, lines[name].event, texts[name]))
        for name, head, count in found
    ]  # fmt: skip
    if rows:
        names, positions, events, details, hashes = map(list, zip(*rows, strict=True))
        written = {"streams": names, "positions": positions, "events": events, "details": details, "hashes": hashes}
        db.session.execute(_WRITE_EACH, {"at": at, "actor": actor, **written})


def read(stream: str, before: int | None = None, limit: int = 100) -> list[Recorded]:
    """The stream's newest lines, the newest first, for people: without the digests of what they attest.

    `before` is the last position of the page before.
    """
    found = _NEWEST.all(stream=stream, most=limit, before=before if before is not None else BEYOND)
    return [_recorded(stream, *row) for row in found]


#: no stream has so many lines
BEYOND = 2**62
_NEWEST = Loaded(
    select(Entry.position, Entry.at, Entry.actor, Entry.event, Entry.details)
    .where(Entry.stream == bindparam("stream"), Entry.position < bindparam("before", type_=BigInteger()))
    .order_by(Entry.position.desc())
    .limit(bindparam("most", type_=BigInteger()))
)


_OF_REQUEST = select(Entry.stream, Entry.position, Entry.at, Entry.actor, Entry.event, Entry.details).where(
    func.strpos(Entry.details, bindparam("written", type_=Text())) > 0  # as it is written: no letter stands for others
)


def of_request(request: str) -> list[Recorded]:
    """Every line of that request and of what was done because of it, the oldest first. Reads the whole journal."""
    written = {"written": f'"{REQUEST}":{canonical(request)}'}
    return [_recorded(*row) for row in db.session.execute(_OF_REQUEST.order_by(Entry.id), written)]


def _recorded(stream: str, position: int, at: datetime, actor: str, event: str, details: str) -> Recorded:
    told = json.loads(details)
    told.pop(HOLDS, None)
    return Recorded(stream, position, at, actor, event, told, told.pop(REQUEST, None))


def _text(line: NewLine) -> str:
    request = trail.known_request()
    return details_text(line if request is None else replace(line, details={**line.details, REQUEST: request}))
