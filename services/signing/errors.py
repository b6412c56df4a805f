"""What can be wrong with a key or a signature."""

from services.errors import Conflict, Forbidden, Invalid


class NotAKey(Invalid):
    """This file is not a key with its certificate (PKCS#12: .p12 or .pfx)."""


class WrongPassphrase(Invalid):
    """The password does not open this key."""


class KeyExpired(Invalid):
    """The certificate of this key is valid from %(since)s to %(until)s: it does not sign today."""


class KeyNotForSigning(Invalid):
    """The certificate of this key is not made for signing documents."""


class NotYourKey(Forbidden):
    """This key belongs to %(owner)s. Each person signs with their own."""


class SignatureBroken(Conflict):
    """The signature was made but does not prove what it should (%(why)s). Nothing was signed."""
