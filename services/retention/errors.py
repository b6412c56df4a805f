"""What can go wrong when files are destroyed, or a person asks for theirs."""

from services.errors import Conflict, Forbidden, Invalid, NotFound


class NothingToDestroy(Conflict):
    """No case has been kept for its whole time."""


class NoSuchAct(NotFound):
    """There is no such act of destruction."""


class ActSettled(Conflict):
    """This act was carried out or withdrawn already."""


class ActOpen(Conflict):
    """A list is proposed already: carry it out or withdraw it first."""


class TwoPersons(Forbidden):
    """Whoever proposed the list cannot carry it out: a second administrator does."""


class NotRipe(Conflict):
    """Nothing was destroyed: %(numbers)s are open again or gone. Withdraw the list and propose another."""


class NoActNumber(Invalid):
    """Write the number of the act, at most 60 printable characters."""


class NotAnIin(Invalid):
    """An IIN has 12 digits."""


class NoRequest(Invalid):
    """Write by which request the file is read, at most 60 printable characters."""
