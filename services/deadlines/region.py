"""What a region says of time: its tables, and the timetable laid over them. Read once per version, no database."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, time
from functools import cache, cached_property
from hashlib import sha256
from zoneinfo import ZoneInfo

from services.deadlines.calendar import Calendar, Span, SpecialDay
from services.deadlines.terms import BadTimeRule, DayPlan, parse_rule
from services.deadlines.timetable import Confirmed, Timetable, Week
from services.errors import NotFound
from services.registry import Registry
from services.tables import BadTable

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


class RegionTime:
    """The tables of one registry under one timetable, checked as they are read. Raises BadTable."""

    def __init__(self, registry: Registry, timetable: Timetable | None = None, version: str = "") -> None:
        self._registry = registry
        self.timetable = timetable or Timetable()
        self.version = version
        self._zones: dict[str, ZoneInfo] = {}
        self._calendars: dict[str, Calendar] = {}
        self.table = cache(self._table)

    def _table(self, name: str) -> Sequence[Mapping[str, str]]:
        """The rows of a table, with what was confirmed laid over them."""
        return tuple(self._laid_over(name, row) for row in self._registry.table(name))

    def _laid_over(self, name: str, row: Mapping[str, str]) -> Mapping[str, str]:
        said = said_of(self.timetable, name, row)
        if said is None:
            return row
        over = {"mark": "confirmed", "source": said.source}
        if name in VALUE_COLUMNS and said.value:
            over[VALUE_COLUMNS[name]] = said.value
        return {**row, **over}

    @cached_property
    def steps(self) -> Mapping[tuple[str, str], StepRule]:
        _check_clocks(self._registry.table("steps"))
        return {(row["route"], row["key"]): _step(row) for row in self.table("steps")}

    @cached_property
    def offices(self) -> Mapping[str, Mapping[str, str]]:
        left = {row["key"]: row for row in self._registry.known("offices")}  # what left the act is still counted for
        return {**left, **{row["key"]: row for row in self.table("offices")}}

    @cached_property
    def weeks(self) -> Mapping[str, Week]:
        """Kind or key of an office -> its week."""
        spans: dict[str, list[list[Span]]] = {}
        for row in self._registry.known("hours", "office"):
            week = spans.setdefault(row["office"], [[] for _ in range(7)])
            week[int(row["weekday"]) - 1].append((read_time(row["from"]), read_time(row["to"])))
        told = {office: tuple(tuple(sorted(day)) for day in week) for office, week in spans.items()}
        return {**told, **{office: hours.week for office, hours in self.timetable.hours.items()}}

    @cached_property
    def default_hours(self) -> frozenset[str]:
        """Kinds and keys of offices whose hours are not in the act."""
        told = frozenset(row["office"] for row in self._registry.table("hours") if row["mark"] not in SETTLED)
        return told - self.timetable.hours.keys()

    @cached_property
    def parameters(self) -> Mapping[str, Mapping[str, str]]:
        return {row["key"]: row for row in self.table("parameters")}

    @cached_property
    def plan(self) -> DayPlan:
        runs = self.parameter("courier_runs")["value"].split(";")
        return DayPlan(read_time(self.parameter("registry_cutoff")["value"]), tuple(sorted(map(read_time, runs))))

    @cached_property
    def unconfirmed(self) -> Sequence[SpecialDay]:
        """Days that are estimated or in question."""
        return tuple(day for day in self.timetable.days.values() if not day.confirmed)

    def rests_on_unconfirmed(self, start: date, end: date) -> bool:
        """Whether between the two there is a day that nobody has confirmed."""
        return any(start <= day.on <= end for day in self.unconfirmed)

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

    def hours_of(self, office_key: str) -> str:
        """Whose hours an office keeps: its own when there are any, else those of its kind. Raises BadTable."""
        hours = office_key if office_key in self.weeks else self.office(office_key)["kind"]
        if hours not in self.weeks:
            raise BadTable(f"hours.csv has no hours for {office_key}, nor for the kind {hours}")
        return hours

    def zone(self, office_key: str) -> ZoneInfo:
        """The office's own zone, else the region's."""
        if (known := self._zones.get(office_key)) is None:
            row = self.office(office_key)
            told = [self.timetable.hours[key].zone for key in (office_key, row["kind"]) if key in self.timetable.hours]
            name = next(filter(None, told), "") or row.get("time_zone") or str(self._registry.facts()["time_zone"])
            known = self._zones[office_key] = ZoneInfo(name)
        return known

    def calendar(self, office_key: str) -> Calendar:
        """The office's hours over the region's days: made once."""
        if (known := self._calendars.get(office_key)) is None:
            hours = self.hours_of(office_key)
            zone, default = self.zone(office_key), hours in self.default_hours
            known = Calendar(zone, self.weeks[hours], self.timetable.days, self.version, default)
            self._calendars[office_key] = known
        return known


#: where a table keeps what may be replaced; a table that is not here has marks only
VALUE_COLUMNS = {"parameters": "value", "steps": "rule"}


def value_key(table: str, row: Mapping[str, str]) -> str:
    """How a row of a table is called in a timetable: "parameters/registry_cutoff", "steps/psc/arrive"."""
    return f"{table}/{row['route']}/{row['key']}" if table == "steps" else f"{table}/{row['key']}"


#: what of a row somebody confirmed with it: another edition of the act that says it otherwise is not confirmed by that
_CONFIRMED_COLUMNS = ("value", "unit", "rule", "required", "clause", "mark", "title_kk", "name_kk")


def row_key(table: str, row: Mapping[str, str]) -> str:
    """How a timetable calls one row as the act says it: "parameters/registry_cutoff@1f0c…"; said otherwise, another."""
    said = "\0".join(f"{name}={row.get(name, '')}" for name in _CONFIRMED_COLUMNS)
    return f"{value_key(table, row)}@{sha256(said.encode()).hexdigest()[:8]}"


def said_of(timetable: Timetable, table: str, row: Mapping[str, str]) -> Confirmed | None:
    """What was confirmed of that row, as the tables say it; of what was confirmed before there were editions, whatever
    they say."""
    return timetable.values.get(row_key(table, row)) or timetable.values.get(value_key(table, row))


_STEP_COLUMNS = (
    "route", "key", "code", "clause", "table_ref", "rule", "role", "title_kk", "title_ru", "title_en", "mark",
)  # fmt: skip


def read_time(text: str) -> time:
    """ "15:30" as a local time. Raises BadTable."""
    hours, _, minutes = text.partition(":")
    if len(text) == 5 and (hours + minutes).isascii() and (hours + minutes).isdigit():
        with suppress(ValueError):
            return time(int(hours), int(minutes))
    raise BadTable(f"{text!r} is no time of the form 09:00")


def one_clock(rows: Iterable[Mapping[str, str]]) -> Iterator[tuple[Mapping[str, str], Mapping[str, str]]]:
    """Steps, and the first of the same code, which has another rule: one would silently lengthen the other's term."""
    first: dict[tuple[str, str], Mapping[str, str]] = {}
    for row in rows:
        other = first.setdefault((row["route"], row["code"]), row)
        if row["code"] and row["rule"] != other["rule"]:
            yield row, other


def _check_clocks(rows: Sequence[Mapping[str, str]]) -> None:
    """Raises BadTable when steps that share one clock have different terms."""
    for row, other in one_clock(rows):
        said = f"{row['rule'] or 'no rule'}, and {other['key']} has {other['rule'] or 'none'}"
        raise BadTable(f"steps.csv, {row['route']} {row['key']}: {said}; the code {row['code']} is one clock")


def _step(row: Mapping[str, str]) -> StepRule:
    fields = {name: row.get(name, "") for name in _STEP_COLUMNS}
    where = f"steps.csv, {fields['route']} {fields['key']}"
    if fields["mark"] not in MARKS:
        raise BadTable(f"{where}: {fields['mark']!r} is none of the marks {', '.join(sorted(MARKS))}")
    try:
        _ = fields["rule"] and parse_rule(fields["rule"])
    except BadTimeRule as error:
        raise BadTable(f"{where}: {error}") from error
    return StepRule(**fields, ends_outer=row.get("ends_outer") == "yes")
