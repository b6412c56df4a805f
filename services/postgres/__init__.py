"""A PostgreSQL of our own, for a fresh machine: the binaries of a wheel, driven directly.

One server per home folder, held by a file lock that the kernel frees however its owner dies. Started by root it runs
under a system user. Whatever a killed run left behind is cleared away by the next one.
"""

from services.postgres.children import dies_with_parent, end_all, stopped_of
from services.postgres.errors import AlreadyRunning, CannotStart
from services.postgres.lock import Lock
from services.postgres.places import MAJOR, clean_environment
from services.postgres.programs import connection_environment, plain, programs_for, programs_of
from services.postgres.recovery import Recovery, RecoveryFailed
from services.postgres.server import Server, as_application, at_hand

__all__ = [
    "MAJOR",
    "AlreadyRunning",
    "CannotStart",
    "Lock",
    "Recovery",
    "RecoveryFailed",
    "Server",
    "as_application",
    "at_hand",
    "clean_environment",
    "connection_environment",
    "dies_with_parent",
    "end_all",
    "plain",
    "programs_for",
    "programs_of",
    "stopped_of",
]
