"""What a requirements diagram holds, ready to be decided (DMN 1.5, chapter 6)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.feel.run import FeelScope, Remark, Run
from services.feel.types import FeelType
from services.feel.values import Value

Logic = Callable[[FeelScope], Value]


@dataclass(frozen=True)
class RuleFired:
    """A rule of a table that fired."""

    number: int  #: as drawn, from 1
    id: str
    says: str = ""  #: its description or annotation
    tests: tuple[str, ...] = ()  #: its entries as written, one a column; empty: anything


@dataclass(frozen=True)
class FiredTable:
    """A table that was asked: which of its rules fired, on which values, and what they said."""

    decision: str  #: id of the decision or business knowledge model that it stands in
    name: str
    policy: str
    inputs: tuple[tuple[str, Value], ...]  #: column -> the value that stood there
    rules: tuple[RuleFired, ...]
    outputs: tuple[Mapping[str, Value], ...]  #: of each of these rules


@dataclass(frozen=True)
class Complaint:
    """Where something could not be reckoned, and why."""

    expression: str
    note: Remark


class Deciding(Run):
    """A run that keeps which rules fired, and what could not be reckoned."""

    __slots__ = ("complaints", "fired", "fits")

    def __init__(
        self, *arguments: Any, fits: Callable[[Value, FeelType, str], Value] | None = None, **named: Any
    ) -> None:
        super().__init__(*arguments, **named)
        self.fired: list[FiredTable] = []
        self.complaints: list[Complaint] = []
        self.fits = fits  #: how a value is made to fit a column; None: as the specification says

    def complain(self, expression: str, since: int) -> None:
        """Keep the first grave note since then, for the expression."""
        note = next((each for each in self.notes[since:] if each.grave), None)
        if note is not None and len(self.complaints) < self.limits.notes:
            self.complaints.append(Complaint(expression, note))


@dataclass(frozen=True)
class Output:
    """A column that a table gives."""

    name: str
    type: FeelType | None = None
    allows: "Callable[[FeelScope, Value], bool | None] | None" = None  #: the values of its list


@dataclass(frozen=True)
class Required:
    """Something in the diagram. Its key is its file's namespace and its id."""

    key: tuple[str, str]
    name: str
    type: FeelType | None = None
    #: local name -> key of what it requires; in an import's names, the import stands first: ("B", "Say hello")
    requires: Mapping[tuple[str, ...], tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class InputData(Required):
    """What comes from outside."""


@dataclass(frozen=True)
class Decision(Required):
    """A decision. Without logic its value is null, or given from outside."""

    logic: Logic | None = None
    title: str = ""  #: as drawn; `name` is its variable's
    text: str = ""  #: of a literal expression
    policy: str | None = None  #: of a table
    lists: bool = False  #: of a table: several rules may answer
    outputs: Sequence[Output] = ()  #: of a table
    free: frozenset[str] = frozenset()  #: the names that its logic reads


@dataclass(frozen=True)
class Knowledge(Required):
    """A business knowledge model: a function."""

    parameters: Sequence[str] = ()
    types: Sequence[FeelType | None] = ()
    logic: Logic | None = None
    free: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Service(Required):
    """A decision service: decisions that are called together."""

    outputs: Sequence[tuple[str, str]] = ()
    input_decisions: Sequence[tuple[str, str]] = ()
    inputs: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Model:
    """All elements of one or several files, by key; what stands in each file's scope is in `requires`."""

    elements: Mapping[tuple[str, str], Required]

    def named(self, name: str, kind: type[Required] = Required, namespace: str | None = None) -> Required | None:
        """The element of that name, or of that id."""
        found = [each for each in self.elements.values() if isinstance(each, kind)]
        if namespace is not None:
            found = [each for each in found if each.key[0] == namespace]
        by_name = next((each for each in found if each.name == name), None)
        return by_name or next((each for each in found if each.key[1] == name), None)
