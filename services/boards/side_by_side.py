"""Offices side by side over a period: terms kept, returns, refusals, and where the time goes. No personal data.

What a period holds is found by index: nothing here costs more because more was done in other years.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import BigInteger, cast, func, select

from services import directory, registry
from services.boards import access
from services.boards.finished import (
    closed_in,
    complained_in,
    complaints,
    done_in,
    ends_in,
    ground_given,
    held_in,
    received_in,
    rechecked_or_not,
    refused_in,
    step_terms,
    term_in,
    timed_in,
    times,
    was_late,
    whole_terms,
)
from services.boards.period import Period
from services.boards.whose_time import holder, holders
from services.cases.models import Case, Instance, Task
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
class Complaints:
    """Complaints of the period: taken in; considered, and of those found justified, and considered after their term."""

    came: int = 0
    considered: int = 0
    upheld: int = 0
    late: int = 0

    def __add__(self, other: "Complaints") -> "Complaints":
        return Complaints(*(getattr(self, name) + getattr(other, name) for name in Complaints.__dataclass_fields__))


@dataclass(frozen=True)
class Ends:
    """Assignments whose last day lies in the period, and how they stand today."""

    rechecked: int = 0  #: another application follows
    missed: int = 0  #: it is over, and none does
    running: int = 0  #: none does yet

    def __add__(self, other: "Ends") -> "Ends":
        return Ends(self.rechecked + other.rechecked, self.missed + other.missed, self.running + other.running)

    @property
    def all(self) -> int:
        return self.rechecked + self.missed + self.running


@dataclass(frozen=True)
class Figures:
    """What happened in the period."""

    received: int = 0  #: registered
    ended: Counter[str] = field(default_factory=Counter)  #: outcome -> how many were finished with it
    returns: int = 0  #: for supplement, of the cases that were finished
    steps: Terms = field(default_factory=Terms)
    whole: Terms = field(default_factory=Terms)  #: of the service as a whole (R-TOTAL)
    complaints: Complaints = field(default_factory=Complaints)
    ends: Ends = field(default_factory=Ends)

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(*(getattr(self, name) + getattr(other, name) for name in Figures.__dataclass_fields__))

    @property
    def finished(self) -> int:
        return self.ended.total()

    @property
    def approved(self) -> int:
        return self._that("granted")

    @property
    def refused(self) -> int:
        return self._that("denied")

    @property
    def otherwise(self) -> Counter[str]:
        """Outcome -> how many, of those that nobody decided: withdrawn, sent on, annulled, whatever a diagram draws."""
        plugins = registry.current()
        decided = {*plugins.ends_that("granted"), *plugins.ends_that("denied")}
        return Counter({key: count for key, count in self.ended.items() if key not in decided})

    def _that(self, decide: str) -> int:
        return sum(self.ended[key] for key in registry.current().ends_that(decide))


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
    for office, body, handed_out, figures in _of_ends(period):
        whole += figures
        for key in {body, *([office] if handed_out else [])}:
            found[key] = found.get(key, Figures()) + figures
    for key, figures in [*_of_steps(period).items(), *_of_complaints(period).items()]:
        whole += figures
        found[key] = found.get(key, Figures()) + figures
    kinds = registry.current().by_key("offices")
    lines = [OfficeFigures(key, kinds[key]["kind"], found[key]) for key in access.offices_compared() if key in found]
    return lines, whole


def figures_of(period: Period, person: directory.Person, office_key: str) -> Figures:
    """One office's figures. Raises NotYours."""
    access.check_may_look(person, office_key)
    total = _of_steps(period, office_key).get(office_key, Figures())
    total += _of_complaints(period, office_key).get(office_key, Figures())
    for _, _, figures in _of_cases(period, office_key):
        total += figures
    for *_, figures in _of_ends(period, office_key):
        total += figures
    return total


def by_step(period: Period, person: directory.Person, office_key: str | None = None) -> Sequence[Times]:
    """How long the steps took, in the act's order. Raises NotYours."""
    access.check_may_look(person, office_key)
    wanted = (
        select(Task.step, Task.code, *times(), func.count().filter(was_late()))
        .where(*timed_in(period, office_key))
        .group_by(Task.step, Task.code)
    )
    order = {(row["code"], row["key"]): at for at, row in enumerate(registry.current().steps_of_all())}
    lines = [Times(step, code, *figures) for step, code, *figures in db.session.execute(wanted)]
    return sorted(lines, key=lambda each: order.get((each.code, each.key), len(order)))


def by_holder(period: Period, person: directory.Person, office_key: str | None = None) -> Sequence[Times]:
    """Whose time the steps took: the body's, the PSC's, the courier's, the applicant's. Raises NotYours."""
    access.check_may_look(person, office_key)
    held = select(holder().label("holder"), Task.worked_s, Task.term_s).where(*held_in(period, office_key))
    of = held.subquery()
    wanted = select(of.c.holder, *times(of.c)).where(of.c.holder.is_not(None)).group_by(of.c.holder)
    lines = [Times(key, "", *figures) for key, *figures in db.session.execute(wanted)]
    return sorted(lines, key=lambda each: holders().index(each.key))


def by_ground(period: Period, person: directory.Person, office_key: str | None = None) -> Sequence[Ground]:
    """Refusals of the period by their ground (N421/10), the most frequent first. Raises NotYours."""
    access.check_may_look(person, office_key)
    refused = select(ground_given().label("ground")).where(*refused_in(period, office_key)).subquery()
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
    """Figures of the cases, by the office that took them in and the body that decides: a line for each outcome."""
    finished = (
        select(
            Case.office_key,
            Case.body_key,
            Case.outcome,
            func.count(),
            cast(func.coalesce(func.sum(Case.rounds), 0), BigInteger),
            *[func.count().filter(each) for each in whole_terms().values()],
        )
        .where(*closed_in(period, office_key))
        .group_by(Case.office_key, Case.body_key, Case.outcome)
    )
    received = (
        select(Case.office_key, Case.body_key, func.count())
        .where(*received_in(period, office_key))
        .group_by(Case.office_key, Case.body_key)
    )
    lines = [(office, body, Figures(received=count)) for office, body, count in db.session.execute(received)]
    for office, body, outcome, count, returns, *terms in db.session.execute(finished):
        lines.append((office, body, Figures(0, Counter({outcome or "": count}), returns, whole=Terms(*terms))))
    return lines


def _of_ends(period: Period, office_key: str | None = None) -> list[tuple[str, str, bool, Figures]]:
    """Assignments that end, by the office that took the case in, the body, and whether the result was handed out."""
    handed_out = Case.closed_at.is_not(None).label("handed_out")
    kinds = [func.count().filter(each) for each in rechecked_or_not().values()]
    wanted = select(Case.office_key, Case.body_key, handed_out, *kinds).where(*ends_in(period, office_key))
    rows = db.session.execute(wanted.group_by(Case.office_key, Case.body_key, handed_out))
    return [(office, body, out, Figures(ends=Ends(*counts))) for office, body, out, *counts in rows]


def _of_steps(period: Period, office_key: str | None = None) -> dict[str, Figures]:
    """Terms of the steps, by office; several steps under one clock are one term, kept or not at the last."""
    wanted = (
        select(Task.office_key, *[func.count().filter(each) for each in step_terms().values()])
        .where(*term_in(period, office_key))
        .group_by(Task.office_key)
    )
    return {key: Figures(steps=Terms(*terms)) for key, *terms in db.session.execute(wanted)}


def _of_complaints(period: Period, office_key: str | None = None) -> dict[str, Figures]:
    """Complaints that were taken in or considered, by office."""
    wanted = (
        select(Task.office_key, *[func.count().filter(each) for each in complaints().values()])
        .where(*complained_in(period, office_key))
        .group_by(Task.office_key)
    )
    return {key: Figures(complaints=Complaints(*counts)) for key, *counts in db.session.execute(wanted)}
