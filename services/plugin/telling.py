"""Telling applicants what became of their application, if they agreed: what is handed to the plugin that does it."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import phonenumbers

from services.msgids import _

Channel = Literal["sms", "email"]

NO_MOBILE = _("A message comes to a mobile number only, as 8 701 123 45 67.")
NO_EMAIL = _("This is no e-mail address: write it as name@example.kz.")
LONGEST_EMAIL = 254
_MOBILE = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)


@dataclass(frozen=True)
class Agreement:
    """How an applicant has agreed to be told, and in which language. Personal data; empty: not that way."""

    phone: str = ""  #: mobile, E.164
    email: str = ""
    language: str = "kk"  #: kk, ru or en


@dataclass(frozen=True)
class Gateway:
    """Where messages are handed in. `token` is secret."""

    url: str
    token: str


@dataclass(frozen=True)
class Outgoing:
    """One message of one fact. It says nothing of the person or the case but how they are reached."""

    key: str  #: the same at every attempt, and of no other message: hand it on, so that nobody is told twice
    channel: Channel
    to: str  #: E.164, or an address of e-mail
    language: str
    subject: str
    text: str


@dataclass(frozen=True)
class Taken:
    """What whoever took a message said of it, as far as it did."""

    id: str = ""  #: theirs
    parts: int | None = None  #: that were counted
    cost: Decimal | None = None  #: tenge


#: at least once, each time with the same key, outside of any transaction. Raises TemporaryFailure when another try may
#: help, another error of `services.errors` when none does
Tells = Callable[[Outgoing, Gateway], Taken]


def mobile_fault(phone: object) -> str:
    """What is wrong with a number in E.164 as one to which a message is sent, as a msgid; "" when nothing is."""
    try:
        kind = phonenumbers.number_type(phonenumbers.parse(str(phone)))
    except phonenumbers.NumberParseException:
        return NO_MOBILE
    return "" if kind in _MOBILE else NO_MOBILE


def email_fault(address: object) -> str:
    """What is wrong with an address of e-mail, as a msgid; "" when nothing is."""
    said = str(address or "")
    name, at, domain = said.rpartition("@")
    labels = domain.split(".")
    good = at and name and len(labels) > 1 and all(labels) and len(said) <= LONGEST_EMAIL
    plain = said.isprintable() and not any(letter.isspace() or letter in '<>()[],;:\\"' for letter in said)
    return "" if not said or (good and plain and "@" not in name) else NO_EMAIL
