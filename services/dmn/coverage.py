"""What a decision table leaves out: values that no rule answers, rules that answer together, rules never reached.

Entries that only compare with constants (numbers, texts, days, times, durations) tell values apart at those constants
alone: so each constant, a value between any two of them, one before the first and one after the last stand for all
there are, and the answers are exact. Other entries are not looked at.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import pairwise

from services.feel import FeelRefused, FeelScope, Test, Value, kind, nodes
from services.feel.compiling import Compiler
from services.feel.expressions import new_run
from services.feel.times import DAY, HOUR, MINUTE, SECOND, Date, DateTime, DaysTime, Time, YearsMonths

#: a text that no entry names
OTHER = "…"
#: combinations looked at in one table, for one question
MOST_TRIED = 50_000
#: functions whose value changes by itself
_CLOCKS = frozenset({"today", "now"})
_COMPARES = frozenset({"=", "!=", "<", "<=", ">", ">=", "and", "or"})


class TooManyCombinations(Exception):
    """More combinations than are looked at."""


# ---------------------------------------------------------------- the values that tell entries apart


def telling(tests: Iterable[Test]) -> tuple[Value, ...] | None:
    """Values that stand for every value these entries tell apart, in order; None where they do more than compare."""
    constants: list[Value] = []
    for test in tests:
        if test.tree is not None and not _collect(test.tree, constants):
            return None
    kinds = {kind(each) for each in constants if each is not None}
    if not kinds:
        return ()
    made = _AROUND.get(next(iter(kinds))) if len(kinds) == 1 else None
    return None if made is None else made([each for each in constants if each is not None])


def _collect(node: nodes.Tree, into: list[Value]) -> bool:
    """Whether it only compares what is asked about with constants, which it adds."""
    if isinstance(node, nodes.NameOf) and node.name == "?":
        return True
    if not any(isinstance(each, nodes.NameOf) and each.name == "?" for each in node.walk()):
        if isinstance(node, nodes.Tests | nodes.Comparison | nodes.RangeOf | nodes.ListOf):
            return all(_collect(each, into) for each in node.parts())
        return _constant(node, into)
    if isinstance(node, nodes.Operated) and node.operator not in _COMPARES:
        return False
    if isinstance(node, nodes.Invocation):
        is_not = isinstance(node.function, nodes.NameOf) and node.function.name == "not"
        return is_not and all(_collect(each, into) for each in node.arguments)
    if isinstance(node, nodes.Tests | nodes.Operated | nodes.Between | nodes.In | nodes.Comparison):
        return all(_collect(each, into) for each in node.parts())
    return False


def _constant(node: nodes.Tree, into: list[Value]) -> bool:
    for each in node.walk():
        if isinstance(each, nodes.Invocation):
            if not isinstance(each.function, nodes.NameOf) or each.function.name in _CLOCKS:
                return False
        elif isinstance(each, nodes.NameOf):
            if not any(isinstance(call, nodes.Invocation) and call.function is each for call in node.walk()):
                return False
        elif not isinstance(each, nodes.Literal | nodes.AtLiteral | nodes.Negative | nodes.Operated):
            return False
    run = new_run()
    try:
        value = Compiler({}).of(node)(FeelScope(run, {}))
    except FeelRefused:
        return False
    if run.notes:
        return False
    into.append(value)
    return True


def _numbers(found: Sequence[Value]) -> tuple[Value, ...]:
    numbers = sorted({Decimal(each) for each in found})
    return tuple(
        dict.fromkeys([numbers[0] - 1, *_between(numbers, lambda a, b: (a + 1, (a + b) / 2)), numbers[-1] + 1])
    )


def _between(points: Sequence[Decimal], inside: Callable[[Decimal, Decimal], Iterable[Decimal]]) -> Iterator[Decimal]:
    for at, point in enumerate(points):
        yield point
        if at + 1 < len(points):
            yield from (each for each in inside(point, points[at + 1]) if point < each < points[at + 1])


def _counted(found: Iterable[int], step: int, least: int | None = None, most: int | None = None) -> list[int]:
    """The points, a step before and after each, and the middle of two."""
    points = sorted(set(found))
    around = {near for each in points for near in (each - step, each, each + step)}
    around |= {(one + other) // 2 for one, other in pairwise(points)}
    return sorted(each for each in around if (least is None or each >= least) and (most is None or each <= most))


def _texts(found: Sequence[Value]) -> tuple[Value, ...]:
    return (*sorted(set(found)), OTHER)


def _truths(found: Sequence[Value]) -> tuple[Value, ...]:
    return (True, False)


def _days(found: Sequence[Value]) -> tuple[Value, ...]:
    return tuple(Date.of_count(each) for each in _counted((day.count for day in found), 1))


def _moments(found: Sequence[Value]) -> tuple[Value, ...] | None:
    if len({each.time.is_somewhere for each in found}) > 1:
        return None  # those nowhere in particular cannot be compared with the others
    offset = 0 if found[0].time.is_somewhere else None
    points = {each.date.count * DAY + each.time.nanos - (each.offset or 0) * SECOND for each in found}
    return tuple(DateTime(Date.of_count(each // DAY), Time.of_nanos(each, offset)) for each in _counted(points, MINUTE))


def _times(found: Sequence[Value]) -> tuple[Value, ...] | None:
    if any(each.is_somewhere for each in found):
        return None
    return tuple(Time.of_nanos(each) for each in _counted((at.nanos for at in found), MINUTE, 0, DAY - 1))


def _lengths(found: Sequence[Value]) -> tuple[Value, ...]:
    return tuple(DaysTime(each) for each in _counted((length.nanos for length in found), HOUR))


def _months(found: Sequence[Value]) -> tuple[Value, ...]:
    return tuple(YearsMonths(each) for each in _counted((length.months for length in found), 1))


_AROUND: dict[str, Callable[[Sequence[Value]], tuple[Value, ...] | None]] = {
    "number": _numbers, "string": _texts, "boolean": _truths, "date": _days, "date and time": _moments,
    "time": _times, "days and time duration": _lengths, "years and months duration": _months,
}  # fmt: skip


# ---------------------------------------------------------------- what rules make of them


@dataclass(frozen=True)
class Covered:
    """A table. `columns`: for each, its values with the rules that fit them, a bit each, the first the lowest."""

    columns: Sequence[Sequence[tuple[Value, int]]]
    rules: int
    ways: Sequence[Sequence[tuple[Value, int]]] = field(init=False)

    def __post_init__(self) -> None:
        ways = []
        for column in self.columns:
            first: dict[int, Value] = {}
            for value, fits in column:
                first.setdefault(fits, value)
            ways.append([(value, fits) for fits, value in first.items()])
        object.__setattr__(self, "ways", ways)

    @cached_property
    def everyone(self) -> int:
        return (1 << self.rules) - 1

    def gap(self) -> tuple[Value, ...] | None:
        """Values that no rule answers. Raises TooManyCombinations."""
        return self._values(self.everyone, lambda fits: fits == 0)

    def alone(self, rule: int) -> tuple[Value, ...] | None:
        """Values that this rule answers and none before it; counted from 0. Raises TooManyCombinations."""
        bit = 1 << rule
        return self._values(self.everyone & (2 * bit - 1), lambda fits: fits == bit, lambda fits: bool(fits & bit))

    def any(self, rule: int) -> bool:
        """Whether any values lead to this rule."""
        return all(any(fits >> rule & 1 for _, fits in way) for way in self.ways)

    def meeting(self) -> Iterator[tuple[int, int]]:
        """Pairs of rules that answer together, counted from 0."""
        for one in range(self.rules):
            together = self.everyone
            for way in self.ways:
                beside = 0
                for _, fits in way:
                    if fits >> one & 1:
                        beside |= fits
                together &= beside
            together >>= one + 1
            if self.any(one):
                yield from ((one, one + 1 + at) for at in range(together.bit_length()) if together >> at & 1)

    def where(self, one: int, other: int) -> tuple[tuple[Value, ...], tuple[int, ...]]:
        """Values that both rules answer, and all rules that answer those."""
        wanted, left, values = 1 << one | 1 << other, self.everyone, []
        for way in self.ways:
            value, fits = next(each for each in way if each[1] & wanted == wanted)
            values.append(value)
            left &= fits
        return tuple(values), tuple(at for at in range(self.rules) if left >> at & 1)

    def _values(
        self, rules: int, found: Callable[[int], bool], hopeful: Callable[[int], bool] = lambda fits: True
    ) -> tuple[Value, ...] | None:
        """The first values of whose rules that is true."""
        without: set[tuple[int, int]] = set()
        tried = 0

        def look(at: int, left: int) -> tuple[Value, ...] | None:
            nonlocal tried
            if found(left) and (not left or at == len(self.ways)):
                return tuple(way[0][0] for way in self.ways[at:])
            if at == len(self.ways) or not hopeful(left) or (at, left) in without:
                return None
            tried += 1
            if tried > MOST_TRIED:
                raise TooManyCombinations
            for value, fits in self.ways[at]:
                if (rest := look(at + 1, left & fits)) is not None:
                    return (value, *rest)
            without.add((at, left))
            return None

        return look(0, rules)
