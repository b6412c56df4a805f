"""What can go wrong with a second proof."""

from services.errors import Conflict, Forbidden, Invalid, NotFound


class CodeRefused(Forbidden):
    """This code is not right, has run out or was used already. Wait for the next one."""


class NothingToConfirm(Conflict):
    """Nothing was begun here that this code could confirm. Begin anew."""


class AlreadySetUp(Conflict):
    """One-time codes are set up already: remove them first."""


class SecondStepWaits(Forbidden):
    """More than a password is asked of you: sign in in another window, then send this once more."""


class PasskeyRefused(Forbidden):
    """This passkey was not accepted. Try once more, or come in another way."""


class TooManyPasskeys(Conflict):
    """Nobody has more than %(most)s passkeys: remove one first."""


class UnnamedPasskey(Invalid):
    """Give the passkey a name of at most %(most)s letters, by which you know the device."""


class NoSuchPasskey(NotFound):
    """There is no such passkey."""


class SecondFactorMissing(Forbidden):
    """This account shows more than a password; programs get an account of their own."""
