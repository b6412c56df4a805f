"""Whoever answers the telephone: looks an application up for a caller, says where it is, takes down what they ask."""

from services.calls.errors import NotACallCentre
from services.calls.service import (
    LIMIT,
    CallerSaid,
    Found,
    LookedUp,
    answers_calls,
    look_up,
    looked_up,
    may_watch,
    request_form,
    take_down,
)

__all__ = [
    "LIMIT",
    "CallerSaid",
    "Found",
    "LookedUp",
    "NotACallCentre",
    "answers_calls",
    "look_up",
    "looked_up",
    "may_watch",
    "request_form",
    "take_down",
]
