"""What can be wrong with a paper in hand, in words for the one who holds it."""

from services.errors import Conflict, Forbidden, Invalid, NotFound


class UnknownPaper(NotFound):
    """No folder, result or registry has the code %(code)s."""


class NoSuchConsignment(NotFound):
    """There is no such consignment."""


class NotYourPaper(Forbidden):
    """Your role at this office does not handle paper between offices."""


class WrongOffice(Conflict):
    """%(code)s is not for this office: it belongs to %(office)s. Put it aside and tell them."""


class AlreadyHere(Conflict):
    """%(code)s was received here already."""


class NotToSend(Conflict):
    """%(code)s does not wait to be sent from here."""


class NotSent(Conflict):
    """%(code)s was never sent: nobody has scanned it out. Only if it lies before you, take it in."""


class NotSigned(Conflict):
    """%(code)s is not signed: its signature has to be confirmed before it goes anywhere."""


class Annulled(Conflict):
    """%(code)s is annulled: it was never signed, and another was made in its place."""


class TakeOverUndone(Conflict):
    """%(code)s is under control here no more: the file of cases begun on paper that named it was undone."""


class AlreadySigned(Conflict):
    """The signature of %(code)s is confirmed already."""


class SignatureStays(Conflict):
    """The signature of %(code)s cannot be taken back: it has left this office, or carries the signature of a key."""


class AlreadyListed(Conflict):
    """%(code)s stands on the registry already."""


class NotExpected(Conflict):
    """%(code)s is not on its way to this office."""


class EmptyConsignment(Conflict):
    """There is nothing on this registry yet."""


class ConsignmentMoved(Conflict):
    """This registry is no longer where you saw it: somebody closed, handed over or received it meanwhile."""


class DamageMissing(Invalid):
    """Please say what is wrong with the paper."""


class LabelUnused(Conflict):
    """The label %(code)s is on no paper yet."""


class LabelTaken(Conflict):
    """The label %(code)s is on another paper already."""


class WrongCount(Invalid):
    """Please say how many: from 1 to %(most)s."""


class NotAPicture(Invalid):
    """This file is not a picture (JPEG, PNG or WebP, 12 MB at most)."""


class NoSuchPhoto(NotFound):
    """There is no such photo."""


class NotACourier(Invalid):
    """This badge belongs to nobody who carries papers from this office."""


class StillWanted(Conflict):
    """The applicant may still come: a result is sent back only after the region's term."""


class SignerMissing(Invalid):
    """Say who signed the act for the other side: the courier, or the office that sent it."""


class CannotCallBack(Conflict):
    """%(code)s has left already, or stands on a closed registry: it is called back where it arrives."""
