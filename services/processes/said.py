"""What whoever puts something in force says of it, and whoever takes it back: by which act, and why."""

from datetime import date

from services.errors import InvalidAnswers
from services.kinds import NO_CONTROL
from services.msgids import _

LONGEST = 500
TOO_LONG = _("At most 500 letters.")


def wrong_of_act(act_number: str, act_on: date | None, why: str) -> dict[str, str]:
    """Field -> what is wrong with it; empty when nothing is. Why may be left out."""
    errors = {}
    if not act_number.strip():
        errors["act_number"] = "Please fill this in."
    if act_on is None:
        errors["act_on"] = "Please fill this in."
    for name, said in (("act_number", act_number), ("why", why)):
        if len(said) > LONGEST:
            errors[name] = TOO_LONG
        elif not said.isprintable():
            errors[name] = NO_CONTROL
    return errors


def check_why(why: str, name: str) -> None:
    """Raises InvalidAnswers, of the field of that name."""
    if not why.strip() or len(why) > LONGEST:
        raise InvalidAnswers({name: "Please say why, in at most 500 letters."})
