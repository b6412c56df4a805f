"""What a period holds, by index: the conditions and measures that every figure is made of."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, cast, func

from services import registry
from services.boards import access
from services.boards.period import Period
from services.cases.models import Case, Task


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


def of_office(office_key: str | None) -> list[ColumnElement[bool]]:
    """Cases of a body, of a PSC, or of all; every index begins with the body."""
    rows = registry.current().by_key("offices")
    if office_key is not None and rows[office_key]["kind"] == "body":
        return [Case.body_key == office_key]
    bodies = [key for key, row in rows.items() if row["kind"] == "body"]
    return [Case.body_key.in_(bodies), *([Case.office_key == office_key] if office_key else [])]
