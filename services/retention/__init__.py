"""How long files are kept, how they are destroyed, and what is held about a person."""

from services.retention.destruction import act, acts, carry_out, propose, ripe, withdraw
from services.retention.errors import (
    ActOpen,
    ActSettled,
    NoActNumber,
    NothingToDestroy,
    NotRipe,
    TwoPersons,
)
from services.retention.held import person_file

__all__ = [
    "ActOpen",
    "ActSettled",
    "NoActNumber",
    "NotRipe",
    "NothingToDestroy",
    "TwoPersons",
    "act",
    "acts",
    "carry_out",
    "person_file",
    "propose",
    "ripe",
    "withdraw",
]
