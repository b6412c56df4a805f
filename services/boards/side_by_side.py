"""Offices side by side over a period: terms kept, returns, refusals, and where the time goes. No personal data.

What a period holds is found by index: nothing here costs more because more was done in other years.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, cast, func, null, select

from services import directory, registry
from services.boards import access
from services.boards.finished import closed_in, done_in, of_office, times, was_late
from services.boards.period import Period
from services.boards.whose_time import HOLDERS, holder
from services.cases.models import Answer, Case, Instance, Task
from services.db import db

#: lines of the list of late steps
MOST_LATE = 200


@dataclass(frozen=True)
class Terms:
    """Terms that ran out in the period: those that are in the act, and apart those that rest on a default (I-48)."""

    kept: int = 0
    late: int = 0
    kept_default: int = 0
    late_default: int = 0

    def __add__(self, other: "Terms") -> "Terms":
        return Terms(
            self.kept + other.kept,
            self.late + other.late,
            self.kept_default + other.kept_default,
            self.late_default + other.late_default,
        )


@dataclass(frozen=True)
class Figures:
    """What happened in the period."""

    received: int = 0  #: registered
    finished: int = 0
    approved: int = 0
    refused: int = 0
    returns: int = 0  #: for supplement, of the cases that were finished
    steps: Terms = field(default_factory=Terms)
    whole: Terms = field(default_factory=Terms)  #: of the service as a whole (R-TOTAL)

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(*(getattr(self, name) + getattr(other, name) for name in Figures.__dataclass_fields__))


@dataclass(frozen=True)
class OfficeFigures:
    """The figures of one office in a period."""

    key: str
    kind: str
    figures: Figures


@dataclass(frozen=True)
class Times:
    """Working time, in seconds, of the steps finished in the period."""

    key: str  #: of the step, or of the holder
    code: str
    count: int
    median_s: int
    ninth_s: int  #: nine of ten took no longer
    total_s: int
    term_s: int | None  #: what the act gives, on the median
    late: int = 0


@dataclass(frozen=True)
class Ground:
    """A ground of refusal, and how often it was the reason in a period."""

    key: str
    count: int


@dataclass(frozen=True)
class LateStep:
    """A step that was finished late: its case by number alone."""

    number: str
    case_id: int
    office: str
    code: str
    step: str
    due_at: datetime | None
    done_at: datetime | None
    default: bool


def side_by_side(period: Period, person: directory.Person) -> tuple[Sequence[OfficeFigures], Figures]:
    """Every office where anything happened, and the region: a case of a PSC and a body is counted there once.

    Raises NotYours.
    """
    access.check_may_look(person, None)
    found: dict[str, Figures] = {}
    whole = Figures()
    for office, body, figures in _of_cases(period):
        whole += figures
        for key in {office, body}:
            found[key] = found.get(key, Figures()) + figures
    for key, figures in _of_steps(period).items():
        whole += figures
        found[key] = found.get(key, Figures()) + figures
    kinds = registry.current().by_key("offices")
    lines = [OfficeFigures(key, kinds[key]["kind"], found[key]) for key in access.offices_compared() if key in found]
    return lines, whole


def figures_of(period: Period, person: directory.Person, office_key: str) -> Figures:
    """One office's figures. Raises NotYours."""
    access.check_may_look(person, office_key)
    total = _of_steps(period, office_key).get(office_key, Figures())
    for _, _, figures in _of_cases(period, office_key):
        total += figures
    return total


def by_step(period: Period, person: directory.Person, office_key: str | None = None) -> Sequence[Times]:
    """How long the steps took, in the act's order. Raises NotYours."""
    access.check_may_look(person, office_key)
    wanted = (
        select(Task.step, Task.code, *times(), func.count().filter(was_late()))
        .where(*done_in(period, office_key), Task.step != "", Task.code != "", Task.worked_s.is_not(None))
        .group_by(Task.step, Task.code)
    )
    order = {(row["code"], row["key"]): at for at, row in enumerate(registry.current().table("steps"))}
    lines = [Times(step, code, *figures) for step, code, *figures in db.session.execute(wanted)]
    return sorted(lines, key=lambda each: order.get((each.code, each.key), len(order)))


def by_holder(period: Period, person: directory.Person, office_key: str | None = None) -> Sequence[Times]:
    """Whose time the steps took: the body's, the PSC's, the courier's, the applicant's. Raises NotYours."""
    access.check_may_look(person, office_key)
    held = select(holder().label("holder"), Task.worked_s, Task.term_s).where(
        *done_in(period, office_key), Task.step != "", Task.worked_s.is_not(None)
    )
    of = held.subquery()
    wanted = select(of.c.holder, *times(of.c)).where(of.c.holder.is_not(None)).group_by(of.c.holder)
    lines = [Times(key, "", *figures) for key, *figures in db.session.execute(wanted)]
    return sorted(lines, key=lambda each: HOLDERS.index(each.key))


def by_ground(period: Period, person: directory.Person, office_key: str | None = None) -> Sequence[Ground]:
    """Refusals of the period by their ground (N421/10), the most frequent first. Raises NotYours."""
    access.check_may_look(person, office_key)
    plugins = registry.current()
    ends, fields = plugins.ends_that("denied"), plugins.grounds()
    ground = func.coalesce(null(), *(Answer.answers[each].astext for each in sorted(set(fields.values()))))
    given = (
        select(ground)
        .where(Answer.case_id == Case.id, Answer.form.in_(fields), ground.is_not(None))
        .order_by(Answer.given_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    refused = select(given.label("ground")).where(*closed_in(period, office_key), Case.outcome.in_(ends)).subquery()
    counted = select(func.coalesce(refused.c.ground, ""), func.count()).group_by(refused.c.ground)
    lines = [Ground(key, count) for key, count in db.session.execute(counted)]
    return sorted(lines, key=lambda each: (-each.count, each.key))


def late_steps(period: Period, person: directory.Person, office_key: str) -> Sequence[LateStep]:
    """Steps that this office finished late in the period, the newest first, at most `MOST_LATE`. Raises NotYours."""
    access.check_may_look(person, office_key)
    wanted = (
        select(Task, Task.due_at, Task.done_at, func.coalesce(Instance.number, Case.number))
        .join(Instance, Instance.id == Task.instance_id)
        .join(Case, Case.id == Task.case_id)
        .where(*done_in(period, office_key), was_late())
        .order_by(Task.done_at.desc(), Task.id)
        .limit(MOST_LATE)
    )
    return [
        LateStep(number or "", task.case_id, task.office_key, task.code, task.step, due_at, done_at, task.due_default)
        for task, due_at, done_at, number in db.session.execute(wanted)
    ]


# ---------------------------------------------------------------- what the period holds


def _of_cases(period: Period, office_key: str | None = None) -> list[tuple[str, str, Figures]]:
    """Figures of the cases, by the office that took them in and the body that decides."""
    ended = func.coalesce(Case.outer_stopped_at, Case.closed_at)
    finished = (
        select(
            Case.office_key,
            Case.body_key,
            func.count(),
            func.count().filter(Case.outcome.in_(registry.current().ends_that("granted"))),
            func.count().filter(Case.outcome.in_(registry.current().ends_that("denied"))),
            cast(func.coalesce(func.sum(Case.rounds), 0), BigInteger),
            *_terms(ended <= Case.outer_due_at, Case.outer_default),
        )
        .where(*closed_in(period, office_key))
        .group_by(Case.office_key, Case.body_key)
    )
    received = (
        select(Case.office_key, Case.body_key, func.count())
        .where(*of_office(office_key), Case.opened_at >= period.begins, Case.opened_at < period.ends)
        .where(Case.number.is_not(None))
        .group_by(Case.office_key, Case.body_key)
    )
    lines = [(office, body, Figures(received=count)) for office, body, count in db.session.execute(received)]
    for office, body, done, approved, refused, returns, *terms in db.session.execute(finished):
        lines.append((office, body, Figures(0, done, approved, refused, returns, whole=Terms(*terms))))
    return lines


def _of_steps(period: Period, office_key: str | None = None) -> dict[str, Figures]:
    """Terms of the steps, by office; several steps under one clock are one term, kept or not at the last."""
    wanted = (
        select(Task.office_key, *_terms(Task.done_at <= Task.due_at, Task.due_default))
        .where(*done_in(period, office_key), Task.due_at.is_not(None), ~Task.clock_goes_on)
        .group_by(Task.office_key)
    )
    return {key: Figures(steps=Terms(*terms)) for key, *terms in db.session.execute(wanted)}


def _terms(kept: ColumnElement[bool], default: Any) -> list[ColumnElement[int]]:
    return [
        func.count().filter(kept, ~default),
        func.count().filter(~kept, ~default),
        func.count().filter(kept, default),
        func.count().filter(~kept, default),
    ]
