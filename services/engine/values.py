"""The values of expressions: exact numbers, what is equal, what is less, what is true."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Context as Precision
from decimal import Decimal
from typing import Any

from services.engine.errors import Words

Value = Any
Context = Mapping[str, Value]
Closure = Callable[[Context], Value]
Test = Callable[[Context, Value], bool]

LARGEST_NUMBER = Decimal(10) ** 30
#: FEEL reckons with 34 digits (IEEE 754 decimal128)
PRECISION = Precision(prec=34)


class Fault(Exception):
    """Why an expression cannot be read or evaluated: an English msgid, and what stands in it."""

    def __init__(self, text: str, **details: object) -> None:
        self.words = Words(text, details)
        super().__init__(str(self.words))


def exact(value: Value) -> Value:
    """The number to reckon with. Raises Fault for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Fault(f"{said(value)} is not a number")
    number = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite() or number.copy_abs() > LARGEST_NUMBER:
        raise Fault("a number is too large")
    return number


def plain(value: Value) -> Value:
    """A value as it is stored: whole numbers as int, moments and durations as ISO text."""
    if isinstance(value, Decimal):
        number = exact(value)
        return int(number) if number == number.to_integral_value() else float(number)
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        return f"{'-' * (seconds < 0)}PT{abs(seconds)}S"
    if isinstance(value, Range):
        raise Fault("a range is not a value")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return value


def said(value: Value) -> str:
    return repr(value)[:60]


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def equal(a: Value, b: Value) -> bool:
    if _is_number(a) and _is_number(b):
        return bool(exact(a) == exact(b))
    return type(a) is type(b) and bool(a == b)


def compare(operator: str, a: Value, b: Value) -> bool:
    if operator in ("=", "=="):
        return equal(a, b)
    if operator == "!=":
        return not equal(a, b)
    if a is None or b is None:
        return False
    if _is_number(a) and _is_number(b):
        a, b = exact(a), exact(b)
    elif type(a) is not type(b) or isinstance(a, bool | list | dict):
        raise Fault(f"{said(a)} and {said(b)} cannot be compared")
    return bool({"<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[operator])


def truth(value: Value) -> bool:
    """Only true is true: FEEL's null counts as not."""
    if value is None or isinstance(value, bool):
        return bool(value)
    raise Fault(f"{said(value)} is neither true nor false")


@dataclass(frozen=True)
class Range:
    low: Value
    high: Value
    with_low: bool
    with_high: bool

    def holds(self, value: Value) -> bool:
        if value is None:
            return False
        above = compare(">=" if self.with_low else ">", value, self.low)
        return above and compare("<=" if self.with_high else "<", value, self.high)


def belongs(value: Value, to: Value) -> bool:
    if isinstance(to, Range):
        return to.holds(value)
    if isinstance(to, list):
        return any(belongs(value, each) if isinstance(each, Range) else equal(value, each) for each in to)
    return equal(value, to)
