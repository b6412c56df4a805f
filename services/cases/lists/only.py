"""What of a list is asked for: by its step, its due moment, who has it, its route, and the office that took it in."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy import ColumnElement, and_, case

from services import clock
from services.cases.lists.due_when import counted_until, due_moment, ends_ahead
from services.cases.models import Case, Task
from services.errors import Invalid

#: of the due moment: late already; still today; within `WEEK` working days after today
DUES: Final = ("overdue", "today", "week")
WEEK: Final = 5
#: in nobody's hands
NOBODY: Final = "nobody"
#: what a list is called that asks for more than one thing at once, the longest that anybody may ask for
LONGEST: Final = 100


class UnknownWish(Invalid):
    """A list cannot be narrowed by «%(name)s = %(value)s»."""


@dataclass(frozen=True)
class Only:
    """What is asked for; empty for everything. Steps stand under their neutral key, else under their element's id."""

    step: str = ""
    due: str = ""  #: one of `DUES`
    person: str = ""  #: id of the holder, or `NOBODY`
    route: str = ""
    place: str = ""  #: key of the office that took the case in

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "Only":
        """What an address or a kept list asks for. Raises UnknownWish."""
        return cls(**{name: asked.get(name, "") for name in cls.__dataclass_fields__}).check()

    def __bool__(self) -> bool:
        return any(asdict(self).values())

    @property
    def asked(self) -> dict[str, str]:
        """Name -> value of what is asked for, as addresses say it and as it is kept."""
        return {name: value for name, value in asdict(self).items() if value}

    def check(self) -> "Only":
        """Itself. Raises UnknownWish: a list that silently showed more than was asked for would be believed."""
        for name, value in self.asked.items():
            known = len(value) <= LONGEST
            if name == "due":
                known = value in DUES
            if name == "person":
                known = value == NOBODY or (value.isascii() and value.isdigit() and len(value) < 19)
            if not known:
                raise UnknownWish(name=name, value=value[:LONGEST])
        return self

    def conditions(self, office_key: str) -> list[ColumnElement[bool]]:
        """What is asked for in SQL, of tasks of that office and their cases."""
        found: list[ColumnElement[bool]] = []
        if self.step:
            found.append(STEP.in_((self.step,)))
        if self.due:
            found.append(_due(self.due, office_key))
        if self.person:
            found.append(Task.assignee_id.is_(None) if self.person == NOBODY else Task.assignee_id == int(self.person))
        if self.route:
            found.append(Case.route == self.route)
        if self.place:
            found.append(Case.office_key == self.place)
        return found


#: everything
ALL: Final = Only()
#: by which steps are told apart: the key that all routes share, the drawing's own id where it has none
STEP: Final[ColumnElement[str]] = case((Task.step != "", Task.step), else_=Task.element)


def _due(wanted: str, office_key: str) -> ColumnElement[bool]:
    """As `dues.status_at` says it of a row. What the law stops is late only if it was so before."""
    due = due_moment()
    late = due < counted_until(clock.now())
    if wanted == "overdue":
        return and_(Case.plays.is_(None), late)
    (until,) = ends_ahead(office_key, (0 if wanted == "today" else WEEK,))
    return and_(Case.plays.is_(None), ~late, Case.stopped_since.is_(None), due < until)


def without(only: Only, name: str) -> Only:
    """What is asked for when that is taken away."""
    return Only(**{key: value for key, value in only.asked.items() if key != name})
