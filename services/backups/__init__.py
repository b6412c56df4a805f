"""Backups of the whole database: copies and every change since, kept N days; back to any moment, and proved."""

from services.backups.making import make, prune
from services.backups.numbers import faults_in_numbers
from services.backups.receiving import Keeping, keep
from services.backups.repository import Repository, WholeCopy, write
from services.backups.restoring import Restored, Target, read_moment, rehearsing, restored
from services.backups.server import SLOT, LivingServer
from services.backups.witness import count_rows, differing

__all__ = [
    "SLOT",
    "Keeping",
    "LivingServer",
    "Repository",
    "Restored",
    "Target",
    "WholeCopy",
    "count_rows",
    "differing",
    "faults_in_numbers",
    "keep",
    "make",
    "prune",
    "read_moment",
    "rehearsing",
    "restored",
    "write",
]
