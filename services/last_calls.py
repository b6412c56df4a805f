"""Which call of a plugin ran when its process ended: what holds the interpreter can be told by nobody inside it.

A loop in C, or a regular expression that never comes to an end, stops every thread of its process, and gunicorn ends
that process without a word of why. So each process writes the name of each call down before it begins, into a file that
the system keeps when the process is killed; whichever process begins next reads what was left, says it in the log and
keeps it for the page of incidents. Names of plugins and their functions alone, of no case and nobody.
"""

import fcntl
import json
import logging
import mmap
import os
import struct
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from services import clock

logger = logging.getLogger(__name__)

#: calls of one process at a time, and room for the name of one beside the moment at which it began
SLOTS, SLOT_BYTES = 128, 128
_BEGAN = struct.Struct("d")
#: a call as young as this was not what ended its process
YOUNGEST_S = 10.0
#: how many are kept for the page
MOST_KEPT = 20
KEPT = "told.jsonl"


@dataclass(frozen=True)
class LastCall:
    """A call that had begun and had not ended when its process did."""

    name: str  #: "north_kazakhstan.dwellings": the plugin, and the form or operation
    began_at: str  #: ISO 8601, UTC
    found_at: str  #: when another process found it

    @property
    def plugin(self) -> str:
        """Whose it is."""
        return self.name.partition(".")[0]

    @property
    def began(self) -> datetime:
        """When, with its zone."""
        return datetime.fromisoformat(self.began_at)

    @property
    def seconds(self) -> int:
        """From its beginning until it was found."""
        return round((datetime.fromisoformat(self.found_at) - self.began).total_seconds())


class _Slots:
    """The file of this process, as memory that outlives it."""

    def __init__(self, folder: Path) -> None:
        self.pid, self._lock = os.getpid(), Lock()
        self._free = list(range(SLOTS))
        self.file = folder / f"{self.pid}-{time.monotonic_ns()}.calls"
        self._held = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)  # let go by the system when the process ends, however
        os.ftruncate(self._held, SLOTS * SLOT_BYTES)
        self._memory = mmap.mmap(self._held, SLOTS * SLOT_BYTES)

    def write(self, name: str) -> int | None:
        """The slot; None when all are taken, and the call goes unwritten."""
        with self._lock:
            slot = self._free.pop() if self._free else None
        if slot is not None:
            said = name.encode()[: SLOT_BYTES - _BEGAN.size]
            self._put(slot, _BEGAN.pack(clock.real().timestamp()) + said)
        return slot

    def clear(self, slot: int) -> None:
        """The call in that slot has ended."""
        self._put(slot, b"")
        with self._lock:
            self._free.append(slot)

    def _put(self, slot: int, said: bytes) -> None:
        self._memory[slot * SLOT_BYTES : (slot + 1) * SLOT_BYTES] = said.ljust(SLOT_BYTES, b"\0")


_folder: Path | None = None
_slots: _Slots | None = None


def keep(folder: Path) -> None:
    """From now on this process writes its calls down there; first it tells what processes left that are gone."""
    global _folder, _slots
    _folder, _slots = folder, None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _tell(folder)
        _slots = _Slots(folder)
    except OSError as error:
        _folder = None
        logger.warning("calls of plugins are not written down, nobody could tell which one held a process: %s", error)


@contextmanager
def running(name: str) -> Iterator[None]:
    """Write a call of a plugin down, as long as it runs."""
    slots = _of_this_process()
    slot = slots.write(name) if slots is not None else None
    try:
        yield
    finally:
        if slots is not None and slot is not None:
            slots.clear(slot)


def last_calls() -> Sequence[LastCall]:
    """Calls that were found on this machine, the newest first."""
    if _folder is None:
        return []
    found: list[LastCall] = []
    with suppress(OSError):
        for line in (_folder / KEPT).read_text(encoding="utf-8").splitlines():
            with suppress(ValueError, TypeError):  # a line that was cut off
                found.append(LastCall(**json.loads(line)))
    return found[::-1]


def _of_this_process() -> _Slots | None:
    """Anew after a fork: whose file it is must be told by the process that has ended."""
    global _slots
    if _slots is not None and _slots.pid != os.getpid() and _folder is not None:
        try:
            _slots = _Slots(_folder)
        except OSError:
            _slots = None
    return _slots


def _tell(folder: Path) -> None:
    """What is left of processes that are gone: said, kept, and taken away."""
    now = clock.real().timestamp()
    for file in sorted(folder.glob("*.calls")):
        for began_s, name in _left(file):
            if now - began_s >= YOUNGEST_S:
                _keep(folder, LastCall(name, _moment(began_s), _moment(now)))
                logger.error("the plugin was at work when its process ended, for up to %.0f s: %s", now - began_s, name)


def _left(file: Path) -> list[tuple[float, str]]:
    """When each call began, and its name; none of a process that lives, nor where another takes the file away."""
    try:
        held = os.open(file, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return []
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        content = os.pread(held, SLOTS * SLOT_BYTES, 0)
        file.unlink()
    except OSError:
        return []
    finally:
        os.close(held)
    slots = [content[at : at + SLOT_BYTES] for at in range(0, len(content) - SLOT_BYTES + 1, SLOT_BYTES)]
    taken = [(_BEGAN.unpack_from(each)[0], each[_BEGAN.size :].rstrip(b"\0")) for each in slots]
    return [(began_s, name.decode(errors="replace")) for began_s, name in taken if name]


def _keep(folder: Path, found: LastCall) -> None:
    file = folder / KEPT
    before = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    fresh = file.with_suffix(f".{os.getpid()}")
    fresh.write_text("\n".join([*before, json.dumps(asdict(found))][-MOST_KEPT:]) + "\n", encoding="utf-8")
    fresh.replace(file)


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
