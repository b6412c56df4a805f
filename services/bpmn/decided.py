"""What a decision said, and why: values that are kept with a case and shown to people."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class FiredRule:
    """A rule of a table that fired."""

    number: int  #: as drawn, from 1
    id: str
    says: str  #: its description
    tests: tuple[str, ...]  #: what it asked of each column, as written; empty: anything
    outputs: Mapping[str, object]


@dataclass(frozen=True)
class Fired:
    """A table that was asked."""

    decision: str  #: id of what it stands in
    name: str
    policy: str
    values: tuple[tuple[str, object], ...]  #: column -> the value that stood there
    rules: tuple[FiredRule, ...]


@dataclass(frozen=True)
class DecisionMade:
    """What a decision said, and why."""

    decision: str
    name: str
    outputs: Mapping[str, object]
    tables: tuple[Fired, ...]  #: in the order in which they were asked
    behind: tuple[tuple[str, str, object], ...]  #: id, name and value of what was decided on the way
    given: Mapping[str, object] = field(default_factory=dict)  #: of the variables, what it may read
