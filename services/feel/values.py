"""FEEL's values: what kind each is, what is equal, what is less, how each is written as text (DMN 1.5, 10.3.2).

null is None, a boolean bool, a number Decimal (34 digits), a string str, a list list, a context dict; days, times and
durations are those of times.py. Equality and order answer None where FEEL has no answer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from services.feel.times import SECOND, Date, DateTime, DaysTime, Time, YearsMonths, from_python

Value = Any

#: IEEE 754 decimal128
NUMBERS = Context(prec=34, Emin=-6143, Emax=6144, traps=[InvalidOperation, DivisionByZero, Overflow])


@dataclass(frozen=True, slots=True)
class Range:
    """From low to high, each end in it or not; an end of None is open. `operator` tells `(< 5)` from `(null..5)`."""

    low: Value
    high: Value
    with_low: bool = True
    with_high: bool = True
    operator: str = ""

    def holds(self, value: Value) -> bool | None:
        """Whether the value lies in it; None where the two have no order."""
        if self.operator in ("=", "!="):
            same = equal(value, self.low)
            return same if same is None or self.operator == "=" else not same
        if not self.operator and (self.low is None or self.high is None):
            return None
        for end, closed, sign in ((self.low, self.with_low, 1), (self.high, self.with_high, -1)):
            if end is not None:
                order = compare(value, end)
                if order is None:
                    return None
                if order * sign < 0 or (order == 0 and not closed):
                    return False
        return True

    @property
    def is_bounded(self) -> bool:
        return self.operator not in ("=", "!=")

    def __str__(self) -> str:
        if self.operator:
            end = self.high if self.low is None else self.low
            return f"({self.operator} {literal(end)})"
        return (
            f"{'[' if self.with_low else '('}{literal(self.low)}..{literal(self.high)}{']' if self.with_high else ')'}"
        )


@dataclass(frozen=True, eq=False)
class Function:
    """Something to call: a built-in, one written in FEEL, a business knowledge model, a decision service.

    `call` takes the run and one value for each parameter; `builtin` sorts out its arguments itself.
    """

    name: str
    parameters: Sequence[str]
    call: Callable[..., Value] = field(repr=False)
    types: Sequence[Any] = ()
    result: Any = None
    builtin: bool = False


_KINDS: Mapping[type, str] = {
    bool: "boolean", Decimal: "number", str: "string", list: "list", dict: "context", Date: "date", Time: "time",
    DateTime: "date and time", YearsMonths: "years and months duration", DaysTime: "days and time duration",
    Range: "range", Function: "function", type(None): "null",
}  # fmt: skip


def kind(value: Value) -> str:
    """FEEL's name for what it is."""
    return _KINDS.get(type(value), "unknown")


def lift(value: Value) -> Value:
    """A value of Python, made FEEL's. Raises TypeError for what FEEL has no value for."""
    of = type(value)
    if of is str or of is bool or value is None or of is Decimal:
        return value
    if of is int:
        return Decimal(value)
    if of is float:
        return Decimal(repr(value))
    if of is list or of is tuple:
        return [lift(each) for each in value]
    if of in _KINDS and of is not dict:
        return value
    if isinstance(value, Mapping):
        return {str(key): lift(each) for key, each in value.items()}
    if isinstance(value, date | time | timedelta):
        return from_python(value)
    if isinstance(value, str | int | float | Sequence):
        return lift(str(value) if isinstance(value, str) else list(value) if isinstance(value, Sequence) else +value)
    raise TypeError(f"{of.__name__} is no value of FEEL")


def _seconds(at: Time) -> int:
    return at.nanos // SECOND


def _same_time(a: Time, b: Time) -> bool | None:
    there, here = a.offset_on(), b.offset_on()
    if (there is None) != (here is None):
        return False
    day = 86400
    return (_seconds(a) - (there or 0)) % day == (_seconds(b) - (here or 0)) % day


def _same_moment(a: DateTime, b: DateTime) -> bool | None:
    if a.time.is_somewhere != b.time.is_somewhere:
        return False
    return a.instant // SECOND == b.instant // SECOND


def _same_list(a: list[Value], b: list[Value]) -> bool | None:
    return len(a) == len(b) and all(equal(one, other) is True for one, other in zip(a, b, strict=True))


def _same_context(a: dict[str, Value], b: dict[str, Value]) -> bool | None:
    return a.keys() == b.keys() and all(equal(a[key], b[key]) is True for key in a)


def _same_range(a: Range, b: Range) -> bool | None:
    ends = a.with_low, a.with_high, a.operator
    return ends == (b.with_low, b.with_high, b.operator) and equal(a.low, b.low) is equal(a.high, b.high) is True


_EQUAL: Mapping[type, Callable[[Any, Any], bool | None]] = {
    Time: _same_time, DateTime: _same_moment, list: _same_list, dict: _same_context, Range: _same_range,
}  # fmt: skip


def equal(a: Value, b: Value) -> bool | None:
    """Whether they are the same (table 42 and 10.3.2.13); None for different kinds. Times are told by the second."""
    of = type(a)
    if of is type(b):
        found = _EQUAL.get(of)
        return found(a, b) if found else bool(a == b)
    if a is None or b is None:
        return False
    if of is list and len(a) == 1 and type(a[0]) is not list:
        return equal(a[0], b)
    if type(b) is list and len(b) == 1 and type(b[0]) is not list:
        return equal(a, b[0])
    if {of, type(b)} == {Date, DateTime}:
        return _same_moment(_moment(a), _moment(b))
    return None


def _moment(value: Date | DateTime) -> DateTime:
    return value if isinstance(value, DateTime) else DateTime(value, Time(0, 0, 0))


def compare(a: Value, b: Value) -> int | None:
    """-1, 0 or 1 as a lies before, at or behind b; None where they have no order."""
    of = type(a)
    if of is not type(b):
        if {of, type(b)} == {Date, DateTime}:
            return compare(_moment(a), _moment(b))
        return None
    if of is Decimal or of is str:
        return int(a > b) - int(a < b)
    one, other = _rank(a), _rank(b)
    if one is None or other is None or one[0] != other[0]:
        return None
    return int(one[1] > other[1]) - int(one[1] < other[1])


def _rank(value: Value) -> tuple[bool, int] | None:
    if isinstance(value, Date):
        return True, value.count
    if isinstance(value, DateTime):
        return value.time.is_somewhere, value.instant
    if isinstance(value, Time):
        offset = value.offset_on()
        return offset is not None, value.nanos - (offset or 0) * SECOND
    if isinstance(value, YearsMonths):
        return True, value.months
    return (True, value.nanos) if isinstance(value, DaysTime) else None


def number_text(number: Decimal) -> str:
    """A number's digits, without an exponent and without noughts that say nothing."""
    if not number:
        return "0"
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def text_of(value: Value) -> str:
    """The value as string() writes it."""
    if isinstance(value, str):
        return value
    return literal(value)


def _key(name: str) -> str:
    """The key of a context: a text where it would end too early as a name."""
    return literal(name) if not name or frozenset(name) & frozenset('{}:,"\\') else name


def literal(value: Value) -> str:
    """The value as one writes it inside a list or context."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, list):
        return "[" + ", ".join(literal(each) for each in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)}: {literal(each)}" for key, each in value.items()) + "}"
    if isinstance(value, Function):
        return f"function({', '.join(value.parameters)})"
    return str(value)
