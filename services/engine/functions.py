"""What expressions can call and reckon. Nothing else can be called; nothing here reads a clock."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_EVEN, Decimal
from functools import reduce

from services.engine.errors import ExpressionError
from services.engine.step import World
from services.engine.values import PRECISION, Fault, Value, equal, exact, plain, said, truth

_world: ContextVar[World | None] = ContextVar("world", default=None)


@contextmanager
def in_world(world: World) -> Iterator[None]:
    """Inside, `now()` and `due(…)` answer from this world."""
    token = _world.set(world)
    try:
        yield
    finally:
        _world.reset(token)


def current_world() -> World:
    """The world of the move that runs. Raises ExpressionError outside of one."""
    world = _world.get()
    if world is None:
        raise ExpressionError("now()", "the time is not known here")
    return world


_DURATION = re.compile(r"(-)?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


def _duration(text: str) -> timedelta:
    found = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if not found or text in ("P", "-P"):
        raise Fault(f"{said(text)} is not a duration of weeks, days, hours, minutes and seconds")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if found[1] else length


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise Fault(f"{said(text)} is not a date and time") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=_zone())


def _now() -> datetime:
    world = _world.get()
    if world is None:
        raise Fault("now() is not known here")
    return world.now


def _today() -> date:
    """The office's day, whatever day it is elsewhere."""
    return _now().astimezone(_zone()).date()


def _zone() -> tzinfo:
    world = _world.get()
    return world.zone if world is not None else UTC


def _due(step: str, start: Value = None) -> datetime:
    world = _world.get()
    if world is None:
        raise Fault("due() is not known here")
    begun = world.now if start is None else start if isinstance(start, datetime) else _moment(start)
    return world.due(_string(step), begun)


def _floor(value: Value, scale: Value = 0) -> Decimal:
    return _round(value, scale, "ROUND_FLOOR")


def _ceiling(value: Value, scale: Value = 0) -> Decimal:
    return _round(value, scale, "ROUND_CEILING")


def _round(value: Value, scale: Value, how: str) -> Decimal:
    places = int(exact(scale))
    if not 0 <= places <= 10:
        raise Fault("rounding takes 0 to 10 places")
    return Decimal(exact(value).quantize(Decimal(1).scaleb(-places), rounding=how, context=PRECISION))


def as_text(value: Value) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(plain(value))


def as_list(value: Value) -> list[Value]:
    if not isinstance(value, list):
        raise Fault(f"{said(value)} is not a list")
    return value


def _numbers(values: Sequence[Value]) -> list[Decimal]:
    given = as_list(values[0]) if len(values) == 1 and isinstance(values[0], list) else list(values)
    return [exact(each) for each in given]


def _string(value: Value) -> str:
    if not isinstance(value, str):
        raise Fault(f"{said(value)} is not a text")
    return value


FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "now": _now,
    "today": _today,
    "due": _due,
    "date": lambda text: _moment(text[:10]).date() if isinstance(text, str) else text.date(),
    "date and time": _moment,
    "duration": _duration,
    "count": lambda values: len(as_list(values)),
    "sum": lambda *values: reduce(PRECISION.add, _numbers(values), Decimal(0)),
    "min": lambda *values: min(_numbers(values), default=None),
    "max": lambda *values: max(_numbers(values), default=None),
    "abs": lambda value: exact(value).copy_abs(),
    "floor": _floor,
    "ceiling": _ceiling,
    "decimal": lambda value, scale: _round(value, scale, ROUND_HALF_EVEN),
    "round half up": lambda value, scale=0: _round(value, scale, "ROUND_HALF_UP"),
    "number": lambda text: exact(Decimal(_string(text))),
    "string": as_text,
    "string length": lambda text: len(_string(text)),
    "upper case": lambda text: _string(text).upper(),
    "lower case": lambda text: _string(text).lower(),
    "contains": lambda text, part: _string(part) in _string(text),
    "starts with": lambda text, part: _string(text).startswith(_string(part)),
    "ends with": lambda text, part: _string(text).endswith(_string(part)),
    "list contains": lambda values, value: any(equal(each, value) for each in as_list(values)),
    "is defined": lambda value: value is not None,
    "not": lambda value: not truth(value),
}
ARITHMETIC: Mapping[str, Callable[[Decimal, Decimal], Decimal]] = {
    "*": PRECISION.multiply,
    "/": PRECISION.divide,
    "%": PRECISION.remainder,
}


def reckon_with(reckon: Callable[[Decimal, Decimal], Decimal], a: Value, b: Value) -> Decimal:
    return reckon(exact(a), exact(b))


def add(a: Value, b: Value) -> Value:
    if isinstance(a, str) and isinstance(b, str):
        return a + b
    if isinstance(a, date) and isinstance(b, timedelta):
        return a + b
    return PRECISION.add(exact(a), exact(b))


def subtract(a: Value, b: Value) -> Value:
    if isinstance(a, date) and isinstance(b, timedelta | date):
        return a - b
    return PRECISION.subtract(exact(a), exact(b))
