"""What happened in a stretch of time, counted from the rows themselves: of days that are over once, of today each time.

Nothing is left to the region's tables that a later edition may say otherwise: steps, roles and outcomes stand in the
figures as they stand in the rows, and what they mean is asked when figures are shown. Of each office:

* `counts`: `received`, `ended`, `ground`, `ends` by the office that took the case in, of a body; `terms`, `steps` of
  what was done at this office.
* `times`: for each place of a diagram (`DrawnAt`) how often (`n`), how often late (`late`), working time (`w`) and term
  (`t`) in classes.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ARRAY, BigInteger, ColumnElement, and_, cast, false, func, literal_column, null, or_, select

from services import registry
from services.cases import APPLICANT_CAME, is_followed
from services.cases.models import Answer, Case, Instance, Task
from services.db import db
from services.figures.trees import BOUNDS, Tree

#: of what is kept: another one, and all days are counted anew
FORM: Final = 1
#: what becomes of a term
TERMS = ("kept", "late", "kept_default", "late_default")


@dataclass(frozen=True)
class DayRun:
    """Some days on end, and from when to when they go on the region's clock."""

    since: date
    until: date
    begins: datetime
    ends: datetime  #: the first moment that is no longer in it


@dataclass(frozen=True)
class DrawnAt:
    """Where in a diagram something was done, and by which role."""

    definition: int
    process: str
    element: str
    step: str
    code: str
    role: str
    came: bool  #: it waited for the applicant to come
    name: str  #: as drawn, in Kazakh

    def said(self) -> str:
        return "\t".join(str(int(each) if isinstance(each, bool) else each) for each in astuple(self))

    @classmethod
    def read(cls, said: str) -> "DrawnAt":
        definition, process, element, step, code, role, came, name = said.split("\t", 7)
        return cls(int(definition), process, element, step, code, role, came == "1", name)


def rules() -> str:
    """What of the region's own is asked when a day is counted; where it differs, days are counted anew."""
    plugins = registry.current()
    asked = (FORM, str(plugins.facts()["time_zone"]), sorted(plugins.grounds().items()), plugins.ends_that("denied"))
    return hashlib.sha256(repr(asked).encode()).hexdigest()[:16]


class Tally:
    """Office -> its figures."""

    def __init__(self) -> None:
        self.counts: dict[str, Tree] = defaultdict(dict)
        self.times: dict[str, Tree] = defaultdict(dict)

    @property
    def offices(self) -> set[str]:
        return {*self.counts, *self.times}


def count(spans: Sequence[DayRun], offices: Sequence[str], of_cases: Sequence[ColumnElement[bool]]) -> Tally:
    """What was done at those offices, and what became of such cases, in those days. Six statements."""
    found = Tally()
    if spans:
        _tasks(spans, offices, found)
        _cases(spans, of_cases, found)
    return found


def was_late() -> ColumnElement[bool]:
    """Whether a step was done after its due date, as a column of SQL; not one whose clock goes on in the next."""
    return (Task.done_at > Task.due_at) & ~Task.clock_goes_on


def terms_of(kept: ColumnElement[bool], default: Any) -> dict[str, ColumnElement[bool]]:
    """How terms were kept: kept, late, and apart those that rest on a default (I-48)."""
    made = (kept & ~default, ~kept & ~default, kept & default, ~kept & default)
    return dict(zip(TERMS, made, strict=True))


def step_terms() -> dict[str, ColumnElement[bool]]:
    """Of steps, by their own due dates."""
    return terms_of(Task.done_at <= Task.due_at, Task.due_default)


def whole_terms() -> dict[str, ColumnElement[bool]]:
    """How the term of the service as a whole was kept (R-TOTAL): until the result was there, else its end."""
    return terms_of(func.coalesce(Case.outer_stopped_at, Case.closed_at) <= Case.outer_due_at, Case.outer_default)


def ground_given() -> ColumnElement[str]:
    """The ground that was given last in a case (N421/10), a key of the region's table; NULL where none was."""
    fields = registry.current().grounds()
    ground: ColumnElement[str] = func.coalesce(
        null(), *(Answer.answers[each].astext for each in sorted(set(fields.values())))
    )
    given = select(ground).where(Answer.case_id == Case.id, Answer.form.in_(fields), ground.is_not(None))
    return given.order_by(Answer.given_at.desc()).limit(1).scalar_subquery()


def _within(at: Any, spans: Iterable[DayRun]) -> ColumnElement[bool]:
    return or_(false(), *(and_(at >= span.begins, at < span.ends) for span in spans))


def _on(day: Any, spans: Iterable[DayRun]) -> ColumnElement[bool]:
    return or_(false(), *(and_(day >= span.since, day <= span.until) for span in spans))


def _class(seconds: Any) -> ColumnElement[int]:
    return func.width_bucket(seconds, cast(list(BOUNDS), ARRAY(BigInteger)))


def _tasks(spans: Sequence[DayRun], offices: Sequence[str], found: Tally) -> None:
    came = func.coalesce(Task.message == APPLICANT_CAME, false())
    place = (Instance.definition_id, Task.process, Task.element, Task.step, Task.code, Task.role, came, Task.name)
    by = (Task.office_key, *place, func.coalesce(Task.outcome, ""), _class(Task.worked_s), _class(Task.term_s))
    has_term = Task.due_at.is_not(None) & ~Task.clock_goes_on
    sums = [cast(func.sum(each), BigInteger) for each in (Task.worked_s, Task.term_s)]
    terms = [func.count().filter(has_term & each) for each in step_terms().values()]
    wanted = (
        select(*by, func.count(), *sums, func.count().filter(was_late()), *terms)
        .join(Instance, Instance.id == Task.instance_id)
        .where(Task.office_key.in_(offices), Task.done_at.is_not(None), _within(Task.done_at, spans))
        .group_by(*(literal_column(str(at)) for at in range(1, len(by) + 1)))  # what is reckoned is not said twice
    )
    for office, *row in db.session.execute(wanted):
        _note_tasks(found.counts[office], found.times[office], row)


def _note_tasks(counts: Tree, times: Tree, row: Sequence[Any]) -> None:
    place, (outcome, worked, term, many, worked_s, term_s, late, *terms) = DrawnAt(*row[:8]), row[8:]
    _add(counts, ("terms",), dict(zip(TERMS, terms, strict=True)))
    if place.step:
        _add(counts, ("steps", place.step, outcome), {"n": many, "late": late})
    if worked is None:
        return
    said = place.said()
    _add(times, (said,), {"n": many, "late": late})
    _add(times, (said, "w", "n"), {str(worked): many})
    _add(times, (said, "w", "s"), {str(worked): worked_s})
    if term is not None:
        _add(times, (said, "t", "n"), {str(term): many})
        _add(times, (said, "t", "s"), {str(term): term_s})


def _add(tree: Tree, path: Sequence[str], numbers: dict[str, int]) -> None:
    """Add these numbers at that place of the tree."""
    for key in path:
        tree = tree.setdefault(key, {})
    for key, value in numbers.items():
        tree[key] = tree.get(key, 0) + value


def _cases(spans: Sequence[DayRun], of_cases: Sequence[ColumnElement[bool]], found: Tally) -> None:
    whose = (Case.body_key, Case.office_key)
    outcome = func.coalesce(Case.outcome, "")
    ended = [*of_cases, Case.closed_at.is_not(None), _within(Case.closed_at, spans), Case.outcome != "discarded"]
    received = select(*whose, func.count()).where(*of_cases, _within(Case.opened_at, spans), Case.number.is_not(None))
    for body, office, many in db.session.execute(received.group_by(*whose)):
        _add(found.counts[body], ("received", office), {"n": many})
    terms = [func.count().filter(each) for each in whole_terms().values()]
    rounds = cast(func.sum(Case.rounds), BigInteger)
    each = select(*whose, outcome, func.count(), rounds, *terms).where(*ended)
    for body, office, end, *numbers in db.session.execute(each.group_by(*whose, outcome)):
        _add(found.counts[body], ("ended", office, end), dict(zip(("n", "rounds", *TERMS), numbers, strict=True)))
    _grounds([*ended, Case.outcome.in_(registry.current().ends_that("denied"))], found)
    _ends([*of_cases, Case.assigned_until.is_not(None), _on(Case.assigned_until, spans), Case.plays.is_(None)], found)


def _grounds(refused: Sequence[ColumnElement[bool]], found: Tally) -> None:
    of = select(Case.body_key, Case.office_key, Case.outcome, func.coalesce(ground_given(), "").label("ground"))
    inner = of.where(*refused).subquery()
    for row in db.session.execute(select(*inner.c, func.count()).group_by(*inner.c)):
        body, office, outcome, ground, many = tuple(row)
        _add(found.counts[body], ("ground", office, outcome), {ground: many})


def _ends(conditions: Sequence[ColumnElement[bool]], found: Tally) -> None:
    """Assignments by their last day: of which outcome, whether the case is closed, whether another follows."""
    is_closed = Case.closed_at.is_not(None)
    of = select(
        Case.body_key, Case.office_key, func.coalesce(Case.outcome, "").label("outcome"),
        Case.assigned_until, is_closed.label("closed"), is_followed(Case.id).label("followed"),
    )  # fmt: skip
    inner = of.where(*conditions).subquery()
    for row in db.session.execute(select(*inner.c, func.count()).group_by(*inner.c)):
        body, office, outcome, on, closed, followed, many = tuple(row)
        path = ("ends", office, outcome, on.isoformat())
        _add(found.counts[body], path, {f"{int(closed)}{int(followed)}": many})
