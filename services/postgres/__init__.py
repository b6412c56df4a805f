"""A PostgreSQL of our own, for a fresh machine: the binaries of a wheel, driven directly.

One server per home folder, held by a file lock that the kernel frees however its owner dies. Started by root it runs
under a system user. Whatever a killed run left behind is cleared away by the next one.
"""

from services.postgres.children import dies_with_parent, end_all, stopped_of
from services.postgres.errors import AlreadyRunning, CannotStart
from services.postgres.lock import Lock
from services.postgres.server import Server, as_application, at_hand

__all__ = [
    "AlreadyRunning",
    "CannotStart",
    "Lock",
    "Server",
    "as_application",
    "at_hand",
    "dies_with_parent",
    "end_all",
    "stopped_of",
]
