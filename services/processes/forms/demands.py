"""What a form may ask of an answer beyond its kind and its bounds."""

import re
from collections.abc import Callable
from decimal import Decimal

from services import hours
from services.msgids import _
from services.processes.forms.drawn_form import Rule

TOO_SHORT = _("This is too short.")
OTHERWISE_WRITTEN = _("This is not written the way it has to be.")
NOT_AN_ADDRESS = _("Please enter an e-mail address.")
NOT_A_STEP = _("This number is not one of those allowed.")
NOT_OFFERED = _("This time is not one of those offered.")
NO_BOUND = _("What is allowed here cannot be reckoned now.")
TOO_EXACT = _("There are too many digits after the comma.")


def at_least(letters: int) -> Rule:
    """At least so many letters."""
    return lambda answer: TOO_SHORT if len(str(answer).strip()) < letters else ""


def written_as(matches: Callable[[str], bool], message: str) -> Rule:
    """Written as a pattern says; the designer's own words for what is not."""
    return lambda answer: "" if matches(str(answer)) else message or OTHERWISE_WRITTEN


def an_address(answer: object) -> str:
    """A name, a sign, and two or more words with dots between; no blanks."""
    name, sign, place = str(answer).partition("@")
    words = place.split(".")
    fine = name and sign and len(words) > 1 and all(words) and "@" not in place and not re.search(r"\s", str(answer))
    return "" if fine else NOT_AN_ADDRESS


def in_steps_of(step: float) -> Rule:
    """A whole number of steps, from nought."""
    return lambda answer: NOT_A_STEP if Decimal(str(answer)) % Decimal(str(step)) else ""


def digits_after_comma(most: int) -> Rule:
    """At most so many digits after the comma."""

    def check(answer: object) -> str:
        exponent = Decimal(str(answer)).normalize().as_tuple().exponent
        return TOO_EXACT if isinstance(exponent, int) and -exponent > most else ""

    return check


def in_minutes_of(every: int) -> Rule:
    """The viewer cuts 14:37 to 14:30 and says nothing; here it is asked again."""

    def check(answer: object) -> str:
        at = hours.to_python(str(answer))
        return NOT_OFFERED if getattr(at, "minute", 0) % every else ""

    return check
