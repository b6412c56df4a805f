"""What an administrator may change of a timetable: each change is checked, and makes another timetable. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.deadlines import refusals
from services.deadlines.calendar import Calendar, NoWorkingDay, Span, SpecialDay
from services.deadlines.holidays import special_days
from services.deadlines.region import VALUE_COLUMNS, RegionTime, read_time, row_key, said_of, value_key
from services.deadlines.terms import BadTimeRule, parse_rule
from services.deadlines.timetable import Confirmed, Hours, Timetable
from services.errors import InvalidAnswers, NotFound
from services.registry import Registry
from services.tables import BadTable

LONGEST = 300
_NUMBER = re.compile(r"\d{1,9}(\.\d{1,6})?", re.ASCII)


class NoSuchValue(NotFound):
    """The region's tables have no %(key)s that could be confirmed."""


class NoSuchDay(NotFound):
    """The calendar says nothing of that day."""


class TimetableChange:
    """One change of a region's timetable."""

    event: str  #: as the journal calls it

    def made(self, registry: Registry, now: Timetable) -> Timetable:
        """The timetable with it. Raises InvalidAnswers, NotFound."""
        raise NotImplementedError

    def details(self) -> Mapping[str, object]:
        """What the journal says of it."""
        raise NotImplementedError


@dataclass(frozen=True)
class PutDays(TimetableChange):
    """Puts days as they are; whatever was said of them before is gone."""

    days: tuple[SpecialDay, ...]
    event = "calendar.days_put"

    def made(self, registry: Registry, now: Timetable) -> Timetable:
        for day in self.days:
            check_day(day)
        new = replace(now, days={**now.days, **{day.on: day for day in self.days}})
        return _still_works(registry, new)

    def details(self) -> Mapping[str, object]:
        return {"days": [f"{day.on}{'+' if day.working else '-'}" for day in self.days[:50]], "count": len(self.days)}


@dataclass(frozen=True)
class FillYears(TimetableChange):
    """Fills years: they are as the list of public holidays has them; what staff entered or confirmed stays."""

    years: tuple[int, ...]
    event = "calendar.filled"

    def made(self, registry: Registry, now: Timetable) -> Timetable:
        kept = {on: day for on, day in now.days.items() if not day.filled or on.year not in self.years}
        listed = {day.on: replace(day, filled=True) for day in special_days(self.years)}
        return replace(now, days={**listed, **kept})

    def details(self) -> Mapping[str, object]:
        return {"years": list(self.years)}


@dataclass(frozen=True)
class RemoveDay(TimetableChange):
    """Takes a day away: it is as its weekday again."""

    on: date
    event = "calendar.day_removed"

    def made(self, registry: Registry, now: Timetable) -> Timetable:
        if self.on not in now.days:
            raise NoSuchDay
        return replace(now, days={on: day for on, day in now.days.items() if on != self.on})

    def details(self) -> Mapping[str, object]:
        return {"on": self.on.isoformat()}


@dataclass(frozen=True)
class SetHours(TimetableChange):
    """An office, or every office of a kind, works so. `week` has seven lines such as "09:00-13:00 14:00-18:00"."""

    office: str
    lines: tuple[str, ...]
    source: str
    zone: str = ""
    event = "calendar.hours_set"

    def made(self, registry: Registry, now: Timetable) -> Timetable:
        _check_office(registry, self.office)
        errors: dict[str, str] = {}
        week = tuple(self._day(number, errors) for number in range(7))
        if not errors and not any(week):
            errors["day-1"] = refusals.NO_DAY_WORKED
        if self.zone and not _is_zone(self.zone):
            errors["zone"] = refusals.NOT_A_ZONE
        _need(errors, "source", self.source)
        if errors:
            raise InvalidAnswers(errors)
        new = replace(now, hours={**now.hours, self.office: Hours(week, self.source, self.zone)})
        return _still_works(registry, new)

    def _day(self, number: int, errors: dict[str, str]) -> tuple[Span, ...]:
        try:
            return read_spans(self.lines[number] if number < len(self.lines) else "")
        except BadTable:
            errors[f"day-{number + 1}"] = refusals.NOT_HOURS
            return ()

    def details(self) -> Mapping[str, object]:
        return {"office": self.office, "week": list(self.lines), "zone": self.zone, "source": self.source}


@dataclass(frozen=True)
class KeepHours(TimetableChange):
    """An office, or a kind of office, works as the region's table says again."""

    office: str
    event = "calendar.hours_taken_back"

    def made(self, registry: Registry, now: Timetable) -> Timetable:
        if self.office not in now.hours:
            raise NoSuchValue(key=self.office)
        return replace(now, hours={key: hours for key, hours in now.hours.items() if key != self.office})

    def details(self) -> Mapping[str, object]:
        return {"office": self.office}


@dataclass(frozen=True)
class SetValue(TimetableChange):
    """A value of the region's tables is confirmed as it is, or replaced: with its source, either way."""

    key: str  #: "parameters/registry_cutoff"
    value: str
    source: str
    event = "calendar.value_confirmed"

    def made(self, registry: Registry, now: Timetable) -> Timetable:
        errors: dict[str, str] = {}
        name, row = _row(registry, self.key)
        if name in VALUE_COLUMNS and not _is_value(name, row, self.value):
            errors["value"] = refusals.NOT_A_VALUE
        _need(errors, "source", self.source)
        if errors:
            raise InvalidAnswers(errors)
        said = Confirmed(self.value if name in VALUE_COLUMNS else "", self.source)
        return replace(now, values={**now.values, **dict.fromkeys(_on_one_clock(registry, self.key), said)})

    def details(self) -> Mapping[str, object]:
        return {"key": self.key, "value": self.value, "source": self.source}


@dataclass(frozen=True)
class TakeBack(TimetableChange):
    """What was said of a value is taken back: the region's table holds again, with its mark."""

    key: str
    event = "calendar.value_taken_back"

    def made(self, registry: Registry, now: Timetable) -> Timetable:
        name, row = _row(registry, self.key)
        if said_of(now, name, row) is None:
            raise NoSuchValue(key=self.key)
        rows = _on_one_clock(registry, self.key)
        taken = {*rows, *(key.partition("@")[0] for key in rows)}
        return replace(now, values={key: said for key, said in now.values.items() if key not in taken})

    def details(self) -> Mapping[str, object]:
        return {"key": self.key}


def check_day(day: SpecialDay) -> None:
    """Nothing, when it may stand in a calendar. Raises InvalidAnswers."""
    errors: dict[str, str] = {}
    if not 1991 <= day.on.year <= 2100:
        errors["on"] = refusals.NOT_A_YEAR
    for name in ("name_kk", "name_ru", "name_en", "decree", "source"):
        _need(errors, name, getattr(day, name))
    if errors:
        raise InvalidAnswers(errors)


def read_spans(text: str) -> tuple[Span, ...]:
    """ "09:00-13:00 14:00-18:00" as spans; none for an empty text. Raises BadTable."""
    spans = []
    for part in text.replace("–", "-").split():
        begins, _, ends = part.partition("-")
        spans.append((read_time(begins), read_time(ends)))
    edges = [edge for span in spans for edge in span]
    if any(after <= before for before, after in pairwise(edges)):
        raise BadTable(f"{text!r}: spans overlap or run backwards")
    return tuple(spans)


def write_spans(spans: tuple[Span, ...]) -> str:
    """Spans as people type them."""
    return " ".join(f"{begins:%H:%M}-{ends:%H:%M}" for begins, ends in spans)


def _need(errors: dict[str, str], name: str, text: str) -> None:
    if not text.strip():
        errors[name] = refusals.MISSING
    elif len(text) > LONGEST or not text.isprintable():
        errors[name] = refusals.TOO_LONG


def _check_office(registry: Registry, key: str) -> None:
    rows = registry.table("offices")
    if key not in {row["key"] for row in rows} | {row["kind"] for row in rows}:
        raise NoSuchValue(key=key[:60])


def _row(registry: Registry, key: str) -> tuple[str, Mapping[str, str]]:
    name = key.partition("/")[0]
    for row in registry.table(name) if name in CONFIRMED_TABLES else ():
        if value_key(name, row) == key:
            return name, row
    raise NoSuchValue(key=key[:60])


def _on_one_clock(registry: Registry, key: str) -> tuple[str, ...]:
    """Keys of a value's row, and of a step also of the steps that share its clock: one code, one term."""
    name, row = _row(registry, key)
    if name != "steps" or not row["code"]:
        return (row_key(name, row),)
    sharing = [each for each in registry.table("steps") if (each["route"], each["code"]) == (row["route"], row["code"])]
    return tuple(row_key(name, each) for each in sharing)


@dataclass(frozen=True)
class TieValues(TimetableChange):
    """What was confirmed before there were editions is said of the rows as `registry`, the first edition, has them."""

    event = "calendar.values_tied"

    def made(self, registry: Registry, now: Timetable) -> Timetable:
        rows = {value_key(name, row): row_key(name, row) for name in CONFIRMED_TABLES for row in registry.table(name)}
        return replace(now, values={rows.get(key, key): said for key, said in now.values.items()})

    def details(self) -> Mapping[str, object]:
        return {}


#: tables whose rows carry a mark; the hours have pages of their own
CONFIRMED_TABLES = ("parameters", "steps", "roles", "offices", "documents", "grounds")


def _is_value(name: str, row: Mapping[str, str], value: str) -> bool:
    """Whether a value may stand in the place of the one that is there."""
    if name == "steps":
        try:
            return value == row["rule"] or bool(parse_rule(value))
        except BadTimeRule:
            return False
    unit = row.get("unit", "")
    if unit in ("local_time", "local_times"):
        parts = value.split(";") if unit == "local_times" else [value]
        try:
            return bool([read_time(part) for part in parts])
        except BadTable:
            return False
    whole = row["value"].isdigit()
    return bool(value.isdigit() and value.isascii() if whole else _NUMBER.fullmatch(value)) and len(value) < 10


def _is_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def _still_works(registry: Registry, new: Timetable) -> Timetable:
    """The timetable itself, when every office still has working days. Raises InvalidAnswers."""
    region = RegionTime(registry, new)
    first = min(new.days, default=date(2012, 1, 1))
    for office in {region.hours_of(key): key for key in region.offices}.values():
        try:
            _walk(region.calendar(office), first, max(new.days, default=first))
        except NoWorkingDay:
            raise InvalidAnswers({"on": refusals.NO_YEAR_WORKED}) from None
    return new


def _walk(calendar: Calendar, first: date, last: date) -> None:
    while first <= last:
        first = calendar.next_working_day(first)
