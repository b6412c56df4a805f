"""The database beside us, looked after: started again when it died, as often as it takes, and why in words."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from services.postgres import CannotStart, Server

#: pauses before each new attempt to start it, in seconds; the last one goes on
PAUSES_S = (0.0, 1.0, 3.0, 10.0, 30.0, 60.0)
#: PostgreSQL writes its log of changes in files of 16 MB: with less than two of them it stops
FULL_BYTES, NEARLY_FULL_BYTES = 32_000_000, 200_000_000
LOOK_AT_DISK_EVERY_S = 30.0
MEGABYTE = 1_000_000


class Revival:
    """To be asked to `look` several times a second. `say` is how people are told, `now` a clock, in seconds."""

    def __init__(self, server: Server, say: Callable[[str], None], now: Callable[[], float] = time.monotonic) -> None:
        self._server, self._say, self._now = server, say, now
        self._attempts, self._next_at_s = 0, 0.0
        self._said = ""
        self._disk_at_s, self._is_low = 0.0, False

    def look(self) -> None:
        """Start it again if it died and its pause is over; say so, and once what hinders it."""
        now = self._now()
        if self._server.alive:
            self._look_at_disk(now)
            return
        if self._attempts == 0:
            self._say("the database died, started again")
        if now < self._next_at_s:
            return
        try:
            self._server.restart()
        except CannotStart as fault:
            self._attempts += 1
            pause_s = PAUSES_S[min(self._attempts, len(PAUSES_S) - 1)]
            self._next_at_s = self._now() + pause_s
            self._tell_once(disk_full(self._server.data) or str(fault))
            return
        if self._attempts:
            self._say("the database is back")
        self._attempts, self._said = 0, ""

    def _tell_once(self, why: str) -> None:
        if why != self._said:
            self._said = why
            self._say(f"the database does not start: {why}\n· it is tried again and again")

    def _look_at_disk(self, now: float) -> None:
        if now - self._disk_at_s < LOOK_AT_DISK_EVERY_S:
            return
        self._disk_at_s = now
        free = free_bytes(self._server.data)
        is_low = free is not None and free < NEARLY_FULL_BYTES
        if free is not None and is_low and not self._is_low:
            self._say(f"the disk of {self._server.data} is nearly full: {free // MEGABYTE} MB are free")
        self._is_low = is_low


def free_bytes(folder: Path) -> int | None:
    """Room on the disk of that folder; None when it is not there: its disk was taken away."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def disk_full(folder: Path) -> str:
    """What to tell people when a database has no room left in that folder; empty when it has."""
    free = free_bytes(folder)
    if free is None or free >= FULL_BYTES:
        return ""
    return (
        f"the disk is full. {folder} has {free // MEGABYTE} MB left, and PostgreSQL needs more than "
        f"{FULL_BYTES // MEGABYTE}: make room there, it goes on by itself. Nothing that was confirmed is lost"
    )
