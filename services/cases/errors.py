"""What can go wrong between a person and a case, in words for that person."""

from services.errors import Conflict, Forbidden, Invalid, NotFound


class NoSuchTask(NotFound):
    """There is no such task."""


class NoSuchCase(NotFound):
    """There is no such case."""


class NoSuchInstance(NotFound):
    """There is no process instance %(id)s."""


class NumberMissing(Invalid):
    """By then the case has a number of its own in the books of %(office)s, which was not said."""


class NotYours(Forbidden):
    """This belongs to another role or another office: %(role)s, %(office)s."""


class NotYourCase(NotYours):
    """This case is at another office, or your role there does not look at cases."""


class NotByHand(Conflict):
    """This step is not done by hand: a scan at the desk, or another office, ends it."""


class NoSuchHappening(NotFound):
    """This cannot happen to the case any more, or not yet: it has gone on. Nothing was changed."""


class CaseArchived(Conflict):
    """Case %(number)s lies in the archive: an administrator takes it out, with a reason, before anything is done."""


class CaseDestroyed(Conflict):
    """The data of this case were destroyed when the time of keeping was over: nothing is added to it any more."""


class NoCodeHere(Conflict):
    """There is no code for this application: it is not registered yet, is a rehearsal, or was destroyed."""


class WhyMissing(Invalid):
    """Please say why, in at most 500 letters."""


class NotARehearsal(Forbidden):
    """Only the waits of a rehearsal are ended by hand."""


class DoesNotHold(Conflict):
    """The condition that is waited for does not hold with these values."""


class HeldByAnother(Conflict):
    """%(who)s is working on this task."""


class TaskAlreadyDone(Conflict):
    """%(who)s has completed this task already, at %(at)s. Nothing of yours was added to it."""


class TaskGone(Conflict):
    """The case went another way: this task is no longer needed. Nothing was changed."""


class NamedByHead(Forbidden):
    """The head named you for this task in the resolution; only the head can give it to somebody else."""


class AlreadyRegistered(Conflict):
    """The application is registered already; a registered one cannot be discarded."""


class DecidedBefore(Forbidden):
    """%(who)s made the decision before: somebody else does this. An administrator can give another person the role."""


class WrongExecutor(Invalid):
    """That person is not an executor of this office."""


class NoSigningRight(Forbidden):
    """You stand in for %(who)s without the right to sign."""


class NotTheSigner(Forbidden):
    """The name of %(who)s stands under %(code)s: nobody else can sign it. Return it, and it is made anew."""


class AnotherPaper(Invalid):
    """This is the code of another paper: %(code)s is to be scanned."""


class ConfirmOnItsPage(Conflict):
    """The step that signs this paper is still open: confirm it there."""


class OwnDraft(Forbidden):
    """Whoever drafted an answer does not sign it: %(who)s drafted this one. Another has to sign."""


class ConflictReasonMissing(Invalid):
    """Whoever drafted this answer signs it, too: please say why. The control level sees it."""


class NoMoreRounds(Invalid):
    """This case was returned as often as the region allows (%(limit)s): it can only be signed."""


class DelayReasonMissing(Invalid):
    """The step is past its due date: please say why."""


class WrongBody(Invalid):
    """That office is not an authorised body of this region."""


class ResultElsewhere(Conflict):
    """The result does not lie here: it was last scanned at %(office)s. Have it sent before it is issued."""


class NothingToSign(Conflict):
    """This step makes no paper to be signed. Nothing was changed."""


class NoSuchIncident(NotFound):
    """This is no incident any more: it was tried again, settled, or no longer needed. Nothing was changed."""


class BadOutputs(Invalid):
    """The operation %(operation)s gave something that cannot be kept; outputs are plain values under names."""


class NothingElse(Conflict):
    """Nothing but this timer would bring the case on. Have what hinders it set right, then try it again."""


class OnlyTriedAgain(Conflict):
    """Somebody's answers wait here, and they are not put away. Set right what hinders them, then try again."""


class NotReady(Conflict):
    """The result is not here yet: there is nothing to issue."""


class NotWorker(Forbidden):
    """External tasks are for accounts with the role of an external worker; those of rehearsals, for designers."""


class NotYourTopic(Forbidden):
    """The topic %(topic)s is not one of this account's: an administrator gives topics on the account's page."""


class HeldByAccount(Conflict):
    """External Task %(task)s is locked by another account."""


class NoSuchExternalTask(NotFound):
    """External task with id %(task)s does not exist"""


class WentAnotherWay(NoSuchExternalTask):
    """The external task %(task)s is no longer open: its case went another way. There is nothing more to do for it."""


class DoneAlready(NoSuchExternalTask):
    """The external task %(task)s was done already. There is nothing more to do for it."""


class HeldByWorker(Invalid):
    """External Task %(task)s cannot be completed by worker '%(worker)s'. It is locked by worker '%(holder)s'."""


class CannotReport(HeldByWorker):
    """Failure of External Task %(task)s cannot be reported by worker '%(worker)s'. It is locked by '%(holder)s'."""


class CannotLock(HeldByWorker):
    """External Task %(task)s cannot be locked by worker '%(worker)s'. It is locked by worker '%(holder)s'."""


class LockExpired(Invalid):
    """The lock of the external task %(task)s is over: fetch it again."""


class BadRetries(Invalid):
    """The number of retries cannot be negative."""


class NoOfficeToBegin(Invalid):
    """A case begins at one of these offices: %(offices)s. Say which by the variable office."""


class NoReceiver(Invalid):
    """Cannot correlate message '%(name)s': exactly one case that may get it from outside must wait for it there."""


class NoSuchComment(NotFound):
    """There is no such comment."""


class TooManyComments(Conflict):
    """At most %(most)s comments can stand on one case."""
