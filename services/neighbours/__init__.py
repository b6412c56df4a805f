"""The other regions of the installation: who of the staff works there, too, going over, and figures without anybody."""

from services.neighbours.errors import NoSuchNeighbour
from services.neighbours.figures import HEADER, across, shown_to, tell
from services.neighbours.tickets import enter, go
from services.neighbours.ties import end_tie, regions_of, tie, ties_of

__all__ = [
    "HEADER",
    "NoSuchNeighbour",
    "across",
    "end_tie",
    "enter",
    "go",
    "regions_of",
    "shown_to",
    "tell",
    "tie",
    "ties_of",
]
