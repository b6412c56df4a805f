"""How much one process looks up of applications: a flood from everywhere leaves staff their threads and database.

Limits by number, address and network hold nobody who asks about ever other numbers from ever other networks.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from services.errors import Unavailable

#: far more than the applicants of an oblast ask; a look-up takes some milliseconds of a processor
A_SECOND, AT_ONCE = 40, 80
#: of the threads of a process (gunicorn.conf.py); the others are everybody else's
AT_A_TIME = 3


class TooManyAsk(Unavailable):
    """Very many people are asking just now. Please try again in a minute, or call the office."""


class Pace:
    """So many a second, so many at once after a pause, so many at a time; what is beyond is refused, nobody waits."""

    def __init__(self, a_second: float, at_once: int, at_a_time: int) -> None:
        self._a_second, self._at_once, self._at_a_time = a_second, at_once, at_a_time
        self._left, self._at, self._open = float(at_once), time.monotonic(), 0
        self._lock = Lock()

    @contextmanager
    def one(self) -> Iterator[None]:
        """One is looked up meanwhile. Raises TooManyAsk."""
        with self._lock:
            if self.is_used_up():
                raise TooManyAsk
            self._left, self._at, self._open = self._now_left() - 1, time.monotonic(), self._open + 1
        try:
            yield
        finally:
            with self._lock:
                self._open -= 1

    def is_used_up(self) -> bool:
        """Whether the next one would be refused."""
        return self._open >= self._at_a_time or self._now_left() < 1

    def _now_left(self) -> float:
        return min(self._at_once, self._left + (time.monotonic() - self._at) * self._a_second)


looked_up = Pace(A_SECOND, AT_ONCE, AT_A_TIME)
