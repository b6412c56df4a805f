"""The door to FEEL: text in, something to evaluate out; values in, a value and what was noticed out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from services.feel import nodes
from services.feel.applying import Closure, any_true
from services.feel.compiling import Compiler
from services.feel.grammar import read_expression, read_tests
from services.feel.library import BUILTINS, SPACED_NAMES
from services.feel.run import LIMITS, Clock, FeelRefused, FeelScope, Limits, Remark, Run
from services.feel.types import Types
from services.feel.values import Function, Value, lift


@dataclass(frozen=True)
class Evaluated:
    """What an evaluation gave, and why what is null in it is null."""

    value: Value
    notes: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class Expression:
    """An expression, ready to be evaluated as often as one likes, by any thread."""

    text: str
    tree: nodes.Tree = field(repr=False)
    closure: Closure = field(repr=False)
    free: frozenset[str]  #: the names that it reads from outside

    def evaluate(
        self, data: Mapping[str, Any], clock: Clock | None = None, limits: Limits = LIMITS,
        functions: Mapping[str, Value] | None = None,
    ) -> Evaluated:  # fmt: skip
        """The value over the data, which may be Python's. Raises FeelRefused when a limit is reached."""
        run = new_run(clock, limits, functions)
        value = self.within(FeelScope(run, lifted(data, self.free)))
        return Evaluated(value, tuple(run.notes))

    def within(self, scope: FeelScope) -> Value:
        """The value in a scope of FEEL's values."""
        try:
            return self.closure(scope)
        except RecursionError:
            raise FeelRefused("it is nested too deeply") from None


@dataclass(frozen=True)
class Test:
    """The entry of a decision table."""

    text: str
    tree: nodes.Tests | None = field(repr=False)  #: None: it fits anything
    tests: tuple[Any, ...] = field(repr=False)
    free: frozenset[str]

    def evaluate(
        self, data: Mapping[str, Any], value: Any, clock: Clock | None = None, limits: Limits = LIMITS,
        functions: Mapping[str, Value] | None = None,
    ) -> Evaluated:  # fmt: skip
        """true, false or null for the value that is asked about."""
        run = new_run(clock, limits, functions)
        answer = self.within(FeelScope(run, lifted(data, self.free)), lift(value))
        return Evaluated(answer, tuple(run.notes))

    def within(self, scope: FeelScope, value: Value) -> bool | None:
        if self.tree is None:
            return True
        try:
            inside = scope.inside({"?": value})
            found = any_true(test(inside, value) for test in self.tests)
        except RecursionError:
            raise FeelRefused("it is nested too deeply") from None
        return found if found is None or not self.tree.negated else not found


def new_run(clock: Clock | None = None, limits: Limits = LIMITS, functions: Mapping[str, Value] | None = None) -> Run:
    """A run that knows the built-in functions, and these."""
    return Run(clock, limits, {**BUILTINS, **functions} if functions else BUILTINS)


def lifted(data: Mapping[str, Any], names: frozenset[str]) -> dict[str, Value]:
    """What is asked for of the data, as FEEL's values. Raises FeelRefused for what is none."""
    try:
        return {name: lift(data[name]) for name in names if name in data}
    except (TypeError, RecursionError) as fault:
        raise FeelRefused("a value of the data is none of FEEL's") from fault


@lru_cache(maxsize=4096)
def _expression(text: str, names: frozenset[str]) -> Expression:
    tree = read_expression(text, names, SPACED_NAMES)
    return Expression(text, tree, Compiler({}).of(tree), free_names(tree))


def expression(text: str, names: frozenset[str] = frozenset(), types: Types | None = None) -> Expression:
    """Read an expression; `names` are those in scope that are more than one word. Raises FeelRefused."""
    if not types:
        return _expression(text, names)
    tree = read_expression(text, names, SPACED_NAMES)
    return Expression(text, tree, Compiler(types).of(tree), free_names(tree))


@lru_cache(maxsize=8192)
def _unary_tests(text: str, names: frozenset[str]) -> Test:
    return _made(text, read_tests(text, names, SPACED_NAMES), {})


def unary_tests(text: str, names: frozenset[str] = frozenset(), types: Types | None = None) -> Test:
    """Read the entry of a decision table. Raises FeelRefused."""
    if not types:
        return _unary_tests(text, names)
    return _made(text, read_tests(text, names, SPACED_NAMES), types)


def _made(text: str, tree: nodes.Tests | None, types: Types) -> Test:
    if tree is None:
        return Test(text, None, (), frozenset())
    compiler = Compiler(types)
    return Test(text, tree, tuple(compiler.entry(each) for each in tree.tests), free_names(tree) - {"?"})


def free_names(node: nodes.Tree) -> frozenset[str]:
    """The names that it reads and does not give itself; those of built-in functions, too, as data may hold them."""
    return frozenset(_free(node, frozenset()))


def _free(node: nodes.Tree, bound: frozenset[str]) -> set[str]:
    if isinstance(node, nodes.NameOf):
        return set() if node.name in bound else {node.name}
    if isinstance(node, nodes.For | nodes.Quantified):
        found: set[str] = set()
        for each in node.iterations:
            found |= _free(each.values, bound) | (_free(each.last, bound) if each.last else set())
            bound |= {each.name}
        inner = node.result if isinstance(node, nodes.For) else node.condition
        return found | _free(inner, bound | {"partial"})
    if isinstance(node, nodes.ContextOf):
        found = set()
        for name, value in zip(node.names, node.values, strict=True):
            found |= _free(value, bound | {name} if isinstance(value, nodes.FunctionOf) else bound)
            bound |= {name}
        return found
    if isinstance(node, nodes.FunctionOf):
        return _free(node.body, bound | set(node.parameters))
    if isinstance(node, nodes.Filter):
        return _free(node.base, bound) | _free(node.condition, bound | {"item"})
    return {name for part in node.parts() for name in _free(part, bound)}


__all__ = ["BUILTINS", "Evaluated", "Expression", "Function", "Test", "expression", "free_names", "unary_tests"]
