"""What can be wrong with a diagram, an expression, or a stored state; in words for the designer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.bpmn.rules import Rule
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


@dataclass(frozen=True)
class Seen(Shown):
    """The variables that were read, and of what kind each was: «sum: a text, rate: nothing»."""

    kinds: tuple[tuple[str, str], ...]  #: name -> FEEL's name of its type

    def said(self, translate: Translate) -> str:
        return ", ".join(f"{name}: {translate(kind)}" for name, kind in self.kinds)

    def told(self) -> Mapping[str, object]:
        """For the details of an error."""
        return {"values": self, "names": [name for name, _ in self.kinds]}

    __str__ = Shown.__str__


class ExpressionError(Invalid):
    """The expression %(expression)s cannot be used: %(reason)s"""

    def __init__(self, expression: str, reason: "str | Words", seen: Seen | None = None, task: Any = None) -> None:
        self.expression, self.reason, self.seen = expression[:200], reason, seen
        self.task = task  #: of the engine: where it was reckoned
        super().__init__(expression=self.expression, reason=reason)

    def at(self, element: str) -> "ExpressionError":
        """The same, with the element as it is called, and the kinds of what was read there."""
        details: dict[str, object] = {"element": element, "expression": self.expression, "reason": self.reason}
        if self.seen is None or not self.seen.kinds:
            return self._said(AT, details)
        return self._said(AT_SEEING, {**details, **self.seen.told()})

    def _said(self, words: Words, details: Mapping[str, object]) -> "ExpressionError":
        self.message, self.details = words.text, dict(details)
        self.args = (fill(self.message, self.details),)
        return self


AT = Words("At «%(element)s» the expression %(expression)s cannot be used: %(reason)s")
AT_SEEING = Words("At «%(element)s» the expression %(expression)s cannot be used: %(reason)s (%(values)s)")


class CannotGoOn(ExpressionError):
    """The case cannot go on: %(reason)s"""

    def __init__(self, reason: "str | Words", seen: Seen | None = None, task: Any = None) -> None:
        super().__init__("", reason, seen, task)

    def at(self, element: str) -> "ExpressionError":
        details: dict[str, object] = {"element": element, "reason": self.reason}
        if self.seen is None or not self.seen.kinds:
            return self._said(FROM, details)
        return self._said(FROM_SEEING, {**details, **self.seen.told()})


FROM = Words("The case cannot go on from «%(element)s»: %(reason)s")
FROM_SEEING = Words("The case cannot go on from «%(element)s»: %(reason)s (%(values)s)")


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


def revived(value: object) -> object:
    """Of an error's detail that was stored as JSON: the words that it was, to be said in the reader's language."""
    if isinstance(value, dict) and value.keys() == {"text", "details"}:
        return Words(str(value["text"]), {key: revived(each) for key, each in value["details"].items()})
    if isinstance(value, dict) and value.keys() == {"kinds"}:
        return Seen(tuple((str(name), str(kind)) for name, kind in value["kinds"]))
    return value


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
