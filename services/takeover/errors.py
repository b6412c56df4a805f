"""What can go wrong when cases come over from paper."""

from services.errors import Conflict, Invalid, NotFound


class TakenAlready(Conflict):
    """This very file was taken on %(on)s: undo that first, or send only what is new."""


class NoSuchTakeOver(NotFound):
    """No such file was taken."""


class TakeOverSettled(Conflict):
    """This file was confirmed or undone already."""


class WorkedOnSince(Conflict):
    """Somebody has worked on these since: %(numbers)s. Confirm the file, and set them right one by one."""


class NobodyToTake(Invalid):
    """There is no case in this file."""


class StepNotReached(Invalid):
    """The diagram does not come to this step in this way; it stops at: %(stops)s."""


class EndsBeforeStep(Invalid):
    """The diagram comes to its end, or round and round, without this step."""


class PaperUnderWay(Invalid):
    """From there on a paper of the case is under barcodes, which nobody scanned: name an earlier step."""


class WrongRow(Invalid):
    """A line that cannot be taken: its own words say why."""
