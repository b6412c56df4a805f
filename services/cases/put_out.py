"""External tasks as they come and go with the move of a case: put out for whoever fetches them, taken back."""

from datetime import datetime

from sqlalchemy import delete, func, select

from services import jobs
from services.cases.models import ExternalTask, Task
from services.db import db

#: whoever waits for external tasks listens there
CHANNEL = "komek_external"
#: kind of the job that stands for an external task which failed for good
EXTERNAL = "external"


def put_out(task: Task, *, rehearsal: bool, at: datetime) -> None:
    """Let it be fetched from the end of the caller's transaction on."""
    db.session.add(
        ExternalTask(task=task, topic=task.operation or "", rehearsal=rehearsal, created_at=at, retries=None)
    )
    ring()


def take_back(task_id: str) -> None:
    """Nobody is to do it any more, nor to look at it as an incident; nothing for an operation of a plugin."""
    gone = delete(ExternalTask).where(ExternalTask.task_id == task_id).returning(ExternalTask.task_id)
    if db.session.scalar(gone) is not None:
        jobs.forget(task_id)


def ring() -> None:
    """Wake those who wait, when the caller's transaction ends."""
    db.session.execute(select(func.pg_notify(CHANNEL, "")))
