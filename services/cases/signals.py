"""Signals: what a case shouts every other case that waits for it hears, each in a transaction of its own, exactly once.

Who waits is found in the transaction of the throw, and which versions in force begin with it; a job for each is put in
there. Within the case that threw it the engine has told everybody. A rehearsal is heard by nobody but itself.
"""

import secrets
from collections.abc import Iterator, Sequence

from sqlalchemy import select

from services import bpmn, engine, processes, registry
from services.cases.models import Case, Task
from services.cases.move import Move
from services.db import db
from services.jobs import NewJob
from services.processes import beginnings

#: kind of job
SIGNAL = "signal"


def shouted(move: Move, signals: Sequence[engine.Shouted]) -> list[NewJob]:
    """A job for each place in other cases, or other pools, that waits for one of these; and for each case it begins."""
    db.session.flush()
    of_it = Case.plays.is_(None) if move.case.plays is None else Case.id == move.case.id
    found: list[NewJob] = []
    for each in signals:
        waiting = (
            select(Task.id, Task.case_id)
            .join(Case, Case.id == Task.case_id)
            .where(Task.signal == each.signal, Task.closed_at.is_(None), Task.instance_id != move.instance.id)
            .where(Case.region == move.case.region, of_it)
            .order_by(Task.seq)
        )
        for task_id, case_id in db.session.execute(waiting):
            args = {"task": task_id, "payload": dict(each.payload)}
            key = f"signal:{task_id}:{secrets.token_hex(8)}"
            found.append(NewJob(SIGNAL, key, move.now, case_id, f"case:{case_id}", args))
        if move.case.plays is None:
            found += _begun(move, each)
    return found


def _begun(move: Move, shouted: engine.Shouted) -> Iterator[NewJob]:
    for definition_id, start, office_key in begun_by("signal", shouted.signal):
        args = {"definition": definition_id, "element": start.element, beginnings.OFFICE: office_key}
        key = f"begun:{definition_id}:{start.element}:{office_key}:{secrets.token_hex(8)}"
        yield NewJob(beginnings.START, key, move.now, args={**args, "payload": dict(shouted.payload)})


def begun_by(kind: str, name: str | None = None) -> Iterator[tuple[int, bpmn.Start, str]]:
    """Version in force, start event, and office: for each case that such a thing of that name begins."""
    for process, definition_id in sorted(processes.in_force_now().items()):
        for start in processes.starts(definition_id):
            if start.kind == kind and name in (None, start.says):
                for office_key in beginnings.offices_of(registry.current(), process, start):
                    yield definition_id, start, office_key
