"""What a rule asks of a column, in words: `>= limit + 0.5` is «at least limit + 0.5».

Written for people who read decisions, not tables. What has no good words stays as it is written: then there are none.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from services.feel import FeelRefused, unary_tests
from services.feel import nodes as n
from services.feel.times import Date, DateTime, DaysTime, Time, YearsMonths
from services.feel.values import Value

#: an English msgid, with %(name)s in it -> the same in the reader's language
Say = Callable[[str], str]
#: FEEL's own words: what stands between them are names, of several words, too
_KEYWORDS = frozenset({
    "and", "or", "not", "between", "in", "if", "then", "else", "for", "return", "some", "every", "satisfies",
    "instance", "of", "null", "true", "false",
})  # fmt: skip
_WORDS = re.compile(r"[^\W\d]\w*(?: +[^\W\d]\w*)+")
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_SIGNS = {"-": "−", "*": "×", "**": "^"}
#: for papers, which are Kazakh whoever reads the page; a test holds them against the catalogue
KAZAKH: Mapping[str, str] = {
    "%(count)s d": "%(count)s күн",
    "%(count)s h": "%(count)s сағ",
    "%(count)s min": "%(count)s мин",
    "%(count)s s": "%(count)s сек",
    "%(count)s y": "%(count)s жыл",
    "%(count)s mo": "%(count)s ай",
    "%(first)s or %(last)s": "%(first)s немесе %(last)s",
    "%(first)s and %(last)s": "%(first)s және %(last)s",
    "after %(value)s": "%(value)s күнінен кейін",
    "at least %(value)s": "кемінде %(value)s",
    "at most %(value)s": "ең көбі %(value)s",
    "before %(value)s": "%(value)s күніне дейін",
    "between %(low)s and %(high)s": "%(low)s – %(high)s аралығында",
    "from %(value)s on": "%(value)s күнінен бастап",
    "given": "берілген",
    "less than %(value)s": "%(value)s мәнінен аз",
    "more than %(value)s": "%(value)s мәнінен көп",
    "neither %(first)s nor %(last)s": "%(first)s да, %(last)s да емес",
    "no": "жоқ",
    "not %(value)s": "%(value)s емес",
    "not given": "берілмеген",
    "not later than %(value)s": "%(value)s күнінен кешіктірмей",
    "yes": "иә",
}


class Untold(Exception):
    """There are no good words for this."""


def in_words(test: str, say: Say, *, comma: bool = True) -> str:
    """The entry of a table in words; empty when it fits anything, or when there are no good words for it.

    `comma`: decimals are written with a comma, thousands apart by a blank; else by a point and by commas.
    """
    try:
        tree = unary_tests(test, _names_in(test)).tree
        return _Wording(say, comma).tests(tree) if tree is not None else ""
    except (FeelRefused, Untold, RecursionError):
        return ""


def _names_in(test: str) -> frozenset[str]:
    """Names of several words: what stands side by side there can be nothing else."""
    found = set()
    for run in _WORDS.findall(_TEXT.sub(" 0 ", test)):
        name: list[str] = []
        for word in [*run.split(), "and"]:
            if word in _KEYWORDS:
                found |= {" ".join(name)} if len(name) > 1 else set()
                name = []
            else:
                name.append(word)
    return frozenset(found)


class _Wording:
    """One reader's words. Every method raises Untold."""

    def __init__(self, say: Say, comma: bool) -> None:
        self.say, self.comma = say, comma

    def fill(self, msgid: str, **details: object) -> str:
        return self.say(msgid) % details

    def tests(self, tree: n.Tests) -> str:
        if tree.negated:
            return self._none_of(tree.tests)
        return self._joined([self.test(each) for each in tree.tests])

    def _joined(self, said: list[str]) -> str:
        if len(said) == 1:
            return said[0]
        return self.fill("%(first)s or %(last)s", first=", ".join(said[:-1]), last=said[-1])

    def _none_of(self, tests: tuple[n.Tree, ...]) -> str:
        if len(tests) == 1 and isinstance(tests[0], n.Literal) and tests[0].value is None:
            return self.fill("given")
        if len(tests) == 1 and isinstance(tests[0], n.Comparison):
            return self._compared(_OPPOSITE[tests[0].operator], tests[0].value)
        said = [self.test(each) for each in tests]
        if len(said) == 1:
            return self.fill("not %(value)s", value=said[0])
        return self.fill("neither %(first)s nor %(last)s", first=", ".join(said[:-1]), last=said[-1])

    def test(self, node: n.Tree) -> str:
        """One test of the value of the column."""
        if isinstance(node, n.Comparison):
            return self._compared(node.operator, node.value)
        if isinstance(node, n.RangeOf):
            return self._range(node)
        if isinstance(node, n.ListOf):
            return self._joined([self.test(each) for each in node.elements])
        if isinstance(node, n.Literal) and node.value is None:
            return self.fill("not given")
        if any(isinstance(each, n.NameOf) and each.name == "?" for each in node.walk()):
            return self._asked(node)
        return self.value(node)

    def _asked(self, node: n.Tree) -> str:
        """A test that says where the value stands: `? > 5 and ? < 10`."""
        if isinstance(node, n.Between) and _is_asked(node.value):
            return self._range(n.RangeOf(node.low, node.high, True, True))
        if isinstance(node, n.Operated) and node.operator in ("and", "or"):
            first, last = self._asked(node.left), self._asked(node.right)
            if node.operator == "or":
                return self.fill("%(first)s or %(last)s", first=first, last=last)
            return self.fill("%(first)s and %(last)s", first=first, last=last)
        if isinstance(node, n.Operated) and node.operator in _OPPOSITE:
            if _is_asked(node.left):
                return self._compared(node.operator, node.right)
            if _is_asked(node.right):
                return self._compared(_TURNED[node.operator], node.left)
        raise Untold

    def _compared(self, operator: str, node: n.Tree) -> str:
        if operator in ("=", "!="):
            if isinstance(node, n.Literal) and node.value is None:
                return self.fill("not given") if operator == "=" else self.fill("given")
            value = self.value(node)
            return value if operator == "=" else self.fill("not %(value)s", value=value)
        value = self.value(node)
        if _is_day(node):
            return {">": self.fill("after %(value)s", value=value), "<": self.fill("before %(value)s", value=value),
                    ">=": self.fill("from %(value)s on", value=value),
                    "<=": self.fill("not later than %(value)s", value=value)}[operator]  # fmt: skip
        return {">": self.fill("more than %(value)s", value=value), "<": self.fill("less than %(value)s", value=value),
                ">=": self.fill("at least %(value)s", value=value),
                "<=": self.fill("at most %(value)s", value=value)}[operator]  # fmt: skip

    def _range(self, node: n.RangeOf) -> str:
        if node.with_low and node.with_high:
            return self.fill("between %(low)s and %(high)s", low=self.value(node.low), high=self.value(node.high))
        low = self._compared(">=" if node.with_low else ">", node.low)
        high = self._compared("<=" if node.with_high else "<", node.high)
        return self.fill("%(first)s and %(last)s", first=low, last=high)

    # ------------------------------------------------------------ values

    def value(self, node: n.Tree, inside: bool = False) -> str:
        """A value, or what it is reckoned from: names as they are drawn."""
        if isinstance(node, n.Literal | n.AtLiteral):
            return self._literal(node.value)
        if isinstance(node, n.NameOf):
            return node.name
        if isinstance(node, n.Path):
            return f"{self.value(node.base, inside=True)}.{node.name}"
        if isinstance(node, n.Negative):
            return f"−{self.value(node.value, inside=True)}"
        if isinstance(node, n.Operated) and node.operator in ("+", "-", "*", "/", "**"):
            left, right = self.value(node.left, inside=True), self.value(node.right, inside=True)
            said = f"{left} {_SIGNS.get(node.operator, node.operator)} {right}"
            return f"({said})" if inside else said
        if isinstance(node, n.Invocation) and isinstance(node.function, n.NameOf):
            return self._call(node.function.name, node.arguments)
        raise Untold

    def _call(self, function: str, arguments: tuple[n.Tree, ...]) -> str:
        """A day or a length that is written out; of another function there are no words."""
        text = arguments[0].value if len(arguments) == 1 and isinstance(arguments[0], n.Literal) else None
        if isinstance(text, str) and function in _READ:
            for kind in _READ[function]:
                if (found := kind(text)) is not None:
                    return self._literal(found)
        raise Untold

    def _literal(self, value: Value) -> str:
        if isinstance(value, bool):
            return self.fill("yes") if value else self.fill("no")
        if isinstance(value, Decimal):
            return self._number(value)
        if isinstance(value, str):
            return f"«{value}»"
        if isinstance(value, Date):
            return f"{value.day:02}.{value.month:02}.{value.year:04}"
        if isinstance(value, DateTime):
            return f"{self._literal(value.date)} {value.time.hour:02}:{value.time.minute:02}"
        if isinstance(value, Time):
            return f"{value.hour:02}:{value.minute:02}"
        if isinstance(value, YearsMonths):
            return self._months(value.months)
        if isinstance(value, DaysTime):
            return self._seconds(value.nanos)
        raise Untold

    def _number(self, value: Decimal) -> str:
        said = f"{value.normalize():,f}" if value.is_finite() else ""
        if not self.comma:
            return said.replace("-", "−")
        return said.replace(",", "\u00a0").replace(".", ",").replace("-", "−")

    def _months(self, months: int) -> str:
        years, rest = divmod(abs(months), 12)
        said = [self.fill("%(count)s y", count=years)] * bool(years)
        said += [self.fill("%(count)s mo", count=rest)] * bool(rest or not years)
        return ("−" if months < 0 else "") + " ".join(said)

    def _seconds(self, nanos: int) -> str:
        minutes, seconds = divmod(abs(nanos) // 10**9, 60)
        hours, minutes = divmod(minutes, 60)
        days, hours = divmod(hours, 24)
        said = [self.fill("%(count)s d", count=days)] * bool(days)
        said += [self.fill("%(count)s h", count=hours)] * bool(hours)
        said += [self.fill("%(count)s min", count=minutes)] * bool(minutes)
        said += [self.fill("%(count)s s", count=seconds)] * bool(seconds or not said)
        return ("−" if nanos < 0 else "") + " ".join(said)


def _is_asked(node: n.Tree) -> bool:
    return isinstance(node, n.NameOf) and node.name == "?"


def _is_day(node: n.Tree) -> bool:
    """Whether it is a day or a moment that is written out."""
    if isinstance(node, n.Literal | n.AtLiteral):
        return isinstance(node.value, Date | DateTime)
    return (
        isinstance(node, n.Invocation) and isinstance(node.function, n.NameOf) and node.function.name.startswith("date")
    )


_OPPOSITE = {"=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_TURNED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_READ: Mapping[str, tuple[Callable[[str], Value | None], ...]] = {
    "date": (Date.read,),
    "date and time": (DateTime.read,),
    "time": (Time.read,),
    "duration": (DaysTime.read, YearsMonths.read),
}
