"""What designers type in Modeler: `${…}` (the useful part of JUEL), FEEL (`=…` and in decision tables), ISO 8601 times.

Text becomes a tree of closures, once. No Python is ever evaluated: no attributes of objects, only keys of the data; no
functions but those of functions.py. Numbers are exact (int and Decimal); a whole result is an int, any other a float.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from decimal import DecimalException
from functools import lru_cache, partial

from services.engine.errors import ExpressionError
from services.engine.functions import as_text, current_world, in_world
from services.engine.grammar import Reader
from services.engine.values import Closure, Context, Fault, Test, Value, plain, truth

__all__ = ["Closure", "Test", "compile_expression", "compile_test", "current_world", "evaluate", "in_world", "names_in"]

ISO = re.compile(r"(-?P[0-9YMWDTHS]+|R\d*/.+|\d{4}-\d\d-\d\d.*)")
_PART = re.compile(r"[$#]\{([^{}]*)\}")


@lru_cache(maxsize=4096)
def compile_expression(text: str) -> Closure:
    """A function of the data for anything a designer types. Raises ExpressionError."""
    stripped = text.strip()
    try:
        return _guarded(stripped, _read(stripped))
    except Fault as fault:
        raise ExpressionError(stripped, fault.words) from None


@lru_cache(maxsize=4096)
def compile_test(text: str) -> Test:
    """A decision table's input entry as a function of (data, input value). Raises ExpressionError."""
    stripped = text.strip()
    if stripped in ("", "-"):
        return lambda data, value: True
    negated = re.fullmatch(r"not\s*\((.*)\)", stripped, re.S)
    try:
        reader = Reader(negated[1] if negated else stripped)
        if ("sign", "?") in reader.tokens:
            whole = reader.whole()
            test: Test = lambda data, value: truth(whole({**data, "?": value}))  # noqa: E731
        else:
            tests = reader.tests()
            test = lambda data, value: any(each(data, value) for each in tests)  # noqa: E731
    except Fault as fault:
        raise ExpressionError(stripped, fault.words) from None

    def guarded(data: Context, value: Value) -> bool:
        answer = _evaluate(stripped, lambda: test(data, value))
        return not answer if negated else bool(answer)

    return guarded


def evaluate(text: str, data: Context) -> Value:
    """The expression's value over the data. Raises ExpressionError."""
    return compile_expression(text)(data)


@lru_cache(maxsize=4096)
def names_in(text: str) -> frozenset[str]:
    """The variables that an expression reads; none for what cannot be read."""
    stripped = text.strip()
    if not stripped or ISO.fullmatch(stripped):
        return frozenset()
    found: set[str] = set()
    with suppress(Fault):
        for part in parts_of(stripped):
            reader = Reader(part)
            reader.whole()
            found |= reader.names - reader.bound
    return frozenset(found)


def parts_of(text: str) -> list[str]:
    """What is reckoned in it: all of `=…` and `${…}`, each `${…}` of a text around them."""
    if text[:1] == "=":
        return [text[1:]]
    found = re.fullmatch(r"[$#]\{(.*)\}", text, re.S)
    if found and "${" not in found[1] and "#{" not in found[1]:
        return [found[1]]
    return [each[1] for each in _PART.finditer(text)] or [text]


def _read(text: str) -> Closure:
    if not text:
        raise Fault("it is empty")
    if text[0] == "=":
        return Reader(text[1:]).whole()
    if ISO.fullmatch(text):
        return lambda data: text
    if found := re.fullmatch(r"[$#]\{(.*)\}", text, re.S):
        inner = found[1]
        if "${" not in inner and "#{" not in inner:
            return Reader(inner).whole()
    if _PART.search(text):
        return _template(text)
    return Reader(text).whole()


def _template(text: str) -> Closure:
    """«Dear ${name}!»"""
    parts: list[Closure] = []
    at = 0
    for found in _PART.finditer(text):
        literal = text[at : found.start()]
        value = Reader(found[1]).whole()
        parts.append(partial(_after, literal, value))
        at = found.end()
    tail = text[at:]
    return lambda data: "".join(part(data) for part in parts) + tail


def _after(literal: str, value: Closure, data: Context) -> str:
    return literal + as_text(value(data))


def _guarded(text: str, closure: Closure) -> Closure:
    return lambda data: _evaluate(text, lambda: plain(closure(data)))


def _evaluate(text: str, run: Callable[[], Value]) -> Value:
    try:
        return run()
    except Fault as fault:
        raise ExpressionError(text, fault.words) from None
    except (DecimalException, TypeError, ValueError, OverflowError, AttributeError, RecursionError) as fault:
        raise ExpressionError(text, f"it does not work with these values ({type(fault).__name__})") from None
