"""Days on the region's clock, and whose figures are counted."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement

from services import registry
from services.cases.models import Case
from services.figures.counting import DayRun


def midnight(on: date) -> datetime:
    """When that day begins."""
    zone = ZoneInfo(str(registry.current().facts()["time_zone"]))
    return datetime.combine(on, time.min, zone).astimezone(UTC)


def span_of(since: date, until: date) -> DayRun:
    """From the first day's beginning to the last one's end."""
    return DayRun(since, until, midnight(since), midnight(until + timedelta(days=1)))


def spans_of(days: Sequence[date]) -> list[DayRun]:
    """Days as few stretches, those on end together."""
    found: list[list[date]] = []
    for on in sorted(days):
        if found and on - found[-1][1] == timedelta(days=1):
            found[-1][1] = on
        else:
            found.append([on, on])
    return [span_of(since, until) for since, until in found]


def offices_known() -> list[str]:
    """Every office that some edition of the act knows."""
    return [row["key"] for row in registry.current().known("offices")]


def bodies(office_key: str | None = None) -> list[ColumnElement[bool]]:
    """Cases by the body that decides on them: of one of all bodies, or of this office if it is one."""
    rows = registry.current().by_key("offices")
    kept = [key for key, row in rows.items() if row["kind"] == "body" and office_key in (None, key)]
    return [Case.body_key.in_(kept)]
