"""The proof that nothing in the journal was changed, removed or put in. Reads everything once, in bounded memory."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, islice
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import Connection, Row, Select, select

from services.db import db
from services.journal.chain import GENESIS, Head, line_hash, seal_hash
from services.journal.models import Entry, Seal, SealedHead, Stream
from services.journal.seals import read_seal, seal_fields

#: rows held in memory at a time, and lines between two reports of progress
BATCH = 5_000


@dataclass(frozen=True)
class JournalFault:
    """Something in the journal is not as it was written."""

    #: changed, missing, extra, tail, head, stream, seal, seal_missing, outside
    kind: str
    #: English, with %(name)s placeholders filled from `details` after translation
    message: str
    details: Mapping[str, object]

    def __str__(self) -> str:
        return self.message % self.details


def verify(
    outside: Sequence[str] = (), *, progress: Callable[[int], None] = lambda lines: None, limit: int = 1_000
) -> list[JournalFault]:
    """What is wrong with the committed journal, at most `limit` faults; an empty list when it is whole.

    `outside` are exported seals that were kept elsewhere: with them even one who rewrote lines, heads and seals alike
    is found, up to the newest of them. `progress` is told the number of lines read so far. Raises BadSeal.
    """
    kept = [read_seal(text) for text in outside]
    reading = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True, "yield_per": BATCH}
    with db.engine.connect().execution_options(**reading) as connection:
        faults = chain(_wrong_seals(connection, kept), _wrong_streams(connection, progress))
        return list(islice(faults, limit))


# ---------------------------------------------------------------- seals


def _wrong_seals(connection: Connection, kept: Iterable[Mapping[str, object]]) -> Iterator[JournalFault]:
    outside: dict[object, list[Mapping[str, object]]] = {}
    for fields in kept:
        outside.setdefault(fields["number"], []).append(fields)
    previous, expected = GENESIS, 1
    for row in connection.execute(select(Seal.__table__).order_by(Seal.number)):
        if row.number != expected:
            yield _fault("seal_missing", "The seals %(first)s to %(last)s are missing.",
                         first=expected, last=row.number - 1)  # fmt: skip
            previous = row.previous
        if not _holds(connection, row, previous):
            yield _fault("seal", "Seal %(number)s of %(on)s does not fit what it sealed: one of the two was changed.",
                         number=row.number, on=row.on)  # fmt: skip
        own = seal_fields(Seal(**row._mapping))
        if any(fields != own for fields in outside.pop(row.number, [])):
            yield _fault("outside", "Seal %(number)s of %(on)s is not the one that was kept outside: "
                         "something up to that day was rewritten.", number=row.number, on=row.on)  # fmt: skip
        previous, expected = row.hash, row.number + 1
    for number in outside:
        yield _fault("outside", "Seal %(number)s was kept outside, but is no longer in the database.", number=number)
    yield from _unsealed(connection)


def _holds(connection: Connection, row: Row[Any], previous: bytes) -> bool:
    wanted = select(SealedHead.stream, SealedHead.count, SealedHead.head).where(SealedHead.seal == row.number)
    heads = (Head(*head) for head in connection.execute(wanted.order_by(SealedHead.stream)))
    digest, streams = seal_hash(previous, row.number, row.on, row.at, heads)
    return bool(row.previous == previous and row.hash == digest and row.streams == streams)


def _unsealed(connection: Connection) -> Iterator[JournalFault]:
    """Heads that name a seal which is not there: its row was taken away."""
    lost = select(SealedHead.seal).outerjoin(Seal, Seal.number == SealedHead.seal).where(Seal.number.is_(None))
    for number in connection.scalars(lost.distinct().order_by(SealedHead.seal)):
        yield _fault("seal_missing", "Seal %(number)s is missing.", number=number)


# ---------------------------------------------------------------- streams


@dataclass(frozen=True)
class _Sealed(Head):
    seal: int


class _NamedHead(Protocol):
    @property
    def stream(self) -> str: ...


Each = TypeVar("Each", bound=_NamedHead)


class _Grouped(Generic[Each]):
    """Rows in the order of their streams, handed out one stream at a time and never held together."""

    def __init__(self, rows: Iterable[Each]) -> None:
        self._groups = groupby(rows, key=lambda row: row.stream)
        self._go_on()

    def _go_on(self) -> None:
        following = next(self._groups, None)
        self.name: str | None = following[0] if following else None
        self._group: Iterator[Each] = following[1] if following else iter(())

    def take(self, name: str) -> Iterator[Each]:
        """The rows of that stream, none when the next stream is another. To be read to the end."""
        if self.name == name:
            yield from self._group
            self._go_on()


def _wrong_streams(connection: Connection, progress: Callable[[int], None]) -> Iterator[JournalFault]:
    rows = connection.execute(select(Stream.name, Stream.count, Stream.head).order_by(Stream.name))
    heads = connection.execute(select(SealedHead.__table__).order_by(SealedHead.stream, SealedHead.count))
    streams = _Grouped(Head(*row) for row in rows)
    sealed = _Grouped(_Sealed(*row) for row in heads)
    lines = _Grouped(_counted(connection.execute(_all_lines()), progress))
    while names := [name for name in (streams.name, lines.name, sealed.name) if name is not None]:
        name = min(names)
        row = next(iter(list(streams.take(name))), None)
        yield from _wrong_stream(name, row, lines.take(name), sealed.take(name))


def _all_lines() -> Select[Any]:
    columns: list[Any] = [
        Entry.stream, Entry.position, Entry.at, Entry.actor, Entry.event, Entry.details, Entry.hash,
    ]  # fmt: skip
    return select(*columns).order_by(Entry.stream, Entry.position)


def _counted(rows: Iterable[Row[Any]], progress: Callable[[int], None]) -> Iterator[Any]:
    read = 0
    for read, row in enumerate(rows, start=1):
        yield row
        if read % BATCH == 0:
            progress(read)
    progress(read)


def _wrong_stream(
    name: str, row: Head | None, lines: Iterator[Any], sealed: Iterator[_Sealed]
) -> Iterator[JournalFault]:
    last, head = 0, GENESIS
    seal = next(sealed, None)
    for line in lines:
        yield from _wrong_line(name, line, last, head)
        last, head = line.position, line.hash
        while seal is not None and seal.count <= last:
            if seal.count == last and seal.head != head:
                yield _fault("changed", "Line %(line)s of %(stream)s, or one before it, was rewritten "
                             "after seal %(seal)s.", line=last, stream=name, seal=seal.seal)  # fmt: skip
            seal = next(sealed, None)
    yield from _wrong_row(name, row, last, head)
    if seal is not None:
        newest = max(chain([seal], sealed), key=lambda each: each.count)
        yield _cut(name, last, newest.count, f"seal {newest.seal}")


def _wrong_line(name: str, line: Any, last: int, head: bytes) -> Iterator[JournalFault]:
    """A line that does not follow from the one before it; behind a gap only the gap can be told."""
    if line.position > last + 1:
        yield _fault("missing", "The lines %(first)s to %(last)s of %(stream)s are missing.",
                     first=last + 1, last=line.position - 1, stream=name)  # fmt: skip
    elif line.position <= last:
        yield _fault("extra", "Line %(line)s of %(stream)s is out of place.", line=line.position, stream=name)
    elif line.hash != line_hash(head, name, line.position, line.at, line.actor, line.event, line.details):
        yield _fault("changed", "Line %(line)s of %(stream)s does not fit the line before it: "
                     "one of the two was changed, moved or put in.", line=line.position, stream=name)  # fmt: skip


def _wrong_row(name: str, row: Head | None, last: int, head: bytes) -> Iterator[JournalFault]:
    """The stream's own row must tell the same length and hash as its lines."""
    if row is None:
        if last:
            yield _fault("stream", "The stream %(stream)s is no longer listed, but has %(count)s lines.",
                         stream=name, count=last)  # fmt: skip
    elif row.count > last:
        yield _cut(name, last, row.count, "its own count")
    elif row.count < last:
        yield _fault("extra", "The stream %(stream)s has %(found)s lines, but counted only %(count)s.",
                     stream=name, found=last, count=row.count)  # fmt: skip
    elif row.head != head:
        yield _fault("head", "The last line of %(stream)s is not the one its stream remembers.", stream=name)


def _cut(name: str, last: int, count: int, witness: str) -> JournalFault:
    if last == 0:
        return _fault("stream", "The stream %(stream)s was removed with all its %(count)s lines; "
                      "%(witness)s tells of them.", stream=name, count=count, witness=witness)  # fmt: skip
    return _fault("tail", "The end of %(stream)s was cut off: the lines %(first)s to %(last)s are missing; "
                  "%(witness)s tells of them.", stream=name, first=last + 1, last=count, witness=witness)  # fmt: skip


def _fault(kind: str, message: str, **details: object) -> JournalFault:
    return JournalFault(kind, message, details)
