"""Jobs that nobody tries any more: begun anew, or put away. The caller says who may, and writes it down."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select, update

from services import clock
from services.db import db
from services.jobs import queue
from services.jobs.models import JobRow


def try_again(job_ids: Sequence[int]) -> set[int]:
    """Begin those anew, from the first attempt on, in the caller's transaction; those that were incidents still."""
    anew = {"incident_at": None, "attempts": 0, "due_at": clock.now()}
    wanted = JobRow.id.in_(job_ids), JobRow.incident_at.is_not(None)
    done = set(db.session.scalars(update(JobRow).where(*wanted).values(anew).returning(JobRow.id)))
    if done:
        db.session.execute(select(func.pg_notify(queue.CHANNEL, "")))
    return done


def put_away(job_id: int) -> bool:
    """Take an incident away, in the caller's transaction; whether it was one still."""
    wanted = JobRow.id == job_id, JobRow.incident_at.is_not(None)
    return db.session.scalar(delete(JobRow).where(*wanted).returning(JobRow.id)) is not None
