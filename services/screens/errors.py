"""What can go wrong with screens and with calling somebody to a counter."""

from services.errors import Forbidden, Invalid, NotFound


class NoScreenHere(NotFound):
    """This office has no screen in its hall: an administrator opens one."""


class NotAtACounter(Forbidden):
    """Only whoever works at a counter of this office calls people to it."""


class NoNumberToCall(Invalid):
    """Nobody can be called by this case: it has no number yet, or it is a rehearsal."""


class NoSuchCounter(Invalid):
    """Counters are numbered from 1 to %(most)s."""


class NoSuchCall(NotFound):
    """This call is over: nothing is left to be taken back."""
