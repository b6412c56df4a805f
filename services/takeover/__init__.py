"""Cases that were begun, or closed, before Komek: taken over from a file, once, undoable until confirmed."""

from services.takeover.errors import (
    TakenAlready,
    TakeOverSettled,
    WorkedOnSince,
)
from services.takeover.rows import COLUMNS
from services.takeover.service import confirm, look, said, take, taken_over, undo

__all__ = [
    "COLUMNS",
    "TakeOverSettled",
    "TakenAlready",
    "WorkedOnSince",
    "confirm",
    "look",
    "said",
    "take",
    "taken_over",
    "undo",
]
