"""What can be wrong with an expression, in words for the designer, and for whoever looks after the case."""

from collections.abc import Mapping
from typing import Any

from services.errors import Invalid
from services.shown import Seen, Words, fill


class ExpressionError(Invalid):
    """The expression %(expression)s cannot be used: %(reason)s"""

    def __init__(self, expression: str, reason: "str | Words", seen: Seen | None = None, task: Any = None) -> None:
        self.expression, self.reason, self.seen = expression[:200], reason, seen
        self.task = task  #: of the engine: where it was reckoned
        super().__init__(expression=self.expression, reason=reason)

    def at(self, element: str) -> "ExpressionError":
        """The error with the element as it is called, and the kinds of what was read there."""
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


def nobody_called(name: str) -> ExpressionError:
    """Of a sign-in name that a diagram gives, and nobody has."""
    return ExpressionError(name, Words("nobody signs in as %(name)s", {"name": name[:60]}))
