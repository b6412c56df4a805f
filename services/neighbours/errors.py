"""What can go wrong between regions."""

from services.errors import Conflict, Forbidden, NotFound


class NoSuchNeighbour(NotFound):
    """There is no other region «%(region)s» on this installation."""


class NoSuchTie(NotFound):
    """This account is not tied to that region, or no longer."""


class AlreadyTied(Conflict):
    """This account, or the account there, is tied already. End that first."""


class NotTied(Forbidden):
    """Your two accounts are not tied in both regions. An administrator of each has to tie them: ask for the second."""


class TicketOver(Forbidden):
    """This way over was used already, or it is too old. Go back, and press the region once more."""


class FiguresNotShown(Forbidden):
    """This region does not show its figures to whoever asks for them."""


class NotComparing(Forbidden):
    """Figures of other regions are for the control level."""
