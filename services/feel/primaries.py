"""What stands by itself in FEEL (DMN 1.5, 10.3.1.2): numbers, texts, names, brackets, lists, contexts and functions."""

import re
from decimal import Decimal

from services.feel.nodes import (
    AtLiteral,
    Comparison,
    ContextOf,
    FunctionOf,
    ListOf,
    Literal,
    NameOf,
    RangeOf,
    Tree,
    Type,
)
from services.feel.run import FeelRefused
from services.feel.scanning import NAME, normal, unescaped
from services.feel.times import read_moment
from services.feel.type_names import TypeReader

_NUMBER = re.compile(r"(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?", re.A)
_TEXT = re.compile(r'"((?:\\.|[^"\\])*)"', re.S)
KEY = re.compile(r"\s*([^\s\"\\{}\[\](),:;][^\"{}\[\](),:;]*?)\s*:")
KEYWORDS = frozenset([
    "if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "and", "or", "between", "instance", "of",
    "true", "false", "null", "function", "external",
])  # fmt: skip


class PrimaryReader(TypeReader):
    """Reads values; what hangs values together is the grammar's."""

    def expression(self) -> Tree:
        """A whole expression."""
        raise NotImplementedError

    def sum(self) -> Tree:
        """An expression without comparisons."""
        raise NotImplementedError

    def comparison_sign(self) -> str | None:
        """`<`, `>=` …, if one stands here."""
        raise NotImplementedError

    def primary(self) -> Tree:
        if found := _NUMBER.match(self.text, self.at):
            self.at = found.end()
            if NAME.match(self.text, self.at) or (self.sees(".") and self.text[self.at + 1 : self.at + 2].isdigit()):
                raise self.misunderstood()
            self.skip()
            return _number(found[0])
        if self.sees('"'):
            return Literal(self.string())
        if self.take("@"):
            text = self.string()
            return AtLiteral(text, read_moment(text))
        for sign, read in (("(", self._bracket), ("[", self._list), ("]", self._open_range), ("{", self._context)):
            if self.take(sign):
                with self.deeper():
                    return read()
        if self.take("?"):
            return NameOf("?")
        return self._named()

    def string(self) -> str:
        found = _TEXT.match(self.text, self.at)
        if not found:
            raise FeelRefused("a text is not closed") if self.sees('"') else self.misunderstood()
        self.at = found.end()
        self.skip()
        return unescaped(found[1])

    def _named(self) -> Tree:
        if name := self.known():
            return NameOf(name)
        begun = self.at
        word = self.token()
        if word is None:
            raise self.misunderstood()
        if word in ("true", "false", "null"):
            return Literal({"true": True, "false": False, "null": None}[word])
        if word == "function" and self.sees("("):
            return self._function()
        if word in ("if", "for", "some", "every"):  # `a and every x in …`
            self.at = begun
            return self.expression()
        if word in KEYWORDS:
            self.at = begun
            raise self.misunderstood()
        return NameOf(word)

    def _bracket(self) -> Tree:
        if operator := self.comparison_sign():
            found: Tree = Comparison(operator, self.sum())
            self.need(")")
            return found
        first = self.expression()
        if self.take(".."):
            return self._range(first, with_low=False)
        self.need(")")
        return first

    def _list(self) -> Tree:
        if self.take("]"):
            return ListOf(())
        first = self.expression()
        if self.take(".."):
            return self._range(first, with_low=True)
        elements = [first]
        while self.take(","):
            elements.append(self.expression())
        self.need("]")
        return ListOf(tuple(elements))

    def _open_range(self) -> Tree:
        first = self.expression()
        self.need("..")
        return self._range(first, with_low=False)

    def _range(self, low: Tree, *, with_low: bool) -> Tree:
        self.ends_range = True
        high = self.sum()
        self.ends_range = False
        for sign in ")][":
            if self.take(sign):
                return RangeOf(low, high, with_low, sign == "]")
        raise FeelRefused("the range is not closed")

    def _context(self) -> Tree:
        names: list[str] = []
        values: list[Tree] = []
        before = self.specials
        while not self.take("}"):
            if names:
                self.need(",")
            if self.sees('"'):
                name = self.string()
            else:
                key = KEY.match(self.text, self.at)
                if not key:
                    raise FeelRefused("a key is missing")
                name, self.at = normal(key[1]), key.end() - 1
            self.need(":")
            if name in names:
                raise FeelRefused("the key %(name)s stands there twice", name=name)
            values.append(self.expression())
            names.append(name)
            self.add([name])
        del before  # members of a context are asked for behind it, too
        return ContextOf(tuple(names), tuple(values))

    def _function(self) -> Tree:
        self.need("(")
        names: list[str] = []
        types: list[Type | None] = []
        while not self.take(")"):
            if names:
                self.need(",")
            names.append(self.name_before(re.compile(r"\s*[:,)]")))
            types.append(self.type() if self.take(":") else None)
        external = self.take_word("external")
        with self.naming(*names):
            return FunctionOf(tuple(names), tuple(types), self.expression(), external)


def _number(text: str) -> Tree:
    try:
        number = Decimal(text)
    except ArithmeticError:
        raise FeelRefused("a number is too large") from None
    if len(text) > 60 or abs(number.adjusted()) > 6000:
        raise FeelRefused("a number is too large")
    return Literal(number)
