"""A turn of a line: several statements sent at once, and what the server says to each; kept prepared on the line.

psycopg sends each statement of its pipeline by itself, which wakes the server each time, and finds out anew how the
values of each are written. A click's statements take twice as much of the processor's time that way.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import psycopg
from psycopg import abc, generators
from psycopg._queries import _query2pg_nocache
from psycopg.abc import PQGen
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult

Line = psycopg.Connection[Any]

#: statements that a line keeps prepared: those of a click and of every page, with room
MOST_PREPARED = 300
#: statements of which a process keeps how they are written for the server
MOST_WRITTEN = 1000
ENCODING = "utf-8"


@lru_cache(maxsize=MOST_WRITTEN)
def written(query: str, encoding: str = ENCODING) -> Any:
    """How a statement is written for the server, however long it is: psycopg does not keep that of long ones."""
    return _query2pg_nocache(query.encode(encoding), encoding)


class Statement(NamedTuple):
    """A statement with its values, and whether anybody wants the rows that it brings."""

    text: str
    values: Mapping[str, object]
    wants_rows: bool = True


@dataclass
class _Kept:
    """A statement that a line knows: how its values and rows are read, and by what name it is prepared."""

    written: Any
    adapts: abc.Transformer
    names: dict[tuple[int, ...], bytes] = field(default_factory=dict)  #: kinds of its values -> its name


class _Ready(NamedTuple):
    """A statement whose values are written for the server."""

    known: _Kept
    params: Sequence[Any]
    types: tuple[int, ...]
    formats: Any


class Turns:
    """What a line sends in turns of its own, outside of what psycopg keeps an eye on."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, _Kept] = OrderedDict()
        self._made = 0  #: names given so far: none is given twice
        self._gone: list[bytes] = []  #: names that the server is to forget with the next turn

    def forget(self) -> bool:
        """Nothing is known any more; whether the server may know something still."""
        self._known.clear()
        self._gone.clear()
        return self._made > 0

    def take(self, line: Line, asked: Sequence[Statement], *, commit: bool = False) -> list[list[tuple[Any, ...]]]:
        """The rows of each, none where nobody wants them. What begins the transaction goes before, the commit behind.

        Raises psycopg.Error, whose `of_statement` is the one that failed; what came behind it was not carried out.
        """
        ready = [self._ready(line, each) for each in asked]
        answers = self._exchange(line, asked, ready, commit=commit)
        return [_rows(each, one, answer) for each, one, answer in zip(asked, ready, answers, strict=True)]

    def _ready(self, line: Line, asked: Statement) -> _Ready:
        """Written for the server before anything is sent: a value that cannot be breaks no turn off."""
        known = self._known.get(asked.text)
        if known is None:
            known = self._known[asked.text] = _Kept(written(asked.text), Transformer(line))
            if len(self._known) > MOST_PREPARED:
                self._gone += self._known.popitem(last=False)[1].names.values()
        else:
            self._known.move_to_end(asked.text)
        _, formats, order, _ = known.written
        try:
            values = [asked.values[name] for name in order or ()]
        except KeyError as missing:
            raise psycopg.ProgrammingError(f"query parameter missing: {missing}") from None
        params = known.adapts.dump_sequence(values, formats)
        return _Ready(known, params, known.adapts.types or (), known.adapts.formats)

    def _exchange(
        self, line: Line, asked: Sequence[Statement], ready: Sequence[_Ready], *, commit: bool
    ) -> Sequence[PGresult]:
        """Send all of it; what the server says to each of those asked."""
        pg, sent, new = line.pgconn, list[str](), list[_Ready]()
        begins = not line.autocommit and pg.transaction_status == TransactionStatus.IDLE
        around = [b"DEALLOCATE " + name for name in self._gone]
        self._gone = []
        at = list[int]()
        pg.enter_pipeline_mode()
        try:
            for each in (*around, *([line._get_tx_start_command()] if begins else ())):
                pg.send_query_params(each, None)
                sent.append(each.decode())
            for one, told in zip(ready, asked, strict=True):
                if self._send(line, one, new):
                    sent.append(told.text)
                at.append(len(sent))
                sent.append(told.text)
            if commit:
                pg.send_query_params(b"COMMIT", None)
                sent.append("COMMIT")
            pg.pipeline_sync()
            answers = line.wait(_answers(pg, len(sent)))
            _check(answers, sent)
        except BaseException:
            for known, _, types, _ in new:
                known.names.pop(types, None)
            raise
        finally:
            _end(pg)
        return [answers[each] for each in at]

    def _send(self, line: Line, one: _Ready, new: list[_Ready]) -> bool:
        """Send that statement; whether it is prepared before."""
        known, params, types, formats = one
        if line.prepare_threshold is None:
            line.pgconn.send_query_params(known.written[0], params, types, formats)
            return False
        name = known.names.get(types)
        is_new = name is None
        if name is None:
            self._made += 1
            name = known.names[types] = b"komek_%d" % self._made
            new.append(one)
            line.pgconn.send_prepare(name, known.written[0], types)
        line.pgconn.send_query_prepared(name, params, formats)
        return is_new


def _rows(asked: Statement, one: _Ready, answer: PGresult) -> list[tuple[Any, ...]]:
    if not asked.wants_rows or answer.status != ExecStatus.TUPLES_OK:
        return []
    adapts = one.known.adapts
    adapts.set_pgresult(answer)
    found: list[tuple[Any, ...]] = adapts.load_rows(0, answer.ntuples, tuple)
    adapts.set_pgresult(None)  # who was found is kept by nobody
    return found


def _answers(pg: PGconn, how_many: int) -> PQGen[list[PGresult]]:
    """What the server says to each of so many, and to the end of the turn.

    Behind that end nothing is sent. PostgreSQL takes a Flush there, as psycopg sends it, for the next question: it
    counts no more how long a transaction stands idle (`idle_in_transaction_session_timeout`), and a node that falls
    silent then would hold its rows until TCP notices, or for ever.
    """
    yield from generators.send(pg)
    found = list[PGresult]()
    for _ in range(how_many + 1):
        found.extend((yield from generators.fetch_many(pg)))
    return found


def _check(answers: Sequence[PGresult], sent: Sequence[str]) -> None:
    """Raises psycopg.Error for the first that failed."""
    for text, answer in zip(sent, answers, strict=False):
        if answer.status in (ExecStatus.FATAL_ERROR, ExecStatus.PIPELINE_ABORTED):
            error = error_from_result(answer)
            error.of_statement = text  # type: ignore[attr-defined]
            raise error


def _end(pg: PGconn) -> None:
    """Of a turn of which not all came back nobody can tell any more what is an answer to what: its line is given up."""
    try:
        if pg.status == ConnStatus.OK:
            pg.exit_pipeline_mode()
    except psycopg.OperationalError:
        pg.finish()
