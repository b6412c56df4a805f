"""The verbs of a case. Each is one transaction; each asks whether this person may, in this office, now."""

from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from services import attachments, clock, deadlines, directory, engine, jobs, law, processes, registry
from services.cases.carrying_on import ANSWERS, is_start, write_history
from services.cases.errors import (
    AlreadyRegistered,
    HeldByAnother,
    NamedByHead,
    NotYourCase,
    NotYours,
    WrongExecutor,
)
from services.cases.escalation import case_jobs
from services.cases.facts import body_of
from services.cases.messages import move_on
from services.cases.models import Answer, Case, Comment, Instance, Related, Task
from services.cases.move import Move
from services.cases.of_its_day import of_its_day
from services.cases.reading import Work, lock_case, read_task
from services.cases.rights import acting_of, check_decides, check_may_work, check_open, check_sees, in_hands_of
from services.db import db, transaction
from services.processes import beginnings
from services.registry import Registry


@of_its_day
def open_case(route: str, office_key: str, person: directory.Person, *, key: str) -> int:
    """Begin an application at that office; its first task is claimed by the one who opens it.

    The same `key` again is the case that it opened. Raises UnknownProcess, NotYours.
    """
    now = clock.now()
    with transaction():
        deadlines.hold_version(registry.current().region)
        plugins = registry.current()
        definition_id = processes.in_force(route)
        definition = processes.definition(definition_id)
        case = new_case(route, plugins, office_key, person.id, key)
        if case is None:
            return _opened_before(key, person)
        move = Move.beginning(case, definition_id, person)
        step = engine.start(definition, {"route": route}, move.world(), asks=True)
        allowed = {group for stop in step.stops for group in stop.groups}
        allowed |= {beginnings.role_of(plugins, route) for stop in step.stops if is_start(definition, stop)} - {""}
        here = person.roles_at(office_key)
        named = person.login in {user for stop in step.stops for user in (*stop.users, stop.assignee)}
        if not allowed & here and not (named and here):
            raise NotYours(role=", ".join(sorted(allowed)), office=office_key)
        move.acting = person.acts_for(office_key, min(allowed & here)) if allowed & here else None
        move.note("case.opened", route=route, office=office_key, definition=definition_id)
        move.later += case_jobs(plugins, case, now)
        move_on(move, step, None, claimed_by=move.acting.for_id if move.acting else person.id)
        return case.id


def new_case(route: str, plugins: Registry, office_key: str, opened_by_id: int, key: str) -> Case | None:
    """The row of a new case; None when this key has opened one already.

    A PSC works for the body above it in the region's table, until the inspector says otherwise. Raises NothingInForce,
    NotYetInForce, NotCarriedOut.
    """
    law.check_begins(plugins)
    law.check_carried_out()
    body_key = body_of(plugins, office_key)
    outer = deadlines.outer_due(plugins, clock.now(), body_key)
    row: dict[str, object] = {
        "route": route,
        "region": plugins.region,
        "edition": plugins.edition,
        "office_key": office_key,
        "body_key": body_key,
        "opened_at": clock.now(),
        "opened_by_id": opened_by_id,
        "open_key": key,
        "outer_due_at": outer.at,
        "outer_default": outer.default,
        "outer_calendar": outer.version,
        "stops": [],
        "rounds": 0,
        "kept": 0,
        "version": 1,
    }
    made = insert(Case).values(**row).on_conflict_do_nothing(index_elements=["open_key"]).returning(Case)
    return db.session.scalars(made).one_or_none()


def _opened_before(key: str, person: directory.Person) -> int:
    known = db.session.scalar(select(Case.id).filter_by(open_key=key, opened_by_id=person.id))
    if known is None:
        raise NotYourCase
    return known


def claim_task(task_id: str, person: directory.Person) -> int:
    """Take a task of your role into work; the id of its case. Raises NotYours, HeldByAnother, TaskAlreadyDone."""
    with transaction():
        work = read_task(task_id, lock=True)
        check_open(work, person)
        check_may_work(work, person)
        if not in_hands_of(work.task, person):
            acting = acting_of(work.task, person)
            work.task.assignee_id = acting.for_id if acting else person.id
            _note(work, person, "case.task_claimed")
        return work.case.id


def release_task(task_id: str, person: directory.Person) -> None:
    """Give a claimed task back to your role. Raises NotYours, NamedByHead, TaskAlreadyDone."""
    with transaction():
        work = read_task(task_id, lock=True)
        check_open(work, person)
        check_may_work(work, person)
        if work.task.named:
            raise NamedByHead
        if work.task.assignee_id is None:
            return
        work.task.assignee_id = None
        _note(work, person, "case.task_released")


def reassign_task(task_id: str, to_staff_id: int, person: directory.Person, *, seen: int | None = None) -> int:
    """Put a task into another's hands, of the same role and office; the id of its case.

    `seen` is in whose hands it was when this was decided (0: in nobody's): in a third person's since, it stays there.
    Raises NotYours, WrongExecutor, HeldByAnother.
    """
    with transaction():
        work = read_task(task_id, lock=True)
        check_open(work, person)
        task = work.task
        plugins = registry.current()
        if not plugins.roles_that("assigns") & person.roles_at(task.office_key):
            raise NotYours(role=plugins.role_that("assigns", task.office_key), office=task.office_key)
        ours = {other.id for other in directory.staff_at(task.office_key, task.role)} | set(task.candidates or ())
        if to_staff_id not in ours:
            raise WrongExecutor
        check_decides(task, to_staff_id)
        if task.assignee_id == to_staff_id:
            return work.case.id
        if seen is not None and task.assignee_id not in (None, seen):
            raise HeldByAnother(who=directory.names([task.assignee_id]).get(task.assignee_id, "?"))
        before, task.assignee_id = task.assignee_id, to_staff_id
        _note(work, person, "case.task_reassigned", before=before, after=to_staff_id)
        return work.case.id


def in_whose_hands(task_id: str) -> int | None:
    """The id of the person who holds that task; None when nobody does, or there is no such task."""
    return db.session.scalar(select(Task.assignee_id).where(Task.id == task_id))


def save_draft(task_id: str, answers: Mapping[str, object], person: directory.Person) -> None:
    """Keep what stands in the form, as it is, unchecked. Raises NotYours, TaskAlreadyDone."""
    with transaction():
        work = read_task(task_id, lock=True)
        check_open(work, person)
        check_may_work(work, person)
        draft = {"draft": dict(answers), "draft_at": clock.now()}
        kept = insert(Answer).values(task_id=task_id, case_id=work.case.id, form=work.task.form or "", **draft)
        db.session.execute(kept.on_conflict_do_update(index_elements=["task_id"], set_=draft))


def discard_case(case_id: int, person: directory.Person) -> None:
    """Close an application that was opened by mistake and has no number yet. Raises NotYours, AlreadyRegistered."""
    with transaction():
        case = lock_case(case_id)
        check_sees(case, person)
        if case.number is not None or case.closed_at is not None:
            raise AlreadyRegistered
        open_tasks = db.session.scalars(select(Task).where(Task.case_id == case_id, Task.closed_at.is_(None))).all()
        if not {task.role for task in open_tasks} & person.roles_at(case.office_key):
            raise NotYours(role=next((each.role for each in open_tasks), ""), office=case.office_key)
        instances = db.session.scalars(select(Instance).filter_by(case_id=case_id).order_by(Instance.id)).all()
        now, first = clock.now(), instances[0]
        jobs.forget_kind(ANSWERS, case_id)
        move = Move(registry.of(case), case, first, processes.definition(first.definition_id), person, now)
        for task in open_tasks:
            move.close(task)
        for instance in instances:
            instance.finished_at = instance.finished_at or now
        case.closed_at = now
        case.outcome = "discarded"
        attachments.erase(case_id)
        db.session.execute(delete(Comment).where(Comment.case_id == case_id))
        db.session.execute(delete(Related).where(Related.case_id == case_id))
        move.note("case.discarded")
        write_history(move)


def _note(work: Work, person: directory.Person, event: str, **details: object) -> None:
    """A line about one task, for the verbs that do not move the case."""
    move = Move.of(work, person)
    move.note(event, task=work.task.id, step=work.task.step, **details)
    write_history(move)
