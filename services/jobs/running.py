"""Carrying jobs out: the effect outside first, then its result and the end of the job in one transaction."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from services import clock, spans, trail
from services.db import db, transaction
from services.errors import KomekError, Unavailable
from services.jobs import queue
from services.jobs.front import Front
from services.jobs.models import JobRow
from services.jobs.queue import Job
from services.plugin import TemporaryFailure

#: after so many attempts a job is an incident
MOST_ATTEMPTS = 10
#: after a deadlock or a lost connection, which is nobody's fault
SHORT_PAUSE_S = 1.0
MOST_WORDS = 500

Effect = Callable[[Job], object]
Settle = Callable[[Job, object], None]
GaveUp = Callable[[Job, Exception], None]

log = structlog.get_logger("komek.jobs")


class WorkerLost(KomekError):
    """The workers that began this were lost each time before they could end it."""


class Unexpected(KomekError):
    """It failed for a reason that nobody foresaw: %(text)s"""


class Unforeseen(KomekError):
    """It failed for a reason that nobody foresaw; the worker's log says more."""


@dataclass(frozen=True)
class _Handler:
    settle: Settle
    effect: Effect | None
    gave_up: GaveUp | None


_handlers: dict[str, _Handler] = {}


def handle(kind: str, settle: Settle, effect: Effect | None = None, gave_up: GaveUp | None = None) -> None:
    """Say who carries out jobs of that kind; called when the application is put together.

    `effect` touches the world outside, in no transaction: at least once. `settle` gets what it returned, in the
    transaction that ends the job: exactly once. `gave_up` runs in the transaction that makes it an incident.
    """
    _handlers[kind] = _Handler(settle, effect, gave_up)


def prompt_kinds() -> list[str]:
    """Kinds that are all in the database, and so never keep anybody waiting for long."""
    return sorted(kind for kind, handler in _handlers.items() if handler.effect is None)


def outside_kinds() -> list[str]:
    """Kinds with an effect outside, which may take its time."""
    return sorted(kind for kind, handler in _handlers.items() if handler.effect is not None)


def work_off(now: datetime | None = None, *, limit: int | None = None) -> int:
    """Carry out everything that is due, here, until nothing is; how many jobs were begun.

    With `now` it is that moment meanwhile. To be called outside of a transaction.
    """
    done = 0
    with clock.stopped(now) if now is not None else nullcontext():
        while (limit is None or done < limit) and carry_out_next([*prompt_kinds(), *outside_kinds()]):
            done += 1
    return done


def carry_out_next(kinds: Sequence[str], front: Front | None = None) -> bool:
    """Claim the first job of those kinds that is due and carry it out; False when there is none.

    `front`: where a worker's look begins; everybody else looks through all there is. Raises OperationalError when the
    database is away.
    """
    try:
        with transaction():
            job = queue.claim(kinds, outside_kinds(), front)
        if job is not None:
            _carry_out(job, _handlers[job.kind])
        return job is not None
    finally:
        trail.go_on(None)
        db.session.remove()


def carry_out_within(kind: str, key: str) -> None:
    """Carry that job out inside the caller's transaction, effect and all: at a past moment, when no worker was there.

    Nothing where there is no such job. Raises whatever it raises.
    """
    row = db.session.scalars(select(JobRow).filter_by(kind=kind, key=key)).one_or_none()
    if row is None:
        return
    job = Job(row.id, kind, key, row.planned_at, row.attempts, row.case_id, row.args, row.request)
    handler = _handlers[kind]
    result = handler.effect(job) if handler.effect is not None else None
    if queue.take_away(job):
        handler.settle(job, result)


def _carry_out(job: Job, handler: _Handler) -> None:
    trail.go_on(job.request)
    with spans.span(f"job {job.kind}", {"komek.attempt": job.attempts}):
        done = _carried_out(job, handler)
    late_s = round((clock.now() - job.planned_at).total_seconds(), 3)
    of = {"kind": job.kind, "key": job.key, "case": job.case_id, "request": job.request}
    log.info("job", **of, attempt=job.attempts, result=done, late_s=late_s)


def _carried_out(job: Job, handler: _Handler) -> str:
    """What became of it."""
    try:
        if job.attempts > MOST_ATTEMPTS:
            raise WorkerLost
        result = handler.effect(job) if handler.effect is not None else None
        with transaction():
            if queue.take_away(job):
                handler.settle(job, result)
                return "done"
            return "taken by another"
    except Exception as error:
        return f"{_failed(job, handler, error)} ({type(error).__name__})"


def _failed(job: Job, handler: _Handler, error: Exception) -> str:
    """Put it back for later, or make it an incident with what was said; what became of it."""
    db.session.rollback()
    now = clock.now()
    if _is_databases(error):
        with transaction():
            queue.put_back(job, now + timedelta(seconds=SHORT_PAUSE_S), counts=False)
        return "put back"
    said = _said(error)
    may_help = not isinstance(error, KomekError) or isinstance(error, TemporaryFailure | Unavailable)
    gives_up = job.attempts >= MOST_ATTEMPTS or not may_help
    due_at = now if gives_up else now + timedelta(seconds=_pause_s(job.attempts))

    def note() -> bool:
        incident_at = now if gives_up else None
        return queue.put_back(job, due_at, error=said.message, details=said.details, incident_at=incident_at)

    try:
        with transaction():
            if note() and gives_up and handler.gave_up is not None:
                handler.gave_up(job, error)
    except Exception as fault:  # an incident that cannot be told of is an incident all the same
        db.session.rollback()
        log.error("job", kind=job.kind, key=job.key, result="could not be told of", error=type(fault).__name__)
        with transaction():
            note()
    return "incident" if gives_up else "failed"


def _pause_s(attempts: int) -> float:
    return min(queue.LONGEST_PAUSE_S, queue.FIRST_PAUSE_S * 2.0 ** min(attempts - 1, 30))


def _is_databases(error: Exception) -> bool:
    """A deadlock, a lost connection, a database that stops: not the job's doing."""
    return isinstance(error, OperationalError | InterfaceError) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )


def _said(error: Exception) -> KomekError:
    """The words that people read: the plugin's own, else the first line of the error, no more; its kind is for the log.

    What a database says holds the values of the statement, and so people's names: of that only its code.
    """
    if isinstance(error, KomekError):
        return error
    kind = type(error).__name__
    if isinstance(error, DBAPIError):
        words, kind = str(getattr(error.orig, "sqlstate", "") or ""), type(error.orig).__name__
    else:
        words = str(error).replace("\0", "").strip().partition("\n")[0][:MOST_WORDS]
    return Unexpected(kind=kind, text=words) if words else Unforeseen(kind=kind)
