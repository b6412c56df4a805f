"""Cases that were begun, or closed, before Komek: taken over from a file, once, undoable until confirmed."""

from services.takeover.errors import (
    NobodyToTake,
    NoSuchTakeOver,
    TakenAlready,
    TakeOverSettled,
    WorkedOnSince,
)
from services.takeover.models import TakeOver
from services.takeover.rows import COLUMNS
from services.takeover.service import Verdict, confirm, look, said, take, taken_over, undo

__all__ = [
    "COLUMNS",
    "NoSuchTakeOver",
    "NobodyToTake",
    "TakeOver",
    "TakeOverSettled",
    "TakenAlready",
    "Verdict",
    "WorkedOnSince",
    "confirm",
    "look",
    "said",
    "take",
    "taken_over",
    "undo",
]
