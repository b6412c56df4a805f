"""From and to when what was granted runs, by the region's rule; and what is due for recheck, in SQL.

The act gives an assignment no period (I-21) and knows no recheck. The region says for how many months assistance is
assigned at a time, and how many days before the end an applicant is due to confirm it anew; both are its parameters.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, exists, or_, select

from services import deadlines, registry
from services.cases.models import Case, Related
from services.plugin import Assigned
from services.registry import Registry

#: months of one assignment, a divisor of twelve: the region's parameter
TERM = "assignment_term_months"
#: so many days before the last one a recheck is due: the region's parameter; nought: on the last day
BEFORE = "recheck_days_before"
#: days for which what is over is still spoken of: in the list of rechecks, and at the counter
LATELY = 366


def term_of(plugins: Registry, office_key: str, at: datetime) -> tuple[date, date]:
    """First and last day of the term in which that moment lies, on the office's clock: a quarter, where it is three."""
    return _term_around(plugins, deadlines.local(plugins, office_key, at).date())


def period_of(plugins: Registry, case: Case, after: date | None) -> Assigned | None:
    """From and to when what is granted in that case runs: from the month in which it was taken in to the term's end.

    Never before the day `after` which what it follows is over. None where the region knows no terms.
    """
    if not deadlines.whole_number(plugins, TERM):
        return None
    first = deadlines.local(plugins, case.body_key, case.opened_at).date().replace(day=1)
    if after is not None:
        first = max(first, after + timedelta(days=1))
    return Assigned(first, _term_around(plugins, first)[1])


def _term_around(plugins: Registry, on: date) -> tuple[date, date]:
    months = deadlines.whole_number(plugins, TERM) or 3
    first = date(on.year, (on.month - 1) // months * months + 1, 1)
    following = first.month - 1 + months
    return first, date(first.year + following // 12, following % 12 + 1, 1) - timedelta(days=1)


def due_on(plugins: Registry, last: date) -> date:
    """From which day on a recheck of what runs until then is due."""
    return last - timedelta(days=deadlines.whole_number(plugins, BEFORE))


def is_granted(case: Case) -> bool:
    """Whether what it granted from and to then stands."""
    stands = case.closed_at is None or case.outcome in registry.of(case).ends_that("granted")
    return case.assigned_until is not None and stands


def granted() -> ColumnElement[bool]:
    """`is_granted`, in SQL."""
    ends = registry.current().ends_that("granted")
    return Case.assigned_until.is_not(None) & or_(Case.closed_at.is_(None), Case.outcome.in_(ends))


def is_followed(case_id: object) -> ColumnElement[bool]:
    """Whether another case follows it."""
    return exists(select(Related.case_id).where(Related.to_id == case_id, Related.relation == "follows"))
