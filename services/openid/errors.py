"""What can go wrong with signing in by a provider."""

from services.errors import Conflict, Forbidden, Invalid, Unavailable


class ProviderAway(Unavailable):
    """The provider by which people sign in here does not answer. Try again in a minute."""


class ProviderRefused(Forbidden):
    """What the provider said could not be believed, or was used already. Begin anew."""


class ProviderSaidNo(Forbidden):
    """The provider let nobody in."""


class NobodyTied(Forbidden):
    """The provider knows you, but no account here is tied to you. Ask your administrator."""


class PasswordsOff(Forbidden):
    """Here one signs in by the organisation's provider, not by a password."""


class SubjectTaken(Conflict):
    """This identity is tied to another account already."""


class NoSubject(Invalid):
    """Write the identifier by which the provider knows this person, at most %(most)s characters."""
