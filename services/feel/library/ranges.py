"""How points and ranges lie to one another (DMN 1.5, table 79), and ranges read from text."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from services.feel import nodes as n
from services.feel.grammar import Grammar
from services.feel.library.calls import LIBRARY
from services.feel.run import FeelRefused, NoResult
from services.feel.times import Date, DateTime, DaysTime, Time, YearsMonths
from services.feel.values import Range, Value, compare, equal, kind

POINT = "number|string|date|time|date and time|years and months duration|days and time duration"


def _order(a: Value, b: Value) -> int:
    """Raises NoResult where they have none; an open end lies behind everything on its side."""
    found = compare(a, b)
    if found is None:
        raise NoResult("these have no order")
    return found


def _low(one: Range, other: Range) -> int:
    """-1 when the one begins earlier; 0 when they begin at the same point, in it or not."""
    if one.low is None or other.low is None:
        return (one.low is not None) - (other.low is not None)
    return _order(one.low, other.low)


def _high(one: Range, other: Range) -> int:
    """1 when the one ends later."""
    if one.high is None or other.high is None:
        return (other.high is not None) - (one.high is not None)
    return _order(one.high, other.high)


def _ends_before(one: Range, other: Range) -> int:
    """-1 when the end of the one lies before the beginning of the other."""
    if one.high is None or other.low is None:
        return 1
    return _order(one.high, other.low)


def _as_range(value: Value) -> Range:
    if not isinstance(value, Range):
        return Range(value, value)
    if not value.is_bounded:
        raise NoResult("this is no range")
    return value


def _before(a: Value, b: Value) -> bool:
    one, other = _as_range(a), _as_range(b)
    order = _ends_before(one, other)
    return order < 0 or (order == 0 and not (one.with_high and other.with_low))


def _meets(one: Range, other: Range) -> bool:
    return one.with_high and other.with_low and _ends_before(one, other) == 0


def _reach(one: Range, other: Range) -> bool:
    """Whether the end of the one lies in or behind the beginning of the other."""
    order = _ends_before(one, other)
    return order > 0 or (order == 0 and one.with_high and other.with_low)


def _overlaps(one: Range, other: Range) -> bool:
    return _reach(one, other) and _reach(other, one)


def _overlaps_before(one: Range, other: Range) -> bool:
    low, high = _low(one, other), _high(one, other)
    begins = low < 0 or (low == 0 and one.with_low and not other.with_low)
    return begins and _reach(one, other) and (high < 0 or (high == 0 and (not one.with_high or other.with_high)))


def _finishes(a: Value, b: Range) -> bool:
    if not isinstance(a, Range):
        return b.with_high and b.high is not None and _order(a, b.high) == 0
    low = _low(a, b)
    same = a.with_high == b.with_high and _high(a, b) == 0
    return same and (low > 0 or (low == 0 and (not a.with_low or b.with_low)))


def _starts(a: Value, b: Range) -> bool:
    if not isinstance(a, Range):
        return b.with_low and b.low is not None and _order(a, b.low) == 0
    high = _high(a, b)
    same = a.with_low == b.with_low and _low(a, b) == 0
    return same and (high < 0 or (high == 0 and (not a.with_high or b.with_high)))


def _includes(a: Range, b: Value) -> bool:
    other = _as_range(b)
    low, high = _low(a, other), _high(a, other)
    begins = low < 0 or (low == 0 and (a.with_low or not other.with_low))
    return begins and (high > 0 or (high == 0 and (a.with_high or not other.with_high)))


def _coincides(a: Value, b: Value) -> bool:
    if not isinstance(a, Range):
        return _order(a, b) == 0
    return equal(a, b) is True


def _swapped(decide: Callable[[Value, Value], bool]) -> Callable[[Value, Value], bool]:
    return lambda a, b: decide(b, a)


def _declare(name: str, decide: Callable[..., bool], *forms: str) -> None:
    shapes = {"pp": (f"point1: {POINT}", f"point2: {POINT}"), "pr": (f"point: {POINT}", "range: range"),
              "rp": ("range: range", f"point: {POINT}"), "rr": ("range1: range", "range2: range")}  # fmt: skip
    LIBRARY.declare(*[f"{name}({', '.join(shapes[form])})" for form in forms])(decide)


_declare("before", _before, "pp", "pr", "rp", "rr")
_declare("after", _swapped(_before), "pp", "pr", "rp", "rr")
_declare("meets", _meets, "rr")
_declare("met by", _swapped(_meets), "rr")
_declare("overlaps", _overlaps, "rr")
_declare("overlaps before", _overlaps_before, "rr")
_declare("overlaps after", _swapped(_overlaps_before), "rr")
_declare("finishes", _finishes, "pr", "rr")
_declare("finished by", _swapped(_finishes), "rp", "rr")
_declare("includes", _includes, "rp", "rr")
_declare("during", _swapped(_includes), "pr", "rr")
_declare("starts", _starts, "pr", "rr")
_declare("started by", _swapped(_starts), "rp", "rr")
_declare("coincides", _coincides, "pp", "rr")

_READ: Mapping[str, Callable[[str], Value]] = {"date": Date.read, "time": Time.read, "date and time": DateTime.read,
         "duration": lambda text: DaysTime.read(text) or YearsMonths.read(text)}  # fmt: skip


@LIBRARY.declare("range(from: string)")
def _range(text: str) -> Range:
    try:
        found = Grammar(text, _READ).whole(Grammar.expression)
    except FeelRefused:
        raise NoResult("%(text)s is no range", text=repr(text[:40])) from None
    if not isinstance(found, n.RangeOf):
        raise NoResult("%(text)s is no range", text=repr(text[:40]))
    low, high = _end(found.low), _end(found.high)
    if kind(low) != kind(high):
        raise NoResult("a range ends with another kind than it begins with")
    if _order(low, high) > 0:
        raise NoResult("a range begins before it ends")
    return Range(low, high, found.with_low, found.with_high)


def _end(node: n.Tree) -> Value:
    """A literal, or the call that makes a day, time or duration of one."""
    if isinstance(node, n.Negative) and isinstance(node.value, n.Literal) and isinstance(node.value.value, Decimal):
        return -node.value.value
    if isinstance(node, n.Literal | n.AtLiteral) and node.value is not None:
        return node.value
    if isinstance(node, n.Invocation) and isinstance(node.function, n.NameOf) and len(node.arguments) == 1:
        text = node.arguments[0]
        read = _READ.get(node.function.name)
        if read and isinstance(text, n.Literal) and isinstance(text.value, str):
            return read(text.value)
    raise NoResult("the ends of a range in a text are literals")
