"""Whoever leaves hands on what is in their hands: to a colleague, or back to the role."""

from collections.abc import Sequence

from sqlalchemy import select

from services import directory
from services.cases.carrying_on import write_history
from services.cases.errors import WrongExecutor
from services.cases.models import Task
from services.cases.move import Move
from services.cases.reading import Work, lock_cases, read_task
from services.cases.rights import check_decides
from services.db import db, transaction


def _hand(work: Work, to_staff_id: int | None, actor: directory.Person, event: str) -> None:
    check_decides(work.task, to_staff_id)
    before, work.task.assignee_id = work.task.assignee_id, to_staff_id
    if to_staff_id is None:
        work.task.named = False
    move = Move.of(work, actor, own_right=True)
    move.note(event, task=work.task.id, step=work.task.step, before=before, after=to_staff_id)
    write_history(move)


def open_tasks_of(staff_id: int, *, office_key: str | None = None, role: str | None = None) -> Sequence[Task]:
    """What is in that person's hands, everywhere or in one role at one office; the most urgent first."""
    wanted = select(Task).where(Task.assignee_id == staff_id, Task.closed_at.is_(None))
    if office_key is not None:
        wanted = wanted.where(Task.office_key == office_key, Task.role == role)
    return db.session.scalars(wanted.order_by(Task.urgent_at, Task.id)).all()


def end_role(staff_id: int, appointment_id: int, *, actor: directory.Person, hand_to: int | None) -> int:
    """End an appointment, and hand on what is in their hands in that role: to a colleague, or back to the role.

    How many tasks were handed on; all of it, or nothing. Raises what `directory.end_appointment` does, WrongExecutor.
    """
    held = {each.id: each for each in directory.appointments_of(staff_id, actor=actor)}
    if appointment_id not in held:
        raise directory.NoSuchAppointment
    ending = held[appointment_id]
    with transaction():
        count = _hand_on(staff_id, actor, hand_to, ending.office_key, ending.role)
        directory.end_appointment(appointment_id, actor=actor)
    return count


def shut_out(staff_id: int, *, actor: directory.Person, hand_to: int | None) -> int:
    """Nobody signs in by that name any more; what is in their hands goes to a colleague, or back to its role.

    How many tasks were handed on; all of it, or nothing. Raises what `directory.set_active` does, WrongExecutor.
    """
    directory.check_administers(actor)
    with transaction():
        count = _hand_on(staff_id, actor, hand_to)
        directory.set_active(staff_id, False, actor=actor)
    return count


def _hand_on(
    staff_id: int, actor: directory.Person, hand_to: int | None, office_key: str | None = None, role: str | None = None
) -> int:
    """Inside the caller's transaction: cases first, in ascending order, then the rest."""
    where = {"office_key": office_key, "role": role}
    lock_cases([task.case_id for task in open_tasks_of(staff_id, **where)])
    tasks = open_tasks_of(staff_id, **where)
    for task in tasks:
        if hand_to is not None and (
            hand_to == staff_id or hand_to not in {each.id for each in directory.staff_at(task.office_key, task.role)}
        ):
            raise WrongExecutor
        _hand(read_task(task.id), hand_to, actor, "case.task_handed_on")
    return len(tasks)
