"""The one database session, and the one place that commits."""

import sys
from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any, cast

import psycopg
import structlog
from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import (
    DDL,
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    ExceptionContext,
    FromClause,
    MetaData,
    Pool,
    Select,
    Table,
    TypeDecorator,
    event,
    text,
)
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.config import Config
from services.lines import APPLICATION_NAME, KeptLine, Waiting, connect_args


class Moment(TypeDecorator[datetime]):
    """A moment with its zone; read back in UTC whatever the server's zone is."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value is not None else None


class Base(DeclarativeBase):
    """Every table of Komek."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Moment, int: BigInteger}  # noqa: RUF012


def table_of(model: type[Base]) -> Table:
    """The table itself: what is written into it is none of the session's rows, and costs no look at them."""
    return cast(Table, model.__table__)


def only_added_to(table: FromClause, refusal: str) -> None:
    """Where this table of the models is made, PostgreSQL refuses to change its rows: `refusal` is the trigger's SQL."""
    event.listen(table, "after_create", DDL(refusal))  # type: ignore[no-untyped-call]


log = structlog.get_logger("komek.database")
#: the class of PostgreSQL's errors whose message repeats the value
DATA_EXCEPTION = "22"
#: a row's own number
Id = Annotated[int, mapped_column(primary_key=True)]


class MayBeWithdrawn:
    """Of a table of candidates: one that nobody wants any more."""

    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str] = mapped_column(default="", server_default="")
    withdrawn_why: Mapped[str] = mapped_column(default="", server_default="")


#: of a session that only reads: by which engine (`services.standby`)
READS_BY = "reads by"


#: of a session: what came already of statements that are about to be asked (`services.loaded.read_together`)
AHEAD = "ahead"


class RoutedSession(FlaskSession):
    """The session; one that only reads does so by the engine that it was given."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        """Where statements go."""
        return self.info.get(READS_BY) or super().get_bind(*args, **kwargs)


db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False, "class_": RoutedSession})


def rows_alone(connection: Connection, text: str, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
    """What that statement, which is asked again and again, brings, as the driver reads it.

    SQLAlchemy looks at none of its columns, which is more than half of what a row of many columns costs; whoever
    listens to its statements hears of it all the same.
    """
    line = cast(KeptLine, connection.connection.driver_connection)
    with faults_of(connection, text):
        for begins in connection.dispatch.before_cursor_execute:
            begins(connection, line.shown, text, values, None, False)
        found = line.rows(text, values)
    for ends in connection.dispatch.after_cursor_execute:
        ends(connection, line.shown, text, values, None, False)
    return found


@contextmanager
def faults_of(connection: Connection, text: str) -> Iterator[None]:
    """A fault of the driver is the session's, as with a statement that SQLAlchemy sends itself."""
    try:
        yield
    except psycopg.Error as fault:
        connection._handle_dbapi_exception(fault, getattr(fault, "of_statement", text), None, None, None)


class Prepared:
    """A statement that is asked again and again: neither built nor compiled any more, and its rows are none of the
    session's. As every statement it sees what the session was given to write.

    What differs from one time to the next is a `bindparam`, and given by its name.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        dialect = db.engine.dialect
        compiled = statement.compile(dialect=dialect)
        given = {name: None for name, each in compiled.binds.items() if each.required}
        expanded = compiled.construct_expanded_state(given)
        self._text = sys.intern(expanded.statement)  # of most people the same
        self._values = {name: value for name, value in expanded.parameters.items() if name not in given}
        columns = statement.selected_columns
        self._row = _row_of(tuple(columns.keys()))
        readers = [each.type.dialect_impl(dialect).result_processor(dialect, None) for each in columns]
        self._readers = tuple((at, reader) for at, reader in enumerate(readers) if reader is not None)

    def all(self, **values: object) -> list[Any]:
        """The rows, each a tuple that knows its columns by their names."""
        session = db.session()
        if session.autoflush:
            session.flush()
        asked = self._values | values
        ahead: dict[str, tuple[dict[str, object], list[Any]]] = session.info.get(AHEAD, {})
        if self._text in ahead and ahead[self._text][0] == asked:
            found = ahead.pop(self._text)[1]
        else:
            found = rows_alone(session.connection(), self._text, asked)
        if not self._readers:
            return [self._row._make(each) for each in found]
        return [self._row._make(self._read(each)) for each in found]

    def ahead(self, **values: object) -> Waiting:
        """What has its rows come in one turn with others: whoever asks next for these values is given them."""
        known, asked = db.session().info[AHEAD], self._values | values

        def back(rows: list[Any]) -> None:
            known[self._text] = asked, rows

        return Waiting(self._text, asked, back, whole=True)

    def one(self, **values: object) -> Any:
        """The only row. Raises ValueError."""
        (row,) = self.all(**values)
        return row

    def _read(self, found: Sequence[Any]) -> list[Any]:
        row = list(found)
        for at, reader in self._readers:
            row[at] = reader(row[at])
        return row


@lru_cache(maxsize=200)
def _row_of(names: tuple[str, ...]) -> Any:
    return namedtuple("Row", names)  # the names are a statement's own


@event.listens_for(Engine, "do_connect")
def _as_a_line(dialect: Dialect, record: object, address: Sequence[str], told: Mapping[str, Any]) -> KeptLine:
    return KeptLine.connect(*address, **told)


@event.listens_for(Pool, "checkout")
def _whole_and_by_its_clock(line: object, record: object, proxy: object) -> None:
    """Another line is opened in the place of one that was lost when it was let go, or cut while it lay idle."""
    if isinstance(line, KeptLine):
        if line.is_cut():
            raise DisconnectionError
        try:
            line.tell_time()
        except psycopg.OperationalError:
            raise DisconnectionError from None


@event.listens_for(Engine, "handle_error")
def _without_values(context: ExceptionContext) -> None:
    """Let no error say what stood in the row, as PostgreSQL's DETAIL does, and its message on what it cannot read."""
    fault = context.original_exception
    if not isinstance(fault, psycopg.Error) or not fault.sqlstate:
        return
    told = fault.diag.message_primary if not fault.sqlstate.startswith(DATA_EXCEPTION) else None
    fault.args = (f"{fault.sqlstate} {told or type(fault).__name__}",)
    if context.sqlalchemy_exception is not None:
        context.sqlalchemy_exception.args = (f"({type(fault).__name__}) {fault}",)


class WritesWhileReading(RuntimeError):
    """A page that is read by a standby would write: it may not be one of those."""


class CutWhileSaving(OperationalError):
    """The line was cut between COMMIT and its answer: whether it was saved, nobody here knows."""


@contextmanager
def transaction() -> Iterator[None]:
    """Commit on the way out, roll back on an error.

    A transaction opened inside another joins it: only the outermost commits.
    """
    info = db.session().info
    if READS_BY in info:
        raise WritesWhileReading
    info["depth"] = info.get("depth", 0) + 1
    try:
        yield
        if info["depth"] == 1:
            _commit()
    except BaseException:
        if info["depth"] == 1:
            db.session.rollback()
        raise
    finally:
        info["depth"] -= 1


def _commit() -> None:
    try:
        db.session.commit()
    except DBAPIError as fault:
        if fault.connection_invalidated and fault.statement is None:  # COMMIT itself, not what is written before it
            raise CutWhileSaving(None, None, fault.orig, connection_invalidated=True) from fault  # type: ignore[arg-type]
        raise


def in_transaction() -> bool:
    """Whether this is inside `transaction`."""
    depth: int = db.session().info.get("depth", 0)
    return depth > 0


def let_go() -> None:
    """End the session, also when its connection died with the database and cannot even be rolled back."""
    try:
        db.session.remove()
    except SQLAlchemyError:
        db.session.registry.clear()


#: Komek's own sessions that wait in the middle of a turn for the rest of it. A node sends a turn without a pause, so
#: its end was lost on the way and nobody will ever send it; PostgreSQL has no limit for that, and rows stay held
_PARTED = text("""
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND application_name = :name
    AND state = 'active' AND wait_event = 'ClientRead'
    AND state_change < clock_timestamp() - make_interval(secs => :seconds)
""")


def end_parted(after_s: float | None = None) -> int:
    """End sessions of nodes of which the database has heard nothing for so long in the middle of a turn; how many.

    None: `database_network_s`. 0 is no limit. Raises SQLAlchemyError.
    """
    if after_s is None:
        after_s = current_app.config["KOMEK"].database_network_s
    if not after_s:
        return 0
    with transaction():
        ended = db.session.execute(_PARTED, {"name": APPLICATION_NAME, "seconds": after_s}).all()
    if ended:
        log.warning("database", ended=len(ended), reason="a node fell silent in the middle of a turn")
    return len(ended)


def own_line() -> Callable[[], psycopg.Connection[tuple[object, ...]]]:
    """What opens a line to the database that is none of the pool's, with the pool's limits; it raises psycopg.Error.

    Asked inside the application; called wherever.
    """
    config: Config = current_app.config["KOMEK"]
    address = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    told: dict[str, Any] = connect_args(config)
    return lambda: KeptLine.connect(address, autocommit=True, **told)
