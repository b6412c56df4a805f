"""What can go wrong with staff, their roles and their signing in."""

from services.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable


class WrongPassword(Forbidden):
    """The name or the password is not right."""


class DirectoryAway(Unavailable):
    """The directory that knows your password does not answer. Try again in a minute."""


class PasswordElsewhere(Forbidden):
    """Your password is kept by the organisation's directory: change it there."""


class NotOwnPassword(Forbidden):
    """This password was set by somebody else: choose your own first, on «My account»."""


class TooManyAttempts(Forbidden):
    """Too many sign-ins failed. Please try again in %(wait_s)s seconds."""


class NoSuchSession(NotFound):
    """This session is over already."""


class WrongSlip(Forbidden):
    """This name and this slip do not belong together, or the slip was used or has run out. Ask for another one."""


class OwnSlip(Invalid):
    """A slip is for somebody else; your own password you change on «My account»."""


class ShutOut(Conflict):
    """This person is shut out: let them in again first."""


class NotAdministrator(Forbidden):
    """Only an administrator may do this."""


class NoSuchStaff(NotFound):
    """There is no such person on the staff."""


class NoSuchOffice(NotFound):
    """There is no office %(office)s."""


class NoSuchAppointment(NotFound):
    """There is no such appointment."""


class LoginTaken(Conflict):
    """Somebody signs in by the name %(login)s already."""


class AlreadyAppointed(Conflict):
    """This person holds this role at this office already in those days."""


class AppointmentOver(Conflict):
    """This appointment has ended already."""


class LastAdministrator(Conflict):
    """This is the last administrator: appoint another one first."""


class NoSuchAbsence(NotFound):
    """There is no such absence."""


class AlreadyAbsent(Conflict):
    """%(who)s is absent in those days already, by order № %(order)s."""


class AbsenceOver(Conflict):
    """This absence is over already."""


class DeputyAbsent(Conflict):
    """%(who)s is absent in those days, by order № %(order)s: choose another deputy."""


class StandsInThen(Conflict):
    """%(who)s stands in for a colleague in those days, by order № %(order)s: end that first, name another deputy."""


class NotYourStaff(Forbidden):
    """Only an administrator, or the head of their office, may do this for this person."""


class WrongDeputy(Invalid):
    """This person cannot be the deputy: it must be somebody else, who works here, and at that office."""


class NothingToGive(Invalid):
    """The person absent has no such role at that office in those days."""


class WrongRole(Invalid):
    """There is no role %(role)s at the office %(office)s."""


class EndsBeforeItBegins(Invalid):
    """An appointment cannot end before it begins."""


class WeakPassword(Invalid):
    """This password is too weak."""


class ShortPassword(WeakPassword):
    """A password needs at least %(length)s characters."""


class LongPassword(WeakPassword):
    """A password has at most %(length)s characters."""


class PasswordIsName(WeakPassword):
    """This password is made of the person's own name or login. Take three or four words that nobody expects."""


class SamePassword(WeakPassword):
    """This is the password until now; choose another."""


class LeakedPassword(WeakPassword):
    """This password is leaked, a row of keys, a repetition or a date. Take three or four words that nobody expects."""


class UnknownLanguage(Invalid):
    """%(language)s is not a language of Komek."""
