"""Rows of the session, read by a statement that is built and compiled once a process.

The session's own way to its rows (build the statement, look it up, work out how each column is set, set it) is half of
what a click or a case's page costs this process. What is asked with every one of them is read here. What comes are rows
of the session like any other: one object for each row, its changes written by the session or by `services.written`.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, cached_property
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, Select, bindparam, inspect, select
from sqlalchemy.orm import Mapper, Session
from sqlalchemy.orm.attributes import instance_dict, instance_state

from services.db import AHEAD, Base, Prepared, db
from services.lines import Waiting
from services.written import line, send

M = TypeVar("M", bound=Base)
#: how a part of a row is taken from its values
Take = Callable[[Session, Sequence[Any]], Any]


class Loaded:
    """A `select` of models and columns, kept as `Prepared` keeps one; of several parts it names its first by
    `select_from`.

    A row that the session holds stays as it is there, as with the session's own reading; `anew`, it becomes what stands
    in the database. Where an outer join found nothing there is None. What a model defers is not read.

    One that is asked `with_case` is asked by `case_id` alone, with each page of a case: `read_together`.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]], *, anew: bool = False, with_case: bool = False) -> None:
        self._statement, self._anew = statement, anew
        self._takes: list[Take] = []
        if with_case:
            _WITH_CASE.append(self)

    @cached_property
    def _asked(self) -> Prepared:
        columns: list[ColumnElement[Any]] = []
        for part in self._statement.column_descriptions:
            if isinstance(part["expr"], type):
                model = _Model(part["expr"], len(columns), anew=self._anew)
                columns += model.columns
                self._takes.append(model.take)
            else:
                self._takes.append(_column(len(columns)))
                columns.append(cast(ColumnElement[Any], part["expr"]))
        # of two columns with one name both are read
        return Prepared(self._statement.with_only_columns(*(each.label(f"c{at}") for at, each in enumerate(columns))))

    def all(self, **values: object) -> list[Any]:
        """The rows, each a list of its parts; of one part alone, that part."""
        rows, session, takes = self._asked.all(**values), db.session(), self._takes
        if len(takes) == 1:
            return [takes[0](session, row) for row in rows]
        return [[take(session, row) for take in takes] for row in rows]

    def first(self, **values: object) -> Any:
        """The first of them; None when there is none."""
        return found[0] if (found := self.all(**values)) else None

    def ahead(self, **values: object) -> Waiting:
        """What has its rows come in one turn with others (`Prepared.ahead`)."""
        asked: Prepared = self._asked
        return asked.ahead(**values)


_WITH_CASE: list[Loaded] = []


@contextmanager
def read_together(case_id: int) -> Iterator[None]:
    """Statements asked with each page of that case have been sent in one turn: within this each brings, once, what it
    brought then. For pages, which only look: what is written within it is not in them."""
    session = db.session()
    session.flush()
    session.info[AHEAD] = {}
    try:
        line().waiting.extend(each.ahead(case_id=case_id) for each in _WITH_CASE)
        send()
        yield
    finally:
        del session.info[AHEAD]


def row_of(model: type[M], key: object) -> M | None:
    """The session's row with that key, read unless the session holds it; as `Session.get`."""
    known = db.session().identity_map.get((model, (key,), None))
    found = known if known is not None and not instance_state(known).expired else _by_key(model).first(key=key)
    return cast(M | None, found)


@cache
def _by_key(model: type[Base]) -> Loaded:
    (column,) = cast(Mapper[Any], inspect(model)).primary_key
    return Loaded(select(model).where(column == bindparam("key", type_=column.type)))


class _Model:
    """Where the columns of a model stand in a row, and how they become its object."""

    def __init__(self, model: type[Base], at: int, *, anew: bool) -> None:
        self.mapper, self.anew = cast(Mapper[Any], inspect(model)), anew
        shown = [each for each in self.mapper.column_attrs if not each.deferred]
        self.deferred = tuple(each.key for each in self.mapper.column_attrs if each.deferred)
        self.columns = [each.columns[0] for each in shown]
        self.names = tuple(each.key for each in shown)
        self.part = slice(at, at + len(shown))
        self.keys = tuple(at + self.names.index(cast(str, each.key)) for each in self.mapper.primary_key)

    def take(self, session: Session, row: Sequence[Any]) -> Any:
        """The session's object of that row; None where an outer join found none."""
        own = tuple([row[each] for each in self.keys])
        if None in own:
            return None
        key = (self.mapper.class_, own, None)
        found = session.identity_map.get(key)
        if found is None:
            found = self.mapper.class_manager.new_instance()
            state = instance_state(found)
            state.key, state.session_id = key, session.hash_key
            session.identity_map.add(state)
        elif not self.anew and not instance_state(found).expired:
            return found
        told, state = instance_dict(found), instance_state(found)
        for name in self.deferred:
            told.pop(name, None)
        told.update(zip(self.names, row[self.part], strict=True))
        state._commit_all(told, session.identity_map)
        return found


def _column(at: int) -> Take:
    return lambda session, row: row[at]
