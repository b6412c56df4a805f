"""From a tree to closures: what each part of an expression does (DMN 1.5, 10.3.2).

A closure takes the scope and gives a value; it never raises but Refused, when a limit is reached. What has no value is
null, and the run notes why.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from services.feel import nodes as n
from services.feel.arithmetic import negated, reckoned
from services.feel.members import member
from services.feel.run import Refused, Run, Scope
from services.feel.times import Date
from services.feel.types import ANY, FeelType, Types, Unfit, coerced, is_instance, resolve
from services.feel.values import NUMBERS, Function, Range, Value, compare, equal, kind

Closure = Callable[[Scope], Value]


def compiled(node: n.Node, types: Types | None = None) -> Closure:
    """The closure of an expression."""
    return Compiler(types or {}).of(node)


class Compiler:
    """Knows the types that the model defines; the rest stands in the tree."""

    def __init__(self, types: Types) -> None:
        self.types = types

    def of(self, node: n.Node) -> Closure:
        return _MAKERS[type(node)](self, node)

    # ---------------------------------------------------------------- values and names

    def _literal(self, node: n.Literal) -> Closure:
        value = node.value
        return lambda scope: value

    def _at(self, node: n.At) -> Closure:
        value, text = node.value, node.text
        if value is None:
            return lambda scope: scope.run.note(
                "%(text)s is neither a day, a time nor a duration", text=repr(text[:40])
            )
        return lambda scope: value

    def _name(self, node: n.Name) -> Closure:
        name = node.name
        return lambda scope: scope.get(name)

    def _path(self, node: n.Path) -> Closure:
        base, name = self.of(node.base), node.name
        return lambda scope: member(scope.run, base(scope), name)

    def _list(self, node: n.ListOf) -> Closure:
        elements = [self.of(each) for each in node.elements]
        return lambda scope: [each(scope) for each in elements]

    def _context(self, node: n.ContextOf) -> Closure:
        entries = list(zip(node.names, [self.of(each) for each in node.values], strict=True))

        def made(scope: Scope) -> Value:
            found: dict[str, Value] = {}
            inside = scope.inside(found)
            for name, value in entries:
                found[name] = value(inside)
            return found

        return made

    def _range(self, node: n.RangeOf) -> Closure:
        low, high = self.of(node.low), self.of(node.high)

        def made(scope: Scope) -> Value:
            return new_range(scope.run, low(scope), high(scope), node.with_low, node.with_high)

        return made

    def _comparison(self, node: n.Comparison) -> Closure:
        """`(< 5)` where a value is wanted."""
        value, operator = self.of(node.value), node.operator

        def made(scope: Scope) -> Value:
            end = value(scope)
            if operator in (">", ">="):
                return Range(end, None, operator == ">=", False, operator)
            if operator in ("<", "<="):
                return Range(None, end, False, operator == "<=", operator)
            return Range(end, end, operator == "=", operator == "=", operator)

        return made

    def _function(self, node: n.FunctionOf) -> Closure:
        if node.external:
            return lambda scope: scope.run.note("functions of other languages are not called")
        body, names = self.of(node.body), node.parameters
        types = tuple(resolve(each, self.types) if each else None for each in node.types)

        def made(scope: Scope) -> Value:
            def call(run: Run, *values: Value) -> Value:
                return body(scope.inside(dict(zip(names, values, strict=True))))

            return Function("", names, call, types)

        return made

    # ---------------------------------------------------------------- sums and comparisons

    def _negative(self, node: n.Negative) -> Closure:
        value = self.of(node.value)
        return lambda scope: negated(scope.run, value(scope))

    def _operation(self, node: n.Operation) -> Closure:
        left, right = self.of(node.left), self.of(node.right)
        if node.operator in ("and", "or"):
            return _logic(node.operator == "or", left, right)
        if node.operator in ("=", "!="):
            return _equality(left, right, negative=node.operator == "!=")
        if node.operator in _ORDER:
            return _order(node.operator, left, right)
        return _sum(node.operator, left, right)

    def _between(self, node: n.Between) -> Closure:
        value, low, high = self.of(node.value), self.of(node.low), self.of(node.high)

        def found(scope: Scope) -> Value:
            asked = value(scope)
            one, other = ordered(scope.run, ">=", asked, low(scope)), ordered(scope.run, "<=", asked, high(scope))
            return None if one is None or other is None else one and other

        return found

    def _in(self, node: n.In) -> Closure:
        value, tests = self.of(node.value), [self.test(each) for each in node.tests]

        def found(scope: Scope) -> Value:
            asked = value(scope)
            return any_true(test(scope, asked) for test in tests)

        return found

    def test(self, node: n.Node) -> Callable[[Scope, Value], bool | None]:
        """A unary test of a value that stands outside."""
        if isinstance(node, n.Comparison):
            operator, wanted = node.operator, self.of(node.value)
            if operator in ("=", "!="):

                def same(scope: Scope, value: Value) -> bool | None:
                    found = equal(value, wanted(scope))
                    return found if found is None or operator == "=" else not found

                return same
            return lambda scope, value: ordered(scope.run, operator, value, wanted(scope))
        found = self.of(node)
        return lambda scope, value: belongs(scope.run, value, found(scope))

    def entry(self, node: n.Node) -> Callable[[Scope, Value], bool | None]:
        """One test of a table's entry: a comparison, a value, or with `?` in it a condition."""
        if isinstance(node, n.Comparison):
            return self.test(node)
        found = self.of(node)
        if any(isinstance(each, n.Name) and each.name == "?" for each in node.walk()):
            return lambda scope, value: _condition(scope.run, found(scope), value)
        if isinstance(node, n.Name):
            name = node.name

            def fits(scope: Scope, value: Value) -> bool | None:
                if not scope.knows(name):
                    scope.run.hint("there is no variable %(name)s", name=name)
                    return None
                return belongs(scope.run, value, scope.get(name))

            return fits

        written = isinstance(node, n.Literal)

        def tested(scope: Scope, value: Value) -> bool | None:
            wanted = found(scope)
            if isinstance(wanted, bool) and not isinstance(value, bool) and not written:
                return wanted
            return belongs(scope.run, value, wanted)

        return tested

    def _instance(self, node: n.InstanceOf) -> Closure:
        value, of = self.of(node.value), resolve(node.type, self.types)
        if of is None:
            return lambda scope: scope.run.note("there is no type %(name)s", name=node.type.name)
        return lambda scope: is_instance(value(scope), of)

    # ---------------------------------------------------------------- choices and loops

    def _if(self, node: n.If) -> Closure:
        condition, yes, no = self.of(node.condition), self.of(node.yes), self.of(node.no)

        def chosen(scope: Scope) -> Value:
            asked = condition(scope)
            if asked is not None and not isinstance(asked, bool):
                scope.run.note("a condition is neither true nor false, but %(kind)s", kind=kind(asked))
            return yes(scope) if asked is True else no(scope)

        return chosen

    def _for(self, node: n.For) -> Closure:
        turns, result = self._turns(node.iterations), self.of(node.result)

        def listed(scope: Scope) -> Value:
            found: list[Value] = []
            try:
                for inside in turns(scope.inside({"partial": found})):
                    scope.run.sized(1)
                    if len(found) >= scope.run.limits.elements:
                        raise Refused("a list is longer than %(most)s", most=scope.run.limits.elements)
                    found.append(result(inside))
            except NoTurns:
                return None
            return found

        return listed

    def _quantified(self, node: n.Quantified) -> Closure:
        turns, condition = self._turns(node.iterations), self.of(node.condition)
        wanted = node.word == "some"

        def folded(scope: Scope) -> Value:
            unknown = False
            try:
                for inside in turns(scope):
                    scope.run.spend()
                    found = condition(inside)
                    if found is wanted:
                        return wanted
                    if not isinstance(found, bool):
                        unknown = True
                        if found is not None:
                            scope.run.note("a condition is neither true nor false, but %(kind)s", kind=kind(found))
            except NoTurns:
                return None
            return None if unknown else not wanted

        return folded

    def _turns(self, iterations: Sequence[n.Iteration]) -> Callable[[Scope], Iterator[Scope]]:
        """The scopes of a loop, one for every turn."""
        first = iterations[0]
        name, values = first.name, self.of(first.values)
        last = self.of(first.last) if first.last else None
        more = self._turns(iterations[1:]) if len(iterations) > 1 else None

        def turns(scope: Scope) -> Iterator[Scope]:
            found = values(scope)
            for value in counted(scope.run, found, last(scope)) if last else elements(scope.run, found):
                inside = scope.inside({name: value})
                if more:
                    yield from more(inside)
                else:
                    yield inside

        return turns

    # ---------------------------------------------------------------- filters and calls

    def _filter(self, node: n.Filter) -> Closure:
        base, condition = self.of(node.base), self.of(node.condition)
        counts = isinstance(node.condition, n.Literal | n.Negative) or _is_sum(node.condition)

        def found(scope: Scope) -> Value:
            return filtered(scope, base(scope), condition, counts=counts)

        return found

    def _call(self, node: n.Call) -> Closure:
        function, names = self.of(node.function), node.names
        arguments = [self.of(each) for each in node.arguments]
        said = node.function.name if isinstance(node.function, n.Name) else ""

        def called(scope: Scope) -> Value:
            found = function(scope)
            if not isinstance(found, Function):  # data of that name hides no built-in
                found = scope.run.extras.get(said)
            if not isinstance(found, Function):
                return scope.run.note("there is no function %(name)s()", name=said or "…")
            return invoked(scope.run, found, [each(scope) for each in arguments], names)

        return called


def _is_sum(node: n.Node) -> bool:
    return isinstance(node, n.Operation) and node.operator in ("+", "-", "*", "/", "**")


def _condition(run: Run, found: Value, value: Value) -> bool | None:
    """What an entry with `?` says: true or false, or a value to compare with."""
    return found if found is None or isinstance(found, bool) else belongs(run, value, found)


class NoTurns(Exception):
    """There is nothing to go through."""


_ORDER: Mapping[str, Callable[[int], bool]] = {
    "<": lambda order: order < 0, "<=": lambda order: order <= 0,
    ">": lambda order: order > 0, ">=": lambda order: order >= 0,
}  # fmt: skip


def _logic(is_or: bool, left: Closure, right: Closure) -> Closure:
    """FEEL's `and` and `or`: three values (10.3.2.7); what is no boolean counts as null."""

    def found(scope: Scope) -> Value:
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


def _equality(left: Closure, right: Closure, *, negative: bool) -> Closure:
    def found(scope: Scope) -> Value:
        a, b = left(scope), right(scope)
        same = equal(a, b)
        if same is None:
            return scope.run.hint("%(a)s and %(b)s cannot be the same", a=kind(a), b=kind(b))
        return same is not negative

    return found


def _order(operator: str, left: Closure, right: Closure) -> Closure:
    decide = _ORDER[operator]

    def found(scope: Scope) -> Value:
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
        return _ORDER[operator](order)
    if isinstance(a, list) and len(a) == 1:
        return ordered(run, operator, a[0], b)
    if isinstance(b, list) and len(b) == 1:
        return ordered(run, operator, a, b[0])
    if a is not None and b is not None:
        run.note("%(a)s and %(b)s cannot be compared", a=kind(a), b=kind(b))
    return None


def _sum(operator: str, left: Closure, right: Closure) -> Closure:
    exact = {"+": NUMBERS.add, "-": NUMBERS.subtract, "*": NUMBERS.multiply}.get(operator)

    def found(scope: Scope) -> Value:
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
        if not (_counts(low) and type(low) is type(high)):
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


def filtered(scope: Scope, base: Value, condition: Closure, *, counts: bool = False) -> Value:
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
    """The call's result. Raises Refused when calls stand too deep inside one another."""
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
        raise Refused("it calls itself too often")
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


_MAKERS: Mapping[type[n.Node], Callable[[Compiler, Any], Closure]] = {
    n.Literal: Compiler._literal, n.At: Compiler._at, n.Name: Compiler._name, n.Path: Compiler._path,
    n.ListOf: Compiler._list, n.ContextOf: Compiler._context, n.RangeOf: Compiler._range,
    n.Comparison: Compiler._comparison, n.FunctionOf: Compiler._function, n.Negative: Compiler._negative,
    n.Operation: Compiler._operation, n.Between: Compiler._between, n.In: Compiler._in,
    n.InstanceOf: Compiler._instance, n.If: Compiler._if, n.For: Compiler._for, n.Quantified: Compiler._quantified,
    n.Filter: Compiler._filter, n.Call: Compiler._call,
}  # fmt: skip
