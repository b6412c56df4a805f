"""Jobs that nobody tries any more: begun anew, or put away. The caller says who may, and writes it down."""

from collections.abc import Mapping, Sequence

from sqlalchemy import CTE, ColumnElement, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services import clock, trail
from services.db import db
from services.jobs import queue
from services.jobs.models import JobRow
from services.jobs.queue import NewJob


def try_again(job_ids: Sequence[int]) -> set[int]:
    """Begin those anew, from the first attempt on, in the caller's transaction; those that were incidents still."""
    anew = {"incident_at": None, "attempts": 0, "due_at": clock.now()}
    wanted = JobRow.id.in_(job_ids), JobRow.incident_at.is_not(None)
    done = set(db.session.scalars(update(JobRow).where(*wanted).values(anew).returning(JobRow.id)))
    if done:
        db.session.execute(select(func.pg_notify(queue.CHANNEL, "")))
    return done


def give_up(job: NewJob, error: str, details: Mapping[str, object]) -> None:
    """Put it in as an incident that a person has to look at, in the caller's transaction; with these words.

    One of that key that is there already says them from now on.
    """
    now = clock.now()
    row = {"key": job.key, "case_id": job.case_id, "lane": job.lane, "planned_at": now}
    said: dict[str, object] = {
        "due_at": now,
        "attempts": 1,
        "error": error,
        "error_details": dict(details),
        "incident_at": now,
    }
    said |= {"kind": job.kind, "args": dict(job.args), "request": trail.known_request()}
    made = insert(JobRow).values(**row, **said)
    db.session.execute(made.on_conflict_do_update(index_elements=["key"], set_=said))


def is_incident(key: str) -> bool:
    """Whether a person has to look at what was to be done under that key."""
    wanted = select(JobRow.id).where(JobRow.key == key, JobRow.incident_at.is_not(None))
    return db.session.scalar(wanted) is not None


def forget(key: str) -> None:
    """What was to be done under that key is no longer, in the caller's transaction."""
    db.session.execute(delete(JobRow).where(JobRow.key == key))


def forgetting(key: ColumnElement[str]) -> CTE:
    """As `forget`, as a part of another statement: it costs none of its own."""
    return delete(JobRow).where(JobRow.key == key).cte("forgetting")


def forget_all(prefix: str) -> None:
    """What was to be done under keys that begin so is no longer, in the caller's transaction."""
    db.session.execute(delete(JobRow).where(JobRow.key.startswith(prefix, autoescape=True)))


def forget_kind(kind: str, case_id: int) -> None:
    """What of that kind was to be done about a case is no longer, in the caller's transaction."""
    db.session.execute(delete(JobRow).where(JobRow.kind == kind, JobRow.case_id == case_id))


def forget_cases(case_ids: Sequence[int]) -> None:
    """Nothing is to be done about those cases any more, in the caller's transaction."""
    db.session.execute(delete(JobRow).where(JobRow.case_id.in_(case_ids)))


def put_away(job_id: int) -> bool:
    """Take an incident away, in the caller's transaction; whether it was one still."""
    wanted = JobRow.id == job_id, JobRow.incident_at.is_not(None)
    return db.session.scalar(delete(JobRow).where(*wanted).returning(JobRow.id)) is not None
