"""What can go wrong while somebody is on the telephone."""

from services.errors import Forbidden


class NotACallCentre(Forbidden):
    """Only whoever answers callers looks an application up for them."""


class NotLookedUp(Forbidden):
    """Look the application up for the caller first: this is open for an hour after that."""


class NotWatching(Forbidden):
    """What was looked up for callers is shown to the control level."""
