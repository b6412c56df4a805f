"""From a tree to closures: what each part of an expression does (DMN 1.5, 10.3.2).

A closure takes the scope and gives a value; it never raises but FeelRefused, when a limit is reached. What has no
value is null, and the run notes why.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from services.feel import nodes as n
from services.feel.applying import (
    ORDER,
    Closure,
    NoTurns,
    any_true,
    belongs,
    counted,
    elements,
    equality,
    filtered,
    invoked,
    logic,
    new_range,
    order_of,
    ordered,
    sum_of,
)
from services.feel.arithmetic import negated
from services.feel.members import member
from services.feel.run import FeelRefused, FeelScope, Run
from services.feel.types import Types, bare, is_instance, resolve
from services.feel.values import Function, Range, Value, equal, kind


def compiled(node: n.Tree, types: Types | None = None) -> Closure:
    """The closure of an expression."""
    return Compiler(types or {}).of(node)


class Compiler:
    """Knows the types that the model defines; the rest stands in the tree."""

    def __init__(self, types: Types) -> None:
        self.types = types

    def of(self, node: n.Tree) -> Closure:
        return _MAKERS[type(node)](self, node)

    # ---------------------------------------------------------------- values and names

    def _literal(self, node: n.Literal) -> Closure:
        value = node.value
        return lambda scope: value

    def _at(self, node: n.AtLiteral) -> Closure:
        value, text = node.value, node.text
        if value is None:
            return lambda scope: scope.run.note(
                "%(text)s is neither a day, a time nor a duration", text=repr(text[:40])
            )
        return lambda scope: value

    def _name(self, node: n.NameOf) -> Closure:
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

        def made(scope: FeelScope) -> Value:
            found: dict[str, Value] = {}
            inside = scope.inside(found)
            for name, value in entries:
                found[name] = value(inside)
            return found

        return made

    def _range(self, node: n.RangeOf) -> Closure:
        low, high = self.of(node.low), self.of(node.high)

        def made(scope: FeelScope) -> Value:
            return new_range(scope.run, low(scope), high(scope), node.with_low, node.with_high)

        return made

    def _comparison(self, node: n.Comparison) -> Closure:
        """`(< 5)` where a value is wanted."""
        value, operator = self.of(node.value), node.operator

        def made(scope: FeelScope) -> Value:
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

        def made(scope: FeelScope) -> Value:
            def call(run: Run, *values: Value) -> Value:
                return body(scope.inside(dict(zip(names, values, strict=True))))

            return Function("", names, call, types)

        return made

    # ---------------------------------------------------------------- sums and comparisons

    def _negative(self, node: n.Negative) -> Closure:
        value = self.of(node.value)
        return lambda scope: negated(scope.run, value(scope))

    def _operation(self, node: n.Operated) -> Closure:
        left, right = self.of(node.left), self.of(node.right)
        if node.operator in ("and", "or"):
            return logic(node.operator == "or", left, right)
        if node.operator in ("=", "!="):
            return equality(left, right, negative=node.operator == "!=")
        if node.operator in ORDER:
            return order_of(node.operator, left, right)
        return sum_of(node.operator, left, right)

    def _between(self, node: n.Between) -> Closure:
        value, low, high = self.of(node.value), self.of(node.low), self.of(node.high)

        def found(scope: FeelScope) -> Value:
            asked = value(scope)
            one, other = ordered(scope.run, ">=", asked, low(scope)), ordered(scope.run, "<=", asked, high(scope))
            return None if one is None or other is None else one and other

        return found

    def _in(self, node: n.In) -> Closure:
        value, tests = self.of(node.value), [self.test(each) for each in node.tests]

        def found(scope: FeelScope) -> Value:
            asked = value(scope)
            return any_true(test(scope, asked) for test in tests)

        return found

    def test(self, node: n.Tree) -> Callable[[FeelScope, Value], bool | None]:
        """A unary test of a value that stands outside."""
        if isinstance(node, n.Comparison):
            operator, wanted = node.operator, self.of(node.value)
            if operator in ("=", "!="):

                def same(scope: FeelScope, value: Value) -> bool | None:
                    found = equal(value, wanted(scope))
                    return found if found is None or operator == "=" else not found

                return same
            return lambda scope, value: ordered(scope.run, operator, value, wanted(scope))
        found = self.of(node)
        return lambda scope, value: belongs(scope.run, value, found(scope))

    def entry(self, node: n.Tree) -> Callable[[FeelScope, Value], bool | None]:
        """One test of a table's entry: a comparison, a value, or with `?` in it a condition."""
        if isinstance(node, n.Comparison):
            return self.test(node)
        found = self.of(node)
        if any(isinstance(each, n.NameOf) and each.name == "?" for each in node.walk()):
            return lambda scope, value: _condition(scope.run, found(scope), value)
        if isinstance(node, n.NameOf):
            name = node.name

            def fits(scope: FeelScope, value: Value) -> bool | None:
                if not scope.knows(name):
                    scope.run.hint("there is no variable %(name)s", name=name)
                    return None
                return belongs(scope.run, value, scope.get(name))

            return fits

        written = isinstance(node, n.Literal)

        def tested(scope: FeelScope, value: Value) -> bool | None:
            wanted = found(scope)
            if isinstance(wanted, bool) and not isinstance(value, bool) and not written:
                return wanted
            return belongs(scope.run, value, wanted)

        return tested

    def _instance(self, node: n.InstanceOf) -> Closure:
        value, of = self.of(node.value), resolve(node.type, self.types)
        if of is None:
            return lambda scope: scope.run.note("there is no type %(name)s", name=node.type.name)
        asked = bare(of)
        return lambda scope: is_instance(value(scope), asked)

    # ---------------------------------------------------------------- choices and loops

    def _if(self, node: n.If) -> Closure:
        condition, yes, no = self.of(node.condition), self.of(node.yes), self.of(node.no)

        def chosen(scope: FeelScope) -> Value:
            asked = condition(scope)
            if asked is not None and not isinstance(asked, bool):
                scope.run.note("a condition is neither true nor false, but %(kind)s", kind=kind(asked))
            return yes(scope) if asked is True else no(scope)

        return chosen

    def _for(self, node: n.For) -> Closure:
        turns, result = self._turns(node.iterations), self.of(node.result)

        def listed(scope: FeelScope) -> Value:
            found: list[Value] = []
            try:
                for inside in turns(scope.inside({"partial": found})):
                    scope.run.sized(1)
                    if len(found) >= scope.run.limits.elements:
                        raise FeelRefused("a list is longer than %(most)s", most=scope.run.limits.elements)
                    found.append(result(inside))
            except NoTurns:
                return None
            return found

        return listed

    def _quantified(self, node: n.Quantified) -> Closure:
        turns, condition = self._turns(node.iterations), self.of(node.condition)
        wanted = node.word == "some"

        def folded(scope: FeelScope) -> Value:
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

    def _turns(self, iterations: Sequence[n.Iteration]) -> Callable[[FeelScope], Iterator[FeelScope]]:
        """The scopes of a loop, one for every turn."""
        first = iterations[0]
        name, values = first.name, self.of(first.values)
        last = self.of(first.last) if first.last else None
        more = self._turns(iterations[1:]) if len(iterations) > 1 else None

        def turns(scope: FeelScope) -> Iterator[FeelScope]:
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

        def found(scope: FeelScope) -> Value:
            return filtered(scope, base(scope), condition, counts=counts)

        return found

    def _call(self, node: n.Invocation) -> Closure:
        function, names = self.of(node.function), node.names
        arguments = [self.of(each) for each in node.arguments]
        said = node.function.name if isinstance(node.function, n.NameOf) else ""

        def called(scope: FeelScope) -> Value:
            found = function(scope)
            if not isinstance(found, Function):  # data of that name hides no built-in
                found = scope.run.extras.get(said)
            if not isinstance(found, Function):
                return scope.run.note("there is no function %(name)s()", name=said or "…")
            return invoked(scope.run, found, [each(scope) for each in arguments], names)

        return called


def _is_sum(node: n.Tree) -> bool:
    return isinstance(node, n.Operated) and node.operator in ("+", "-", "*", "/", "**")


def _condition(run: Run, found: Value, value: Value) -> bool | None:
    """What an entry with `?` says: true or false, or a value to compare with."""
    return found if found is None or isinstance(found, bool) else belongs(run, value, found)


_MAKERS: Mapping[type[n.Tree], Callable[[Compiler, Any], Closure]] = {
    n.Literal: Compiler._literal, n.AtLiteral: Compiler._at, n.NameOf: Compiler._name, n.Path: Compiler._path,
    n.ListOf: Compiler._list, n.ContextOf: Compiler._context, n.RangeOf: Compiler._range,
    n.Comparison: Compiler._comparison, n.FunctionOf: Compiler._function, n.Negative: Compiler._negative,
    n.Operated: Compiler._operation, n.Between: Compiler._between, n.In: Compiler._in,
    n.InstanceOf: Compiler._instance, n.If: Compiler._if, n.For: Compiler._for, n.Quantified: Compiler._quantified,
    n.Filter: Compiler._filter, n.Invocation: Compiler._call,
}  # fmt: skip
