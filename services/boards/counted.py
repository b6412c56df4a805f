"""The cases behind a figure of a board: by the very conditions by which the figure was counted.

A figure is asked for by a word, by what it is of, and by an office: `outcome` of `approved`, `step` of `D3 review`,
`open` of a person and a role. Nothing is shown of a case but its number and how it stands; its page asks again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from typing import cast as taken_as

from sqlalchemy import ARRAY, ColumnElement, Select, Subquery, Text, cast, func, or_, select, true, tuple_

from services import directory, processes, registry
from services.boards import access
from services.boards.finished import (
    closed_in,
    complained_in,
    complaints,
    decides,
    done_in,
    ends_in,
    held_in,
    received_in,
    rechecked_or_not,
    refused_in,
    term_in,
    timed_in,
)
from services.boards.head import done_lately, open_work
from services.boards.heat import pools, version_by_id
from services.boards.period import Period
from services.boards.whose_time import holder
from services.cases import due_moment
from services.cases.models import Case, Instance, Task
from services.db import db
from services.errors import NotFound
from services.figures import ground_given, step_terms, was_late, whole_terms

#: rows that a page shows; and so many are counted, before it is said that there are more
MOST, MOST_COUNTED = 500, 4_999
#: and rows of a file; so many are sent by the server at a time
MOST_IN_FILE, AT_ONCE = 50_000, 1_000
#: figures of open work, which no period bounds
NOW: Final = ("open", "week", "late", "done")


class NoSuchFigure(NotFound):
    """No board has a figure «%(what)s» of «%(of)s»."""


@dataclass(frozen=True)
class Figure:
    """A figure of a board, as its address names it."""

    what: str
    of: str = ""  #: keys parted by a blank
    office: str | None = None  #: key; None: of all offices


@dataclass(frozen=True)
class CountedRow:
    """One case, or one step of a case, that a figure counts."""

    case_id: int
    number: str
    office: str  #: key: of the step, or of the office that took the case in
    code: str  #: of the step; empty of a whole case
    step: str
    title: str  #: of the step as drawn, in Kazakh
    due_at: datetime | None
    at: datetime | None  #: when it was finished, or received
    outcome: str  #: of a finished case
    rounds: int  #: returns for supplement
    edition: int | None  #: of the act, by whose words the row speaks


@dataclass(frozen=True)
class CasesCounted:
    """What a figure counts."""

    total: int  #: the figure itself
    cases: int  #: how many lines make it up
    more: bool  #: there are more than were counted
    rows: Sequence[CountedRow]  #: the newest first, at most `MOST`, or `MOST_IN_FILE`


def counted(figure: Figure, period: Period, person: directory.Person, *, in_file: bool = False) -> CasesCounted:
    """The cases behind it. Raises NotYours, NotFound, NoSuchFigure.

    `in_file`: as many as a file holds, read through a cursor, so that no statement sends all of them at once.
    """
    if figure.what in NOW:
        access.check_may_lead(person, figure.office or "")
    else:
        access.check_may_look(person, figure.office)
    of_steps, conditions, total = _asked(figure, period)
    # whoever takes a file waits for it anyway, and reads how many it leaves out
    shown, end = (MOST_IN_FILE, None) if in_file else (MOST, MOST_COUNTED + 1)
    first = _first_of_each(figure, of_steps, conditions, end).limit(end).subquery()
    count, rounds = db.session.execute(select(func.count(), func.coalesce(func.sum(first.c.rounds), 0))).one()
    newest = _first_of_each(figure, of_steps, conditions, shown)
    ids = newest.order_by(*_order(figure, newest.selected_columns.at)).limit(shown).subquery()
    wanted = _of_steps(ids) if of_steps else _of_cases(ids, _when(figure, of_steps=False))
    found = db.session.execute(wanted.execution_options(yield_per=AT_ONCE) if in_file else wanted)
    rows = [CountedRow(*row) for row in found]
    more = count == end
    many = MOST_COUNTED if more else count
    return CasesCounted(int(rounds) if total == "rounds" else many, many, more, rows)


def _when(figure: Figure, *, of_steps: bool) -> Any:
    """By which moment or day these follow each other: the last one of an index that begins with an office."""
    if of_steps:
        return Task.done_at if figure.what == "done" or figure.what not in NOW else Task.urgent_at
    return {"received": Case.opened_at, "ends": Case.assigned_until}.get(figure.what, Case.closed_at)


def _order(figure: Figure, at: Any) -> list[ColumnElement[Any]]:
    """The newest first; of open work what is most urgent."""
    return [at if figure.what in NOW and figure.what != "done" else at.desc()]


def _first_of_each(
    figure: Figure, of_steps: bool, conditions: Sequence[ColumnElement[bool]], most: int | None
) -> Select[Any]:
    """Ids of the first at each office, in the order of its index: what is further back is not looked at."""
    whose, model = (Task.office_key, Task) if of_steps else (Case.body_key, Case)
    keys = func.unnest(cast(_offices(figure, of_steps), ARRAY(Text))).table_valued("key").render_derived()
    at = _when(figure, of_steps=of_steps)
    one = select(model.id.label("id"), at.label("at"), Case.rounds.label("rounds")).select_from(model)
    if of_steps:
        one = one.join(Instance, Instance.id == Task.instance_id).join(Case, Case.id == Task.case_id)
    each = one.where(*conditions, whose == keys.c.key).order_by(*_order(figure, at)).limit(most).lateral()
    return select(each.c.id, each.c.at, each.c.rounds).select_from(keys.join(each, true()))


def _offices(figure: Figure, of_steps: bool) -> list[str]:
    """Where it is looked: where steps are done, or by the bodies that decide on cases."""
    if figure.office and (of_steps or decides(figure.office)):
        return [figure.office]
    if of_steps:
        return access.offices_compared()
    return [key for key, row in registry.current().by_key("offices").items() if row["kind"] == "body"]


_Asked = tuple[bool, Sequence[ColumnElement[bool]], str]


def _asked(figure: Figure, period: Period) -> _Asked:
    """Whether it counts steps; by which conditions; and what of them is summed, "" for their number."""
    make = _FIGURES.get(figure.what)
    if make is None:
        raise NoSuchFigure(what=figure.what, of=figure.of)
    return make(figure, period)


def _received(figure: Figure, period: Period) -> _Asked:
    return False, received_in(period, figure.office), ""


def _finished(figure: Figure, period: Period) -> _Asked:
    return False, closed_in(period, figure.office), ""


def _outcome(figure: Figure, period: Period) -> _Asked:
    return False, [*closed_in(period, figure.office), func.coalesce(Case.outcome, "") == figure.of], ""


def _decided(figure: Figure, period: Period) -> _Asked:
    plugins = registry.current()
    granted, denied = plugins.ends_that("granted"), plugins.ends_that("denied")
    kinds = {
        "granted": Case.outcome.in_(granted),
        "denied": Case.outcome.in_(denied),
        "otherwise": func.coalesce(Case.outcome, "").not_in([*granted, *denied]),
    }
    return False, [*closed_in(period, figure.office), _one_of(kinds, figure)], ""


def _ends(figure: Figure, period: Period) -> _Asked:
    kinds = rechecked_or_not()
    return False, [*ends_in(period, figure.office), *([_one_of(kinds, figure)] if figure.of else [])], ""


def _returns(figure: Figure, period: Period) -> _Asked:
    return False, [*closed_in(period, figure.office), Case.rounds > 0], "rounds"


def _ground(figure: Figure, period: Period) -> _Asked:
    return False, [*refused_in(period, figure.office), func.coalesce(ground_given(), "") == figure.of], ""


def _whole(figure: Figure, period: Period) -> _Asked:
    return False, [*closed_in(period, figure.office), _one_of(_with_late(whole_terms()), figure)], ""


def _terms(figure: Figure, period: Period) -> _Asked:
    return True, [*term_in(period, figure.office), _one_of(_with_late(step_terms()), figure)], ""


def _complaints(figure: Figure, period: Period) -> _Asked:
    return True, [*complained_in(period, figure.office), _one_of(complaints(), figure)], ""


def _with_late(terms: Mapping[str, ColumnElement[bool]]) -> Mapping[str, ColumnElement[bool]]:
    """And all that was late, by the act or by a default."""
    return {**terms, "any_late": or_(terms["late"], terms["late_default"])}


def _step(figure: Figure, period: Period) -> _Asked:
    code, key = _two(figure)
    late = [was_late()] if figure.what == "step_late" else []
    return True, [*timed_in(period, figure.office), Task.code == code, Task.step == key, *late], ""


def _holder(figure: Figure, period: Period) -> _Asked:
    return True, [*held_in(period, figure.office), holder() == figure.of], ""


def _open(figure: Figure, period: Period) -> _Asked:
    role, _, person_id = figure.of.partition(" ")
    whose = Task.done_by_id if figure.what == "done" else Task.assignee_id
    ours = [Task.role == role, whose == int(person_id) if _is_id(person_id) else whose.is_(None)]
    office = figure.office or ""
    return True, [*(done_lately(office) if figure.what == "done" else [open_work(office)[figure.what]]), *ours], ""


def _element(figure: Figure, period: Period) -> _Asked:
    """Of a diagram: version, drawing, element."""
    version_id, drawing, element, *more = (*figure.of.split(" "), "", "", "")
    if not _is_id(version_id) or not element or any(more):
        raise NoSuchFigure(what=figure.what, of=figure.of)
    here = [*done_in(period, figure.office), Task.worked_s.is_not(None), Task.element == element]
    pairs = select(Instance.definition_id, Task.process).join(Task, Task.instance_id == Instance.id).where(*here)
    pairs = pairs.where(Instance.definition_id.in_(pools(version_by_id(int(version_id))))).distinct()
    drawn = [tuple(row) for row in db.session.execute(pairs) if processes.drawing_of(*row) == drawing]
    late = [was_late()] if figure.what == "element_late" else []
    return True, [*here, tuple_(Instance.definition_id, Task.process).in_(drawn), *late], ""


_FIGURES: Final[Mapping[str, Callable[[Figure, Period], _Asked]]] = {
    "received": _received,
    "finished": _finished,
    "outcome": _outcome,
    "decided": _decided,
    "ends": _ends,
    "returns": _returns,
    "ground": _ground,
    "whole": _whole,
    "terms": _terms,
    "complaints": _complaints,
    "step": _step,
    "step_late": _step,
    "holder": _holder,
    "element": _element,
    "element_late": _element,
    **dict.fromkeys(NOW, _open),
}


def _one_of(kinds: Mapping[str, ColumnElement[bool]], figure: Figure) -> ColumnElement[bool]:
    if figure.of not in kinds:
        raise NoSuchFigure(what=figure.what, of=figure.of)
    return kinds[figure.of]


def _two(figure: Figure) -> tuple[str, str]:
    first, _, second = figure.of.partition(" ")
    return first, second


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _of_cases(ids: Subquery, when: Any) -> Any:
    """A statement with the columns of `CountedRow`, of whole cases."""
    ended = func.coalesce(Case.closed_at, Case.opened_at)
    return (
        select(
            Case.id, func.coalesce(Case.number, ""), Case.office_key, *_nothing(), Case.outer_due_at, ended.label("at"),
            func.coalesce(Case.outcome, ""), Case.rounds.label("rounds"), Case.edition,
        )
        .join(ids, ids.c.id == Case.id)
        .order_by(when.desc(), Case.id)
    )  # fmt: skip


def _nothing() -> list[ColumnElement[str]]:
    return [taken_as("ColumnElement[str]", func.concat("")) for _ in range(3)]


def _of_steps(ids: Subquery) -> Any:
    """A statement with the columns of `CountedRow`, of steps."""
    due = func.coalesce(Task.due_at, due_moment())
    return (
        select(
            Task.case_id, func.coalesce(Instance.number, Case.number, ""), Task.office_key, Task.code, Task.step,
            Task.name, due, Task.done_at, func.concat(""), Case.rounds.label("rounds"), Case.edition,
        )
        .join(Instance, Instance.id == Task.instance_id)
        .join(Case, Case.id == Task.case_id)
        .join(ids, ids.c.id == Task.id)
        .order_by(Task.done_at.desc().nulls_last(), due, Task.id)
    )  # fmt: skip
