"""A case begins under one edition of the act: its tables, its offices and its diagrams, on the very first moment of its
day, too, and with no worker there (docs/decisions/0079)."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from services import law
from services.db import in_transaction

P = ParamSpec("P")
R = TypeVar("R")
_carry_out: list[Callable[[], None]] = []


def law_comes_by(verb: Callable[[], None]) -> None:
    """Say which verb has an edition begin whose day has come: a room above this one."""
    _carry_out[:] = [verb]


def of_its_day(verb: Callable[P, R]) -> Callable[P, R]:
    """For a verb that begins cases: where today's edition has not begun, it begins first, in a commit of its own.

    Inside another transaction, as a job is, the verb raises NotCarriedOut: what was locked before would be in the way.
    """

    @wraps(verb)
    def first_the_law(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return verb(*args, **kwargs)
        except law.NotCarriedOut:
            if in_transaction() or not _carry_out:
                raise
            _carry_out[0]()
            return verb(*args, **kwargs)

    return first_the_law
