"""«Why this date?»: a due date of a case, explained as it was computed: under the calendar version kept with it."""

from dataclasses import dataclass
from datetime import datetime

from services import deadlines, directory, registry
from services.cases.errors import NoSuchTask
from services.cases.models import Case, Task
from services.cases.reading import suspensions_of
from services.cases.rights import case_seen_by
from services.db import db
from services.deadlines import Explanation, RegionTime


@dataclass(frozen=True)
class WhyDate:
    """A due date and how it came about."""

    case_id: int
    number: str | None
    code: str  #: of the step; empty for the whole case
    title: str
    at: datetime  #: the date as it stands
    told: Explanation
    office_key: str  #: in whose calendar it is counted
    clause: str
    version: str
    newer: bool  #: another version holds by now
    #: what is not in the act: "rule", "hours", "days", "plan"
    defaults: tuple[str, ...]
    agrees: bool  #: the explanation comes to the date that stands there
    edition: int | None  #: of the act, by which it was counted


def why_step(task_id: str, person: directory.Person) -> WhyDate | None:
    """Why a step is due when it is; None when it has no time limit. Raises NoSuchTask, NotYours."""
    task = db.session.get(Task, task_id)
    if task is None:
        raise NoSuchTask(task=task_id)
    case = case_seen_by(task.case_id, person)
    region = _region(case, task.calendar)
    step = region.steps.get((case.route, task.step))
    if task.due_at is None or step is None:
        return None
    other = next((key for key in (case.office_key, case.body_key) if key != task.office_key), None)
    stops = suspensions_of(case.stops)
    told = deadlines.explain_step(
        region, case.route, task.step, task.clock_started_at, task.office_key, other, stops
    )  # fmt: skip
    if told is None:
        return None
    planned = told.rule.kind in ("REG", "COUR")
    defaults = _defaults(
        region, told, task.office_key, rule=step.default and not planned, plan=step.default and planned
    )
    clause = step.clause or step.table_ref
    return _why(case, task.code, task.name, task.due_at, told, task.office_key, clause, region, defaults)


def why_case(case_id: int, person: directory.Person) -> WhyDate:
    """Why the whole case is due when it is. Raises NoSuchCase, NotYours."""
    case = case_seen_by(case_id, person)
    region = _region(case, case.outer_calendar)
    told = deadlines.explain_case(region, case.opened_at, case.body_key, suspensions_of(case.stops))
    limit = region.parameter(deadlines.OUTER_LIMIT)
    defaults = _defaults(region, told, case.body_key, rule=limit["mark"] not in deadlines.SETTLED, plan=False)
    return _why(case, "", "", case.outer_due_at, told, case.body_key, limit["clause"], region, defaults)


def _region(case: Case, version: str) -> RegionTime:
    """The calendar that a date was counted in, by the act that the case lives under; dates of before versions were kept
    are told by today's calendar."""
    return deadlines.region_at(registry.of(case), version or None)


def _defaults(region: RegionTime, told: Explanation, office_key: str, *, rule: bool, plan: bool) -> tuple[str, ...]:
    days = any(line.special is not None and not line.special.confirmed for line in told.lines)
    hours = region.hours_of(office_key) in region.default_hours
    said = {"rule": rule, "plan": plan, "hours": hours, "days": days}
    return tuple(name for name, holds in said.items() if holds)


def _why(
    case: Case,
    code: str,
    title: str,
    at: datetime,
    told: Explanation,
    office_key: str,
    clause: str,
    region: RegionTime,
    defaults: tuple[str, ...],
) -> WhyDate:
    newer = deadlines.calendar_version(registry.current().region) != region.version
    return WhyDate(
        case.id,
        case.number,
        code,
        title,
        at,
        told,
        office_key,
        clause,
        region.version,
        newer,
        defaults,
        told.at == at,
        case.edition,
    )
