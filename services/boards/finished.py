"""What a period holds, by index: the conditions and measures that every figure is made of."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, cast, func, null, select

from services import directory, registry
from services.boards import access
from services.boards.period import Period
from services.cases import granted, is_followed
from services.cases.models import Answer, Case, Task


def was_late() -> ColumnElement[bool]:
    """Whether a step was done after its due date, as a column of SQL; not one whose clock goes on in the next."""
    return (Task.done_at > Task.due_at) & ~Task.clock_goes_on


def times(of: Any = Task) -> list[ColumnElement[int]]:
    """Count, median, what nine of ten keep, the sum, and the usual term."""
    return [
        func.count(),
        cast(func.percentile_cont(0.5).within_group(of.worked_s), BigInteger),
        cast(func.percentile_cont(0.9).within_group(of.worked_s), BigInteger),
        cast(func.sum(of.worked_s), BigInteger),
        cast(func.percentile_cont(0.5).within_group(of.term_s), BigInteger),
    ]


def done_in(period: Period, office_key: str | None = None) -> list[ColumnElement[bool]]:
    """Tasks finished in the period: the index begins with the office, so all of them are named."""
    offices = [office_key] if office_key else access.offices_compared()
    return [
        Task.office_key.in_(offices),
        Task.done_at.is_not(None),
        Task.done_at >= period.begins,
        Task.done_at < period.ends,
    ]


def closed_in(period: Period, office_key: str | None = None) -> list[ColumnElement[bool]]:
    """Cases finished in the period, of that office, as the body or as the PSC; not those opened by mistake."""
    return [
        *of_office(office_key),
        Case.closed_at.is_not(None),
        Case.closed_at >= period.begins,
        Case.closed_at < period.ends,
        Case.outcome != "discarded",
    ]


def received_in(period: Period, office_key: str | None = None) -> list[ColumnElement[bool]]:
    """Cases registered in the period."""
    return [
        *of_office(office_key),
        Case.opened_at >= period.begins,
        Case.opened_at < period.ends,
        Case.number.is_not(None),
    ]


def ends_in(period: Period, office_key: str | None = None) -> list[ColumnElement[bool]]:
    """Assignments whose last day is in the period, as far as that office knows them: a PSC those that it handed out."""
    handed_out = [] if decides(office_key) else [Case.closed_at.is_not(None)]
    return [
        *of_office(office_key),
        Case.assigned_until >= period.since,
        Case.assigned_until <= period.until,
        Case.plays.is_(None),
        granted(),
        *handed_out,
    ]


def decides(office_key: str | None) -> bool:
    """Whether that office decides on cases, or all of them are meant."""
    return office_key is None or registry.current().row("offices", office_key)["kind"] == "body"


def rechecked_or_not() -> dict[str, ColumnElement[bool]]:
    """How assignments that end stand: another application follows, or it is over and none does, or it runs yet."""
    followed, over = is_followed(Case.id), Case.assigned_until < directory.today()
    return {"rechecked": followed, "missed": ~followed & over, "running": ~followed & ~over}


def refused_in(period: Period, office_key: str | None = None) -> list[ColumnElement[bool]]:
    """Cases of the period that were refused."""
    return [*closed_in(period, office_key), Case.outcome.in_(registry.current().ends_that("denied"))]


def ground_given() -> ColumnElement[str]:
    """The ground that was given last in a case (N421/10), a key of the region's table; NULL where none was."""
    fields = registry.current().grounds()
    ground = func.coalesce(null(), *(Answer.answers[each].astext for each in sorted(set(fields.values()))))
    given = select(ground).where(Answer.case_id == Case.id, Answer.form.in_(fields), ground.is_not(None))
    return given.order_by(Answer.given_at.desc()).limit(1).scalar_subquery()


def term_in(period: Period, office_key: str | None = None) -> list[ColumnElement[bool]]:
    """Steps of the period whose term was kept or not; several under one clock are one term, that of the last."""
    return [*done_in(period, office_key), Task.due_at.is_not(None), ~Task.clock_goes_on]


def timed_in(period: Period, office_key: str | None = None) -> list[ColumnElement[bool]]:
    """Steps of the act that were finished in the period, and whose working time is known."""
    return [*held_in(period, office_key), Task.code != ""]


def held_in(period: Period, office_key: str | None = None) -> list[ColumnElement[bool]]:
    """Steps that were finished in the period, the act's or not, and whose working time is known."""
    return [*done_in(period, office_key), Task.step != "", Task.worked_s.is_not(None)]


def complained_in(period: Period, office_key: str | None = None) -> list[ColumnElement[bool]]:
    """Steps of the period in which a complaint was taken in or considered."""
    plugins = registry.current()
    return [*done_in(period, office_key), _is_any(plugins.steps_that("complains") | plugins.steps_that("considers"))]


def complaints() -> dict[str, ColumnElement[bool]]:
    """What became of complaints: came; of those considered, found justified, and considered after their term."""
    plugins = registry.current()
    considered = _is_any(plugins.steps_that("considers"))
    return {
        "came": _is_any(plugins.steps_that("complains")),
        "considered": considered,
        "upheld": considered & Task.outcome.in_(plugins.outcomes_that_uphold()),
        "late": considered & was_late(),
    }


def _is_any(steps: Iterable[str]) -> ColumnElement[bool]:
    return Task.step.in_(sorted(steps))


def step_terms() -> dict[str, ColumnElement[bool]]:
    """How the terms of steps were kept: kept, late, and apart those that rest on a default (I-48)."""
    return _terms(Task.done_at <= Task.due_at, Task.due_default)


def whole_terms() -> dict[str, ColumnElement[bool]]:
    """How the term of the service as a whole was kept (R-TOTAL): until the result was there, else its end."""
    return _terms(func.coalesce(Case.outer_stopped_at, Case.closed_at) <= Case.outer_due_at, Case.outer_default)


def _terms(kept: ColumnElement[bool], default: Any) -> dict[str, ColumnElement[bool]]:
    return {
        "kept": kept & ~default,
        "late": ~kept & ~default,
        "kept_default": kept & default,
        "late_default": ~kept & default,
    }


def of_office(office_key: str | None) -> list[ColumnElement[bool]]:
    """Cases of a body, of a PSC, or of all; every index begins with the body."""
    rows = registry.current().by_key("offices")
    if office_key is not None and rows[office_key]["kind"] == "body":
        return [Case.body_key == office_key]
    bodies = [key for key, row in rows.items() if row["kind"] == "body"]
    return [Case.body_key.in_(bodies), *([Case.office_key == office_key] if office_key else [])]
