"""What a diagram told an operation, read as the operation declares it; nothing else reaches the plugin."""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from services.errors import Invalid
from services.msgids import _
from services.plugin import Input

MISSING = _("%(operation)s needs its input %(input)s: the diagram does not give it.")
NOT_TEXT = _("The input %(input)s of %(operation)s has to be a text.")
NOT_A_NUMBER = _("The input %(input)s of %(operation)s has to be a number.")
NOT_YES_OR_NO = _("The input %(input)s of %(operation)s has to be yes or no.")
NOT_A_CHOICE = _("The input %(input)s of %(operation)s is none of the values it may have.")

#: plain text of a diagram for yes and no
YES = {"yes": True, "true": True, "no": False, "false": False}
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?")


class WrongInput(Invalid):
    """The diagram gives %(operation)s a wrong input: %(input)s."""


def read_inputs(operation: str, declared: Sequence[Input], given: Mapping[str, object]) -> dict[str, object]:
    """The declared inputs by name, each of its kind; what is not declared is left out.

    Raises WrongInput for the first that is missing or of another kind.
    """
    found: dict[str, object] = {}
    for each in declared:
        value = given.get(each.name)
        try:
            found[each.name] = read_input(each, each.default if value is None or value == "" else value)
        except ValueError as fault:
            raise WrongInput(str(fault), operation=operation, input=each.name) from None
    return found


def read_input(declared: Input, value: object) -> object:
    """The value as the plugin gets it; None when there is none. Raises ValueError with a msgid."""
    if value is None:
        if declared.required:
            raise ValueError(MISSING)
        return None
    return _READERS[declared.kind](declared, value)


def _text(declared: Input, value: object) -> object:
    if not isinstance(value, str):
        raise ValueError(NOT_TEXT)
    return value


def _choice(declared: Input, value: object) -> object:
    if value not in [choice.key for choice in declared.choices]:
        raise ValueError(NOT_A_CHOICE)
    return value


def _yes(declared: Input, value: object) -> object:
    said = YES.get(value.strip().lower()) if isinstance(value, str) else value
    if not isinstance(said, bool):
        raise ValueError(NOT_YES_OR_NO)
    return said


def _number(declared: Input, value: object) -> object:
    if isinstance(value, str) and value.isascii() and _NUMBER.fullmatch(value.strip()):
        return Decimal(value) if "." in value else int(value)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError(NOT_A_NUMBER)
    return value


_READERS: Mapping[str, Callable[[Input, object], object]] = {
    "text": _text,
    "choice": _choice,
    "yes": _yes,
    "number": _number,
    "expression": lambda declared, value: value,
}
