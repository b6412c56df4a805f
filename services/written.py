"""Writes that wait for each other: they go out in one turn, with the next statement that wants an answer or the commit.

A statement of the session is built, looked up, compiled, sent and waited for, each by itself. What nobody waits for the
answer of is made once (`Once`), waits at its line (`services.lines.KeptLine`), and costs no turn of its own. So do the
rows that a verb made and changed: `write_rows` does what the session's flush does, for plain rows.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Dialect,
    Executable,
    Table,
    bindparam,
    func,
    insert,
    inspect,
    literal_column,
    select,
    update,
)
from sqlalchemy.orm import InstanceState, Mapper

from services.db import db, faults_of
from services.lines import KeptLine, Waiting

Back = Callable[[tuple[Any, ...]], None]
#: what is said to have been asked where a fault came of what waited
SENT = "-- what waits at this line is sent"


class Once:
    """A statement that is made once a process. All its values are given by their names, none is left out."""

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._made: tuple[str, Mapping[str, object], tuple[tuple[str, Any], ...]] | None = None

    def wait(self, back: Back | None = None, /, **values: object) -> None:
        """Have it sent with what is sent next on the session's line, and at the commit at the latest.

        `back` is given the row that it brings.
        """
        line().waiting.append(self.waiting(values, back))

    def waiting(self, values: Mapping[str, object], back: Back | None = None) -> Waiting:
        """The statement with these values, as it waits at a line."""
        text, told = self._told(values)
        return Waiting(text, told, back)

    def one(self, **values: object) -> tuple[Any, ...]:
        """Send it, and what waited before it; the row that it brings."""
        found: list[tuple[Any, ...]] = []
        self.wait(found.append, **values)
        send()
        return found[0]

    def _told(self, values: Mapping[str, object]) -> tuple[str, dict[str, object]]:
        text, known, writers = self._made or self._make(db.engine.dialect)
        told = dict(values)
        for name, writer in writers:
            told[name] = writer(told[name])
        return text, {**told, **known}

    def _make(self, dialect: Dialect) -> tuple[str, Mapping[str, object], tuple[tuple[str, Any], ...]]:
        compiled = cast(Any, self._statement).compile(dialect=dialect)
        known = {name: compiled.params[name] for name, each in compiled.binds.items() if not each.required}
        asked = tuple(
            (name, writer) for name, each in compiled.binds.items()
            if name not in known and (writer := each.type.dialect_impl(dialect).bind_processor(dialect)) is not None
        )  # fmt: skip
        self._made = str(compiled), known, asked
        return self._made


def line() -> KeptLine:
    """The session's, within its transaction."""
    return cast(KeptLine, db.session().connection().connection.driver_connection)


def send() -> None:
    """Have what waits sent now; what it brings is there then. A fault in it is the session's."""
    connection = db.session().connection()
    with faults_of(connection, SENT):
        cast(KeptLine, connection.connection.driver_connection).send()


# ---------------------------------------------------------------- rows


def write_rows() -> None:
    """Have the session's new and changed rows written, in the order of their tables, with what else waits.

    At once when one of them gets its key from the database, else with what is sent next. What is not plain (a row
    taken away, a relation, a value that the database counts) goes the session's own way.
    """
    session = db.session()
    made, altered = list(session.new), list(session.dirty)  # the session itself holds them but weakly
    new, changed = _states(made), _states(altered)
    if session.deleted or not all(map(_is_plain, (*new, *changed))):
        session.flush()
        return
    keyless, waiting = False, line().waiting
    for state in sorted((*new, *changed), key=_place):
        if state.key is not None:
            waiting.extend(_change(state))
        else:
            waiting.append(each := _insert(state))
            keyless |= each.back is not None
    if keyless:
        send()
    session._register_persistent({*new, *changed})
    for row, state in zip(made, new, strict=True):
        late = _left_to_the_database(state)
        if late:
            session.expire(row, late)


def _states(rows: Iterable[object]) -> list[InstanceState[Any]]:
    return [cast(InstanceState[Any], inspect(each)) for each in rows]


class _Rows:
    """What is to be known of the rows of one class, put together once."""

    def __init__(self, mapper: Mapper[Any]) -> None:
        columns = mapper.columns.items()
        self.of_one_table, self.columns = len(mapper.tables) == 1, frozenset(name for name, _ in columns)
        self.defaults = [(name, cast(Any, column.default)) for name, column in columns if column.default is not None]
        #: whether the database fills it in where nothing is said
        self.filled_in = {name: column.server_default is not None or column.identity is not None
                          for name, column in columns}  # fmt: skip
        self.keys = tuple(str(column.key) for column in mapper.primary_key)
        self.order = cast(Table, mapper.local_table).metadata.sorted_tables.index(cast(Table, mapper.local_table))


_rows = lru_cache(maxsize=200)(_Rows)


def _is_plain(state: InstanceState[Any]) -> bool:
    """Whether it is a row of one table, in which columns alone were set, to values."""
    known, now = _rows(state.mapper), state.dict
    for name in now if state.key is None else state.committed_state:
        if name not in known.columns:
            if not name.startswith("_"):
                return False
        elif isinstance(now.get(name), ColumnElement):
            return False
    return known.of_one_table


def _place(state: InstanceState[Any]) -> tuple[int, bool, Any]:
    """Tables in the order in which they stand on each other, what is new before what changed, by key."""
    return (
        _rows(state.mapper).order,
        state.key is not None,
        state.key[1] if state.key is not None else state.insert_order,
    )


def _change(state: InstanceState[Any]) -> Iterator[Waiting]:
    """What writes it, unless what was set is what was there."""
    now, before = state.dict, state.committed_state
    names = sorted(name for name in before if not state.manager[name].impl.is_equal(now[name], before[name]))
    if names:
        assert state.key is not None
        keys = dict(zip(_keys(state.mapper), state.key[1], strict=True))
        yield _updating(state.mapper, tuple(names)).waiting({name: now[name] for name in names} | keys)


def _insert(state: InstanceState[Any]) -> Waiting:
    """What writes it; the key that comes from the database is given back."""
    known, now = _rows(state.mapper), state.dict
    for name, default in known.defaults:
        if name not in now:
            now[name] = default.arg(None) if default.is_callable else default.arg
    values = {
        name: value for name, by_database in known.filled_in.items()
        if name in now and ((value := now[name]) is not None or not by_database)
    }  # fmt: skip
    asked = tuple(key for key in known.keys if key not in values)

    def back(row: tuple[Any, ...]) -> None:
        now.update(zip(asked, row, strict=True))

    return _inserting(state.mapper, tuple(values), asked).waiting(values, back if asked else None)


def _left_to_the_database(state: InstanceState[Any]) -> list[str]:
    filled_in = _rows(state.mapper).filled_in
    return [name for name, by_database in filled_in.items() if by_database and state.dict.get(name) is None]


@lru_cache(maxsize=200)
def _keys(mapper: Mapper[Any]) -> tuple[str, ...]:
    return tuple(f"key_{column.key}" for column in mapper.primary_key)


@lru_cache(maxsize=1000)
def _updating(mapper: Mapper[Any], names: tuple[str, ...]) -> Once:
    """A row that is not there any more is a fault: what is sent with it, a commit too, goes no further."""
    table, columns = cast(Table, mapper.local_table), mapper.columns
    keys = zip(mapper.primary_key, _keys(mapper), strict=True)
    where = [column == bindparam(name, type_=column.type) for column, name in keys]
    values = {columns[name]: bindparam(name, type_=columns[name].type) for name in names}
    changed = update(table).where(*where).values(values).returning(mapper.primary_key[0]).cte("changed")
    return Once(select(literal_column("1") / func.count()).select_from(changed))


@lru_cache(maxsize=1000)
def _inserting(mapper: Mapper[Any], names: tuple[str, ...], asked: tuple[str, ...]) -> Once:
    table, columns = cast(Table, mapper.local_table), mapper.columns
    made = insert(table).values({columns[name]: bindparam(name, type_=columns[name].type) for name in names})
    return Once(made.returning(*(columns[name] for name in asked)) if asked else made)
