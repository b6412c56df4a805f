"""Why an edition is not put in force, taken back or withdrawn."""

from services.errors import Conflict, Forbidden, NotFound


class NotEnacted(NotFound):
    """No edition was put in force under the number %(enactment)s."""


class OwnEdition(Forbidden):
    """You sent this edition yourself: a second person has to put it in force."""


class HoldsAlready(Conflict):
    """On that day this edition holds already."""


class EditionWithdrawn(Conflict):
    """This edition was withdrawn: deploy it once more, if it is to come into force after all."""


class NotACandidate(Conflict):
    """Only a candidate can be withdrawn: this was put in force, and stays in the list of what was the law."""


class DayHasCome(Conflict):
    """Its day has come, and cases have begun under it. To go back, put the edition before it in force for a day."""


class AnotherBase(Conflict):
    """Since you looked at it, another edition was put in force or taken back. Look at what changes now, and say it once
    more."""
