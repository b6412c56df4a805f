"""Messages that programs outside bring: only those that the diagram lets come from there.

The element that waits says so by the extension property `sender` = `outside`. What the desk's scans and counters tell a
case is theirs alone, whatever a diagram says: paper does not move by a message.
"""

import secrets
from collections.abc import Mapping, Sequence
from itertools import product

from sqlalchemy import ColumnElement, select

from services import directory, engine, processes
from services.answers import as_form
from services.cases.errors import NoReceiver
from services.cases.happening import happen, happenings, instances_of
from services.cases.messages import APPLICANT_CAME, Stamp, tell_at
from services.cases.models import Case, Instance, Task
from services.cases.programs.records import InstanceRecord, called, first_of, record_of
from services.cases.reading import Work, lock_cases, read_task
from services.cases.rights import sees
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

    Without a number and an instance it begins a case. What people tell of a case by hand may be told here, too, by
    whoever may tell it on the page. Nothing is kept for later. For external workers, for whoever has
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
        if not rows and (told := _told_by_hand(message, person, named, payload)) is not None:
            return record_of(told)
        if len(rows) != 1:
            raise NoReceiver(name=message)
        task_id, case_id, instance = rows[0]
        lock_cases([case_id])
        work = read_task(task_id)
        if work.task.closed_at is not None or not (_may_send(work, person) and _comes_from_outside(work)):
            raise NoReceiver(name=message)
        tell_at(work, Stamp(payload=payload), person)
    return record_of(instance)


def _told_by_hand(
    message: str, person: directory.Person, named: Sequence[ColumnElement[bool]], payload: Mapping[str, object]
) -> int | None:
    """Tell what people tell by hand; the instance that got it, None when this person may not or it cannot happen now.

    Of the payload, `reason` is the reason; the rest are the answers of its form. Raises InvalidAnswers.
    """
    found = select(Instance.case_id).join(Case, Case.id == Instance.case_id).where(*named).distinct().limit(2)
    cases = list(db.session.scalars(found))
    case = db.session.get(Case, cases[0]) if len(cases) == 1 else None
    if case is None or not sees(case, person):
        return None
    told = [each for each in happenings(case, instances_of(case.id), person) if each.stop.message == message]
    if len(told) != 1:
        return None
    answers = dict(payload)
    reason = str(answers.pop("reason", ""))
    done = happen(case.id, told[0].id, as_form(answers), reason, person=person, key=secrets.token_urlsafe(12))
    return db.session.get_one(Task, done.task_id).instance_id


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
