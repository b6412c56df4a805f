"""How a line to the database is opened, and when it is given up: in one place, for the pool and for whoever listens.

Nothing waits for ever: not for a connection, nor for a row that somebody holds, nor for a network that swallows what is
sent into it. A time of 0 is no limit.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from select import POLLIN, poll
from typing import Any, Self

import psycopg
from psycopg import generators
from psycopg._queries import PostgresQuery
from psycopg.abc import RV, Buffer, PQGen
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult
from psycopg.types.array import ListDumper

from services import clock, spans, trail
from services.config import Config
from services.turns import ENCODING, Statement, Turns, written

#: a server that died without a word is noticed by a line that waits for an answer, and by one that idles
KEEP_ALIVE_S, KEEP_ALIVE_EVERY_S, KEEP_ALIVE_TIMES = 5, 2, 3
MILLISECONDS = 1000
#: by which the database knows Komek's own sessions (`services.db.end_parted`), and its administrators see them
APPLICATION_NAME = "komek"
#: how often the database looks whether whoever waits for its answer is there still
LOOKED_FOR_EVERY_S = 5
#: between two looks whether an answer has come, where none is told of
EVERY_S = 0.1
#: statements that psycopg keeps prepared on a line, beside those of `services.turns`
MOST_PREPARED = 100
#: how often a process asks the database what time it is
CLOCK_EVERY_S = 10.0
_CLOCK = b"SELECT extract(epoch FROM clock_timestamp())"

_asked_at_s = -CLOCK_EVERY_S


class DescribedColumns(Sequence[psycopg.Column]):
    """The columns of a cursor's result, described when somebody looks; the cursor is there still."""

    def __init__(self, cursor: "KeptCursor") -> None:
        self._cursor = cursor

    def _described(self) -> Sequence[psycopg.Column]:
        return psycopg.Cursor.description.fget(self._cursor) or ()  # type: ignore[attr-defined]

    def __len__(self) -> int:
        return len(self._described())

    def __getitem__(self, at: Any) -> Any:
        return self._described()[at]

    def __iter__(self) -> Iterator[psycopg.Column]:
        return iter(self._described())

    def __bool__(self) -> bool:
        return True


class KeptQuery(PostgresQuery):
    """A statement with its values; how it is written for the server is worked out once, however long it is.

    psycopg does not keep that of long statements, of which a click has several, and works it out each time.
    """

    def convert(self, query: Any, vars: Any) -> None:
        if not isinstance(query, str) or vars is None:
            super().convert(query, vars)
            return
        self.query, self._want_formats, self._order, self._parts = written(query, self._tx.encoding)
        self.dump(vars)


class KeptCursor(psycopg.Cursor[Any]):
    """A cursor of such a line: it describes no column that nobody asks for.

    SQLAlchemy knows a statement's columns from the first time it ran, and asks afterwards only whether there are any.
    To describe them each time is a twelfth of what a click costs this process.
    """

    _query_cls = KeptQuery

    @property
    def description(self) -> Any:
        result = self.pgresult
        return DescribedColumns(self) if result and result.nfields else super().description


@dataclass(frozen=True)
class Waiting:
    """A statement that is sent with the next one."""

    text: str
    values: Mapping[str, object]
    back: Callable[[Any], None] | None = None  #: is given the row that it brings
    whole: bool = False  #: is given all of them


class FlatLists(ListDumper):
    """How a list is written for the server: one of words alone in one go, which psycopg does word by word."""

    def dump(self, obj: list[Any]) -> Buffer | None:
        if not all(type(each) is str for each in obj) or not obj:
            return super().dump(obj)
        said = "\0".join(obj)
        if said.count("\0") != len(obj) - 1:
            return super().dump(obj)  # which says what is wrong
        escaped = said.replace("\\", "\\\\").replace('"', '\\"').replace("\0", '","')
        return f'{{"{escaped}"}}'.encode(ENCODING)


class KeptPipeline(psycopg.Pipeline):
    """A pipeline of psycopg's that ends with its Sync, and no Flush behind it (`services.turns`)."""

    def _exit_gen(self) -> PQGen[None]:
        try:
            self._enqueue_sync()
            yield from self._communicate_gen()
        finally:
            yield from self._fetch_gen(flush=False)


class KeptLine(psycopg.Connection[Any]):
    """A line of the pool: what was prepared on it stays prepared when a transaction that only read is let go.

    psycopg forgets every prepared statement at a ROLLBACK, because a table might have been made within what is rolled
    back. A page's transaction ends with one, so nothing would ever be prepared. Komek makes tables in migrations alone;
    after an error all is forgotten, as psycopg does.

    What waits at it (`services.written`) is sent before anything else is asked, and with a commit: all in one turn.
    """

    #: how long an answer may be awaited, in seconds; None: for ever
    patience_s: float | None = None
    #: whether the other end is whose clock all go by: a standby is not
    tells_time = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prepared_max = MOST_PREPARED
        self.cursor_factory = KeptCursor
        self.waiting: list[Waiting] = []
        self.turns = Turns()

    @cached_property
    def shown(self) -> psycopg.Cursor[Any]:
        """A cursor for whoever listens to what is asked by turns."""
        return psycopg.Cursor(self)

    def cursor(self, *args: Any, **kwargs: Any) -> Any:
        if self.waiting:
            self.send()
        return super().cursor(*args, **kwargs)

    def rows(self, text: str, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
        """What a statement that is asked again and again brings; with what waits, in one turn. Raises psycopg.Error."""
        return self._turn(Statement(text, values))[-1]

    def send(self, *, commit: bool = False) -> None:
        """What waits, in its order; with the commit at its end, if that is wanted.

        Raises psycopg.Error, whose `of_statement` is the one that failed.
        """
        texts, began_s = [each.text for each in self.waiting], time.perf_counter()
        with spans.span("BATCH", {"db.system.name": "postgresql", "db.operation.batch.size": len(texts)}):
            self._turn(commit=commit)
        trail.statements_took(texts, time.perf_counter() - began_s)

    def _turn(self, *last: Statement, commit: bool = False) -> list[list[tuple[Any, ...]]]:
        """The rows of what waits, which are given to whoever waits for them, and of what comes last."""
        waiting, self.waiting = self.waiting, []
        asked = [Statement(each.text, each.values, each.back is not None) for each in waiting]
        with self.lock:
            found = self.turns.take(self, [*asked, *last], commit=commit)
        for each, rows in zip(waiting, found, strict=False):
            if each.back is not None and each.whole:
                each.back(rows)
            elif each.back is not None and rows:
                each.back(rows[0])
        return found

    def commit(self) -> None:
        if self.waiting:
            self.send(commit=True)
        else:
            super().commit()

    @contextmanager
    def pipeline(self) -> Iterator[psycopg.Pipeline]:
        """As psycopg's, and one inside another is the same."""
        with self.lock:
            if self._pipeline is None:
                self._pipeline = KeptPipeline(self)
        with super().pipeline() as turn:
            yield turn

    @classmethod
    def connect(  # type: ignore[override]
        cls, conninfo: str = "", *, patience_s: float | None = None, tells_time: bool = True, **told: Any
    ) -> Self:
        """As psycopg does. The server ends what takes too long: what exceeds `patience_s` was swallowed on the way."""
        line = super().connect(conninfo, **told)
        line.patience_s, line.tells_time = patience_s, tells_time
        line.adapters.register_dumper(list, FlatLists)
        return line

    def wait(self, gen: PQGen[RV], interval: float = EVERY_S, timeout: float | None = None) -> RV:
        """Raises OperationalError, and is closed, when something between here and the database takes and gives nothing:
        a network that drops is noticed by TCP, one that says it received is not."""
        patience_s = timeout if timeout is not None else self.patience_s
        try:
            return super().wait(gen, interval, patience_s)
        except psycopg.OperationalError:
            if timeout is None and self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()
            raise

    def rollback(self) -> None:
        """Of a line that is lost the server has done it: a page that is made already is not spoiled by that."""
        self.waiting.clear()
        try:
            with self.lock:
                failed = self.pgconn.transaction_status == TransactionStatus.INERROR
                if failed or self.pgconn.transaction_status == TransactionStatus.INTRANS:
                    self._ask(b"ROLLBACK")
                if failed:
                    self._forget()
            if not self.closed:
                super().rollback()  # nothing to do where that has ended it
        except psycopg.OperationalError:
            if not self.closed:
                raise

    def _forget(self) -> None:
        """After an error all is prepared anew: it may be that what was prepared does not fit the tables any more."""
        kept = self._prepared.clear()
        self._prepared._to_flush.clear()
        if self.turns.forget() or kept:
            self._ask(b"DEALLOCATE ALL")

    def _deallocate(self, name: bytes | None) -> PQGen[None]:
        if name is None:  # all of it, also what is none of psycopg's
            self.turns.forget()
        return super()._deallocate(name)

    def _ask(self, statement: bytes) -> PGresult:
        """What the server says to that, outside of what psycopg keeps an eye on."""
        self.pgconn.send_query(statement)
        said: PGresult = self.wait(generators.execute(self.pgconn))[-1]
        return said

    def is_cut(self) -> bool:
        """Whether the other end shut it while nobody used it: there is something to read, and it is the end.

        Asks nothing of the network: microseconds before each use, where a question to the server would cost its way.
        """
        try:
            waiting = poll()
            waiting.register(self.pgconn.socket, POLLIN)
            while waiting.poll(0):
                self.pgconn.consume_input()  # a farewell may lie before the end
        except psycopg.OperationalError:
            return True
        return bool(self.pgconn.status != ConnStatus.OK)

    def set_read_only(self, value: bool | None) -> None:
        """For the transactions to come: alone reading, or as the database says.

        SQLAlchemy gives a line that only read back with False, which psycopg says at each BEGIN from then on: such a
        line would write into a database that was made read-only for a while.
        """
        super().set_read_only(value or None)

    def tell_time(self) -> None:
        """Have this process go by the database's clock, unless it was asked lately. Raises OperationalError when the
        line is lost."""
        global _asked_at_s
        if self.closed:
            raise psycopg.OperationalError("the line is closed")
        asked_at_s = clock.count()
        if not self.tells_time or 0 <= asked_at_s - _asked_at_s < CLOCK_EVERY_S:
            return
        with self.lock:
            if self.pgconn.transaction_status != TransactionStatus.IDLE:
                return
            said = self._ask(_CLOCK)  # no transaction: whoever takes the line begins theirs as they like
        if said.status == ExecStatus.TUPLES_OK and (told := said.get_value(0, 0)) is not None:
            _asked_at_s = asked_at_s
            clock.agree(datetime.fromtimestamp(float(told), UTC), clock.count() - asked_at_s)


def connect_args(config: Config) -> dict[str, object]:
    """Arguments of `KeptLine.connect` beside the address.

    A pgbouncer refuses the settings of a session: with `prepare_statements` off, the database's role has to have them
    (`ALTER ROLE … SET statement_timeout`, docs/administrators.md).
    """
    told: dict[str, object] = {
        "application_name": APPLICATION_NAME,
        "connect_timeout": config.database_connect_s,
        "keepalives": 1,
        "keepalives_idle": KEEP_ALIVE_S,
        "keepalives_interval": KEEP_ALIVE_EVERY_S,
        "keepalives_count": KEEP_ALIVE_TIMES,
        "tcp_user_timeout": config.database_network_s * MILLISECONDS,
        "prepare_threshold": 3 if config.prepare_statements else None,
    }
    if config.database_statement_s and config.database_network_s:
        told["patience_s"] = config.database_statement_s + config.database_network_s
    if config.prepare_statements:
        limits = {
            "statement_timeout": config.database_statement_s,
            "lock_timeout": config.database_lock_s,
            "idle_in_transaction_session_timeout": config.database_idle_s,
        }
        of_the_server = {
            **{name: seconds * MILLISECONDS for name, seconds in limits.items()},
            "client_connection_check_interval": LOOKED_FOR_EVERY_S * MILLISECONDS,
            "tcp_keepalives_idle": KEEP_ALIVE_S,
            "tcp_keepalives_interval": KEEP_ALIVE_EVERY_S,
            "tcp_keepalives_count": KEEP_ALIVE_TIMES,
            "tcp_user_timeout": config.database_network_s * MILLISECONDS,
        }  # parted in the middle of a turn, the server counts none of the times above: only TCP tells it
        told["options"] = " ".join(f"-c {name}={value}" for name, value in of_the_server.items())
    return told
