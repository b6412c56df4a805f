"""What a period holds, by index: the conditions by which the cases behind a figure are found."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement

from services import directory, registry
from services.boards import access
from services.boards.period import Period
from services.cases import granted, is_followed
from services.cases.models import Case, Task
from services.figures import was_late


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


def of_office(office_key: str | None) -> list[ColumnElement[bool]]:
    """Cases of a body, of a PSC, or of all; every index begins with the body."""
    rows = registry.current().by_key("offices")
    if office_key is not None and rows[office_key]["kind"] == "body":
        return [Case.body_key == office_key]
    bodies = [key for key, row in rows.items() if row["kind"] == "body"]
    return [Case.body_key.in_(bodies), *([Case.office_key == office_key] if office_key else [])]
