"""What `${…}` makes of its values: coercion, comparison, arithmetic of EL 2.2 (1.7, 1.8, 1.18) over FEEL's values."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, DecimalException

from services.feel.arithmetic import TABLES
from services.feel.run import FeelRefused
from services.feel.values import NUMBERS, Value, compare, kind, text_of


def as_text(value: Value) -> str:
    """A value inside a text; nothing for null (1.18.2)."""
    return "" if value is None else text_of(value)


def is_number(text: str) -> bool:
    """Whether a text can be reckoned with."""
    try:
        number(text)
    except FeelRefused:
        return False
    return True


def number(value: Value) -> Decimal:
    """The number to reckon with. Raises FeelRefused for what is none, and for null."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, str):
        try:
            found = NUMBERS.create_decimal(value.strip() or "0")
        except DecimalException:
            found = Decimal("NaN")
        if found.is_finite():
            return found
    raise FeelRefused("%(value)s is not a number", value=repr(as_text(value))[:40] if value is not None else "null")


def truth(value: Value) -> bool:
    """null and the empty text are false, a text is true when it says so. Raises FeelRefused for what is neither."""
    if value is None or isinstance(value, bool):
        return bool(value)
    if isinstance(value, str):
        return value.lower() == "true"
    raise FeelRefused("%(kind)s is neither true nor false", kind=kind(value))


def same(a: Value, b: Value) -> bool:
    """1.8.2: numbers before truth values before texts."""
    if a is None or b is None:
        return a is b
    if isinstance(a, Decimal) or isinstance(b, Decimal):
        return number(a) == number(b)
    if isinstance(a, bool) or isinstance(b, bool):
        return truth(a) is truth(b)
    if isinstance(a, str) or isinstance(b, str):
        return as_text(a) == as_text(b)
    return type(a) is type(b) and bool(a == b)


def _order(a: Value, b: Value) -> int | None:
    """1.8.1: as numbers where one is one, as texts where one is one; None where one is missing."""
    if a is None or b is None:
        return 0 if a is b else None
    if isinstance(a, Decimal) or isinstance(b, Decimal):
        a, b = number(a), number(b)
    elif isinstance(a, str) or isinstance(b, str):
        a, b = as_text(a), as_text(b)
    else:
        found = compare(a, b)
        if found is None:
            raise FeelRefused("%(a)s and %(b)s cannot be compared", a=kind(a), b=kind(b))
        return found
    return int(a > b) - int(a < b)


def ordered(fits: Sequence[int]) -> Callable[[Value, Value], bool]:
    """A comparison of two values as of one kind, true for the orders in `fits` (-1, 0, 1)."""
    return lambda a, b: _order(a, b) in fits


def _reckoned(reckon: Callable[[Decimal, Decimal], Decimal]) -> Callable[[Value, Value], Decimal]:
    def found(a: Value, b: Value) -> Decimal:
        one, other = number(a), number(b)
        try:
            return reckon(one, other)
        except DecimalException as fault:
            zero = not other and reckon in (NUMBERS.divide, NUMBERS.remainder)
            raise FeelRefused("a division by zero" if zero else "a number is too large") from fault

    return found


def _plus(a: Value, b: Value) -> Value:
    return _moved("+", a, b) if _is_time(a) or _is_time(b) else _ADD(a, b)


def text_plus(a: Value, b: Value) -> Value:
    """A text that is written there, and no number, is joined, as FEEL does and earlier diagrams rely on."""
    return as_text(a) + as_text(b) if isinstance(a, str) and isinstance(b, str) else _plus(a, b)


def _minus(a: Value, b: Value) -> Value:
    return _moved("-", a, b) if _is_time(a) or _is_time(b) else _SUBTRACT(a, b)


def _is_time(value: Value) -> bool:
    return not isinstance(value, Decimal | str | bool | list | dict | None)


def _moved(operator: str, a: Value, b: Value) -> Value:
    """Days, times and durations, which FEEL's functions give: as FEEL reckons."""
    reckon = TABLES[operator].get((type(a), type(b)))
    try:
        found = reckon(a, b) if reckon else None
    except (DecimalException, ValueError, OverflowError):
        found = None
    if found is None:
        raise FeelRefused("%(sum)s cannot be reckoned", sum=f"{text_of(a)[:40]} {operator} {text_of(b)[:40]}")
    return found


_ADD, _SUBTRACT = _reckoned(NUMBERS.add), _reckoned(NUMBERS.subtract)
SUMS: Mapping[str, Callable[[Value, Value], Value]] = {
    "+": _plus, "-": _minus, "*": _reckoned(NUMBERS.multiply), "/": _reckoned(NUMBERS.divide),
    "%": _reckoned(NUMBERS.remainder),
}  # fmt: skip
EQUALITY: Mapping[str, Callable[[Value, Value], bool]] = {"==": same, "!=": lambda a, b: not same(a, b)}
ORDER: Mapping[str, Callable[[Value, Value], bool]] = {
    "<": ordered((-1,)), "<=": ordered((-1, 0)), ">": ordered((1,)), ">=": ordered((0, 1)),
}  # fmt: skip
