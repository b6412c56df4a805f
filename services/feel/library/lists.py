"""Functions of lists (DMN 1.5, table 75)."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cmp_to_key, reduce

from services.feel.applying import invoked
from services.feel.arithmetic import reckoned
from services.feel.library.calls import LIBRARY
from services.feel.library.numbers import whole
from services.feel.run import NoResult, Run
from services.feel.values import NUMBERS, Function, Value, compare, equal, kind

Values = list[Value]


def folded(name: str, fold: Callable[[Run, Values], Value]) -> None:
    """A function of a list, or of as many arguments as one likes."""
    LIBRARY.declare(f"{name}(list: list)", knows_run=True)(fold)
    LIBRARY.declare(f"{name}(c: any...)", knows_run=True)(fold)


def _numbers(values: Values) -> list[Decimal]:
    if any(not isinstance(each, Decimal) for each in values):
        raise NoResult("not all of them are numbers")
    return values


def _count(run: Run, values: Values) -> Decimal:
    return Decimal(len(values))


def _least(sign: int) -> Callable[[Run, Values], Value]:
    def found(run: Run, values: Values) -> Value:
        run.spend(len(values))
        best = None
        for each in values:
            if each is None or compare(each, each) is None:
                raise NoResult("%(kind)s has no order", kind=kind(each))
            order = -sign if best is None else compare(each, best)
            if order is None:
                raise NoResult("%(a)s and %(b)s cannot be compared", a=kind(each), b=kind(best))
            best = each if order * sign < 0 else best
        return best

    return found


def _sum(run: Run, values: Values) -> Value:
    run.spend(len(values))
    if not values:
        return None
    if isinstance(values[0], Decimal):
        return reduce(NUMBERS.add, _numbers(values))
    if kind(values[0]).endswith("duration") and len({kind(each) for each in values}) == 1:
        return reduce(lambda a, b: reckoned(run, "+", a, b), values)
    raise NoResult("not all of them are numbers")


def _product(run: Run, values: Values) -> Value:
    run.spend(len(values))
    return reduce(NUMBERS.multiply, _numbers(values)) if values else None


def _mean(run: Run, values: Values) -> Value:
    found = _sum(run, values)
    return None if found is None else reckoned(run, "/", found, Decimal(len(values)))


def _median(run: Run, values: Values) -> Value:
    ordered = sorted(_numbers(values))
    if not ordered:
        return None
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return NUMBERS.divide(NUMBERS.add(ordered[middle - 1], ordered[middle]), Decimal(2))


def _stddev(run: Run, values: Values) -> Value:
    numbers = _numbers(values)
    if len(numbers) < 2:
        raise NoResult("one value has no deviation")
    mean = NUMBERS.divide(reduce(NUMBERS.add, numbers), Decimal(len(numbers)))
    squares = [NUMBERS.power(NUMBERS.subtract(each, mean), Decimal(2)) for each in numbers]
    return NUMBERS.sqrt(NUMBERS.divide(reduce(NUMBERS.add, squares), Decimal(len(numbers) - 1)))


def _mode(run: Run, values: Values) -> Value:
    counts: dict[Decimal, int] = {}
    for each in _numbers(values):
        counts[each] = counts.get(each, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(each for each, count in counts.items() if count == most)


def _all(wanted: bool) -> Callable[[Run, Values], Value]:
    """all() and any(): `wanted` is what one element says for the whole."""

    def found(run: Run, values: Values) -> Value:
        if any(each is not None and not isinstance(each, bool) for each in values):
            raise NoResult("not all of them are true or false")
        if any(each is wanted for each in values):
            return wanted
        return None if any(each is None for each in values) else not wanted

    return found


for _name, _fold in (
    ("min", _least(1)), ("max", _least(-1)), ("sum", _sum), ("product", _product), ("mean", _mean),
    ("median", _median), ("stddev", _stddev), ("mode", _mode), ("all", _all(False)), ("any", _all(True)),
):  # fmt: skip
    folded(_name, _fold)
LIBRARY.declare("count(list: list)", knows_run=True)(_count)
LIBRARY.declare("reverse(list: list)")(lambda values: values[::-1])
LIBRARY.declare("is empty(list: list)")(lambda values: not values)


def same(a: Value, b: Value) -> bool:
    """Whether both are the same value of one kind."""
    return (a is None and b is None) or (type(a) is type(b) and equal(a, b) is True)


@LIBRARY.declare("list contains(list: list, element: any)", knows_run=True)
def _contains(run: Run, values: Values, element: Value) -> bool:
    run.spend(len(values))
    return any(same(each, element) for each in values)


@LIBRARY.declare("index of(list: list, match: any)", knows_run=True)
def _index_of(run: Run, values: Values, match: Value) -> Values:
    run.spend(len(values))
    return [Decimal(number) for number, each in enumerate(values, start=1) if same(each, match)]


@LIBRARY.declare("sublist(list: list, start position: number, length: number?)")
def _sublist(values: Values, start: Decimal, length: Decimal | None) -> Values:
    at = _place(values, start)
    if length is None:
        return values[at:]
    if whole(length) < 0 or at + whole(length) > len(values):
        raise NoResult("there are not so many elements")
    return values[at : at + whole(length)]


def _place(values: Values, position: Decimal) -> int:
    """The index in Python. Raises NoResult past the ends."""
    at = whole(position)
    if not 0 < abs(at) <= len(values):
        raise NoResult("there is no element %(number)s", number=at)
    return at - 1 if at > 0 else len(values) + at


@LIBRARY.declare("append(list: list, item: any...)", knows_run=True)
def _append(run: Run, values: Values, items: Values) -> Values:
    run.sized(len(values) + len(items))
    return [*values, *items]


@LIBRARY.declare("append(list: null, item: any...)", knows_run=True)
def _append_to_none(run: Run, values: None, items: Values) -> Values:
    return [None, *items]


@LIBRARY.declare("concatenate(list: any...)", knows_run=True)
def _concatenate(run: Run, lists: Sequence[Value]) -> Values:
    parts = [each if isinstance(each, list) else [each] for each in lists]
    run.sized(sum(len(part) for part in parts))
    return [each for part in parts for each in part]


@LIBRARY.declare("insert before(list: list, position: number, newItem: any)", knows_run=True)
def _insert(run: Run, values: Values, position: Decimal, item: Value) -> Values:
    at = _place(values, position)
    run.sized(len(values) + 1)
    return [*values[:at], item, *values[at:]]


@LIBRARY.declare("remove(list: list, position: number)", knows_run=True)
def _remove(run: Run, values: Values, position: Decimal) -> Values:
    at = _place(values, position)
    run.sized(len(values))
    return [*values[:at], *values[at + 1 :]]


@LIBRARY.declare("list replace(list: list, position: number, newItem: any)", knows_run=True)
def _replace(run: Run, values: Values, position: Decimal, item: Value) -> Values:
    at = _place(values, position)
    run.sized(len(values))
    return [*values[:at], item, *values[at + 1 :]]


@LIBRARY.declare("list replace(list: list, match: function, newItem: any)", knows_run=True)
def _replace_matching(run: Run, values: Values, match: Function, item: Value) -> Values:
    if len(match.parameters) != 2:
        raise NoResult("the function takes not two values")
    found = []
    for each in values:
        fits = invoked(run, match, [each, item])
        if not isinstance(fits, bool):
            raise NoResult("the function says neither true nor false")
        found.append(item if fits else each)
    return found


def distinct(run: Run, values: Sequence[Value]) -> Values:
    """Each value once, where it stood first."""
    found: Values = []
    seen: set[Value] = set()
    for each in values:
        if isinstance(each, str | Decimal):
            if each not in seen:
                seen.add(each)
                found.append(each)
            continue
        run.spend(len(found) + 1)
        if not any(same(each, other) for other in found):
            found.append(each)
    return found


LIBRARY.declare("distinct values(list: list)", knows_run=True)(distinct)


@LIBRARY.declare("union(list: any...)", knows_run=True)
def _union(run: Run, lists: Sequence[Value]) -> Values:
    return distinct(run, _concatenate(run, lists))


@LIBRARY.declare("duplicate values(list: list)", knows_run=True)
def _duplicates(run: Run, values: Values) -> Values:
    run.spend(len(values) ** 2)
    return [each for each in distinct(run, values) if sum(same(each, other) for other in values) > 1]


@LIBRARY.declare("flatten(list: list)", knows_run=True)
def flatten(run: Run, values: Values) -> Values:
    """The elements of all lists inside lists."""
    found: Values = []
    left = [iter(values)]
    while left:
        for each in left[-1]:
            run.spend()
            if isinstance(each, list):
                left.append(iter(each))
                break
            found.append(each)
        else:
            left.pop()
    return found


@LIBRARY.declare("partition(list: list, size: number)", knows_run=True)
def _partition(run: Run, values: Values, size: Decimal) -> Values:
    count = whole(size)
    if count < 1:
        raise NoResult("a length is 1 or more")
    run.sized(len(values))
    return [values[at : at + count] for at in range(0, len(values), count)]


@LIBRARY.declare("sort(list: list, precedes: function)", knows_run=True)
def _sort(run: Run, values: Values, precedes: Function) -> Values:
    def order(a: Value, b: Value) -> int:
        found = invoked(run, precedes, [a, b])
        if not isinstance(found, bool):
            raise NoResult("the function says neither true nor false")
        return -1 if found else 1 if invoked(run, precedes, [b, a]) is True else 0

    return sorted(values, key=cmp_to_key(order))


@LIBRARY.declare("sort(list: list)")
def _sort_plainly(values: Values) -> Values:
    if any(compare(each, values[0]) is None for each in values):
        raise NoResult("they have no order")
    return sorted(values, key=cmp_to_key(lambda a, b: compare(a, b) or 0))
