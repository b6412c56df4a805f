"""Cases closed long ago: out of the working tables, and found, read, printed and proved as before."""

from services.archive.service import KIND, PARAMETER, STEP, archive_step, nightly, overview, plan, ripe, take_out

__all__ = [
    "KIND",
    "PARAMETER",
    "STEP",
    "archive_step",
    "nightly",
    "overview",
    "plan",
    "ripe",
    "take_out",
]
