"""What is looked at from above: work that nobody can do, and answers that one person drafted and signed."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from services import clock, deadlines, directory, registry
from services.cases.models import Task
from services.cases.pages.kept_from import can_work
from services.db import db
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
    decided: bool = False  #: there are people of the role, and all of them decided before


#: what of a task says who can work on it
_WHOSE = ("office_key", "role", "assignee_id", "candidates", "not_by")


def stuck_tasks() -> list[Stuck]:
    """Open tasks of people that nobody can work on today, for the administrator. Three statements."""
    whose = [getattr(Task, each) for each in _WHOSE]
    found = db.session.execute(
        select(*whose, func.count().label("tasks"))
        .where(Task.closed_at.is_(None), Task.waits_for == "person")
        .group_by(*whose)
        .order_by(*whose)
    ).all()
    people = directory.everybody()
    stuck = [
        row for row in found if not any(can_work(each, Task(**dict(zip(_WHOSE, row, strict=False)))) for each in people)
    ]
    names = directory.holders([row.assignee_id for row in stuck if row.assignee_id])
    nobody = directory.Holder("")
    return [
        Stuck(row.office_key, row.role, row.assignee_id, who.name, who.away, row.tasks,
              bool(row.not_by) and any(row.role in each.roles_at(row.office_key) for each in people))
        for row in stuck
        for who in [names.get(row.assignee_id or 0, nobody)]
    ]  # fmt: skip


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
    plugins = registry.current()

    def done_on(task: Task) -> date:
        return deadlines.local(plugins, task.office_key, task.done_at or clock.now()).date()

    return [
        SelfSigned(task.case_id, task.office_key,
                 names.get(task.done_by_id or 0, ""), names.get(task.done_for_id or 0, ""), task.done_order,
                 task.conflict_reason, task.outcome or "", done_on(task))
        for task in tasks
    ]  # fmt: skip
