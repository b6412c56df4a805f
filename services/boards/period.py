"""From a day to a day, on the region's clock."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services import directory, registry
from services.days import read_day
from services.errors import Invalid

#: longer ones are asked for in parts
MOST_DAYS = 1100
PRESETS = ("days_30", "week", "month", "last_month", "quarter", "year")


class WrongPeriod(Invalid):
    """Please give two days, as 2013-03-01 and 2013-03-31: the first not after the last, at most three years apart."""


@dataclass(frozen=True)
class Period:
    """Both days are in it."""

    since: date
    until: date

    @property
    def begins(self) -> datetime:
        return _midnight(self.since)

    @property
    def ends(self) -> datetime:
        """The first moment that is no longer in it."""
        return _midnight(self.until + timedelta(days=1))


def period(since: str, until: str) -> Period:
    """The period between two days. Raises WrongPeriod."""
    try:
        first, last = read_day(since), read_day(until)
    except ValueError:
        raise WrongPeriod from None
    if not (date(1900, 1, 1) <= first <= last < date(9000, 1, 1) and (last - first).days <= MOST_DAYS):
        raise WrongPeriod
    return Period(first, last)


def preset(key: str) -> Period:
    """One of `PRESETS`, up to today; the last thirty days for anything else."""
    today = directory.today()
    month = today.replace(day=1)
    begins = {
        "week": today - timedelta(days=today.weekday()),
        "month": month,
        "quarter": month.replace(month=(today.month - 1) // 3 * 3 + 1),
        "year": today.replace(month=1, day=1),
    }
    if key == "last_month":
        last = month - timedelta(days=1)
        return Period(last.replace(day=1), last)
    return Period(begins.get(key, today - timedelta(days=29)), today)


def _midnight(on: date) -> datetime:
    zone = ZoneInfo(str(registry.current().facts()["time_zone"]))
    return datetime.combine(on, time.min, zone).astimezone(UTC)
