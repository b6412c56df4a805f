"""FEEL's sums: numbers, texts, days, times and durations (DMN 1.5, tables 45 to 50). What has none is null."""

from collections.abc import Callable, Mapping
from decimal import ROUND_DOWN, Decimal, DecimalException, DivisionByZero, Overflow

from services.feel.run import Run
from services.feel.times import DAY, SECOND, Date, DateTime, DaysTime, Time, YearsMonths
from services.feel.values import NUMBERS, Value, kind, literal

Reckon = Callable[[Value, Value], Value]


def _date_and_days(a: Date, b: DaysTime) -> Date:
    return Date.of_count((a.count * DAY + b.nanos) // DAY)


def _moment_and_months(a: DateTime, b: YearsMonths) -> DateTime:
    return DateTime(a.date.plus_months(b.months), a.time)


def _time_and_days(a: Time, b: DaysTime) -> Time:
    return Time.of_nanos(a.nanos + b.nanos, a.offset, a.zone)


def _between(a: Date | DateTime, b: Date | DateTime) -> DaysTime | None:
    one, other = _moment(a), _moment(b)
    if one.time.is_somewhere != other.time.is_somewhere:
        return None
    return DaysTime(one.instant - other.instant)


def _moment(value: Date | DateTime) -> DateTime:
    return value if isinstance(value, DateTime) else DateTime(value, Time(0, 0, 0, 0, 0))


def _time_between(a: Time, b: Time) -> DaysTime | None:
    there, here = a.offset_on(), b.offset_on()
    if (there is None) != (here is None):
        return None
    return DaysTime(a.nanos - b.nanos - ((there or 0) - (here or 0)) * SECOND)


def _whole(number: Decimal) -> int:
    return int(number.to_integral_value(ROUND_DOWN))


def _nanos(number: Decimal) -> DaysTime:
    return DaysTime(_whole(number))


def _months(number: Decimal) -> YearsMonths:
    return YearsMonths(_whole(number))


def _swapped(reckon: Reckon) -> Reckon:
    return lambda a, b: reckon(b, a)


_N, _D, _DT, _T, _YM, _DD = Decimal, Date, DateTime, Time, YearsMonths, DaysTime
_ADD: dict[tuple[type, type], Reckon] = {
    (_N, _N): NUMBERS.add,
    (str, str): lambda a, b: a + b,
    (_D, _YM): lambda a, b: a.plus_months(b.months),
    (_D, _DD): _date_and_days,
    (_DT, _YM): _moment_and_months,
    (_DT, _DD): lambda a, b: a.plus(b.nanos),
    (_T, _DD): _time_and_days,
    (_YM, _YM): lambda a, b: YearsMonths(a.months + b.months),
    (_DD, _DD): lambda a, b: DaysTime(a.nanos + b.nanos),
}
_ADD |= {(b, a): _swapped(reckon) for (a, b), reckon in _ADD.items() if a is not b}
_SUBTRACT: dict[tuple[type, type], Reckon] = {
    (_N, _N): NUMBERS.subtract,
    (_D, _YM): lambda a, b: a.plus_months(-b.months),
    (_D, _DD): lambda a, b: _date_and_days(a, DaysTime(-b.nanos)),
    (_DT, _YM): lambda a, b: _moment_and_months(a, YearsMonths(-b.months)),
    (_DT, _DD): lambda a, b: a.plus(-b.nanos),
    (_T, _DD): lambda a, b: _time_and_days(a, DaysTime(-b.nanos)),
    (_YM, _YM): lambda a, b: YearsMonths(a.months - b.months),
    (_DD, _DD): lambda a, b: DaysTime(a.nanos - b.nanos),
    (_D, _D): _between,
    (_DT, _DT): _between,
    (_D, _DT): _between,
    (_DT, _D): _between,
    (_T, _T): _time_between,
}
_MULTIPLY: dict[tuple[type, type], Reckon] = {
    (_N, _N): NUMBERS.multiply,
    (_YM, _N): lambda a, b: _months(NUMBERS.multiply(Decimal(a.months), b)),
    (_DD, _N): lambda a, b: _nanos(NUMBERS.multiply(Decimal(a.nanos), b)),
}
_MULTIPLY |= {(b, a): _swapped(reckon) for (a, b), reckon in _MULTIPLY.items() if a is not b}
_DIVIDE: dict[tuple[type, type], Reckon] = {
    (_N, _N): NUMBERS.divide,
    (_YM, _N): lambda a, b: _months(NUMBERS.divide(Decimal(a.months), b)),
    (_DD, _N): lambda a, b: _nanos(NUMBERS.divide(Decimal(a.nanos), b)),
    (_YM, _YM): lambda a, b: NUMBERS.divide(Decimal(a.months), Decimal(b.months)),
    (_DD, _DD): lambda a, b: NUMBERS.divide(Decimal(a.nanos), Decimal(b.nanos)),
}
_POWER: dict[tuple[type, type], Reckon] = {(_N, _N): NUMBERS.power}
TABLES: Mapping[str, Mapping[tuple[type, type], Reckon]] = {
    "+": _ADD, "-": _SUBTRACT, "*": _MULTIPLY, "/": _DIVIDE, "**": _POWER,
}  # fmt: skip


def reckoned(run: Run, operator: str, a: Value, b: Value) -> Value:
    """The result, or null with a note."""
    reckon = TABLES[operator].get((type(a), type(b)))
    if reckon is None:
        said = f"{literal(a)[:40]} {operator} {literal(b)[:40]}"
        if a is None or b is None:
            return run.note("a value is missing in %(sum)s", sum=said)
        return run.note("%(sum)s cannot be reckoned", sum=said)
    try:
        found = reckon(a, b)
    except DivisionByZero:
        return run.note("a division by zero")
    except Overflow:
        return run.note("a number is too large")
    except (DecimalException, ValueError, OverflowError):
        return run.note("%(sum)s has no result", sum=f"{a} {operator} {b}"[:80])
    if found is None:
        return run.note("only one of the two has a zone")
    return run.written(found) if type(found) is str else found


def negated(run: Run, value: Value) -> Value:
    """`-x`."""
    if isinstance(value, Decimal):
        return value.copy_negate() if value else value
    if isinstance(value, YearsMonths):
        return YearsMonths(-value.months)
    if isinstance(value, DaysTime):
        return DaysTime(-value.nanos)
    return run.note("%(kind)s has no negative", kind=kind(value))
