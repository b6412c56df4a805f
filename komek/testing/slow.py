"""When a step is due, reckoned the dumb way: minute by minute, day by day, from the rows of the tables alone.

It shares no line with what Komek reckons by, so that the two agree only where both are right.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
#: for so long somebody works somewhere, or the tables are wrong
MOST = timedelta(days=366)
Rows = Collection[Mapping[str, str]]


@dataclass(frozen=True)
class SlowTables:
    """The rows of a region as its files say them, and which days the calendar takes off or gives."""

    table: Callable[[str], Rows]
    time_zone: str
    special: Mapping[date, bool]  #: whether it is worked

    def zone(self, office: str) -> ZoneInfo:
        row = next(row for row in self.table("offices") if row["key"] == office)
        return ZoneInfo(row.get("time_zone") or self.time_zone)

    def week(self, office: str) -> list[list[tuple[time, time]]]:
        """Its own hours where it has any, else those of its kind."""
        kind = next(row["kind"] for row in self.table("offices") if row["key"] == office)
        own = [row for row in self.table("hours") if row["office"] == office]
        week: list[list[tuple[time, time]]] = [[] for _ in range(7)]
        for row in own or [row for row in self.table("hours") if row["office"] == kind]:
            week[int(row["weekday"]) - 1].append((_time(row["from"]), _time(row["to"])))
        return week

    def spans(self, office: str, day: date) -> list[tuple[time, time]]:
        """When it works on that day; a day off that is worked has the hours of the week's first working day."""
        week, worked = self.week(office), self.special.get(day)
        if worked is False:
            return []
        hours = week[day.weekday()]
        return hours or (next(each for each in week if each) if worked else [])

    def parameter(self, key: str) -> str:
        return next(row["value"] for row in self.table("parameters") if row["key"] == key)


def slow_due(rule: str, start: datetime, office: str, other: str, tables: SlowTables) -> datetime:
    """When a step of that rule, begun then at that office, is due; `other` is where a courier goes. Whole minutes."""
    kind, count = re.fullmatch(r"R-([A-Z]+)(?:\((\d+)\))?", rule).groups()  # type: ignore[union-attr]
    there = start.astimezone(tables.zone(office))
    day = there.date()
    if kind == "MIN":
        return _minutes(start, int(count), office, tables)
    if kind == "WD":
        if not (spans := tables.spans(office, day)) or there.time() > max(ends for _, ends in spans):
            day = _next(day, office, tables)
        for _ in range(int(count)):
            day = _next(day, office, tables)
    elif kind == "TOTAL":
        day = _works(day + int(count) * DAY, office, tables)
    elif kind == "REG":
        if not tables.spans(office, day) or there.time() > _time(tables.parameter("registry_cutoff")):
            day = _next(day, office, tables)
    else:
        return _courier(start, office, other, tables)
    return _end(day, office, tables)


def _minutes(start: datetime, count: int, office: str, tables: SlowTables) -> datetime:
    zone, minute = tables.zone(office), start.astimezone(UTC)
    first = start.astimezone(zone).date()
    while count:
        there = minute.astimezone(zone)
        _check_ends(first, there.date(), office)
        count -= any(begins <= there.time() < ends for begins, ends in tables.spans(office, there.date()))
        minute += MINUTE
    return minute


def _courier(start: datetime, office: str, other: str, tables: SlowTables) -> datetime:
    zone = tables.zone(other)
    first = day = start.astimezone(zone).date()
    while True:
        _check_ends(first, day, office)
        for run in sorted(map(_time, tables.parameter("courier_runs").split(";"))):
            arrives = datetime.combine(day, run, zone)
            if arrives >= start and tables.spans(office, day) and tables.spans(other, day):
                return arrives
        day += DAY


def _next(day: date, office: str, tables: SlowTables) -> date:
    return _works(day + DAY, office, tables)


def _works(first: date, office: str, tables: SlowTables) -> date:
    """The first day from that one on on which they work there."""
    day = first
    while not tables.spans(office, day):
        _check_ends(first, day, office)
        day += DAY
    return day


def _check_ends(first: date, day: date, office: str) -> None:
    """Where nobody works for so long, no count comes to its end."""
    assert day - first < MOST, f"nothing is due at {office}: nobody worked there between {first} and {day}"


def _end(day: date, office: str, tables: SlowTables) -> datetime:
    return datetime.combine(day, max(ends for _, ends in tables.spans(office, day)), tables.zone(office))


def _time(text: str) -> time:
    hours, minutes = text.strip().split(":")
    return time(int(hours), int(minutes))
