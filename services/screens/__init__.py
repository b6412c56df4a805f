"""Screens in an office's hall: who is called to which counter and which results lie ready, without a sign-in."""

from services.screens.errors import NoScreenHere
from services.screens.service import (
    CALLED_FOR,
    MOST_COUNTERS,
    call_to_counter,
    hall,
    is_open,
    may_call,
    offices_with_halls,
    open_screens,
    screens,
    shut_screens,
    take_call_back,
)

__all__ = [
    "CALLED_FOR",
    "MOST_COUNTERS",
    "NoScreenHere",
    "call_to_counter",
    "hall",
    "is_open",
    "may_call",
    "offices_with_halls",
    "open_screens",
    "screens",
    "shut_screens",
    "take_call_back",
]
