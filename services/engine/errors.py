"""What can be wrong with a diagram, an expression, or a stored state; in words for the designer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from services.engine.rules import Rule
from services.errors import Conflict, Invalid, KomekError, NotFound

Translate = Callable[[str], str]


def fill(text: str, details: Mapping[str, object], translate: Translate = str) -> str:
    """The msgid in the reader's language, with its details in their places; those that are words, too."""
    said = {key: value.said(translate) if isinstance(value, Shown) else value for key, value in details.items()}
    translated = translate(text)
    return translated % said if said and "%(" in translated else translated


class Shown:
    """What is translated when it is shown; as text it is English."""

    def said(self, translate: Translate) -> str:
        raise NotImplementedError

    def __str__(self) -> str:
        return self.said(str)


@dataclass(frozen=True)
class Words(Shown):
    """A sentence, or a part of one."""

    text: str  #: English msgid
    details: Mapping[str, object] = field(default_factory=dict)

    def said(self, translate: Translate) -> str:
        return fill(self.text, self.details, translate)

    __str__ = Shown.__str__


class ExpressionError(Invalid):
    """The expression %(expression)s cannot be used: %(reason)s"""

    def __init__(self, expression: str, reason: "str | Words") -> None:
        self.expression, self.reason = expression[:200], reason
        super().__init__(expression=self.expression, reason=reason)


def nobody_called(name: str) -> ExpressionError:
    """Of a sign-in name that a diagram gives, and nobody has."""
    return ExpressionError(name, Words("nobody signs in as %(name)s", {"name": name[:60]}))


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
        """It as one line of a list."""
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


class StopGone(Conflict):
    """The case does not wait there any more."""


class NoBoundary(Invalid):
    """The step %(element)s has no boundary event for the error %(code)s."""


class NoPlainStart(Invalid):
    """Nobody begins the process %(process)s by hand without saying where: it begins at %(starts)s."""


class NoSuchStart(NotFound):
    """The process %(process)s has no start event %(element)s."""


class UnknownDecision(NotFound):
    """There is no decision %(decision)s in these files."""


class CorruptState(KomekError):
    """The stored state of this case cannot be read; it was changed outside Komek, or belongs to another diagram."""


class CannotMigrate(Invalid):
    """The case cannot move to that diagram: it waits at %(elements)s, which is not there any more."""
