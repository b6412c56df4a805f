"""A process that has read everything stands by: the one that works is forked from it, and again whenever it is killed.

Reading everything takes seconds, on a busy machine ten; a timer that is due does not wait for it.
"""

import gc
import os
import signal
import sys
import time
from contextlib import suppress
from types import FrameType

from services.postgres import dies_with_parent

#: one that lived no longer is not begun anew at once: whatever kills it would kill the next one
SHORT_LIFE_S = 1.0
TOLD_TO_STOP = (signal.SIGTERM, signal.SIGINT)


def work_in_a_fork() -> None:
    """Returns in the process that is to work; the one that stands by never returns, and ends as that does by itself.

    To be called by the main thread while there is no other, and before any line to the database is open.
    """
    told: list[int] = []
    at_work = 0

    def pass_on(number: int, frame: FrameType | None) -> None:
        told.append(number)
        if at_work:
            with suppress(ProcessLookupError):
                os.kill(at_work, signal.SIGTERM)

    for each in TOLD_TO_STOP:
        signal.signal(each, pass_on)
    gc.freeze()  # what both have read lies in memory once
    while not told:
        began_s, first = time.monotonic(), dies_with_parent(signal.SIGTERM)
        signal.pthread_sigmask(signal.SIG_BLOCK, TOLD_TO_STOP)  # whoever hears it knows who is at work
        at_work = os.fork()
        if at_work == 0:
            for each in TOLD_TO_STOP:
                signal.signal(each, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, TOLD_TO_STOP)
        if at_work == 0:
            if first is not None:
                first()
            return
        code = os.waitstatus_to_exitcode(os.waitpid(at_work, 0)[1])
        if code >= 0:
            sys.exit(code)
        at_work = 0
        time.sleep(max(0.0, SHORT_LIFE_S - (time.monotonic() - began_s)))
    sys.exit(0)
