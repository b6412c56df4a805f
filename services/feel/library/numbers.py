"""Functions of numbers (DMN 1.5, table 76), and what makes numbers of texts."""

import re
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
)

from services.feel.library.calls import LIBRARY
from services.feel.run import NoResult
from services.feel.times import DaysTime, YearsMonths
from services.feel.values import NUMBERS, Value

_WIDE = Context(prec=80)
_NUMBER = re.compile(r"-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?", re.A)
LEAST_SCALE, LARGEST_SCALE = -6111, 6176


def rounded(number: Decimal, scale: Decimal | None, how: str) -> Decimal:
    """The number with so many places. Raises NoResult for a scale that numbers do not have."""
    places = whole(scale) if scale is not None else 0
    if not LEAST_SCALE <= places <= LARGEST_SCALE:
        raise NoResult("a scale of %(scale)s is not possible", scale=places)
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or places >= -exponent:
        return number
    if places < 0 and number.adjusted() < -places - 2:
        number = Decimal((number > 0) - (number < 0)).scaleb(-places - 2) if number else number
    return NUMBERS.plus(number.quantize(Decimal(1).scaleb(-places), rounding=how, context=_WIDE))


def whole(number: Decimal) -> int:
    """The number without its places, as positions and scales are taken."""
    return int(number.to_integral_value(ROUND_DOWN))


def _rounds(name: str, how: str, *, scale: str = "number") -> None:
    LIBRARY.declare(f"{name}(n: number, scale: {scale})")(lambda n, scale: rounded(n, scale, how))


_rounds("decimal", ROUND_HALF_EVEN)
_rounds("floor", ROUND_FLOOR)
_rounds("ceiling", ROUND_CEILING)
_rounds("round up", ROUND_UP)
_rounds("round down", ROUND_DOWN)
_rounds("round half up", ROUND_HALF_UP)
_rounds("round half down", ROUND_HALF_DOWN)
LIBRARY.declare("floor(n: number)")(lambda n: rounded(n, None, ROUND_FLOOR))
LIBRARY.declare("ceiling(n: number)")(lambda n: rounded(n, None, ROUND_CEILING))
LIBRARY.declare("round half up(n: number)")(lambda n: rounded(n, None, ROUND_HALF_UP))


@LIBRARY.declare("abs(n: number|years and months duration|days and time duration)")
def _abs(value: Value) -> Value:
    if isinstance(value, YearsMonths):
        return YearsMonths(abs(value.months))
    return DaysTime(abs(value.nanos)) if isinstance(value, DaysTime) else value.copy_abs()


@LIBRARY.declare("modulo(dividend: number, divisor: number)")
def _modulo(dividend: Decimal, divisor: Decimal) -> Decimal:
    if not divisor:
        raise NoResult("a division by zero")
    left = _WIDE.remainder(dividend, divisor) if abs(dividend.adjusted() - divisor.adjusted()) < 70 else Decimal(0)
    if left and (left < 0) != (divisor < 0):
        left = _WIDE.add(left, divisor)
    return NUMBERS.plus(left)


@LIBRARY.declare("sqrt(number: number)")
def _sqrt(number: Decimal) -> Decimal:
    if number < 0:
        raise NoResult("a negative number has no square root")
    return NUMBERS.sqrt(number)


@LIBRARY.declare("log(number: number)")
def _log(number: Decimal) -> Decimal:
    if number <= 0:
        raise NoResult("only numbers above nought have a logarithm")
    return NUMBERS.ln(number)


LIBRARY.declare("exp(number: number)")(lambda number: NUMBERS.exp(number))


def _is_whole(number: Decimal) -> bool:
    return number == number.to_integral_value()


def _parity(number: Decimal) -> int | None:
    if not _is_whole(number):
        return None
    return int(str(number.to_integral_value())[-1]) % 2 if number.adjusted() < 34 else 0


@LIBRARY.declare("even(number: number)")
def _even(number: Decimal) -> bool:
    return _parity(number) == 0


@LIBRARY.declare("odd(number: number)")
def _odd(number: Decimal) -> bool:
    return _parity(number) == 1


@LIBRARY.declare("number(from: string, grouping separator: string?, decimal separator: string?)")
def _number(text: str, grouping: str | None, point: str | None) -> Decimal:
    if grouping not in (None, " ", ",", ".") or point not in (None, ".", ",") or grouping == (point or "."):
        raise NoResult("numbers are not written with these separators")
    plain = text.replace(grouping, "") if grouping else text
    if point == ",":
        if "." in plain:
            raise NoResult("%(text)s is not a number", text=repr(text[:40]))
        plain = plain.replace(",", ".")
    if len(plain) > 60 or not _NUMBER.fullmatch(plain):
        raise NoResult("%(text)s is not a number", text=repr(text[:40]))
    return NUMBERS.create_decimal(plain)


LIBRARY.declare("number(from: number)")(lambda number: number)
