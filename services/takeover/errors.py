"""What can go wrong when cases come over from paper."""

from services.errors import Conflict, Invalid, InvalidAnswers, NotFound


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
    """There the case waits for its other office: name the step at which it stands there."""


class WrongRow(Invalid):
    """A line that cannot be taken: its own words say why."""


class WrongAnswers(InvalidAnswers):
    """Some answers need to be corrected."""

    def __init__(self, errors: dict[str, str], asked: dict[str, str]) -> None:
        super().__init__(errors)
        #: field name -> how the form asks it
        self.asked = asked
