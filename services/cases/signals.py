"""Signals: what a case shouts every other case that waits for it hears, each in a transaction of its own, exactly once.

Who waits is found in the transaction of the throw; a job for each is put in there. Within the case that threw it the
engine has told everybody. A rehearsal is heard by nobody but itself.
"""

import secrets
from collections.abc import Sequence

from sqlalchemy import select

from services import engine
from services.cases.house import Move
from services.cases.models import Case, Task
from services.db import db
from services.jobs import NewJob

#: kind of job
SIGNAL = "signal"


def shouted(move: Move, signals: Sequence[engine.Shouted]) -> list[NewJob]:
    """A job for each place in other cases, or other pools, that waits for one of these."""
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
    return found
