"""What can go wrong on an office's first day."""

from services.errors import Conflict, Forbidden, Invalid


class HasBegun(Conflict):
    """This installation has an administrator already: sign in."""


class WrongSecret(Forbidden):
    """This is not the setup secret, or it is no longer good. At the server, `komek office secret` makes another."""


class PscWithoutBody(Invalid):
    """%(office)s hands its folders to %(body)s, which would not be in use."""


class OfficeHasStaff(Conflict):
    """People work at %(office)s: end their roles first."""


class NoOffices(Invalid):
    """Choose one office at least."""


class NoSuchStep(Invalid):
    """There is no such step."""


class NobodyNew(Invalid):
    """Everybody in this list works here already, in these roles: nothing is to be added."""
