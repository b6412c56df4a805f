"""Messages that programs outside bring: only those that the diagram lets come from there.

The element that waits says so by the extension property `sender` = `outside`. What the desk's scans and counters tell a
case is theirs alone, whatever a diagram says: paper does not move by a message.
"""

from collections.abc import Mapping
from itertools import product

from sqlalchemy import select

from services import directory, engine, processes
from services.cases.errors import NoReceiver
from services.cases.messages import APPLICANT_CAME, Stamp, tell_at
from services.cases.models import Case, Instance, Task
from services.cases.programs.records import InstanceRecord, called, first_of, record_of
from services.cases.reading import Work, lock_cases, read_task
from services.cases.starting import OUTSIDE, SENDER, begin_by_message
from services.cases.staying import keeps
from services.db import db, transaction

_OF_THE_DESK = frozenset({APPLICANT_CAME, *map(".".join, product(("folder", "result"), ("handed_over", "arrived")))})


@keeps
def correlate(
    message: str,
    person: directory.Person,
    *,
    business_key: str | None = None,
    instance_id: int | None = None,
    payload: Mapping[str, object],
) -> InstanceRecord:
    """Give it to the one case that waits for it, by its number or its instance; the instance that got it.

    Without a number and an instance it begins a case. Nothing is kept for later. For external workers, for whoever has
    the role that the wait is of, and in a rehearsal for designers. Raises NoReceiver, also for a case that is none of
    theirs.
    """
    named = [called(business_key)] if business_key is not None else []
    named += [Instance.id == instance_id] if instance_id is not None else []
    if message in _OF_THE_DESK:
        raise NoReceiver(name=message)
    if not named:
        return first_of(begin_by_message(message, person, payload))
    waits = select(Task.id, Task.case_id, Task.instance_id).where(Task.message == message, Task.closed_at.is_(None))
    waits = waits.join(Case, Case.id == Task.case_id).join(Instance, Instance.id == Task.instance_id)
    with transaction():
        rows = db.session.execute(waits.where(*named).limit(2)).all()
        if len(rows) != 1:
            raise NoReceiver(name=message)
        task_id, case_id, instance = rows[0]
        lock_cases([case_id])
        work = read_task(task_id)
        if work.task.closed_at is not None or not (_may_send(work, person) and _comes_from_outside(work)):
            raise NoReceiver(name=message)
        tell_at(work, Stamp(payload=payload), person)
    return record_of(instance)


def _may_send(work: Work, person: directory.Person) -> bool:
    if work.case.plays is not None:
        return processes.DESIGNER in person.roles_at(work.case.office_key)
    return directory.WORKER in person.roles() or (
        bool(work.task.role) and person.may(work.task.role, work.task.office_key)
    )


def _comes_from_outside(work: Work) -> bool:
    definition = processes.definition(work.instance.definition_id)
    stops = engine.look(definition, work.instance.state)
    return any(stop.id == work.task.stop_id and stop.properties.get(SENDER) == OUTSIDE for stop in stops)
