"""How due moments stand on a page."""

from datetime import datetime, timedelta

from services import clock, deadlines, registry
from services.cases.models import Case, Task
from services.cases.pages.shown import DueView

#: what lies further ahead is of another day, also where clocks are put back
MORE_THAN_A_DAY = timedelta(hours=27)


def due_of(task: Task, case: Case) -> DueView | None:
    """A step's due moment, as it stands (or stood when it was done)."""
    if task.due_at is None:
        return None
    status = status_at(task.office_key, task.due_at, task.closed_at, case.stopped_since)
    of = {"task_id": task.id, "case_id": task.case_id, "edition": case.edition}
    return DueView(task.due_at, status, task.rule, task.clause, task.due_default, **of)  # type: ignore[arg-type]


def outer_of(case: Case) -> DueView:
    """The whole case's due moment (R-TOTAL)."""
    ended_at = case.outer_stopped_at or case.closed_at
    status = status_at(case.office_key, case.outer_due_at, ended_at, case.stopped_since)
    of = {"case_id": case.id, "edition": case.edition}
    return DueView(case.outer_due_at, status, "R-TOTAL", "", case.outer_default, "outer", **of)  # type: ignore[arg-type]


def status_at(office_key: str, due_at: datetime, ended_at: datetime | None, suspended_at: datetime | None) -> str:
    """overdue, today, on_time; ended, when that was in time; suspended, while the law keeps it from being late."""
    now = clock.now()
    if counted_until(ended_at or now, suspended_at) > due_at:
        return "overdue"
    if ended_at is not None:
        return "ended"
    if suspended_at is not None:
        return "suspended"
    if due_at - now > MORE_THAN_A_DAY:
        return "on_time"
    plugins = registry.current()
    same_day = deadlines.local(plugins, office_key, due_at).date() == deadlines.local(plugins, office_key, now).date()
    return "today" if same_day else "on_time"


def counted_until(moment: datetime, suspended_at: datetime | None) -> datetime:
    """Until when a clock has run at that moment: while the law lets it stand still, until that began."""
    return min(moment, suspended_at or moment)


def earlier(task: Task, case: Case) -> DueView | None:
    """Whichever of the two clocks still runs and ends first; the step's own when both end together."""
    if case.closed_at is not None:
        return None
    step_at = task.due_at if task.closed_at is None else None
    outer_at = case.outer_due_at if case.outer_stopped_at is None else None
    if outer_at is None or (step_at is not None and step_at <= outer_at):
        return due_of(task, case) if step_at is not None else None
    return outer_of(case)
