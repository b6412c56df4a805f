"""`${…}` and `#{…}`: the Expression Language as Camunda 7 reads it (EL 2.2, JSR 245 maintenance release, chapter 1).

Lists count from 0, `'5' == 5` is true, the text "false" is not true, a missing member of what is missing is null.
Two things are stricter or more exact than the standard: numbers are decimal, and a sum over a missing value is an error
where EL would reckon with 0. There are no methods and no objects but the data; functions are FEEL's of one word.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, DecimalException
from functools import partial

from services.expressions.coercion import EQUALITY, ORDER, SUMS, as_text, is_number, number, text_plus, truth
from services.feel.applying import invoked
from services.feel.run import FeelRefused, FeelScope
from services.feel.values import NUMBERS, Function, Value, kind

Closure = Callable[[FeelScope], Value]

LONGEST_TEXT = 4000
LONGEST_NUMBER = 60
DEEPEST = 40
MOST_LINKS = 400  #: operands and members in one expression: many are a call inside a call

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)|(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
    |(?P<sign>==|!=|<=|>=|&&|\|\||[-+*/%<>!?:.,()\[\]])|(?P<name>[^\W\d][\w$]*))""",
    re.X | re.S,
)
_WORDS = {"eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=", "div": "/", "mod": "%", "and": "&&",
          "or": "||", "not": "!"}  # fmt: skip


@dataclass(frozen=True)
class Juel:
    """An expression, ready to be evaluated in a scope of FEEL's values."""

    within: Closure
    free: frozenset[str]  #: the names that it reads


def read_juel(text: str, functions: Mapping[str, Function]) -> Juel:
    """What stands between `${` and `}`. Raises FeelRefused."""
    reader = _Reader(text, functions)
    closure = reader.expression()
    reader.check_end()
    return Juel(closure, frozenset(reader.names))


def parts_of(text: str) -> list[tuple[str, str | None]] | None:
    """A text with `${…}` in it as (what stands before, what is reckoned); the last has nothing to reckon.

    None when there is nothing to reckon in it, or one is not closed.
    """
    found: list[tuple[str, str | None]] = []
    literal, at = "", 0
    while at < len(text):
        if text.startswith(("\\${", "\\#{"), at):
            literal, at = literal + text[at + 1 : at + 3], at + 3
        elif text.startswith(("${", "#{"), at):
            end = _closing(text, at + 2)
            if end is None:
                return None
            found.append((literal, text[at + 2 : end]))
            literal, at = "", end + 1
        else:
            literal, at = literal + text[at], at + 1
    return [*found, (literal, None)] if found else None


def _closing(text: str, at: int) -> int | None:
    """Where the bracket closes; one in a text does not count."""
    depth, quote = 1, ""
    while at < len(text):
        sign = text[at]
        if quote:
            if sign == "\\":
                at += 1
            elif sign == quote:
                quote = ""
        elif sign in "\"'":
            quote = sign
        elif sign in "{}":
            depth += 1 if sign == "{" else -1
            if not depth:
                return at
        at += 1
    return None


class _Reader:
    """A recursive descent over the tokens; every method gives a closure."""

    def __init__(self, text: str, functions: Mapping[str, Function]) -> None:
        self.tokens, self.functions = _tokens(text), functions
        self.at = self.depth = self.links = 0
        self.names: set[str] = set()
        self.texts: set[Closure] = set()  #: what is surely a text, and no number

    def check_end(self) -> None:
        kind_, token = self.tokens[self.at]
        if kind_ != "end":
            raise FeelRefused("%(token)s is not understood here", token=repr(token))

    def take(self, *wanted: str) -> str | None:
        kind_, token = self.tokens[self.at]
        if kind_ == "sign" and token in wanted:
            self.at += 1
            return token
        return None

    def need(self, wanted: str) -> None:
        if not self.take(wanted):
            raise FeelRefused("%(wanted)s is missing", wanted=repr(wanted))

    def link(self) -> None:
        self.links += 1
        if self.links > MOST_LINKS:
            raise FeelRefused("it is too long")

    def expression(self) -> Closure:
        self.depth += 1
        if self.depth > DEEPEST:
            raise FeelRefused("it is nested too deeply")
        found = self._or()
        if self.take("?"):
            condition, yes = found, self.expression()
            self.need(":")
            no = self.expression()
            found = lambda scope: yes(scope) if truth(condition(scope)) else no(scope)  # noqa: E731
        self.depth -= 1
        return found

    def _or(self) -> Closure:
        parts = [self._and()]
        while self.take("||"):
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else lambda scope: any(truth(part(scope)) for part in parts)

    def _and(self) -> Closure:
        parts = [self._equality()]
        while self.take("&&"):
            parts.append(self._equality())
        return parts[0] if len(parts) == 1 else lambda scope: all(truth(part(scope)) for part in parts)

    def _equality(self) -> Closure:
        left = self._relation()
        while operator := self.take("==", "!="):
            left = self._joined(EQUALITY[operator], left, self._relation())
        return left

    def _relation(self) -> Closure:
        left = self._sum()
        while operator := self.take("<=", ">=", "<", ">"):
            left = self._joined(ORDER[operator], left, self._sum())
        return left

    def _sum(self) -> Closure:
        left = self._product()
        while operator := self.take("+", "-"):
            right = self._product()
            if operator == "+" and not self.texts.isdisjoint((left, right)):
                left = self._joined(text_plus, left, right)
                self.texts.add(left)
            else:
                left = self._joined(SUMS[operator], left, right)
        return left

    def _product(self) -> Closure:
        left = self._unary()
        while operator := self.take("*", "/", "%"):
            left = self._joined(SUMS[operator], left, self._unary())
        return left

    def _joined(self, reckon: Callable[[Value, Value], Value], left: Closure, right: Closure) -> Closure:
        self.link()
        return lambda scope: reckon(left(scope), right(scope))

    def _unary(self) -> Closure:
        self.link()
        if self.take("-"):
            value = self._unary()
            return lambda scope: number(value(scope)).copy_negate()
        if self.take("!"):
            value = self._unary()
            return lambda scope: not truth(value(scope))
        if self.tokens[self.at] == ("name", "empty"):
            self.at += 1
            value = self._unary()
            return lambda scope: value(scope) in (None, "", [], {})
        return self._path()

    def _path(self) -> Closure:
        value = self._primary()
        while True:
            self.link()
            if self.take("."):
                kind_, name = self.tokens[self.at]
                if kind_ != "name":
                    raise FeelRefused("a name is missing before %(token)s", token=repr(name))
                self.at += 1
                if self.tokens[self.at] == ("sign", "("):
                    raise FeelRefused("there is no function %(name)s()", name=name)
                value = _member(value, name)
            elif self.take("["):
                key = self.expression()
                self.need("]")
                value = _item(value, key)
            else:
                return value

    def _primary(self) -> Closure:
        kind_, token = self.tokens[self.at]
        if kind_ == "end":
            raise FeelRefused("it ends too early")
        self.at += 1
        if kind_ == "number":
            return _constant(_literal(token))
        if kind_ == "text":
            return self._text(re.sub(r"\\(.)", r"\1", token[1:-1], flags=re.S))
        if kind_ == "name":
            return self._named(token)
        if token == "(":
            found = self.expression()
            self.need(")")
            return found
        raise FeelRefused("%(token)s is not understood here", token=repr(token))

    def _text(self, text: str) -> Closure:
        found = _constant(text)
        if not is_number(text):
            self.texts.add(found)
        return found

    def _named(self, name: str) -> Closure:
        if name in ("true", "false", "null"):
            return _constant({"true": True, "false": False, "null": None}[name])
        if not self.take("("):
            self.names.add(name)
            return partial(_variable, name)
        arguments: list[Closure] = []
        while not self.take(")"):
            if arguments and not self.take(","):
                raise FeelRefused("a comma or a closing bracket is missing")
            arguments.append(self.expression())
        function = self.functions.get(name)
        if function is None:
            raise FeelRefused("there is no function %(name)s()", name=name)
        return lambda scope: invoked(scope.run, function, [each(scope) for each in arguments])


def _tokens(text: str) -> list[tuple[str, str]]:
    if len(text) > LONGEST_TEXT:
        raise FeelRefused("it is too long")
    found, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if not match:
            raise FeelRefused("%(token)s is not understood here", token=repr(text[at:].lstrip()[0]))
        kind_ = match.lastgroup or ""
        token = match[kind_]
        found.append(("sign", _WORDS[token]) if kind_ == "name" and token in _WORDS else (kind_, token))
        at = match.end()
    return [*found, ("end", "")]


def _variable(name: str, scope: FeelScope) -> Value:
    found = scope.get(name)
    return None if isinstance(found, Function) else found


def _literal(text: str) -> Decimal:
    try:
        if len(text) <= LONGEST_NUMBER:
            return NUMBERS.create_decimal(text)
    except DecimalException:
        pass
    raise FeelRefused("a number is too large")


def _constant(value: Value) -> Closure:
    return lambda scope: value


def _member(value: Closure, name: str) -> Closure:
    return lambda scope: _of(value(scope), name)


def _item(value: Closure, key: Closure) -> Closure:
    return lambda scope: _of(value(scope), key(scope))


def _of(whole: Value, key: Value) -> Value:
    """`a.b` and `a[b]` (1.6): null of null, an entry of a map, an element of a list from 0."""
    if whole is None or key is None:
        return None
    if isinstance(whole, dict):
        return whole.get(as_text(key))
    if isinstance(whole, list) and (isinstance(key, Decimal) or str(key).isdigit()):
        at = int(number(key))
        return whole[at] if 0 <= at < len(whole) else None
    raise FeelRefused("%(kind)s has no %(name)s", kind=kind(whole), name=as_text(key)[:40])
