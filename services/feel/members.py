"""`value.name`: the entries of contexts, the parts of days, times, durations and ranges (DMN 1.5, table 53)."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from services.feel.run import Run
from services.feel.times import DAY, HOUR, MINUTE, SECOND, Date, DateTime, DaysTime, Time, YearsMonths
from services.feel.values import NUMBERS, Range, Value, kind

Parts = Mapping[str, Callable[[Any], Value]]


def _toward_nought(nanos: int, unit: int, wrap: int = 0) -> int:
    whole = abs(nanos) // unit
    whole = whole % wrap if wrap else whole
    return -whole if nanos < 0 else whole


def _seconds(at: Time) -> Decimal:
    return NUMBERS.add(Decimal(at.second), NUMBERS.divide(Decimal(at.nano), Decimal(SECOND)))


def _offset(seconds: int | None) -> DaysTime | None:
    return None if seconds is None else DaysTime(seconds * SECOND)


def _value(value: DateTime | Date) -> Decimal:
    return Decimal(value.count * 86400 if isinstance(value, Date) else value.instant // SECOND)


_DATE: Parts = {
    "year": lambda d: Decimal(d.year), "month": lambda d: Decimal(d.month), "day": lambda d: Decimal(d.day),
    "weekday": lambda d: Decimal(d.weekday), "value": _value,
}  # fmt: skip
_TIME: Parts = {
    "hour": lambda t: Decimal(t.hour), "minute": lambda t: Decimal(t.minute), "second": lambda t: Decimal(t.second),
    "time offset": lambda t: _offset(t.offset_on()), "timezone": lambda t: t.zone,
    "value": lambda t: Decimal(t.nanos // SECOND - (t.offset_on() or 0)),
}  # fmt: skip


def _date_part(part: Callable[[Value], Value], moment: DateTime) -> Value:
    return part(moment.date)


def _time_part(part: Callable[[Value], Value], moment: DateTime) -> Value:
    return part(moment.time)


_DATE_TIME: Parts = {
    **{name: partial(_date_part, part) for name, part in _DATE.items()},
    **{name: partial(_time_part, part) for name, part in _TIME.items()},
    "time offset": lambda m: _offset(m.offset),
    "value": _value,
}
_PARTS: Mapping[type, Parts] = {
    Date: _DATE,
    Time: _TIME,
    DateTime: _DATE_TIME,
    YearsMonths: {
        "years": lambda d: Decimal(_toward_nought(d.months, 12)),
        "months": lambda d: Decimal(_toward_nought(d.months, 1, 12)),
        "value": lambda d: Decimal(d.months),
    },
    DaysTime: {
        "days": lambda d: Decimal(_toward_nought(d.nanos, DAY)),
        "hours": lambda d: Decimal(_toward_nought(d.nanos, HOUR, 24)),
        "minutes": lambda d: Decimal(_toward_nought(d.nanos, MINUTE, 60)),
        "seconds": lambda d: NUMBERS.divide(Decimal(_toward_nought(d.nanos, 1, MINUTE)), Decimal(SECOND)),
        "value": lambda d: NUMBERS.divide(Decimal(d.nanos), Decimal(SECOND)),
    },
    Range: {
        "start": lambda r: r.low, "end": lambda r: r.high,
        "start included": lambda r: r.with_low, "end included": lambda r: r.with_high,
    },
}  # fmt: skip
#: names of parts that are more than one token
SPACED = frozenset({"time offset", "start included", "end included"})


def member(run: Run, value: Value, name: str) -> Value:
    """The entry of that name; of a list, that of each; null of null. A note where there is none, but not in a context
    whose entries come from outside and may not be known yet."""
    if isinstance(value, dict):
        return value.get(name)
    if isinstance(value, list):
        run.spend(len(value))
        return [each.get(name) if isinstance(each, dict) else member(run, each, name) for each in value]
    if value is None:
        return None
    part = _PARTS.get(type(value), {}).get(name)
    if part is None:
        return run.note("%(kind)s has no %(name)s", kind=kind(value), name=name)
    return part(value)
