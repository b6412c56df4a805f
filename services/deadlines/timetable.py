"""All that people may say of a region's time, as one value: its days, its offices' hours, values they confirmed.

A timetable is laid over the region's tables. It never changes: a change makes another one. Pure: no database.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, time
from typing import Any, cast

from services.deadlines.calendar import Span, SpecialDay

Week = tuple[tuple[Span, ...], ...]


@dataclass(frozen=True)
class Hours:
    """The week of one office, or of a kind of office, as somebody entered it with its source."""

    week: Week
    source: str
    zone: str = ""  #: "Asia/Almaty"; empty: the table's


@dataclass(frozen=True)
class Confirmed:
    """A value of the region's tables that somebody confirmed, or replaced, with its source."""

    value: str  #: empty where the table has nothing to replace, only a mark
    source: str


@dataclass(frozen=True)
class Timetable:
    """All that a region's people said of its time, as one value."""

    days: Mapping[date, SpecialDay] = field(default_factory=dict)
    hours: Mapping[str, Hours] = field(default_factory=dict)  #: kind or key of an office -> its week
    values: Mapping[str, Confirmed] = field(default_factory=dict)  #: "parameters/registry_cutoff", "steps/psc/arrive"

    def content(self) -> dict[str, Any]:
        """As plain values for the database."""
        return {
            "days": [{**asdict(self.days[on]), "on": on.isoformat()} for on in sorted(self.days)],
            "hours": {key: _plain(self.hours[key]) for key in sorted(self.hours)},
            "values": {key: asdict(self.values[key]) for key in sorted(self.values)},
        }

    def fingerprint(self) -> str:
        """Equal timetables, equal fingerprint."""
        said = json.dumps(self.content(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()[:8]


def read_timetable(content: Mapping[str, Any]) -> Timetable:
    """The timetable that `content` was made from."""
    days = [SpecialDay(**{**row, "on": date.fromisoformat(row["on"])}) for row in content.get("days", ())]
    return Timetable(
        {day.on: day for day in days},
        {key: _hours(row) for key, row in content.get("hours", {}).items()},
        {key: Confirmed(**row) for key, row in content.get("values", {}).items()},
    )


def _plain(hours: Hours) -> dict[str, object]:
    week = [[[f"{edge:%H:%M}" for edge in span] for span in day] for day in hours.week]
    return {"week": week, "source": hours.source, "zone": hours.zone}


def _hours(row: Mapping[str, Any]) -> Hours:
    week = tuple(tuple(cast("Span", tuple(map(time.fromisoformat, span))) for span in day) for day in row["week"])
    return Hours(week, row["source"], row["zone"])
