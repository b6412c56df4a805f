"""When something is due in this region, at this office: the tables, the calendar and the rules together."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from services.deadlines import terms
from services.deadlines.calendar import Calendar
from services.deadlines.explain import Explanation, explain
from services.deadlines.kept import region_at
from services.deadlines.region import SETTLED, RegionTime, StepRule, read_time
from services.deadlines.terms import DayPlan, Escalation, Suspension, TimeRule
from services.registry import Registry


@dataclass(frozen=True)
class Due:
    """When something is due, and why. `at` is None when the step has no time limit."""

    at: datetime | None  #: UTC
    rule: str  #: "R-WD(8)", or empty
    clause: str  #: where the act says so: of its text, else of its tables; empty when nowhere
    default: bool  #: the date rests on something that is not in the act (I-48)
    version: str = field(default="", compare=False)  #: of the calendar that it was counted in


@dataclass(frozen=True)
class OuterDue(Due):
    """When the whole case is due."""

    at: datetime


# ---------------------------------------------------------------- the verbs of a click


def step_rule(registry: Registry, route: str, key: str, *, version: str | None = None) -> StepRule:
    """What the region says of that step. Raises UnknownStep."""
    return region_at(registry, version).step(route, key)


def due_for(
    registry: Registry,
    route: str,
    key: str,
    start: datetime,
    office_key: str,
    *,
    other_office_key: str | None = None,
    suspensions: Sequence[Suspension] = (),
    version: str | None = None,
) -> Due:
    """When that step is due if it begins at `start` at that office (R-CAL).

    A courier's step needs the office where it arrives as well; without one, the body above the PSC is taken.
    Raises UnknownStep, UnknownOffice.
    """
    return step_due(region_at(registry, version), route, key, start, office_key, other_office_key, suspensions)


def step_due(
    region: RegionTime,
    route: str,
    key: str,
    start: datetime,
    office_key: str,
    other_office_key: str | None = None,
    suspensions: Sequence[Suspension] = (),
) -> Due:
    """When a step is due, under a timetable that need not be the one in force."""
    step = region.step(route, key)
    counting = _counting_step(region, step, office_key, other_office_key)
    if counting is None:
        region.office(office_key)
        return Due(None, "", step.clause or step.table_ref, False, region.version)
    at = counting.due(start, suspensions)
    return Due(at, step.rule, step.clause or step.table_ref, counting.rests_on_default(start, at), region.version)


def outer_due(
    registry: Registry,
    received_at: datetime,
    office_key: str,
    *,
    suspensions: Sequence[Suspension] = (),
    version: str | None = None,
) -> OuterDue:
    """When a case received then is due as a whole, by the calendar of the authorised body (R-TOTAL, R-CAL).

    The number of days is a parameter: act N 421 refers to the standard for it (N421/9). Raises UnknownOffice.
    """
    return case_due(region_at(registry, version), received_at, office_key, suspensions)


def case_due(
    region: RegionTime, received_at: datetime, office_key: str, suspensions: Sequence[Suspension] = ()
) -> OuterDue:
    """When a case is due, under a timetable that need not be the one in force."""
    counting = _counting_case(region, office_key)
    at = counting.due(received_at, suspensions)
    default, clause = counting.rests_on_default(received_at, at), region.parameter(OUTER_LIMIT)["clause"]
    return OuterDue(at, str(counting.rule), clause, default, region.version)


def explain_step(
    region: RegionTime,
    route: str,
    key: str,
    start: datetime,
    office_key: str,
    other_office_key: str | None = None,
    suspensions: Sequence[Suspension] = (),
) -> Explanation | None:
    """Why that step is due when it is; None when it has no time limit. Raises UnknownStep, UnknownOffice."""
    counting = _counting_step(region, region.step(route, key), office_key, other_office_key)
    return counting.explain(start, suspensions) if counting else None


def explain_case(
    region: RegionTime, received_at: datetime, office_key: str, suspensions: Sequence[Suspension] = ()
) -> Explanation:
    """Why the whole case is due when it is. Raises UnknownOffice."""
    return _counting_case(region, office_key).explain(received_at, suspensions)


#: the parameter of the whole service's time (N421/9)
OUTER_LIMIT = "outer_limit_calendar_days"


@dataclass(frozen=True)
class _Counting:
    """What one date is counted with."""

    region: RegionTime
    rule: TimeRule
    here: Calendar
    other: Calendar | None
    default: bool  #: the rule, or the hours, are not in the act

    def due(self, start: datetime, suspensions: Sequence[Suspension]) -> datetime:
        at = terms.due(self.rule, start, self.here, self.other, self.region.plan)
        return terms.after_suspensions(self.rule, at, start, self.here, suspensions)

    def explain(self, start: datetime, suspensions: Sequence[Suspension]) -> Explanation:
        return explain(self.rule, start, self.here, self.other, self.region.plan, suspensions)

    def rests_on_default(self, start: datetime, at: datetime) -> bool:
        first, last = self.here.local(start).date(), self.here.local(at).date()
        return self.default or self.region.rests_on_unconfirmed(first, last)


def _counting_step(region: RegionTime, step: StepRule, office_key: str, other_key: str | None) -> _Counting | None:
    if not step.rule:
        return None
    rule, here, other = terms.parse_rule(step.rule), region.calendar(office_key), None
    if rule.kind == "COUR":
        other = region.calendar(other_key or region.office(office_key)["parent"] or office_key)
    return _Counting(region, rule, here, other, step.default or here.default or bool(other and other.default))


def _counting_case(region: RegionTime, office_key: str) -> _Counting:
    limit, here = region.parameter(OUTER_LIMIT), region.calendar(office_key)
    rule = terms.parse_rule(f"R-TOTAL({limit['value']})")
    return _Counting(region, rule, here, None, limit["mark"] not in SETTLED or here.default)


def table(registry: Registry, name: str) -> Sequence[Mapping[str, str]]:
    """A table of the region with what was confirmed laid over it, as it is in this transaction."""
    return region_at(registry).table(name)


def calendar_for(registry: Registry, office_key: str, *, version: str | None = None) -> Calendar:
    """The office's calendar, as it is in this transaction. Raises UnknownOffice."""
    return region_at(registry, version).calendar(office_key)


def day_plan(registry: Registry) -> DayPlan:
    """When registries are closed and when couriers run, on the offices' clocks (I-4: the hours are not in the act)."""
    return region_at(registry).plan


def run_after(registry: Registry, office_key: str, moment: datetime) -> time:
    """The courier run that takes what is handed over at that moment: the next of the day, else tomorrow's first."""
    runs, at = region_at(registry).plan.courier_runs, local(registry, office_key, moment).time()
    return next((run for run in runs if run >= at), runs[0])


def minutes_after(registry: Registry, office_key: str, moment: datetime, parameter: str) -> datetime:
    """So many working minutes of that office after that moment as the region says; at once when it says nothing."""
    row = region_at(registry).parameters.get(parameter)
    return terms.add_working_minutes(calendar_for(registry, office_key), moment, int(row["value"])) if row else moment


def whole_number(registry: Registry, parameter: str) -> int:
    """The region's parameter of that name; 0 when it says nothing."""
    row = region_at(registry).parameters.get(parameter)
    return int(row["value"]) if row else 0


def years_after(registry: Registry, office_key: str, moment: datetime, parameter: str) -> date | None:
    """The day so many years later as the region's parameter says, on the office's clock; None when it says nothing."""
    years, on = whole_number(registry, parameter), local(registry, office_key, moment).date()
    return (
        on.replace(year=on.year + years, day=min(on.day, monthrange(on.year + years, on.month)[1])) if years else None
    )


def months_before(registry: Registry, office_key: str, moment: datetime, parameter: str) -> datetime:
    """A moment, so many calendar months earlier as the region's parameter says, on the office's clock."""
    return _moved(registry, office_key, moment, -int(region_at(registry).parameter(parameter)["value"]))


def months_after(registry: Registry, office_key: str, moment: datetime, parameter: str) -> datetime | None:
    """A moment, so many calendar months later as the region's parameter says; None when it says nothing."""
    months = whole_number(registry, parameter)
    return _moved(registry, office_key, moment, months) if months else None


def is_settled(registry: Registry, parameter: str) -> bool:
    """Whether the act says that value, or somebody has confirmed it."""
    row = region_at(registry).parameters.get(parameter)
    return row is not None and row["mark"] in SETTLED


def _moved(registry: Registry, office_key: str, moment: datetime, months: int) -> datetime:
    at = local(registry, office_key, moment)
    years, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    last = monthrange(years, month + 1)[1]
    return at.replace(year=years, month=month + 1, day=min(at.day, last))


def escalation_for(registry: Registry, due_at: datetime, office_key: str, *, version: str | None = None) -> Escalation:
    """When people are told of a term of days that is due then (R-ESC). Raises UnknownOffice."""
    told, calendar = escalation_terms(registry, version=version), calendar_for(registry, office_key, version=version)
    return terms.escalation_moments(due_at, calendar, told.warn_at, told.after_working_days)


@dataclass(frozen=True)
class EscalationTerms:
    """When people are told (R-ESC), as the region's parameters say."""

    warn_at: time
    after_working_days: int
    default: bool  #: they are not in the act, and nobody has confirmed them


def escalation_terms(registry: Registry, *, version: str | None = None) -> EscalationTerms:
    """What the region says of R-ESC, with its mark."""
    region = region_at(registry, version)
    warn, after = (region.parameter(f"escalation_{key}") for key in ("warn_at", "after_working_days"))
    default = not {warn["mark"], after["mark"]} <= SETTLED
    return EscalationTerms(read_time(warn["value"]), int(after["value"]), default)


def zone(registry: Registry, office_key: str) -> ZoneInfo:
    """The office's time zone. Raises UnknownOffice."""
    return region_at(registry).zone(office_key)


def local(registry: Registry, office_key: str, moment: datetime) -> datetime:
    """A moment on the office's clock. Raises UnknownOffice."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(zone(registry, office_key))
