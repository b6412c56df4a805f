"""How much of the processor's time a served application takes for something: what else the machine does adds nothing.

Linux tells it of each thread in nanoseconds. What PostgreSQL does for it is not in it.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
#: of each application that is served here: its port -> the process that its workers come from
SERVED: dict[int, int] = {}
#: for so long it is waited, at most, until an application that has answered has nothing more to do
RESTS_WITHIN_S = 2.0


def taken_ms(port: int, work: Callable[[], T]) -> tuple[float, T]:
    """Milliseconds that the application at that port took for it, and what it brought; nought for one that is not
    served here. Nobody else may ask it meanwhile.
    """
    before = _spent_ns(port)
    found = work()
    until = time.monotonic() + RESTS_WITHIN_S
    while _works(port) and time.monotonic() < until:  # what is done after the answer belongs to it, too
        time.sleep(0.002)
    return (_spent_ns(port) - before) / 1e6, found


def _threads(port: int) -> list[Path]:
    """Of its workers, each thread's folder under /proc."""
    if port not in SERVED:
        return []
    parent = Path("/proc", str(SERVED[port]))
    workers = (parent / "task" / parent.name / "children").read_text().split()
    return [thread for worker in workers for thread in Path("/proc", worker, "task").glob("*")]


def _spent_ns(port: int) -> int:
    return sum(int(_told(thread / "schedstat").split()[0] or 0) for thread in _threads(port))


def _works(port: int) -> bool:
    return any(_told(thread / "stat").rpartition(")")[2].split()[0] in "RD" for thread in _threads(port))


def _told(file: Path) -> str:
    """Nothing done, and asleep, of a thread that has ended."""
    try:
        return file.read_text()
    except OSError:
        return "0 ) S"
