"""FEEL's days, times and durations: years to ±999,999,999, nanoseconds, offsets and zones.

Python's own dates end at the year 9999 and know microseconds; FEEL's do not (DMN 1.5, 10.3.2.3.4 to 10.3.2.3.8).
Days are counted from 1970-01-01 in the proleptic Gregorian calendar, moments in nanoseconds.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Self
from zoneinfo import ZoneInfo

SECOND = 1_000_000_000  #: nanoseconds
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86400 * SECOND
MOST_YEARS = 999_999_999
MOST_MONTHS = 12 * MOST_YEARS
MOST_NANOS = 366 * MOST_YEARS * DAY
LARGEST_OFFSET = 18 * 3600

_DATE = r"(?P<year>-?(?:[1-9]\d{4,8}|\d{4}))-(?P<month>\d\d)-(?P<day>\d\d)"
_TIME = (
    r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.(?P<fraction>\d{1,30}))?"
    r"(?P<where>Z|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z0-9_+\-/]{1,60})?"
)
_ONLY_DATE, _ONLY_TIME = re.compile(_DATE, re.A), re.compile(_TIME, re.A)
_BOTH = re.compile(f"{_DATE}T{_TIME}", re.A)
_YEARS_MONTHS = re.compile(r"(-)?P(?=\d)(?:(\d{1,18})Y)?(?:(\d{1,18})M)?", re.A)
_DAYS_TIME = re.compile(
    r"(-)?P(?=[\dT])(?:(\d{1,18})D)?(?:T(?=\d)(?:(\d{1,18})H)?(?:(\d{1,18})M)?(?:(\d{1,18})(?:\.(\d{0,30}))?S)?)?", re.A
)


def days_in(year: int, month: int) -> int:
    """How many days a month has, in any year that FEEL knows."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


@dataclass(frozen=True, slots=True)
class Date:
    """A day. Raises ValueError for one that no calendar has."""

    year: int
    month: int
    day: int

    def __post_init__(self) -> None:
        if not (abs(self.year) <= MOST_YEARS and 1 <= self.month <= 12):
            raise ValueError("no such month")
        if not 1 <= self.day <= days_in(self.year, self.month):
            raise ValueError("no such day")

    @classmethod
    def read(cls, text: str) -> Self | None:
        found = _ONLY_DATE.fullmatch(text)
        try:
            return cls(int(found["year"]), int(found["month"]), int(found["day"])) if found else None
        except ValueError:
            return None

    @classmethod
    def of_count(cls, days: int) -> Self:
        """The day so many days after 1970-01-01."""
        era, left = divmod(days + 719468, 146097)
        of_era = (left - left // 1460 + left // 36524 - left // 146096) // 365
        of_year = left - (365 * of_era + of_era // 4 - of_era // 100)
        shifted = (5 * of_year + 2) // 153
        month = shifted + 3 if shifted < 10 else shifted - 9
        return cls(of_era + 400 * era + (month <= 2), month, of_year - (153 * shifted + 2) // 5 + 1)

    @property
    def count(self) -> int:
        """Days since 1970-01-01."""
        year = self.year - (self.month <= 2)
        era, of_era = divmod(year, 400)
        of_year = (153 * (self.month + (-3 if self.month > 2 else 9)) + 2) // 5 + self.day - 1
        return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468

    @property
    def weekday(self) -> int:
        """1 is Monday."""
        return (self.count + 3) % 7 + 1

    @property
    def day_of_year(self) -> int:
        return self.count - Date(self.year, 1, 1).count + 1

    @property
    def week(self) -> int:
        """The number of the week as ISO 8601 counts."""
        thursday = Date.of_count(self.count - self.weekday + 4)
        return (thursday.day_of_year - 1) // 7 + 1

    def plus_months(self, months: int) -> "Date":
        """So many months later, on the same day or the month's last."""
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Date(year, month + 1, min(self.day, days_in(year, month + 1)))

    def __str__(self) -> str:
        return f"{'-' * (self.year < 0)}{abs(self.year):04}-{self.month:02}-{self.day:02}"


@lru_cache(maxsize=256)
def zone_of(name: str) -> ZoneInfo | None:
    """The zone of that name in the IANA list, or None."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


@dataclass(frozen=True, slots=True)
class Time:
    """A time of the day, somewhere: at an offset in seconds from UTC, in a zone, or nowhere in particular."""

    hour: int
    minute: int
    second: int
    nano: int = 0
    offset: int | None = None
    zone: str | None = None

    def __post_init__(self) -> None:
        if not (0 <= self.hour < 24 and 0 <= self.minute < 60 and 0 <= self.second < 60):
            raise ValueError("no such time")
        if self.offset is not None and abs(self.offset) > LARGEST_OFFSET:
            raise ValueError("no such offset")
        if self.zone is not None and zone_of(self.zone) is None:
            raise ValueError("no such zone")

    @classmethod
    def read(cls, text: str) -> Self | None:
        found = _ONLY_TIME.fullmatch(text)
        return cls.found(found) if found else None

    @classmethod
    def found(cls, found: "re.Match[str]") -> Self | None:
        nano = int((found["fraction"] or "").ljust(9, "0")[:9] or 0)
        parts = int(found["hour"]), int(found["minute"]), int(found["second"]), nano
        try:
            return cls(*parts, *_where(found["where"]))
        except ValueError:
            return None

    @classmethod
    def of_nanos(cls, nanos: int, offset: int | None = None, zone: str | None = None) -> Self:
        """So long after midnight; past midnight it begins anew."""
        seconds, nano = divmod(nanos % DAY, SECOND)
        minutes, second = divmod(seconds, 60)
        return cls(minutes // 60, minutes % 60, second, nano, offset, zone)

    @property
    def nanos(self) -> int:
        """Since midnight, where it is."""
        return ((self.hour * 60 + self.minute) * 60 + self.second) * SECOND + self.nano

    @property
    def is_somewhere(self) -> bool:
        return self.offset is not None or self.zone is not None

    def offset_on(self, day: Date | None = None) -> int | None:
        """Seconds east of UTC on that day; None nowhere in particular."""
        if self.zone is None:
            return self.offset
        day = day or Date(1970, 1, 1)
        zone = zone_of(self.zone)
        there = datetime(
            day.year if 1 < day.year < 9999 else 2000 + day.year % 400, day.month, day.day,
            self.hour, self.minute, self.second, tzinfo=zone,
        )  # fmt: skip
        length = there.utcoffset()
        return int(length.total_seconds()) if length is not None else 0

    def __str__(self) -> str:
        fraction = f".{self.nano:09}".rstrip("0") if self.nano else ""
        where = f"@{self.zone}" if self.zone else "" if self.offset is None else _offset_text(self.offset)
        return f"{self.hour:02}:{self.minute:02}:{self.second:02}{fraction}{where}"


def _where(text: str | None) -> tuple[int | None, str | None]:
    if not text:
        return None, None
    if text == "Z":
        return 0, None
    if text[0] == "@":
        return None, text[1:]
    parts = [int(part) for part in text[1:].split(":")]
    if parts[1] > 59 or (len(parts) > 2 and parts[2] > 59):
        raise ValueError("no such offset")
    seconds = sum(part * unit for part, unit in zip(parts, (3600, 60, 1), strict=False))
    return (-seconds if text[0] == "-" else seconds), None


def _offset_text(seconds: int) -> str:
    if not seconds:
        return "Z"
    minutes, second = divmod(abs(seconds), 60)
    return f"{'-' if seconds < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}" + (f":{second:02}" if second else "")


@dataclass(frozen=True, slots=True)
class DateTime:
    """A moment: a day and a time."""

    date: Date
    time: Time

    @classmethod
    def read(cls, text: str) -> Self | None:
        found = _BOTH.fullmatch(text)
        if not found:
            day = Date.read(text)
            return cls(day, Time(0, 0, 0)) if day else None
        day = Date.read(text.partition("T")[0])
        if day and (found["hour"], found["minute"], found["second"]) == ("24", "00", "00"):  # the end of the day
            midnight = Time.read(text.partition("T")[2].replace("24", "00", 1))
            return cls(Date.of_count(day.count + 1), midnight) if midnight else None
        at = Time.found(found)
        return cls(day, at) if day and at else None

    @property
    def offset(self) -> int | None:
        return self.time.offset_on(self.date)

    @property
    def instant(self) -> int:
        """Nanoseconds since 1970-01-01T00:00:00Z; nowhere in particular counts as UTC."""
        return self.date.count * DAY + self.time.nanos - (self.offset or 0) * SECOND

    def plus(self, nanos: int) -> "DateTime":
        """So long after, at the same place: in a zone the wall's clock moves as it moves there."""
        zone, offset = self.time.zone, self.time.offset
        if zone is None:
            days, left = divmod(self.date.count * DAY + self.time.nanos + nanos, DAY)
            return DateTime(Date.of_count(days), Time.of_nanos(left, offset))
        return at_zone(self.instant + nanos, zone)

    def __str__(self) -> str:
        return f"{self.date}T{self.time}"


def at_zone(instant: int, zone: str) -> DateTime:
    """The wall's clock in the zone at that moment (nanoseconds since 1970 in UTC)."""
    days, left = divmod(instant, DAY)
    day, at = Date.of_count(days), Time.of_nanos(left)
    year = day.year if 1 < day.year < 9999 else 2000 + day.year % 400
    utc = datetime(year, day.month, day.day, at.hour, at.minute, at.second, tzinfo=UTC)
    found = utc.astimezone(zone_of(zone)).utcoffset()
    shift = int(found.total_seconds()) * SECOND if found is not None else 0
    days, left = divmod(instant + shift, DAY)
    return DateTime(Date.of_count(days), Time.of_nanos(left, None, zone))


@dataclass(frozen=True, slots=True)
class YearsMonths:
    """A duration of years and months."""

    months: int

    def __post_init__(self) -> None:
        if abs(self.months) > MOST_MONTHS:
            raise ValueError("too long")

    @classmethod
    def read(cls, text: str) -> Self | None:
        found = _YEARS_MONTHS.fullmatch(text)
        if not found:
            return None
        months = int(found[2] or 0) * 12 + int(found[3] or 0)
        return cls(-months if found[1] else months) if months <= MOST_MONTHS else None

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        said = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return f"{'-' * (self.months < 0)}P{said or '0M'}"


@dataclass(frozen=True, slots=True)
class DaysTime:
    """A duration of days, hours, minutes and seconds; in nanoseconds."""

    nanos: int

    def __post_init__(self) -> None:
        if abs(self.nanos) > MOST_NANOS:
            raise ValueError("too long")

    @classmethod
    def read(cls, text: str) -> Self | None:
        found = _DAYS_TIME.fullmatch(text)
        if not found:
            return None
        units = zip(found.groups()[1:5], (DAY, HOUR, MINUTE, SECOND), strict=True)
        nanos = sum(int(part or 0) * unit for part, unit in units) + int((found[6] or "").ljust(9, "0")[:9])
        return cls(-nanos if found[1] else nanos) if nanos <= MOST_NANOS else None

    def __str__(self) -> str:
        days, left = divmod(abs(self.nanos), DAY)
        hours, left = divmod(left, HOUR)
        minutes, left = divmod(left, MINUTE)
        seconds, nano = divmod(left, SECOND)
        fraction = f".{nano:09}".rstrip("0") if nano else ""
        said = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
        said += f"{seconds}{fraction}S" if seconds or nano else ""
        whole = (f"{days}D" if days else "") + (f"T{said}" if said else "")
        return f"{'-' * (self.nanos < 0)}P{whole or 'T0S'}"


def read_moment(text: str) -> Date | Time | DateTime | YearsMonths | DaysTime | None:
    """What an @-literal says."""
    for kind in (Date, DateTime, Time, DaysTime, YearsMonths):
        if found := kind.read(text):
            return found
    return None


def from_python(value: date | time | timedelta) -> Date | Time | DateTime | DaysTime:
    """Python's own day, time, moment or duration."""
    if isinstance(value, timedelta):
        return DaysTime((value.days * 86400 + value.seconds) * SECOND + value.microseconds * 1000)
    if isinstance(value, datetime):
        return DateTime(Date(value.year, value.month, value.day), _time(value.timetz(), value.utcoffset()))
    if isinstance(value, time):
        return _time(value, value.utcoffset())
    return Date(value.year, value.month, value.day)


def _time(value: time, offset: timedelta | None) -> Time:
    zone = getattr(value.tzinfo, "key", None)
    seconds = None if offset is None or zone else int(offset.total_seconds())
    return Time(value.hour, value.minute, value.second, value.microsecond * 1000, seconds, zone)


def to_python(value: DateTime) -> datetime:
    """Python's moment, at its offset; UTC nowhere in particular. Raises ValueError past its years."""
    day, at = value.date, value.time
    place = timezone(timedelta(seconds=value.offset or 0))
    return datetime(day.year, day.month, day.day, at.hour, at.minute, at.second, at.nano // 1000, place)
