"""Several tasks into another's hands at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from services import directory
from services.cases.errors import NoSuchTask
from services.cases.models import Instance, Task
from services.cases.reading import lock_cases
from services.cases.service import reassign_task
from services.db import db, transaction
from services.errors import KomekError

MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Refused:
    """A task that stays where it is, and why."""

    task_id: str
    number: str  #: of its case, as far as it has one
    error: KomekError


@dataclass(frozen=True)
class Reassigned:
    """What became of several tasks."""

    done: Sequence[str]  #: ids of the tasks that are in other hands now
    refused: Sequence[Refused]


def reassign_tasks(task_ids: Sequence[str], to_staff_id: int, person: directory.Person) -> Reassigned:
    """Put these tasks into another's hands, each by the rules of one, all in one transaction.

    What may not be given to that person stays, with the reason; the others go. At most `MOST_AT_ONCE` are looked at.
    """
    wanted = list(dict.fromkeys(task_ids))[:MOST_AT_ONCE]
    done, refused = [], []
    with transaction():
        found = select(Task.id, Task.case_id, Instance.number).join(Instance, Instance.id == Task.instance_id)
        known = {row.id: row for row in db.session.execute(found.where(Task.id.in_(wanted)))}
        lock_cases(row.case_id for row in known.values())
        for task_id in sorted(wanted, key=lambda each: (known[each].case_id if each in known else 0, each)):
            try:
                if task_id not in known:
                    raise NoSuchTask(task=task_id[:80])
                reassign_task(task_id, to_staff_id, person)
                done.append(task_id)
            except KomekError as error:
                number = known[task_id].number if task_id in known else None
                refused.append(Refused(task_id, number or "", error))
    return Reassigned(done, refused)
