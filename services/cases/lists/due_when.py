"""Due moments in SQL, and where days end, for lists and boards: what `dues` says of a row."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import BindParameter, ColumnElement, case, func, literal_column, or_, true

from services import clock, deadlines, registry
from services.cases.models import Case, Task


def due_moment() -> ColumnElement[datetime]:
    """`earlier`, in SQL, of an open task and its case: of the clocks that run, the one that ends first; else NULL."""
    return func.least(Task.due_at, case((Case.outer_stopped_at.is_(None), Case.outer_due_at)))


def is_step() -> ColumnElement[bool]:
    """What people have to do, and other steps of the act: as STEP says it, so that an office's index is found."""
    done_by_people = Task.waits_for == literal_column("'person'")
    return or_(done_by_people, Task.step != literal_column("''")).is_(true())


def counted_until(now: datetime | BindParameter[datetime]) -> ColumnElement[datetime]:
    """`dues.counted_until`, in SQL: while the law lets a case's clocks stand still, until that began."""
    return func.coalesce(Case.stopped_since, now)


def ends_ahead(office_key: str, ahead: Sequence[int]) -> list[datetime]:
    """When the days end that are so many working days after today, on that office's clock and calendar."""
    calendar = deadlines.calendar_for(registry.current(), office_key)
    days: list[date] = [calendar.local(clock.now()).date()]
    for _ in range(max(ahead)):
        days.append(calendar.next_working_day(days[-1]))
    return [datetime.combine(days[each] + timedelta(days=1), time.min, calendar.zone).astimezone(UTC) for each in ahead]
