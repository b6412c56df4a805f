"""What an administrator is shown of incidents: the newest first, in pages, and how many of each kind."""

from datetime import datetime

from sqlalchemy import func, literal, select, tuple_

from services import directory
from services.cases.incidents import OF_TASK, UNSETTLED, WHAT, of_kind, open_incidents
from services.cases.lists.orders import BadCursor
from services.cases.models import Task
from services.cases.pages.shown import IncidentPage
from services.cases.pages.troubles import view
from services.db import db
from services.jobs.models import JobRow


def incidents(person: directory.Person, *, what: str = "", cursor: str | None = None, limit: int = 50) -> IncidentPage:
    """Everything that waits for an administrator, the newest first. Raises NotAdministrator, BadCursor."""
    directory.check_administers(person)
    wanted = open_incidents(*of_kind(what))
    if cursor:
        at, job_id = _read_cursor(cursor)
        wanted = wanted.where(tuple_(JobRow.incident_at, JobRow.id) < tuple_(literal(at), literal(job_id)))
    newest_first = wanted.order_by(JobRow.incident_at.desc(), JobRow.id.desc()).limit(limit + 1)
    found = [view(*row) for row in db.session.execute(newest_first)]
    last = found[limit - 1] if len(found) > limit else None
    counted = select(WHAT, func.count()).select_from(JobRow).outerjoin(Task, OF_TASK).where(*UNSETTLED)
    kinds = [(said, number) for said, number in db.session.execute(counted.group_by(WHAT).order_by(WHAT))]
    following = f"{last.since.isoformat()}~{last.job_id}" if last is not None and last.since else None
    return IncidentPage(found[:limit], kinds, following)


def _read_cursor(cursor: str) -> tuple[datetime, int]:
    at, _, job_id = cursor.partition("~")
    try:
        moment, number = datetime.fromisoformat(at), int(job_id)
    except ValueError:
        raise BadCursor from None
    if moment.tzinfo is None or not 0 < number < 2**63:
        raise BadCursor
    return moment, number
