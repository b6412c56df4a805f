"""Where a worker's look for due work begins: behind what it has seen done.

Rows of jobs that are done cannot be cleaned up while somebody holds a snapshot (a dump, a long report), and a look from
the beginning would walk over all of them, again for every job. So it begins where the one before found something, and
from the beginning only now and then: for what comes late, or was held up in its lane.
"""

import time
from datetime import UTC, datetime, timedelta

#: what a click puts in stands there when the click is committed, and may be due before what was seen meanwhile
SETTLES_S = 2.0
#: between two looks from the beginning, and how many times as long as one of them took
WHOLE_EVERY_S, TIMES_AS_LONG = 1.0, 20.0
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)

Place = tuple[datetime, int]


class Front:
    """Of one thread that works. It changes when a job is found, never whether."""

    def __init__(self) -> None:
        self._place: Place = (BEGINNING, 0)
        self._whole_at_s = 0.0
        self._began_s: float | None = None

    def behind(self, now: datetime) -> Place:
        """From where there may be something at that moment: the moment and the number of a job. A clock that was set
        back begins from the beginning.
        """
        return self._place if self._place[0] <= now else (BEGINNING, 0)

    def since(self, now: datetime) -> Place:
        """From where to look at that moment; from the beginning when it is time to. `found` is told what came of it."""
        if time.monotonic() < self._whole_at_s:
            return self.behind(now)
        self._began_s = time.monotonic()
        return BEGINNING, 0

    def found(self, now: datetime, due: Place | None) -> None:
        """What the look came to: the first that was due, or nothing."""
        settled = (now - timedelta(seconds=SETTLES_S), 0)
        self._place = min(due, settled) if due is not None else settled
        if self._began_s is not None:
            ended_s = time.monotonic()
            self._whole_at_s = ended_s + max(WHOLE_EVERY_S, TIMES_AS_LONG * (ended_s - self._began_s))
            self._began_s = None
