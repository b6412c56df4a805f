"""Processes that we start: how they end with us, and how the next run finds those that did not."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

LINUX = sys.platform == "linux"
SET_DEATH_SIGNAL: Literal[1] = 1


class Process(NamedTuple):
    """A process of this machine that we may look at."""

    pid: int
    arguments: tuple[str, ...]
    #: where it works; empty where the system does not tell
    folder: str


def dies_with_parent(how: signal.Signals) -> Callable[[], None] | None:
    """What a child does first, so that it gets that signal when its parent dies (Linux; elsewhere nothing).

    The parent is the *thread* that starts the child: start children from one that stays.
    """
    if not LINUX:
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def ask() -> None:
        prctl(SET_DEATH_SIGNAL, int(how))
        if os.getppid() != parent:  # it died before we could ask
            os._exit(1)

    return ask


def running(is_meant: Callable[[Process], bool]) -> list[int]:
    """The numbers of the processes that are meant, this one excepted."""
    return [each.pid for each in _processes() if each.pid != os.getpid() and is_meant(each)]


def end_all(is_meant: Callable[[Process], bool], stages: Sequence[tuple[signal.Signals, float]]) -> bool:
    """Whether none of them is left, after each stage's signal and its patience in seconds."""
    for how, patience_s in stages:
        for pid in running(is_meant):
            try:
                os.kill(pid, how)
            except ProcessLookupError:
                continue
        if wait_until(lambda: not running(is_meant), patience_s):
            return True
    return False


def stopped_of(session: int) -> list[int]:
    """The processes of that session that are stopped (SIGSTOP), not those that a debugger holds. Linux only."""
    found = []
    for file in Path("/proc").glob("[0-9]*/stat") if LINUX else ():
        try:
            said = file.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:  # gone meanwhile
            continue
        if said[0] == "T" and int(said[3]) == session:
            found.append(int(file.parent.name))
    return found


def wait_until(condition: Callable[[], bool], timeout_s: float, *, every_s: float = 0.05) -> bool:
    """Whether it came true in time; it is looked at once at least."""
    end = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() >= end:
            return False
        time.sleep(every_s)
    return True


def _processes() -> Iterator[Process]:
    if not LINUX:
        yield from _told_by_ps()
        return
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            arguments = os.fsdecode((entry / "cmdline").read_bytes()).rstrip("\0").split("\0")
            folder = os.readlink(entry / "cwd")
        except OSError:  # gone meanwhile, or a stranger's
            continue
        yield Process(int(entry.name), tuple(arguments), folder)


def _told_by_ps() -> Iterator[Process]:
    said = subprocess.run(["ps", "-axww", "-o", "pid=,args="], check=False, capture_output=True, text=True).stdout
    for line in said.splitlines():
        pid, _, command = line.strip().partition(" ")
        yield Process(int(pid), (command,), "")
