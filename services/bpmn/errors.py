"""What can be wrong with the files of a deployment, in words for the designer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.bpmn.rules import Rule
from services.errors import Invalid, NotFound
from services.shown import Shown, Translate, fill


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a diagram: where, what, and what to do."""

    resource: str  #: file name
    element: str  #: element id, or empty
    name: str  #: element name as drawn, or empty
    line: int | None
    rule: Rule
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """What is wrong, and what to do, in English."""
        return self.said(str)

    def said(self, translate: Translate) -> str:
        """What is wrong, and what to do."""
        return " ".join(fill(text, self.details, translate) for text in (self.rule.text, self.rule.advice))

    def __str__(self) -> str:
        return self.line_of(str)

    def line_of(self, translate: Translate) -> str:
        """The problem as one line of a list."""
        where = f"{self.name} ({self.element})" if self.element else self.resource
        line = " | " + fill("line %(line)s", {"line": self.line}, translate) if self.line else ""
        return f"* {where}: {self.said(translate)} | {self.resource}{line}"


class _Lines(Shown):
    """Problems, one a line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = problems

    def said(self, translate: Translate) -> str:
        return "\n".join(problem.line_of(translate) for problem in self.problems)


class BadDiagram(Invalid):
    """The diagrams cannot be put in force:
    %(problems)s
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(problems=_Lines(self.problems))


class UnknownDecision(NotFound):
    """There is no decision %(decision)s in these files."""
