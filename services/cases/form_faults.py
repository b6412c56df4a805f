"""A task whose form cannot be shown or checked, its plugin away or at fault: an incident until it works."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

from services import clock, jobs
from services.cases.history import write_line
from services.cases.reading import read_task
from services.db import db, transaction
from services.errors import KomekError
from services.guarded import PluginFault
from services.registry import UnknownForm

#: kinds of such an incident: it cannot be shown, or what was sent cannot be checked; the key is the id of the task
FORM, SENT = "form", "sent_form"
FAULTS = (PluginFault, UnknownForm)

P = ParamSpec("P")
T = TypeVar("T")


def tells_faults(verb: Callable[Concatenate[str, P], T]) -> Callable[Concatenate[str, P], T]:
    """A verb on a task: what its plugin cannot do is an incident, and raised; nothing else was changed."""

    @wraps(verb)
    def run(task_id: str, *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return verb(task_id, *args, **kwargs)
        except FAULTS as fault:
            if not db.session().info.get("depth"):  # a part of another verb is taken back with it
                tell_fault(task_id, fault, SENT)
            raise

    return cast("Callable[Concatenate[str, P], T]", run)


def tell_fault(task_id: str, fault: KomekError, kind: str = FORM) -> None:
    """Put it on the administrator's list and into the case's history, once."""
    with transaction():
        work = read_task(task_id, lock=True)
        if work.task.closed_at is not None:
            return
        known = jobs.is_incident(task_id)
        jobs.give_up(jobs.NewJob(kind, task_id, clock.now(), case_id=work.case.id), fault.message, fault.details)
        if not known:
            told = {"task": task_id, "kind": kind, "step": work.task.step, "error": fault.code}
            write_line(work.case.id, "case.incident", None, **told)


def works_again(task_id: str) -> None:
    """The form was shown: its incident is over."""
    with transaction():
        jobs.forget(task_id)


def look_again(job: jobs.Job, result: object) -> None:
    """An administrator had it tried again: the next one who opens the case sees whether it works."""
