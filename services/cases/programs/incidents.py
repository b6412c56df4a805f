"""Incidents as programs ask for them."""

from collections.abc import Sequence

from sqlalchemy import Row, select

from services import directory
from services.cases.incidents import OF_TASK, UNSETTLED
from services.cases.models import Instance, Task
from services.db import db
from services.jobs.models import JobRow
from services.processes.models import ProcessDefinition


def incident_rows(
    person: directory.Person, *, instance_id: int | None = None, first: int = 0, most: int = 100
) -> Sequence[Row[JobRow, Task | None, Instance | None, ProcessDefinition | None]]:
    """What waits for an administrator, with the instance and version that each happened in. Raises NotAdministrator."""
    directory.check_administers(person)
    wanted = (
        select(JobRow, Task, Instance, ProcessDefinition)
        .outerjoin(Task, OF_TASK)
        .outerjoin(Instance, Instance.id == Task.instance_id)
        .outerjoin(ProcessDefinition, ProcessDefinition.id == Instance.definition_id)
        .where(*UNSETTLED, *([Instance.id == instance_id] if instance_id is not None else []))
    )
    return db.session.execute(
        wanted.order_by(JobRow.incident_at.desc(), JobRow.id.desc()).offset(first).limit(most)
    ).all()
