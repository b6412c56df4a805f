"""What can be wrong with a diagram, an expression, or a stored state; in words for the designer."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.errors import Conflict, Invalid, KomekError, NotFound


class ExpressionError(Invalid):
    """The expression %(expression)s cannot be used: %(reason)s"""

    def __init__(self, expression: str, reason: str) -> None:
        super().__init__(expression=expression[:200], reason=reason)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a diagram: where, what, and what to do."""

    resource: str  #: file name
    element: str  #: element id, or empty
    name: str  #: element name as drawn, or empty
    line: int | None
    text: str

    def __str__(self) -> str:
        where = f"{self.name} ({self.element})" if self.element else self.resource
        line = f" | line {self.line}" if self.line else ""
        return f"* {where}: {self.text} | {self.resource}{line}"


class BadDiagram(Invalid):
    """The diagrams cannot be put in force:
    %(problems)s
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(problems="\n".join(str(problem) for problem in problems))


class StopGone(Conflict):
    """The case does not wait there any more."""


class NoBoundary(Invalid):
    """The step %(element)s has no boundary event for the error %(code)s."""


class UnknownDecision(NotFound):
    """There is no decision %(decision)s in these files."""


class CorruptState(KomekError):
    """The stored state of this case cannot be read; it was changed outside Komek, or belongs to another diagram."""


class CannotMigrate(Invalid):
    """The case cannot move to that diagram: it waits at %(elements)s, which is not there any more."""
