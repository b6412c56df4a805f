"""What a FEEL text is made of, as a tree; grammar.py makes it, compiling.py runs it, writing.py writes it again."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from services.feel.values import Value


@dataclass(frozen=True, slots=True)
class Node:
    """Any part of an expression."""

    def parts(self) -> Iterator["Node"]:
        """The parts right inside it."""
        for each in fields(self):
            yield from _nodes(getattr(self, each.name))

    def walk(self) -> Iterator["Node"]:
        """It, and all inside it."""
        yield self
        for part in self.parts():
            yield from part.walk()


def _nodes(found: object) -> Iterator[Node]:
    if isinstance(found, Node):
        yield found
    elif isinstance(found, tuple):
        for each in found:
            yield from _nodes(each)


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A value as it stands there."""

    value: Value


@dataclass(frozen=True, slots=True)
class At(Node):
    """`@"2026-01-31"`; the value is None when the text is none."""

    text: str
    value: Value


@dataclass(frozen=True, slots=True)
class Name(Node):
    name: str


@dataclass(frozen=True, slots=True)
class Path(Node):
    base: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    base: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    function: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...] = ()  #: of the arguments, when they are named


@dataclass(frozen=True, slots=True)
class Negative(Node):
    value: Node


@dataclass(frozen=True, slots=True)
class Operation(Node):
    """+ - * / ** = != < <= > >= and or."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Between(Node):
    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    value: Node
    tests: tuple[Node, ...]
    bracketed: bool = True


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """`< 5`: a test of a value that stands outside, or a range where a value is wanted."""

    operator: str
    value: Node


@dataclass(frozen=True, slots=True)
class Tests(Node):
    """The entry of a decision table: any of these, or with `not` none."""

    tests: tuple[Node, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Type(Node):
    """number, list<…>, range<…>, context<…>, function<…> -> …, or a name that the model defines."""

    name: str
    parts_of: tuple["Type", ...] = ()  #: of a list, range, context; the parameters of a function
    names: tuple[str, ...] = ()  #: of a context
    result: "Type | None" = None  #: of a function


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    value: Node
    type: Type


@dataclass(frozen=True, slots=True)
class If(Node):
    condition: Node
    yes: Node
    no: Node


@dataclass(frozen=True, slots=True)
class Iteration(Node):
    """`x in values`, or `x in values .. last`."""

    name: str
    values: Node
    last: Node | None = None


@dataclass(frozen=True, slots=True)
class For(Node):
    iterations: tuple[Iteration, ...]
    result: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    word: str  #: some, every
    iterations: tuple[Iteration, ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class ListOf(Node):
    elements: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ContextOf(Node):
    names: tuple[str, ...]
    values: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class RangeOf(Node):
    low: Node
    high: Node
    with_low: bool
    with_high: bool


@dataclass(frozen=True, slots=True)
class FunctionOf(Node):
    parameters: tuple[str, ...]
    types: tuple[Type | None, ...]
    body: Node
    external: bool = False
