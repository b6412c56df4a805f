"""Whoever leaves hands on what is in their hands; what nobody can work on, and what one person drafted and signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from services import clock, deadlines, directory, processes, registry
from services.cases.errors import WrongExecutor
from services.cases.facts import acting_of, works_as
from services.cases.house import Move
from services.cases.models import Task
from services.cases.moves import write_history
from services.cases.reading import Work, lock_cases, read_task
from services.db import db, transaction
from services.errors import NotFound


@dataclass(frozen=True)
class Stuck:
    """Open tasks on which nobody can work today."""

    office_key: str
    role: str
    holder_id: int | None  #: none: they wait for their role
    holder: str
    away: bool  #: the holder is absent, and nobody stands in
    count: int


def _hand(work: Work, to_staff_id: int | None, actor: directory.Person, event: str) -> None:
    before, work.task.assignee_id = work.task.assignee_id, to_staff_id
    if to_staff_id is None:
        work.task.named = False
    work.case.version += 1
    process = processes.definition(work.instance.definition_id)
    move = Move(registry.current(), work.case, work.instance, process, actor, clock.now())
    move.acting = acting_of(work.task, actor) if actor.roles_at(work.task.office_key) else None
    move.note(event, task=work.task.id, step=work.task.step, before=before, after=to_staff_id)
    write_history(move)


# ---------------------------------------------------------------- leaving


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
    _only_administrators(actor)
    with transaction():
        count = _hand_on(staff_id, actor, hand_to)
        directory.set_active(staff_id, False, actor=actor)
    return count


def _only_administrators(actor: directory.Person) -> None:
    if directory.ADMIN not in actor.roles():
        raise directory.NotAdministrator


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


# ---------------------------------------------------------------- nobody


def stuck_tasks() -> list[Stuck]:
    """Open tasks of people that nobody can work on today, for the administrator. Three statements."""
    found = db.session.execute(
        select(Task.office_key, Task.role, Task.assignee_id, Task.candidates, func.count().label("tasks"))
        .where(Task.closed_at.is_(None), Task.waits_for == "person")
        .group_by(Task.office_key, Task.role, Task.assignee_id, Task.candidates)
        .order_by(Task.office_key, Task.role, Task.assignee_id, Task.candidates)
    ).all()
    people = directory.everybody()
    stuck = [row for row in found if not any(_can_work(each, *row[:4]) for each in people)]
    names = directory.holders([row.assignee_id for row in stuck if row.assignee_id])
    nobody = directory.Holder("")
    return [
        Stuck(row.office_key, row.role, row.assignee_id, who.name, who.away, row.tasks)
        for row in stuck
        for who in [names.get(row.assignee_id or 0, nobody)]
    ]


def _can_work(
    person: directory.Person, office_key: str, role: str, holder_id: int | None, candidates: Sequence[int] | None
) -> bool:
    here = works_as(Task(office_key=office_key, role=role, assignee_id=holder_id, candidates=candidates), person)
    return here and (holder_id is None or holder_id in person.hands_at(office_key, role))


# ---------------------------------------------------------------- the control level


@dataclass(frozen=True)
class SelfSigned:
    """An answer that whoever drafted it signed, too, and why."""

    case_id: int
    office_key: str
    who: str
    for_name: str
    order: str
    reason: str
    outcome: str
    done_on: date


def may_see_own_drafts(actor: directory.Person) -> bool:
    """Whether this person looks at what was signed by whoever drafted it: who controls, and administrators."""
    return bool({directory.ADMIN, *registry.current().roles_that("controls")} & actor.roles())


def own_drafts(actor: directory.Person, *, limit: int = 100) -> list[SelfSigned]:
    """What was signed by whoever drafted it, the last first; for the control level. Raises NotFound."""
    if not may_see_own_drafts(actor):
        raise NotFound("There is no such page.")
    wanted = select(Task).where(Task.conflict_reason != "").order_by(Task.done_at.desc(), Task.id.desc()).limit(limit)
    tasks = db.session.scalars(wanted).all()
    names = directory.names(
        [each for task in tasks for each in (task.assignee_id, task.done_by_id, task.done_for_id) if each]
    )
    rules = registry.current()

    def done_on(task: Task) -> date:
        return deadlines.local(rules, task.office_key, task.done_at or clock.now()).date()

    return [
        SelfSigned(task.case_id, task.office_key,
                 names.get(task.done_by_id or 0, ""), names.get(task.done_for_id or 0, ""), task.done_order,
                 task.conflict_reason, task.outcome or "", done_on(task))
        for task in tasks
    ]  # fmt: skip
