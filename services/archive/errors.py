"""What can go wrong when a case is taken out of the archive."""

from services.errors import Conflict, NotFound


class NoSuchNumber(NotFound):
    """No case is known by the number %(number)s."""


class NotArchived(Conflict):
    """Case %(number)s does not lie in the archive."""
