"""Functions of days, times and durations (DMN 1.5, 10.3.4.1 and tables 77, 78, 82). The clock is the run's."""

from decimal import Decimal

from services.feel.library.calls import LIBRARY
from services.feel.run import NoResult, Run
from services.feel.times import (
    DAY,
    SECOND,
    Date,
    DateTime,
    DaysTime,
    Time,
    YearsMonths,
    at_zone,
    days_in,
    from_python,
    zone_of,
)
from services.feel.values import Value, equal

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip
MIDNIGHT = Time(0, 0, 0)


def _read(text: str, kind: type[Date | Time | DateTime], said: str) -> Value:
    found = kind.read(text)
    if found is None:
        raise NoResult("%(value)s is no %(type)s", value=repr(text[:40]), type=said)
    return found


def _exactly(number: Decimal) -> int:
    if number != number.to_integral_value():
        raise NoResult("only whole numbers are possible here")
    return int(number)


@LIBRARY.declare("date(from: string|date|date and time)")
def _date(value: Value) -> Value:
    if isinstance(value, str):
        return _read(value, Date, "date")
    return value.date if isinstance(value, DateTime) else value


@LIBRARY.declare("date(year: number, month: number, day: number)")
def _date_of(year: Decimal, month: Decimal, day: Decimal) -> Date:
    return Date(_exactly(year), _exactly(month), _exactly(day))


@LIBRARY.declare("date and time(from: string|date|date and time)")
def _moment(value: Value) -> Value:
    if isinstance(value, str):
        return _read(value, DateTime, "date and time")
    return DateTime(value, MIDNIGHT) if isinstance(value, Date) else value


@LIBRARY.declare("date and time(date: date|date and time, time: time)")
def _moment_of(day: Value, at: Time) -> DateTime:
    return DateTime(day.date if isinstance(day, DateTime) else day, at)


@LIBRARY.declare("date and time(date: date and time, timezone: string)")
def _moment_in(moment: DateTime, zone: str) -> DateTime:
    """Camunda's addition: the same moment on that zone's clock; one that is nowhere in particular is meant there."""
    if zone != "Z" and zone_of(zone) is None:
        raise NoResult("there is no time zone %(zone)s", zone=repr(zone[:40]))
    if moment.offset is None:
        at = moment.time
        here = (0, None) if zone == "Z" else (None, zone)
        return DateTime(moment.date, Time(at.hour, at.minute, at.second, at.nano, *here))
    if zone == "Z":
        day, left = divmod(moment.instant, DAY)
        return DateTime(Date.of_count(day), Time.of_nanos(left, 0))
    return at_zone(moment.instant, zone)


@LIBRARY.declare(
    "date and time(year: number, month: number, day: number, hour: number, minute: number, second: number,"
    " offset: days and time duration?)",
    "date and time(year: number, month: number, day: number, hour: number, minute: number, second: number,"
    " timezone: string)",
)
def _moment_from(
    year: Decimal, month: Decimal, day: Decimal, hour: Decimal, minute: Decimal, second: Decimal, where: Value
) -> DateTime:
    at = _time_of(hour, minute, second, None if isinstance(where, str) else where)
    if isinstance(where, str):
        at = Time(at.hour, at.minute, at.second, at.nano, None, where)
    return DateTime(_date_of(year, month, day), at)


@LIBRARY.declare("time(from: string|time|date and time|date)")
def _time(value: Value) -> Value:
    if isinstance(value, str):
        return _read(value, Time, "time")
    if isinstance(value, DateTime):
        return value.time
    return Time(0, 0, 0, 0, 0) if isinstance(value, Date) else value


@LIBRARY.declare("time(hour: number, minute: number, second: number, offset: days and time duration?)")
def _time_of(hour: Decimal, minute: Decimal, second: Decimal, offset: DaysTime | None) -> Time:
    nanos = int(second * SECOND)
    if not 0 <= nanos < 60 * SECOND:
        raise NoResult("there is no such time")
    seconds, nano = divmod(nanos, SECOND)
    shift = None if offset is None else offset.nanos // SECOND
    return Time(_exactly(hour), _exactly(minute), seconds, nano, shift)


@LIBRARY.declare("duration(from: string|days and time duration|years and months duration)")
def _duration(value: Value) -> Value:
    if not isinstance(value, str):
        return value
    found = DaysTime.read(value) or YearsMonths.read(value)
    if found is None:
        raise NoResult("%(text)s is no duration", text=repr(value[:40]))
    return found


@LIBRARY.declare("years and months duration(from: date|date and time, to: date|date and time)")
def _months_between(start: Value, end: Value) -> YearsMonths:
    one, other = (each.date if isinstance(each, DateTime) else each for each in (start, end))
    months = (other.year - one.year) * 12 + other.month - one.month
    if months > 0 and other.day < one.day:
        months -= 1
    elif months < 0 and other.day > one.day:
        months += 1
    return YearsMonths(months)


@LIBRARY.declare("now()", knows_run=True)
def _now(run: Run) -> Value:
    if run.clock is None:
        raise NoResult("the time is not known here")
    return from_python(run.clock())


@LIBRARY.declare("today()", knows_run=True)
def _today(run: Run) -> Value:
    if run.clock is None:
        raise NoResult("the time is not known here")
    return from_python(run.clock().date())


def _day(value: Value) -> Date:
    return value.date if isinstance(value, DateTime) else value


LIBRARY.declare("day of year(date: date|date and time)")(lambda value: Decimal(_day(value).day_of_year))
LIBRARY.declare("day of week(date: date|date and time)")(lambda value: DAYS[_day(value).weekday - 1])
LIBRARY.declare("month of year(date: date|date and time)")(lambda value: MONTHS[_day(value).month - 1])
LIBRARY.declare("week of year(date: date|date and time)")(lambda value: Decimal(_day(value).week))


@LIBRARY.declare("last day of month(date: date|date and time)")
def _last_day(value: Value) -> Date:
    day = _day(value)
    return Date(day.year, day.month, days_in(day.year, day.month))


@LIBRARY.declare("is(value1: any, value2: any)")
def is_same(a: Value, b: Value) -> bool:
    """Whether both are the same in every part: times with their place, not only their instant (10.3.4.8)."""
    if type(a) is not type(b):
        return False
    if isinstance(a, Time | DateTime | DaysTime | YearsMonths):
        return bool(a == b)
    return equal(a, b) is True


LIBRARY.declare("is(value1: any)", "is(value2: any)")(lambda value: value is None)
