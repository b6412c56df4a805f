"""A worker: works off what is due, then sleeps until something is, or until it hears that something was put in."""

import os
import socket
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from services import clock
from services.db import db, end_parted, let_go, transaction
from services.jobs import queue, running
from services.jobs.ear import Ear
from services.jobs.front import Front
from services.jobs.models import WorkerRow

#: how often a worker says that it lives, and after how long a silence an administrator is told
ALIVE_EVERY_S, SILENT_AFTER_S = 10.0, 60.0
#: after how long an administrator is told that due work is left lying although workers live
OVERDUE_AFTER = timedelta(minutes=2)
#: a worker that was not seen for so long is forgotten
FORGOTTEN_AFTER = timedelta(days=1)
#: when the database is away, or something else is wrong with more than one job
PAUSE_S = 1.0

log = structlog.get_logger("komek.worker")
_looked_at_s = time.monotonic()


def work_promptly(stop: Event) -> None:
    """Work off timers and whatever else is all in the database, until told to stop; and say that this worker lives."""
    _work(running.prompt_kinds(), stop, _Pulse().beat)


def work_outside(stop: Event) -> None:
    """Work off what has an effect outside, until told to stop. It may take its time: timers do not wait for it."""
    _work(running.outside_kinds(), stop, lambda: None)


def looked_before_s() -> float:
    """How many seconds ago this process last looked for work that is all in the database, or began to run."""
    return time.monotonic() - _looked_at_s


def last_seen() -> datetime | None:
    """When any worker said last that it lives; None when none ever did."""
    found: datetime | None = db.session.scalar(select(func.max(WorkerRow.seen_at)))
    return found


def is_silent(seen_at: datetime | None) -> bool:
    """Whether that is too long ago."""
    return seen_at is None or clock.now() - seen_at > timedelta(seconds=SILENT_AFTER_S)


def waiting_since() -> datetime | None:
    """Since when something is due that nobody does, longer than a worker that lives would leave it; else None."""
    return queue.overdue([*running.prompt_kinds(), *running.outside_kinds()], clock.now() - OVERDUE_AFTER)


def _work(kinds: list[str], stop: Event, beat: Callable[[], None]) -> None:
    ear, front = Ear(queue.CHANNEL), Front()
    while not stop.is_set():
        try:
            beat()
            if not running.carry_out_next(kinds, front):
                ear.listen(_sleep_s(kinds, front), stop)
        except SQLAlchemyError as fault:
            log.warning("database", error=type(fault).__name__)
            stop.wait(PAUSE_S)
        except Exception as fault:  # whatever it is, other jobs wait
            log.error("worker", error=type(fault).__name__)
            stop.wait(PAUSE_S)
        finally:
            let_go()
    ear.close()


def _sleep_s(kinds: list[str], front: Front) -> float:
    """Until the next job, but never longer than a clock may jump unseen."""
    due_at = queue.next_due(kinds, front)
    if due_at is None:
        return queue.LONGEST_SLEEP_S
    return min(queue.LONGEST_SLEEP_S, max(0.02, (due_at - clock.now()).total_seconds()))


class _Pulse:
    """Says now and then that this worker lives, and ends whoever holds rows and is not heard any more."""

    def __init__(self) -> None:
        self._name, self._since = f"{socket.gethostname()}:{os.getpid()}", clock.now()
        self._said_at: datetime | None = None

    def beat(self) -> None:
        global _looked_at_s
        _looked_at_s = time.monotonic()
        now = clock.now()
        if self._said_at is not None and abs((now - self._said_at).total_seconds()) < ALIVE_EVERY_S:
            return
        row = {"name": self._name, "started_at": self._since, "seen_at": now}
        with transaction():
            said = insert(WorkerRow).values(row).on_conflict_do_update(index_elements=["name"], set_={"seen_at": now})
            db.session.execute(said)
            db.session.execute(delete(WorkerRow).where(WorkerRow.seen_at < now - FORGOTTEN_AFTER))
            queue.free_from_the_future()
        self._said_at = now
        end_parted()
