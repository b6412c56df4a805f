"""Operations that were left to programs while their plugin was switched off: the plugin's again when it is back."""

from datetime import datetime

from sqlalchemy import not_, select

from services import clock, jobs, registry
from services.cases.carrying_on import OPERATION
from services.cases.models import ExternalTask, Task
from services.cases.put_out import take_back
from services.cases.reading import read_task
from services.db import db, transaction
from services.jobs import Job, NewJob

#: kind of the job that gives an operation back to its plugin
BACK = "back"


def take_up_again() -> None:
    """Plan that operations which wait for programs go back to the plugins that answer for them now.

    To be called when a worker begins: plugins come and go with a start. What a program holds stays its own until its
    lock ends. In a rehearsal whoever rehearses goes on saying what came of it.
    """
    plugins = registry.current()
    left = select(ExternalTask.task_id, Task.case_id, ExternalTask.topic, ExternalTask.locked_until)
    with transaction():
        rows = db.session.execute(left.join(Task, Task.id == ExternalTask.task_id).where(not_(ExternalTask.rehearsal)))
        jobs.enqueue([_planned(key, case_id, until) for key, case_id, topic, until in rows if plugins.answers(topic)])


def take_operation_back(job: Job, result: object) -> None:
    """From now on a worker carries that operation out, unless its case went on meanwhile, or a program holds it still.

    Inside the transaction that ends the job.
    """
    task_id = str(job.args["task"])
    case_id = read_task(task_id, lock=True).case.id
    row = db.session.get(ExternalTask, task_id, with_for_update=True, populate_existing=True)
    if row is None or not registry.current().answers(row.topic):
        return
    if row.locked_until is not None and row.locked_until > clock.now():
        jobs.enqueue([_planned(task_id, case_id, row.locked_until)])
        return
    take_back(task_id)
    jobs.enqueue([NewJob(OPERATION, task_id, clock.now(), case_id=case_id)])


def _planned(task_id: str, case_id: int, locked_until: datetime | None) -> NewJob:
    due_at = max(clock.now(), locked_until or clock.now())
    return NewJob(BACK, f"{BACK}.{task_id}", due_at, case_id=case_id, args={"task": task_id})
