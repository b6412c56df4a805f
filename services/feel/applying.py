"""What operators, loops, filters and calls do with values (DMN 1.5, 10.3.2).

What has no value is null, and the run notes why; only a limit that is reached raises FeelRefused.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

from services.feel.arithmetic import reckoned
from services.feel.run import FeelRefused, FeelScope, Run
from services.feel.times import Date
from services.feel.types import ANY, FeelType, Unfit, coerced
from services.feel.values import NUMBERS, Function, Range, Value, compare, equal, kind

Closure = Callable[[FeelScope], Value]


class NoTurns(Exception):
    """There is nothing to go through."""


ORDER: Mapping[str, Callable[[int], bool]] = {
    "<": lambda order: order < 0, "<=": lambda order: order <= 0,
    ">": lambda order: order > 0, ">=": lambda order: order >= 0,
}  # fmt: skip


def logic(is_or: bool, left: Closure, right: Closure) -> Closure:
    """FEEL's `and` and `or`: three values (10.3.2.7); what is no boolean counts as null."""

    def found(scope: FeelScope) -> Value:
        one = left(scope)
        if one is is_or:
            return is_or
        other = right(scope)
        if other is is_or:
            return is_or
        if isinstance(one, bool) and isinstance(other, bool):
            return not is_or
        for each in (one, other):
            if each is not None and not isinstance(each, bool):
                scope.run.note("%(kind)s is neither true nor false", kind=kind(each))
        return None

    return found


def equality(left: Closure, right: Closure, *, negative: bool) -> Closure:
    """`=` and `!=`: whether both are equal; null for what cannot be compared."""

    def found(scope: FeelScope) -> Value:
        a, b = left(scope), right(scope)
        same = equal(a, b)
        if same is None:
            return scope.run.hint("%(a)s and %(b)s cannot be the same", a=kind(a), b=kind(b))
        return same is not negative

    return found


def order_of(operator: str, left: Closure, right: Closure) -> Closure:
    """`<`, `<=`, `>` and `>=`; null for what has no order."""
    decide = ORDER[operator]

    def found(scope: FeelScope) -> Value:
        a, b = left(scope), right(scope)
        order = compare(a, b)
        if order is None:
            return ordered(scope.run, operator, a, b)
        return decide(order)

    return found


def ordered(run: Run, operator: str, a: Value, b: Value) -> bool | None:
    """Whether a < b and its like; null with a note where they have no order, without one where a value is missing."""
    order = compare(a, b)
    if order is not None:
        return ORDER[operator](order)
    if isinstance(a, list) and len(a) == 1:
        return ordered(run, operator, a[0], b)
    if isinstance(b, list) and len(b) == 1:
        return ordered(run, operator, a, b[0])
    if a is not None and b is not None:
        run.note("%(a)s and %(b)s cannot be compared", a=kind(a), b=kind(b))
    return None


def sum_of(operator: str, left: Closure, right: Closure) -> Closure:
    """`+`, `-`, `*`, `/` and `**`; null for what has no sum."""
    exact = {"+": NUMBERS.add, "-": NUMBERS.subtract, "*": NUMBERS.multiply}.get(operator)

    def found(scope: FeelScope) -> Value:
        a, b = left(scope), right(scope)
        if exact and type(a) is Decimal and type(b) is Decimal:
            try:
                return exact(a, b)
            except ArithmeticError:
                return scope.run.note("a number is too large")
        return reckoned(scope.run, operator, a, b)

    return found


def new_range(run: Run, low: Value, high: Value, with_low: bool, with_high: bool) -> Value:
    """The range between them; null where they have no order."""
    if low is None and high is None:
        return run.note("a range has no ends")
    if low is not None and high is not None:
        order = compare(low, high)
        if order is None:
            return run.note("%(a)s and %(b)s cannot be compared", a=kind(low), b=kind(high))
    return Range(low, high, with_low, with_high)


def any_true(found: Iterator[bool | None]) -> bool | None:
    """true where one is, else null where one is null, else false."""
    unknown = False
    for each in found:
        if each is True:
            return True
        unknown = unknown or each is None
    return None if unknown else False


def belongs(run: Run, value: Value, to: Value) -> bool | None:
    """Whether it is that value, lies in that range, or is one of that list."""
    if isinstance(to, Range):
        if isinstance(value, Range):
            return equal(value, to)
        found = to.holds(value)
        if found is None and value is not None:
            run.note("%(a)s and %(b)s cannot be compared", a=kind(value), b=str(to))
        return found
    if isinstance(to, list):
        if isinstance(value, list) and equal(value, to):
            return True
        run.spend(len(to))
        return any(
            (each.holds(value) if isinstance(each, Range) and not isinstance(value, Range) else equal(value, each))
            is True
            for each in to
        )
    same = equal(value, to)
    if same is None:
        run.hint("%(a)s and %(b)s cannot be the same", a=kind(value), b=kind(to))
    return same


def elements(run: Run, values: Value) -> Iterator[Value]:
    """What `for x in …` goes through: a list, a range of whole numbers or days, one value. Raises NoTurns."""
    if isinstance(values, list):
        yield from values
    elif isinstance(values, Range):
        low, high = values.low, values.high
        if not (_counts(low) and type(low) is type(high)) or (compare(low, high) or 0) > 0:
            run.note("%(range)s cannot be gone through", range=str(values))
            raise NoTurns
        for each in counted(run, low, high):
            if (each != low or values.with_low) and (each != high or values.with_high):
                yield each
    elif values is None:
        run.note("there is nothing to go through")
        raise NoTurns
    else:
        yield values


def _counts(value: Value) -> bool:
    return isinstance(value, Date) or (isinstance(value, Decimal) and value == value.to_integral_value())


def counted(run: Run, first: Value, last: Value) -> Iterator[Value]:
    """`first .. last`, up or down. Raises NoTurns for what is neither whole numbers nor days."""
    if not (_counts(first) and _counts(last) and type(first) is type(last)):
        run.note("%(a)s .. %(b)s cannot be gone through", a=kind(first), b=kind(last))
        raise NoTurns
    days = isinstance(first, Date)
    low, high = (first.count, last.count) if days else (int(first), int(last))
    step = 1 if low <= high else -1
    for each in range(low, high + step, step):
        run.spend()
        yield Date.of_count(each) if days else Decimal(each)


def filtered(scope: FeelScope, base: Value, condition: Closure, *, counts: bool = False) -> Value:
    """`base[condition]`: the element of that number, or the elements for which it is true."""
    run = scope.run
    values = base if isinstance(base, list) else [] if base is None else [base]
    if counts or not values:
        at = condition(scope)
        if isinstance(at, Decimal):
            return _nth(run, values, at)
        if counts and not isinstance(at, bool):
            return run.note("%(kind)s neither counts nor chooses", kind=kind(at))
    if base is None:
        return None if counts else []
    found = []
    for each in values:
        run.spend()
        names = (
            each | {"item": each}
            if isinstance(each, dict) and "item" not in each
            else (each if isinstance(each, dict) else {"item": each})
        )
        chosen = condition(scope.inside(names))
        if chosen is True:
            found.append(each)
        elif type(chosen) is Decimal:
            at = condition(scope)
            return _nth(run, values, at if isinstance(at, Decimal) else chosen)
        elif chosen is not False and chosen is not None:
            return run.note("%(kind)s neither counts nor chooses", kind=kind(chosen))
    return found


def _nth(run: Run, values: list[Value], at: Decimal) -> Value:
    """FEEL counts from 1, and from the end with a minus."""
    if at == at.to_integral_value() and 0 < abs(at) <= len(values):
        place = int(at)
        return values[place - 1 if place > 0 else place]
    return run.hint("there is no element %(number)s", number=f"{at:f}"[:30])


def invoked(run: Run, function: Function, values: Sequence[Value], names: Sequence[str] = ()) -> Value:
    """The call's result. Raises FeelRefused when calls stand too deep inside one another."""
    run.spend()
    if function.builtin:
        return function.call(run, values, names)
    if names:
        if set(names) != set(function.parameters) or len(names) != len(function.parameters):
            return run.note("%(function)s is not called like that", function=function.name or "function")
        given = dict(zip(names, values, strict=True))
        values = [given[name] for name in function.parameters]
    if len(values) != len(function.parameters):
        return run.note("%(function)s is not called like that", function=function.name or "function")
    try:
        if function.types:
            values = [
                value if of is None else coerced(value, of) for value, of in zip(values, function.types, strict=True)
            ]
    except Unfit as unfit:
        return run.note("%(value)s is no %(type)s", value=kind(unfit.value), type=str(unfit.of))
    run.depth += 1
    if run.depth > run.limits.calls:
        raise FeelRefused("it calls itself too often")
    try:
        found = function.call(run, *values)
    finally:
        run.depth -= 1
    return fitted(run, found, function.result)


def fitted(run: Run, value: Value, of: FeelType | None) -> Value:
    """The value made to fit the type, or null with a note."""
    if of is None or of is ANY:
        return value
    try:
        return coerced(value, of)
    except Unfit as unfit:
        return run.note("%(value)s is no %(type)s", value=kind(unfit.value), type=str(unfit.of))
