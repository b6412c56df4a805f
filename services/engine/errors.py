"""Why a move of a case is not made: in words for whoever made it."""

from typing import Any

from services.errors import Conflict, Invalid, KomekError, NotFound
from services.expressions import ExpressionError
from services.shown import Seen, Words


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


class StopGone(Conflict):
    """The case does not wait there any more."""


class NoBoundary(Invalid):
    """The step %(element)s has no boundary event for the error %(code)s."""


class NoPlainStart(Invalid):
    """Nobody begins the process %(process)s by hand without saying where: it begins at %(starts)s."""


class NoSuchStart(NotFound):
    """The process %(process)s has no start event %(element)s."""


class CorruptState(KomekError):
    """The stored state of this case cannot be read; it was changed outside Komek, or belongs to another diagram."""


class CannotMigrate(Invalid):
    """The case cannot move to that diagram: %(elements)s is missing there, stands elsewhere or is of another kind."""
