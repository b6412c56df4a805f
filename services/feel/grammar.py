"""From text to a tree: FEEL's grammar (DMN 1.5, 10.3.1.2), whose names may hold spaces and operators.

What a name is depends on what there is: `a-b` is one name where one is known, and a subtraction elsewhere. So the text
is read by the grammar itself, which knows the names in scope at every place, and never cut into tokens beforehand.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TypeVar

from services.feel.nodes import (
    Between,
    Comparison,
    Filter,
    For,
    If,
    In,
    InstanceOf,
    Invocation,
    Iteration,
    Negative,
    Operated,
    Path,
    Quantified,
    Tests,
    Tree,
)
from services.feel.primaries import KEY, PrimaryReader
from services.feel.run import FeelRefused
from services.feel.scanning import normal

Read = TypeVar("Read", bound=Tree)
_COMPARISONS = ("<=", ">=", "!=", "=", "<", ">")
_BEHIND_RANGE = re.compile(
    r"\s*(?:$|[,)\]}=!<>+*/]|\.\s*[^\s\d.]|(?:and|or|then|else|return|satisfies|instance|in|between)\b)"
)


@lru_cache(maxsize=1024)
def read_expression(text: str, names: frozenset[str] = frozenset(), builtins: frozenset[str] = frozenset()) -> Tree:
    """An expression. `names` are those known of what it stands in: variables, and the members of their contexts.

    Raises FeelRefused.
    """
    return Grammar(text, names | builtins).whole(Grammar.expression)


@lru_cache(maxsize=4096)
def read_tests(text: str, names: frozenset[str] = frozenset(), builtins: frozenset[str] = frozenset()) -> Tests | None:
    """The entry of a decision table; None for one that fits anything. Raises FeelRefused."""
    if text.strip() in ("", "-"):
        return None
    return Grammar(text, names | builtins).whole(Grammar.tests)


class Grammar(PrimaryReader):
    """A recursive descent; every method gives a node and stands behind it."""

    def whole(self, read: Callable[["Grammar"], Read]) -> Read:
        found = read(self)
        if self.at < len(self.text):
            raise self.misunderstood()
        return found

    # ---------------------------------------------------------------- expressions

    def tests(self) -> Tests:
        if self.take("-"):
            if self.at >= len(self.text):
                return Tests(())
            self.at = len(self.text) - len(self.text.lstrip())
        begun = self.at
        if self.take_word("not") and self.take("("):
            found = self._tests_until(")")
            if self.take(")") and self.at >= len(self.text):
                return Tests(found, negated=True)
            self.at = begun
        return Tests(self._tests_until(""))

    def _tests_until(self, end: str) -> tuple[Tree, ...]:
        found = [self.test()]
        while self.take(","):
            found.append(self.test())
        return tuple(found)

    def test(self) -> Tree:
        if operator := self.comparison_sign():
            with self.deeper():
                return Comparison(operator, self.sum())
        return self.expression()

    def comparison_sign(self) -> str | None:
        return next((sign for sign in _COMPARISONS if self.take(sign)), None)

    def expression(self) -> Tree:
        with self.deeper():
            return self._plain()

    def _plain(self) -> Tree:
        if self.sees_word("if") and self.take_word("if"):
            condition = self.expression()
            self.need_word("then")
            yes = self.expression()
            self.need_word("else")
            return If(condition, yes, self.expression())
        if self.sees_word("for"):
            return self._for()
        for word in ("some", "every"):
            if self.take_word(word):
                with self._iterations(re.compile(r"\bsatisfies\b")) as iterations:
                    self.need_word("satisfies")
                    return Quantified(word, iterations, self.expression())
        return self._or()

    def _for(self) -> Tree:
        self.need_word("for")
        with self._iterations(re.compile(r"\breturn\b")) as iterations:
            self.need_word("return")
            return For(iterations, self.expression())

    @contextmanager
    def _iterations(self, end: "re.Pattern[str]") -> Iterator[tuple[Iteration, ...]]:
        before, found = self.specials, []
        while True:
            name = self.name_before(re.compile(r"\s+in\b"))
            self.need_word("in")
            values = self.expression()
            last = self.expression() if self.take("..") else None
            found.append(Iteration(name, values, last))
            self.add([name])
            if not self.take(","):
                break
        yield tuple(found)
        self.specials = before

    def _or(self) -> Tree:
        left = self._and()
        while self.take_word("or"):
            self.link()
            left = Operated("or", left, self._and())
        return left

    def _and(self) -> Tree:
        left = self._comparison()
        while self.take_word("and"):
            self.link()
            left = Operated("and", left, self._comparison())
        return left

    def _comparison(self) -> Tree:
        left = self.sum()
        while True:
            self.link()
            if operator := self.comparison_sign():
                left = Operated(operator, left, self.sum())
            elif self.take_word("between"):
                low = self.sum()
                self.need_word("and")
                left = Between(left, low, self.sum())
            elif self.take_word("in"):
                left = self._in(left)
            elif self.take_word("instance"):
                self.need_word("of")
                left = InstanceOf(left, self.type())
            else:
                return left

    def _in(self, left: Tree) -> Tree:
        if not self.sees("("):
            operator = self.comparison_sign()
            return In(left, (Comparison(operator, self.sum()) if operator else self.sum(),), bracketed=False)
        begun = self.at
        self.take("(")
        with self.deeper():
            first = self.test()
            if self.take(".."):
                tests: tuple[Tree, ...] = (self._range(first, with_low=False),)
                return In(left, tests, bracketed=False)
            more = self._more_tests()
            self.need(")")
        if self.sees("[") or self.sees("."):  # what stands in brackets was only the beginning of a value
            self.at = begun
            return In(left, (self.sum(),), bracketed=False)
        return In(left, (first, *more))

    def _more_tests(self) -> tuple[Tree, ...]:
        found = []
        while self.take(","):
            found.append(self.test())
        return tuple(found)

    def sum(self) -> Tree:
        left = self._product()
        while not self.sees("->"):
            sign = next((sign for sign in "+-" if self.take(sign)), None)
            if sign is None:
                break
            self.link()
            left = Operated(sign, left, self._product())
        return left

    def _product(self) -> Tree:
        left = self._power()
        while not self.sees("**"):
            sign = next((sign for sign in "*/" if self.take(sign)), None)
            if sign is None:
                break
            self.link()
            left = Operated(sign, left, self._power())
        return left

    def _power(self) -> Tree:
        left = self._negative()
        while self.take("**"):
            self.link()
            left = Operated("**", left, self._negative())
        return left

    def _negative(self) -> Tree:
        count = 0
        while self.take("-"):
            self.link()
            count += 1
        value = self._postfix()
        for _ in range(count):
            value = Negative(value)
        return value

    def _postfix(self) -> Tree:
        value = self.primary()
        while True:
            if self.sees("..") or (self.ends_range and self._closes_range()):
                return value
            if self.take("."):
                self.link()
                value = Path(value, self._member())
            elif self.take("["):
                self.link()
                value = Filter(value, self.expression())
                self.need("]")
            elif self.take("("):
                self.link()
                value = self._call(value)
            else:
                return value

    def _member(self) -> str:
        name = self.known() or self.token()
        if name is None:
            raise FeelRefused("a name is missing before %(token)s", token=repr(self.text[self.at : self.at + 20]))
        return name

    def _closes_range(self) -> bool:
        """`[1..5[`: a bracket that nothing to count by follows."""
        return self.sees("[") and _BEHIND_RANGE.match(self.text, self.at + 1) is not None

    def _call(self, function: Tree) -> Tree:
        arguments: list[Tree] = []
        names: list[str] = []
        with self.deeper():
            while not self.take(")"):
                if arguments:
                    self.need(",")
                key = KEY.match(self.text, self.at)
                if key and (names or not arguments):
                    names.append(normal(key[1]))
                    self.at = key.end()
                    self.skip()
                elif names:
                    raise FeelRefused("arguments have names, or none has")
                arguments.append(self.expression())
                if not self.sees(",") and not self.sees(")"):
                    raise FeelRefused("a comma or a closing bracket is missing")
        return Invocation(function, tuple(arguments), tuple(names))
