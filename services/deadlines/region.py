"""What a region's tables say of time: steps, hours, zones, parameters. Read once per registry, no database."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, time
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from services.deadlines.calendar import Calendar, Span, SpecialDay
from services.deadlines.rules import BadRule, DayPlan, parse_rule
from services.errors import NotFound
from services.registry import BadTable, Registry

#: marks of a value that is settled; any other is shown as "not in the act" (I-48)
SETTLED = frozenset({"act", "confirmed"})
MARKS = SETTLED | {"default", "verified", "recalled"}


class UnknownStep(NotFound):
    """The region has no step %(key)s on the route %(route)s."""


class UnknownOffice(NotFound):
    """The region has no office %(office)s."""


class UnknownParameter(NotFound):
    """The region does not say %(key)s."""


@dataclass(frozen=True)
class StepRule:
    """What the region says of one step: the act's code, its clause, its time, who does it."""

    route: str
    key: str
    code: str  #: "D3"; two keys with one code share one clock
    clause: str  #: "N421/11a/direct/4", empty when the text says nothing
    table_ref: str  #: "N421/app6/t1/3", empty when the tables say nothing
    rule: str  #: "R-WD(8)", empty when the step has no time limit
    role: str
    title_kk: str
    title_ru: str
    title_en: str
    mark: str  #: how sure the time is: act, confirmed, verified, recalled, default
    ends_outer: bool  #: the outer clock stops when it is done (R-TOTAL)

    @property
    def default(self) -> bool:
        """Whether its dates are shown as "not in the act"."""
        return self.mark not in SETTLED


@dataclass(frozen=True)
class SpecialDays:
    """A region's special days, and the version that they are."""

    version: str | None = None  #: None: not read yet
    days: Mapping[date, SpecialDay] = field(default_factory=dict)


class RegionTime:
    """The tables of one registry, checked as they are read. Raises BadTable."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._zones: dict[str, ZoneInfo] = {}
        self.days = SpecialDays()  #: as last read, shared by all offices
        self.calendars: dict[str, Calendar] = {}  #: office -> the calendar last made for it

    @cached_property
    def steps(self) -> Mapping[tuple[str, str], StepRule]:
        return {(row["route"], row["key"]): _step(row) for row in self._registry.table("steps")}

    @cached_property
    def offices(self) -> Mapping[str, Mapping[str, str]]:
        return {row["key"]: row for row in self._registry.table("offices")}

    @cached_property
    def weeks(self) -> Mapping[str, tuple[tuple[Span, ...], ...]]:
        """Kind or key of an office -> its week."""
        spans: dict[str, list[list[Span]]] = {}
        for row in self._registry.table("hours"):
            week = spans.setdefault(row["office"], [[] for _ in range(7)])
            week[int(row["weekday"]) - 1].append((read_time(row["from"]), read_time(row["to"])))
        return {office: tuple(tuple(sorted(day)) for day in week) for office, week in spans.items()}

    @cached_property
    def default_hours(self) -> frozenset[str]:
        """Kinds and keys of offices whose hours are not in the act."""
        return frozenset(row["office"] for row in self._registry.table("hours") if row["mark"] not in SETTLED)

    @cached_property
    def parameters(self) -> Mapping[str, Mapping[str, str]]:
        return {row["key"]: row for row in self._registry.table("parameters")}

    @cached_property
    def plan(self) -> DayPlan:
        runs = self.parameter("courier_runs")["value"].split(";")
        return DayPlan(read_time(self.parameter("registry_cutoff")["value"]), tuple(sorted(map(read_time, runs))))

    def step(self, route: str, key: str) -> StepRule:
        found = self.steps.get((route, key))
        if found is None:
            raise UnknownStep(route=route, key=key)
        return found

    def office(self, key: str) -> Mapping[str, str]:
        found = self.offices.get(key)
        if found is None:
            raise UnknownOffice(office=key)
        return found

    def parameter(self, key: str) -> Mapping[str, str]:
        found = self.parameters.get(key)
        if found is None:
            raise UnknownParameter(key=key)
        return found

    def zone(self, office_key: str) -> ZoneInfo:
        """The office's own zone, else the region's."""
        if (known := self._zones.get(office_key)) is None:
            name = self.office(office_key).get("time_zone") or str(self._registry.facts()["time_zone"])
            known = self._zones[office_key] = ZoneInfo(name)
        return known

    def calendar(self, office_key: str, special: SpecialDays) -> Calendar:
        """The office's hours over those days: its own if the table has them, else those of its kind."""
        hours = office_key if office_key in self.weeks else self.office(office_key)["kind"]
        if hours not in self.weeks:
            raise BadTable(f"hours.csv has no hours for {office_key}, nor for the kind {hours}")
        zone, week, default = self.zone(office_key), self.weeks[hours], hours in self.default_hours
        return Calendar(zone, week, special.days, special.version or "", default)


_STEP_COLUMNS = (
    "route", "key", "code", "clause", "table_ref", "rule", "role", "title_kk", "title_ru", "title_en", "mark",
)  # fmt: skip


@lru_cache(maxsize=8)
def region_time(registry: Registry) -> RegionTime:
    """The region's tables of time, read once for each registry."""
    return RegionTime(registry)


def read_time(text: str) -> time:
    """ "15:30" as a local time. Raises BadTable."""
    hours, _, minutes = text.partition(":")
    if len(text) == 5 and (hours + minutes).isascii() and (hours + minutes).isdigit():
        with suppress(ValueError):
            return time(int(hours), int(minutes))
    raise BadTable(f"{text!r} is no time of the form 09:00")


def _step(row: Mapping[str, str]) -> StepRule:
    fields = {name: row.get(name, "") for name in _STEP_COLUMNS}
    where = f"steps.csv, {fields['route']} {fields['key']}"
    if fields["mark"] not in MARKS:
        raise BadTable(f"{where}: {fields['mark']!r} is none of the marks {', '.join(sorted(MARKS))}")
    try:
        _ = fields["rule"] and parse_rule(fields["rule"])
    except BadRule as error:
        raise BadTable(f"{where}: {error}") from error
    return StepRule(**fields, ends_outer=row.get("ends_outer") == "yes")
