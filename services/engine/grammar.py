"""From text to a tree of closures: the useful part of FEEL, with JUEL's signs."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial

from services.engine.functions import ARITHMETIC, FUNCTIONS, add, as_list, reckon_with, subtract
from services.engine.values import Closure, Context, Fault, Range, Test, Value, belongs, compare, exact, said, truth

LONGEST_TEXT = 4000
DEEPEST = 40
MOST_LINKS = 400  #: operands and members in one expression: many are a call inside a call
MOST_LOOPS = 2  #: `some … in …` in one expression: more, inside one another, would take hours

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?(?!\.\d))|(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
    |(?P<sign>\.\.|==|!=|<=|>=|&&|\|\||[-+*/%<>=!?:.,()\[\]{}])|(?P<name>[^\W\d]\w*))""",
    re.X,
)
_SPACED = sorted((name for name in FUNCTIONS if " " in name), key=len, reverse=True)
_WORDS = {"eq": "=", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=", "div": "/", "mod": "%"}
_AFTER_RANGE = frozenset({"", ",", ")", "]", "}", "and", "or", "then", "else"})
_COMPARISONS = frozenset({"=", "==", "!=", "<", ">", "<=", ">="})


def _tokens(text: str) -> list[tuple[str, str]]:
    if len(text) > LONGEST_TEXT:
        raise Fault("it is too long")
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
            raise Fault("%(token)s is not understood here", token=repr(rest[0]))
        kind = match.lastgroup or ""
        token = match[kind]
        found.append(("sign", _WORDS[token]) if kind == "name" and token in _WORDS else (kind, token))
        at = match.end()
    return [*found, ("end", "")]


class Reader:
    """A recursive descent over the tokens; every method gives a closure."""

    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.at = 0
        self.depth = self.links = self.loops = 0
        self.names: set[str] = set()  #: of the data that it reads
        self.bound: set[str] = set()  #: by `some … in …`

    def whole(self) -> Closure:
        found = self.expression()
        if self.tokens[self.at][0] != "end":
            raise Fault("%(token)s is not understood here", token=repr(self.tokens[self.at][1]))
        return found

    def tests(self) -> list[Test]:
        """DMN's unary tests, separated by commas."""
        found = [self.test()]
        while self.take(","):
            found.append(self.test())
        if self.tokens[self.at][0] != "end":
            raise Fault("%(token)s is not understood here", token=repr(self.tokens[self.at][1]))
        return found

    def take(self, *wanted: str) -> str | None:
        kind, token = self.tokens[self.at]
        if kind in ("sign", "name") and token in wanted:
            self.at += 1
            return token
        return None

    def need(self, wanted: str) -> None:
        if not self.take(wanted):
            raise Fault("%(wanted)s is missing", wanted=repr(wanted))

    def name(self) -> str:
        kind, token = self.tokens[self.at]
        if kind != "name":
            raise Fault("a name is missing before %(token)s", token=repr(token))
        self.at += 1
        return token

    def link(self) -> None:
        """One more call inside a call, when it is evaluated."""
        self.links += 1
        if self.links > MOST_LINKS:
            raise Fault("it is too long")

    def expression(self) -> Closure:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Fault("it is nested too deeply")
        found = self._if() if self.take("if") else self._quantified() or self._conditional()
        self.depth -= 1
        return found

    def _if(self) -> Closure:
        condition = self.expression()
        self.need("then")
        yes = self.expression()
        self.need("else")
        no = self.expression()
        return lambda data: yes(data) if truth(condition(data)) else no(data)

    def _quantified(self) -> Closure | None:
        word = self.take("some", "every")
        if not word:
            return None
        self.loops += 1
        if self.loops > MOST_LOOPS:
            raise Fault("more than two of some and every are too many")
        name = self.name()
        self.bound.add(name)
        self.need("in")
        values = self.expression()
        self.need("satisfies")
        condition = self.expression()
        fold = any if word == "some" else all
        return lambda data: fold(truth(condition({**data, name: each})) for each in as_list(values(data) or []))

    def _conditional(self) -> Closure:
        condition = self._or()
        if not self.take("?"):
            return condition
        yes = self.expression()
        self.need(":")
        no = self.expression()
        return lambda data: yes(data) if truth(condition(data)) else no(data)

    def _or(self) -> Closure:
        parts = [self._and()]
        while self.take("or", "||"):
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else lambda data: any(truth(part(data)) for part in parts)

    def _and(self) -> Closure:
        parts = [self._comparison()]
        while self.take("and", "&&"):
            parts.append(self._comparison())
        return parts[0] if len(parts) == 1 else lambda data: all(truth(part(data)) for part in parts)

    def _comparison(self) -> Closure:
        left = self._sum()
        if operator := self.take(*_COMPARISONS):
            right = self._sum()
            return lambda data: compare(operator, left(data), right(data))
        if self.take("between"):
            low = self._sum()
            self.need("and")
            high = self._sum()
            return lambda data: Range(low(data), high(data), True, True).holds(left(data))
        if self.take("in"):
            test = self._among() if self.take("(") else self.test()
            return lambda data: test(data, left(data))
        return left

    def _among(self) -> Test:
        """What stands behind `in (`: tests with commas, or a range without its lower end."""
        if self.tokens[self.at][1] in _COMPARISONS:
            tests = [self.test()]
        else:
            first = self._sum()
            if self.take(".."):
                span = self._range(first, with_low=False)
                return lambda data, value: belongs(value, span(data))
            tests = [lambda data, value: belongs(value, first(data))]
        while self.take(","):
            tests.append(self.test())
        self.need(")")
        return lambda data, value: any(test(data, value) for test in tests)

    def test(self) -> Test:
        if self.tokens[self.at] == ("sign", "-") and self.tokens[self.at + 1][1] in (",", ")", ""):
            self.at += 1
            return lambda data, value: True
        if operator := self.take(*_COMPARISONS):
            right = self._sum()
            return lambda data, value: compare(operator, value, right(data))
        wanted = self._sum()
        return lambda data, value: belongs(value, wanted(data))

    def _sum(self) -> Closure:
        left = self._product()
        while sign := self.take("+", "-"):
            left = self._joined(add if sign == "+" else subtract, left, self._product())
        return left

    def _product(self) -> Closure:
        left = self._sign()
        while sign := self.take("*", "/", "%"):
            reckon = ARITHMETIC[sign]
            left = self._joined(partial(reckon_with, reckon), left, self._sign())
        return left

    def _joined(self, reckon: Callable[[Value, Value], Value], left: Closure, right: Closure) -> Closure:
        self.link()
        return lambda data: reckon(left(data), right(data))

    def _sign(self) -> Closure:
        self.link()
        if self.take("-"):
            value = self._sign()
            return lambda data: exact(value(data)).copy_negate()
        if self.take("!"):
            value = self._sign()
            return lambda data: not truth(value(data))
        if self.tokens[self.at] == ("name", "not") and self.tokens[self.at + 1][1] != "(":
            self.at += 1
            value = self._sign()
            return lambda data: not truth(value(data))
        if self.take("empty"):
            value = self._sign()
            return lambda data: value(data) in (None, "", [], {})
        return self._path()

    def _path(self) -> Closure:
        value = self._primary()
        while True:
            self.link()
            if self.take("."):
                value = self._member(value, self.name())
            elif not self._closes_range() and self.take("["):
                index = self.expression()
                self.need("]")
                value = self._item(value, index)
            else:
                return value

    def _closes_range(self) -> bool:
        """`[1..5[`: a bracket that nothing to count by follows."""
        return self.tokens[self.at] == ("sign", "[") and self.tokens[self.at + 1][1] in _AFTER_RANGE

    @staticmethod
    def _member(value: Closure, name: str) -> Closure:
        def read(data: Context) -> Value:
            whole = value(data)
            if whole is None:
                return None
            if isinstance(whole, list):
                return [each.get(name) if isinstance(each, Mapping) else None for each in whole]
            if not isinstance(whole, Mapping):
                raise Fault(f"{said(whole)} has no {name}")
            return whole.get(name)

        return read

    @staticmethod
    def _item(value: Closure, index: Closure) -> Closure:
        def read(data: Context) -> Value:
            whole, at = value(data), index(data)
            if isinstance(whole, Mapping):
                return whole.get(at)
            place = int(exact(at))  # FEEL counts from 1, and from the end with a minus
            values = as_list(whole)
            return values[place - 1 if place > 0 else place] if 0 < abs(place) <= len(values) else None

        return read

    def _primary(self) -> Closure:
        kind, token = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            number = exact(Decimal(token))
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
        if not token:
            raise Fault("it ends too early")
        raise Fault("%(token)s is not understood here", token=repr(token))

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
                raise Fault("a comma or a closing bracket is missing")
        function = FUNCTIONS.get(name)
        if function is None:
            raise Fault("there is no function %(name)s()", name=name)
        return lambda data: function(*[argument(data) for argument in arguments])

    def _bracket(self, opening: str) -> Closure:
        if opening == "[" and self.take("]"):
            return lambda data: []
        first = self.expression()
        if self.take(".."):
            return self._range(first, with_low=opening == "[")
        if opening == "(":
            self.need(")")
            return first
        values = [first]
        while self.take(","):
            values.append(self.expression())
        self.need("]")
        return lambda data: [value(data) for value in values]

    def _range(self, first: Closure, *, with_low: bool) -> Closure:
        last = self.expression()
        closing = self.take(")", "]", "[")
        if not closing:
            raise Fault("the range is not closed")
        return lambda data: Range(first(data), last(data), with_low, closing == "]")

    def _context(self) -> Closure:
        entries: dict[str, Closure] = {}
        while not self.take("}"):
            kind, token = self.tokens[self.at]
            self.at += 1
            if kind not in ("name", "text"):
                raise Fault("a key is missing")
            self.need(":")
            entries[token.strip("\"'")] = self.expression()
            self.take(",")
        return lambda data: {key: value(data) for key, value in entries.items()}
