"""What designers type in Modeler: `${…}` (the useful part of JUEL), FEEL (`=…` and in decision tables), ISO 8601 times.

Text becomes a tree of closures, once. No Python is ever evaluated: no attributes of objects, only keys of the data; no
functions but those named here. Numbers are exact (int and Decimal); a whole result is an int, any other a float.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, DecimalException
from functools import lru_cache, partial
from typing import Any

from services.engine.errors import ExpressionError
from services.engine.step import World

Value = Any
Context = Mapping[str, Value]
Closure = Callable[[Context], Value]
Test = Callable[[Context, Value], bool]

LONGEST_TEXT = 4000
DEEPEST = 40
LARGEST_NUMBER = Decimal(10) ** 30

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


class _Fault(Exception):
    """Why an expression cannot be read or evaluated."""


# ---------------------------------------------------------------- values


def _exact(value: Value) -> Value:
    """The number to reckon with. Raises _Fault for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise _Fault(f"{_said(value)} is not a number")
    number = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite() or abs(number) > LARGEST_NUMBER:
        raise _Fault("a number is too large")
    return number


def _plain(value: Value) -> Value:
    """A value as it is stored: whole numbers as int, moments and durations as ISO text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, timedelta):
        return f"PT{int(value.total_seconds())}S"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return value


def _said(value: Value) -> str:
    return repr(value)[:60]


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _equal(a: Value, b: Value) -> bool:
    if _is_number(a) and _is_number(b):
        return bool(_exact(a) == _exact(b))
    return type(a) is type(b) and bool(a == b)


def _compare(operator: str, a: Value, b: Value) -> bool:
    if operator in ("=", "=="):
        return _equal(a, b)
    if operator == "!=":
        return not _equal(a, b)
    if a is None or b is None:
        return False
    if _is_number(a) and _is_number(b):
        a, b = _exact(a), _exact(b)
    elif type(a) is not type(b) or isinstance(a, bool | list | dict):
        raise _Fault(f"{_said(a)} and {_said(b)} cannot be compared")
    return bool({"<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[operator])


def _truth(value: Value) -> bool:
    """Only true is true: FEEL's null counts as not."""
    if value is None or isinstance(value, bool):
        return bool(value)
    raise _Fault(f"{_said(value)} is neither true nor false")


@dataclass(frozen=True)
class _Range:
    low: Value
    high: Value
    with_low: bool
    with_high: bool

    def holds(self, value: Value) -> bool:
        if value is None:
            return False
        above = _compare(">=" if self.with_low else ">", value, self.low)
        return above and _compare("<=" if self.with_high else "<", value, self.high)


def _belongs(value: Value, to: Value) -> bool:
    if isinstance(to, _Range):
        return to.holds(value)
    if isinstance(to, list):
        return any(_belongs(value, each) if isinstance(each, _Range) else _equal(value, each) for each in to)
    return _equal(value, to)


# ---------------------------------------------------------------- functions

_DURATION = re.compile(r"(-)?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


def _duration(text: str) -> timedelta:
    found = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if not found or text in ("P", "-P"):
        raise _Fault(f"{_said(text)} is not a duration of weeks, days, hours, minutes and seconds")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if found[1] else length


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise _Fault(f"{_said(text)} is not a date and time") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _now() -> datetime:
    world = _world.get()
    if world is None:
        raise _Fault("now() is not known here")
    return world.now


def _due(step: str, start: Value = None) -> datetime:
    world = _world.get()
    if world is None:
        raise _Fault("due() is not known here")
    return world.due(str(step), start if isinstance(start, datetime) else world.now)


def _floor(value: Value, scale: Value = 0) -> Decimal:
    return _round(value, scale, "ROUND_FLOOR")


def _ceiling(value: Value, scale: Value = 0) -> Decimal:
    return _round(value, scale, "ROUND_CEILING")


def _round(value: Value, scale: Value, how: str) -> Decimal:
    places = int(_exact(scale))
    if not 0 <= places <= 10:
        raise _Fault("rounding takes 0 to 10 places")
    return Decimal(_exact(value).quantize(Decimal(1).scaleb(-places), rounding=how))


def _text(value: Value) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(_plain(value))


def _list(value: Value) -> list[Value]:
    if not isinstance(value, list):
        raise _Fault(f"{_said(value)} is not a list")
    return value


def _numbers(values: Sequence[Value]) -> list[Decimal]:
    given = _list(values[0]) if len(values) == 1 and isinstance(values[0], list) else list(values)
    return [_exact(each) for each in given]


def _string(value: Value) -> str:
    if not isinstance(value, str):
        raise _Fault(f"{_said(value)} is not a text")
    return value


FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "now": _now,
    "today": lambda: _now().date(),
    "due": _due,
    "date": lambda text: _moment(text[:10]).date() if isinstance(text, str) else text.date(),
    "date and time": _moment,
    "duration": _duration,
    "count": lambda values: len(_list(values)),
    "sum": lambda *values: sum(_numbers(values), Decimal(0)),
    "min": lambda *values: min(_numbers(values), default=None),
    "max": lambda *values: max(_numbers(values), default=None),
    "abs": lambda value: abs(_exact(value)),
    "floor": _floor,
    "ceiling": _ceiling,
    "decimal": lambda value, scale: _round(value, scale, ROUND_HALF_EVEN),
    "round half up": lambda value, scale=0: _round(value, scale, "ROUND_HALF_UP"),
    "number": lambda text: _exact(Decimal(_string(text))),
    "string": _text,
    "string length": lambda text: len(_string(text)),
    "upper case": lambda text: _string(text).upper(),
    "lower case": lambda text: _string(text).lower(),
    "contains": lambda text, part: _string(part) in _string(text),
    "starts with": lambda text, part: _string(text).startswith(_string(part)),
    "ends with": lambda text, part: _string(text).endswith(_string(part)),
    "list contains": lambda values, value: any(_equal(each, value) for each in _list(values)),
    "is defined": lambda value: value is not None,
    "not": lambda value: not _truth(value),
}
_ARITHMETIC: Mapping[str, Callable[[Decimal, Decimal], Decimal]] = {
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "%": lambda a, b: a % b,
}


def _reckon(reckon: Callable[[Decimal, Decimal], Decimal], a: Value, b: Value) -> Decimal:
    return reckon(_exact(a), _exact(b))


def _add(a: Value, b: Value) -> Value:
    if isinstance(a, str) and isinstance(b, str):
        return a + b
    if isinstance(a, datetime) and isinstance(b, timedelta):
        return a + b
    return _exact(a) + _exact(b)


def _subtract(a: Value, b: Value) -> Value:
    if isinstance(a, datetime) and isinstance(b, timedelta | datetime):
        return a - b
    return _exact(a) - _exact(b)


# ---------------------------------------------------------------- reading

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?(?!\.\d))|(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
    |(?P<sign>\.\.|==|!=|<=|>=|&&|\|\||[-+*/%<>=!?:.,()\[\]{}])|(?P<name>[^\W\d]\w*))""",
    re.X,
)
_SPACED = sorted((name for name in FUNCTIONS if " " in name), key=len, reverse=True)
_WORDS = {"eq": "=", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=", "div": "/", "mod": "%"}
_COMPARISONS = frozenset({"=", "==", "!=", "<", ">", "<=", ">="})


def _tokens(text: str) -> list[tuple[str, str]]:
    if len(text) > LONGEST_TEXT:
        raise _Fault("it is too long")
    found, at = [], 0
    while text[at:].strip():
        rest = text[at:].lstrip()
        at = len(text) - len(rest)
        spaced = next((name for name in _SPACED if rest.startswith((name + "(", name + " ("))), None)
        if spaced:
            found.append(("name", spaced))
            at += len(spaced)
            continue
        match = _TOKEN.match(text, at)
        if not match:
            raise _Fault(f"{rest[0]!r} is not understood here")
        kind = match.lastgroup or ""
        token = match[kind]
        found.append(("sign", _WORDS[token]) if kind == "name" and token in _WORDS else (kind, token))
        at = match.end()
    return [*found, ("end", "")]


class _Reader:
    """A recursive descent over the tokens; every method gives a closure."""

    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.at = 0
        self.depth = 0
        self.names: set[str] = set()

    def whole(self) -> Closure:
        found = self.expression()
        if self.tokens[self.at][0] != "end":
            raise _Fault(f"{self.tokens[self.at][1]!r} is not understood here")
        return found

    def tests(self) -> list[Test]:
        """DMN's unary tests, separated by commas."""
        found = [self.test()]
        while self.take(","):
            found.append(self.test())
        if self.tokens[self.at][0] != "end":
            raise _Fault(f"{self.tokens[self.at][1]!r} is not understood here")
        return found

    def take(self, *wanted: str) -> str | None:
        kind, token = self.tokens[self.at]
        if kind in ("sign", "name") and token in wanted:
            self.at += 1
            return token
        return None

    def need(self, wanted: str) -> None:
        if not self.take(wanted):
            raise _Fault(f"{wanted!r} is missing before {self.tokens[self.at][1]!r}")

    def name(self) -> str:
        kind, token = self.tokens[self.at]
        if kind != "name":
            raise _Fault(f"a name is missing before {token!r}")
        self.at += 1
        return token

    def expression(self) -> Closure:
        self.depth += 1
        if self.depth > DEEPEST:
            raise _Fault("it is nested too deeply")
        try:
            return self._if() if self.take("if") else self._quantified() or self._conditional()
        finally:
            self.depth -= 1

    def _if(self) -> Closure:
        condition = self.expression()
        self.need("then")
        yes = self.expression()
        self.need("else")
        no = self.expression()
        return lambda data: yes(data) if _truth(condition(data)) else no(data)

    def _quantified(self) -> Closure | None:
        word = self.take("some", "every")
        if not word:
            return None
        name = self.name()
        self.need("in")
        values = self.expression()
        self.need("satisfies")
        condition = self.expression()
        fold = any if word == "some" else all
        return lambda data: fold(_truth(condition({**data, name: each})) for each in _list(values(data) or []))

    def _conditional(self) -> Closure:
        condition = self._or()
        if not self.take("?"):
            return condition
        yes = self.expression()
        self.need(":")
        no = self.expression()
        return lambda data: yes(data) if _truth(condition(data)) else no(data)

    def _or(self) -> Closure:
        parts = [self._and()]
        while self.take("or", "||"):
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else lambda data: any(_truth(part(data)) for part in parts)

    def _and(self) -> Closure:
        parts = [self._comparison()]
        while self.take("and", "&&"):
            parts.append(self._comparison())
        return parts[0] if len(parts) == 1 else lambda data: all(_truth(part(data)) for part in parts)

    def _comparison(self) -> Closure:
        left = self._sum()
        if operator := self.take(*_COMPARISONS):
            right = self._sum()
            return lambda data: _compare(operator, left(data), right(data))
        if self.take("between"):
            low = self._sum()
            self.need("and")
            high = self._sum()
            return lambda data: _Range(low(data), high(data), True, True).holds(left(data))
        if self.take("in"):
            if self.take("("):
                tests = [self.test()]
                while self.take(","):
                    tests.append(self.test())
                self.need(")")
                return lambda data: any(test(data, left(data)) for test in tests)
            test = self.test()
            return lambda data: test(data, left(data))
        return left

    def test(self) -> Test:
        if self.tokens[self.at] == ("sign", "-") and self.tokens[self.at + 1][1] in (",", ")", ""):
            self.at += 1
            return lambda data, value: True
        if operator := self.take(*_COMPARISONS):
            right = self._sum()
            return lambda data, value: _compare(operator, value, right(data))
        wanted = self._sum()
        return lambda data, value: _belongs(value, wanted(data))

    def _sum(self) -> Closure:
        left = self._product()
        while sign := self.take("+", "-"):
            left = self._joined(_add if sign == "+" else _subtract, left, self._product())
        return left

    def _product(self) -> Closure:
        left = self._sign()
        while sign := self.take("*", "/", "%"):
            reckon = _ARITHMETIC[sign]
            left = self._joined(partial(_reckon, reckon), left, self._sign())
        return left

    @staticmethod
    def _joined(reckon: Callable[[Value, Value], Value], left: Closure, right: Closure) -> Closure:
        return lambda data: reckon(left(data), right(data))

    def _sign(self) -> Closure:
        if self.take("-"):
            value = self._sign()
            return lambda data: -_exact(value(data))
        if self.take("!"):
            value = self._sign()
            return lambda data: not _truth(value(data))
        if self.tokens[self.at] == ("name", "not") and self.tokens[self.at + 1][1] != "(":
            self.at += 1
            value = self._sign()
            return lambda data: not _truth(value(data))
        if self.take("empty"):
            value = self._sign()
            return lambda data: value(data) in (None, "", [], {})
        return self._path()

    def _path(self) -> Closure:
        value = self._primary()
        while True:
            if self.take("."):
                value = self._member(value, self.name())
            elif self.take("["):
                index = self.expression()
                self.need("]")
                value = self._item(value, index)
            else:
                return value

    @staticmethod
    def _member(value: Closure, name: str) -> Closure:
        def read(data: Context) -> Value:
            whole = value(data)
            if whole is None:
                return None
            if isinstance(whole, list):
                return [each.get(name) if isinstance(each, Mapping) else None for each in whole]
            if not isinstance(whole, Mapping):
                raise _Fault(f"{_said(whole)} has no {name}")
            return whole.get(name)

        return read

    @staticmethod
    def _item(value: Closure, index: Closure) -> Closure:
        def read(data: Context) -> Value:
            whole, at = value(data), index(data)
            if isinstance(whole, Mapping):
                return whole.get(at)
            place = int(_exact(at))  # FEEL counts from 1, and from the end with a minus
            values = _list(whole)
            return values[place - 1 if place > 0 else place] if 0 < abs(place) <= len(values) else None

        return read

    def _primary(self) -> Closure:
        kind, token = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            number = Decimal(token)
            return lambda data: number
        if kind == "text":
            text = re.sub(r"\\(.)", r"\1", token[1:-1])
            return lambda data: text
        if kind == "name":
            return self._named(token)
        if kind == "sign" and token in ("(", "[", "]"):
            return self._bracket(token)
        if kind == "sign" and token == "{":
            return self._context()
        if kind == "sign" and token == "?":
            return lambda data: data.get("?")
        raise _Fault(f"{token!r} is not understood here" if token else "it ends too early")

    def _named(self, name: str) -> Closure:
        if name in ("true", "false", "null"):
            constant = {"true": True, "false": False, "null": None}[name]
            return lambda data: constant
        if not self.take("("):
            self.names.add(name)
            return lambda data: data.get(name)
        arguments: list[Closure] = []
        while not self.take(")"):
            arguments.append(self.expression())
            if not self.take(",") and self.tokens[self.at][1] != ")":
                raise _Fault("a comma or a closing bracket is missing")
        function = FUNCTIONS.get(name)
        if function is None:
            raise _Fault(f"there is no function {name}()")
        return lambda data: function(*[argument(data) for argument in arguments])

    def _bracket(self, opening: str) -> Closure:
        if opening == "[" and self.take("]"):
            return lambda data: []
        first = self.expression()
        if self.take(".."):
            last = self.expression()
            closing = self.take(")", "]", "[")
            if not closing:
                raise _Fault("the range is not closed")
            return lambda data: _Range(first(data), last(data), opening == "[", closing == "]")
        if opening == "(":
            self.need(")")
            return first
        values = [first]
        while self.take(","):
            values.append(self.expression())
        self.need("]")
        return lambda data: [value(data) for value in values]

    def _context(self) -> Closure:
        entries: dict[str, Closure] = {}
        while not self.take("}"):
            kind, token = self.tokens[self.at]
            self.at += 1
            if kind not in ("name", "text"):
                raise _Fault("a key is missing")
            self.need(":")
            entries[token.strip("\"'")] = self.expression()
            self.take(",")
        return lambda data: {key: value(data) for key, value in entries.items()}


# ---------------------------------------------------------------- what others call

ISO = re.compile(r"(-?P[0-9YMWDTHS]+|R\d*/.+|\d{4}-\d\d-\d\d.*)")
_PART = re.compile(r"[$#]\{([^{}]*)\}")


@lru_cache(maxsize=4096)
def compile_expression(text: str) -> Closure:
    """A function of the data for anything a designer types. Raises ExpressionError."""
    stripped = text.strip()
    try:
        return _guarded(stripped, _read(stripped))
    except _Fault as fault:
        raise ExpressionError(stripped, str(fault)) from None


@lru_cache(maxsize=4096)
def compile_test(text: str) -> Test:
    """A decision table's input entry as a function of (data, input value). Raises ExpressionError."""
    stripped = text.strip()
    if stripped in ("", "-"):
        return lambda data, value: True
    negated = re.fullmatch(r"not\s*\((.*)\)", stripped, re.S)
    try:
        reader = _Reader(negated[1] if negated else stripped)
        if ("sign", "?") in reader.tokens:
            whole = reader.whole()
            test: Test = lambda data, value: _truth(whole({**data, "?": value}))  # noqa: E731
        else:
            tests = reader.tests()
            test = lambda data, value: any(each(data, value) for each in tests)  # noqa: E731
    except _Fault as fault:
        raise ExpressionError(stripped, str(fault)) from None

    def guarded(data: Context, value: Value) -> bool:
        answer = _evaluate(stripped, lambda: test(data, value))
        return not answer if negated else bool(answer)

    return guarded


def evaluate(text: str, data: Context) -> Value:
    """The expression's value over the data. Raises ExpressionError."""
    return compile_expression(text)(data)


def _read(text: str) -> Closure:
    if not text:
        raise _Fault("it is empty")
    if text[0] == "=":
        return _Reader(text[1:]).whole()
    if ISO.fullmatch(text):
        return lambda data: text
    if found := re.fullmatch(r"[$#]\{(.*)\}", text, re.S):
        inner = found[1]
        if not _PART.search(inner):
            return _Reader(inner).whole()
    if _PART.search(text):
        return _template(text)
    return _Reader(text).whole()


def _template(text: str) -> Closure:
    """«Dear ${name}!»"""
    parts: list[Closure] = []
    at = 0
    for found in _PART.finditer(text):
        literal = text[at : found.start()]
        value = _Reader(found[1]).whole()
        parts.append(partial(_after, literal, value))
        at = found.end()
    tail = text[at:]
    return lambda data: "".join(part(data) for part in parts) + tail


def _after(literal: str, value: Closure, data: Context) -> str:
    return literal + _text(value(data))


def _guarded(text: str, closure: Closure) -> Closure:
    return lambda data: _evaluate(text, lambda: _plain(closure(data)))


def _evaluate(text: str, run: Callable[[], Value]) -> Value:
    try:
        return run()
    except _Fault as fault:
        raise ExpressionError(text, str(fault)) from None
    except (DecimalException, TypeError, ValueError, OverflowError, AttributeError) as fault:
        raise ExpressionError(text, f"it does not work with these values ({type(fault).__name__})") from None
