"""Requests that wait until there is something to answer. They hold a thread, and never the database."""

import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Condition, Event, Lock, Thread
from types import FrameType
from typing import TypeVar

from flask import request

from services.cases import CHANNEL
from services.config import MOST_HELD
from services.db import db
from services.jobs import Ear

#: whoever comes when as many wait as may is answered soon, with nothing
SHORT_S = 0.3
#: longer than this nobody waits in one request: a client simply asks again
LONGEST_S = 60.0
#: even when nothing was heard it is looked again: a lock ran out, a clock was set
LOOK_AGAIN_S = 1.0
FORGET_S = 10

Found = TypeVar("Found")


class Bell:
    """Wakes those who wait when an external task was put out: one line to the database for the whole process."""

    def __init__(self) -> None:
        self._rung, self._waiting, self._listens = Condition(), 0, False

    def wait(self, seconds: float) -> None:
        """Return after those seconds, or sooner when there may be something."""
        with self._rung:
            self._waiting += 1
            if not self._listens:
                self._listens = True
                Thread(target=self._listen, args=(Ear(CHANNEL),), daemon=True).start()
            self._rung.wait(seconds)
            self._waiting -= 1

    def _listen(self, ear: Ear) -> None:
        """Until nobody waited for a while."""
        never, lonely = Event(), 0
        while lonely < FORGET_S:
            ear.listen(LOOK_AGAIN_S, never)
            with self._rung:
                self._rung.notify_all()
                lonely = 0 if self._waiting else lonely + 1
                self._listens = lonely < FORGET_S
        ear.close()


_bell = Bell()
_lock = Lock()
#: whoever waits -> their last request: an earlier one of the same is no longer waited in
_held: dict[object, object] = {}
_closing = Event()


def hold(who: object, seconds: float, look: Callable[[], Sequence[Found]]) -> Sequence[Found]:
    """What `look` finds, now or within that time; nothing when that is over, or nobody is there any more to be told.

    A later request of the same `who` ends an earlier one.
    """
    end = time.monotonic() + min(seconds, LONGEST_S)
    found = look()
    if found or seconds <= 0:
        return found
    with _place(who) as place:
        if place is None:
            db.session.remove()
            time.sleep(min(SHORT_S, seconds))
            return []
        while not found and (left := end - time.monotonic()) > 0:
            db.session.remove()  # no connection is kept while nothing happens
            _bell.wait(min(left, LOOK_AGAIN_S))
            if _closing.is_set() or _held.get(who) is not place or _is_gone():
                break
            found = look()
    return found


def end_with_the_process() -> None:
    """Let those who wait go when this process is told to end, so that it ends at once."""
    before = signal.getsignal(signal.SIGTERM)

    def told(number: int, frame: FrameType | None) -> None:
        _closing.set()
        if callable(before):
            before(number, frame)

    signal.signal(signal.SIGTERM, told)


@contextmanager
def _place(who: object) -> Iterator[object | None]:
    with _lock:
        place = None if len(_held) >= MOST_HELD and who not in _held else object()
        if place is not None:
            _held[who] = place
    try:
        yield place
    finally:
        with _lock:
            if place is not None and _held.get(who) is place:
                del _held[who]


def _is_gone() -> bool:
    """Whether whoever asked has hung up: a task that is locked for nobody is done late."""
    line: socket.socket | None = request.environ.get("gunicorn.socket") or request.environ.get("werkzeug.socket")
    if line is None:
        return False
    try:
        return line.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except (BlockingIOError, InterruptedError):
        return False
    except OSError:
        return True
