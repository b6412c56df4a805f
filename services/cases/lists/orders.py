"""In what order an open list stands: by what the diagram says of a task first, then by when it is due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    DateTime,
    Integer,
    Select,
    SQLColumnExpression,
    Text,
    cast,
    func,
    literal,
    literal_column,
    tuple_,
)

from services import directory
from services.cases.models import PRIORITY, Case, Task
from services.errors import Invalid

#: stands for no follow-up date: after all of them
FAR: Final = datetime(9999, 1, 1, tzinfo=UTC)
#: after every name
LAST: Final = "\U0010fffd"


class BadCursor(Invalid):
    """This link to the next page is not one of ours."""


@dataclass(frozen=True)
class Place:
    """A row's place in an order."""

    first: Any
    at: datetime
    task_id: str


@dataclass(frozen=True)
class Order:
    """What comes first. Most tasks say nothing of it: they stand together, and an index walks those that do."""

    name: str
    first: SQLColumnExpression[Any]  #: of a task that says something of it
    said: SQLColumnExpression[bool] | None  #: whether it does; None: nothing but the due moment counts
    unsaid: Any  #: stands for `first` where nothing is said
    whole: bool = False  #: every task says something of it, and no index knows it: all that is asked for is sorted

    def arms(self, wanted: Select[str], after: Place | None, limit: int) -> list[Select[Any]]:
        """The rows of `wanted` after that place: each arm walks one index and stops at `limit`."""
        found, rest = [], wanted
        if self.whole:
            keys = (self.first, Task.urgent_at, Task.id)
            return [_arm(wanted, self.first, keys, (after.first, after.at, after.task_id) if after else None, limit)]
        if self.said is not None:
            keys = (self.first, Task.urgent_at, Task.id)
            place: tuple[Any, ...] | None = (after.first, after.at, after.task_id) if after is not None else None
            found, rest = [_arm(wanted.where(self.said), self.first, keys, place, limit)], wanted.where(~self.said)
        if after is None or after.first <= self.unsaid:  # beyond it, all that say nothing came before
            place = (after.at, after.task_id) if after is not None and after.first == self.unsaid else None
            unsaid = cast(self.unsaid, DateTime(timezone=True) if self.unsaid is FAR else Integer)
            found.append(_arm(rest, unsaid, (Task.urgent_at, Task.id), place, limit))
        return found

    def write(self, first: Any, task: Task) -> str:
        """The cursor of whatever comes after this task, which stands in the order by `first`."""
        said = first.isoformat() if isinstance(first, datetime) else first
        return f"{self.name}~{task.urgent_at.isoformat()}~{task.id}~{said}"

    def read(self, cursor: str | None) -> Place | None:
        """Raises BadCursor."""
        if not cursor:
            return None
        name, at, task_id, first = (*cursor.split("~", 3), "", "", "")[:4]
        try:
            place = Place(self._read_first(first), read_moment(at), task_id)
        except ValueError:
            raise BadCursor from None
        if name != self.name or not task_id:
            raise BadCursor
        return place

    def _read_first(self, said: str) -> Any:
        """Raises ValueError."""
        if self.whole:
            return said
        return read_moment(said) if isinstance(self.unsaid, datetime) else int(said[:9])


def read_moment(said: str) -> datetime:
    """Raises ValueError for what is none, or says no offset."""
    moment = datetime.fromisoformat(said)
    if moment.tzinfo is None:
        raise ValueError
    return moment


def _arm(
    wanted: Select[str],
    first: SQLColumnExpression[Any],
    keys: tuple[SQLColumnExpression[Any], ...],
    after: tuple[Any, ...] | None,
    limit: int,
) -> Select[Any]:
    found = wanted.add_columns(first.label("first"), Task.urgent_at)
    if after is not None:
        found = found.where(tuple_(*keys) > tuple_(*[literal(each) for each in after]))
    return found.order_by(*keys).limit(limit)


#: steps as the act counts them: D2 before D10, and those that it does not count first
_STEP = func.concat(func.lpad(cast(func.length(Task.code), Text), 3, "0"), Task.code, " ", Task.name).collate("C")

#: what an index walks
ORDERS: Final[Mapping[str, Order]] = {
    each.name: each
    for each in (
        Order("due", literal(0), None, 0),
        # a constant, and no parameter: the index is only of the others
        Order("priority", -Task.priority, Task.priority != literal_column(str(PRIORITY)), -PRIORITY),
        Order("follow_up", Task.follow_up_at, Task.follow_up_at.is_not(None), FAR),
    )
}
#: every order that may be asked for
SORTS: Final[Mapping[str, Order]] = {
    **ORDERS,
    **{
        name: Order(name, first, None, "", whole=True)
        for name, first in (
            ("step", _STEP),
            # in nobody's hands: after all who have something
            ("person", func.coalesce(directory.alphabet_of(Task.assignee_id), LAST).collate("C")),
            ("route", Case.route.collate("C")),
            ("place", func.coalesce(directory.office_alphabet_of(Case.office_key), Case.office_key).collate("C")),
        )
    },
}
