"""What a FEEL text is made of, as a tree; grammar.py makes it, compiling.py runs it, writing.py writes it again."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from services.feel.values import Value


@dataclass(frozen=True, slots=True)
class Tree:
    """Any part of an expression."""

    def parts(self) -> Iterator["Tree"]:
        """The parts right inside it."""
        for each in fields(self):
            yield from _nodes(getattr(self, each.name))

    def walk(self) -> Iterator["Tree"]:
        """The tree, and all inside it."""
        yield self
        for part in self.parts():
            yield from part.walk()


def _nodes(found: object) -> Iterator[Tree]:
    if isinstance(found, Tree):
        yield found
    elif isinstance(found, tuple):
        for each in found:
            yield from _nodes(each)


@dataclass(frozen=True, slots=True)
class Literal(Tree):
    """A value as it stands there."""

    value: Value


@dataclass(frozen=True, slots=True)
class AtLiteral(Tree):
    """`@"2026-01-31"`; the value is None when the text is none."""

    text: str
    value: Value


@dataclass(frozen=True, slots=True)
class NameOf(Tree):
    """A name that is read."""

    name: str


@dataclass(frozen=True, slots=True)
class Path(Tree):
    """`base.name`."""

    base: Tree
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Tree):
    """`base[condition]`: of a list what fits, or the element at that place."""

    base: Tree
    condition: Tree


@dataclass(frozen=True, slots=True)
class Invocation(Tree):
    """`function(arguments)`."""

    function: Tree
    arguments: tuple[Tree, ...]
    names: tuple[str, ...] = ()  #: of the arguments, when they are named


@dataclass(frozen=True, slots=True)
class Negative(Tree):
    """`-value`."""

    value: Tree


@dataclass(frozen=True, slots=True)
class Operated(Tree):
    """+ - * / ** = != < <= > >= and or."""

    operator: str
    left: Tree
    right: Tree


@dataclass(frozen=True, slots=True)
class Between(Tree):
    """`value between low and high`."""

    value: Tree
    low: Tree
    high: Tree


@dataclass(frozen=True, slots=True)
class In(Tree):
    """`value in tests`."""

    value: Tree
    tests: tuple[Tree, ...]
    bracketed: bool = True


@dataclass(frozen=True, slots=True)
class Comparison(Tree):
    """`< 5`: a test of a value that stands outside, or a range where a value is wanted."""

    operator: str
    value: Tree


@dataclass(frozen=True, slots=True)
class Tests(Tree):
    """The entry of a decision table: any of these, or with `not` none."""

    tests: tuple[Tree, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Type(Tree):
    """number, list<…>, range<…>, context<…>, function<…> -> …, or a name that the model defines."""

    name: str
    parts_of: tuple["Type", ...] = ()  #: of a list, range, context; the parameters of a function
    names: tuple[str, ...] = ()  #: of a context
    result: "Type | None" = None  #: of a function


@dataclass(frozen=True, slots=True)
class InstanceOf(Tree):
    """`value instance of type`."""

    value: Tree
    type: Type


@dataclass(frozen=True, slots=True)
class If(Tree):
    """`if condition then yes else no`."""

    condition: Tree
    yes: Tree
    no: Tree


@dataclass(frozen=True, slots=True)
class Iteration(Tree):
    """`x in values`, or `x in values .. last`."""

    name: str
    values: Tree
    last: Tree | None = None


@dataclass(frozen=True, slots=True)
class For(Tree):
    """`for x in values return result`."""

    iterations: tuple[Iteration, ...]
    result: Tree


@dataclass(frozen=True, slots=True)
class Quantified(Tree):
    """`some x in values satisfies condition`, or `every`."""

    word: str  #: some, every
    iterations: tuple[Iteration, ...]
    condition: Tree


@dataclass(frozen=True, slots=True)
class ListOf(Tree):
    """`[a, b]`."""

    elements: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class ContextOf(Tree):
    """`{a: 1, b: 2}`."""

    names: tuple[str, ...]
    values: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class RangeOf(Tree):
    """`[low..high]`; round brackets leave an end out."""

    low: Tree
    high: Tree
    with_low: bool
    with_high: bool


@dataclass(frozen=True, slots=True)
class FunctionOf(Tree):
    """`function(a, b) body`."""

    parameters: tuple[str, ...]
    types: tuple[Type | None, ...]
    body: Tree
    external: bool = False
