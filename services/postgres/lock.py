"""One owner at a time: a file lock, which the kernel frees however its owner dies."""

import fcntl
import os
from pathlib import Path
from typing import IO

from services.postgres.errors import AlreadyRunning, CannotStart


class Lock:
    """The lock of one file, which it makes with its folder. Taking it twice is taking it once."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._held: IO[str] | None = None

    def take(self) -> None:
        """Hold it from now on. Raises AlreadyRunning when another process does, CannotStart when it may not be made."""
        if self._held is not None:
            return
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            opened = self.file.open("a+")
        except OSError as fault:
            raise CannotStart(_not_ours(self.file, fault)) from fault
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            opened.close()
            raise AlreadyRunning(f"another process works in {self.file.parent}") from None
        self._held = opened

    def free(self) -> None:
        """Hold it no longer. The file stays: taking it away would let two hold it."""
        if self._held is not None:
            self._held.close()
            self._held = None


def _not_ours(file: Path, fault: OSError) -> str:
    owner = next((folder.stat().st_uid for folder in (file, *file.parents) if _there(folder)), -1)
    return (
        f"{file} cannot be written ({fault.strerror}): it belongs to user number {owner}, this is {os.geteuid()}. "
        "Run Komek as its owner, or give it a folder of your own: KOMEK_VAR=~/komek"
    )


def _there(folder: Path) -> bool:
    try:
        return folder.exists()
    except PermissionError:
        return False
