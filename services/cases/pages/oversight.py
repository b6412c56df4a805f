"""What is looked at from above: work that nobody can do, and answers that one person drafted and signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, text

from services import clock, deadlines, directory, registry
from services.cases.models import OPEN_TO_PEOPLE, WHOSE, Task
from services.cases.pages.kept_from import can_work
from services.cases.pages.shown import Counted
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
    count: Counted
    decided: bool = False  #: there are people of the role, and all of them decided before


#: a count looks at so many rows and then says "more"
CAP = 999
#: what of a task says who can work on it
_WHOSE = ("office_key", "role", "assignee_id", "candidates", "not_by")
#: from one kind of open work to the next, by an index that has them in order: however much there is of each
_KINDS = text(
    """
    WITH RECURSIVE kind AS (
        (SELECT {0}, office_key, role, assignee_id, candidates, not_by FROM task WHERE {1} ORDER BY {2} LIMIT 1)
        UNION ALL
        SELECT next.* FROM kind CROSS JOIN LATERAL (
            SELECT {0}, office_key, role, assignee_id, candidates, not_by FROM task
            WHERE {1} AND ({2}) > (kind.k0, kind.k1, kind.k2, kind.k3, kind.k4) ORDER BY {2} LIMIT 1
        ) next
    )
    SELECT office_key, role, assignee_id, candidates, not_by, k0, k1, k2, k3, k4 FROM kind
    """.format(
        ", ".join(f"{each} AS k{at}" for at, each in enumerate(WHOSE)),
        OPEN_TO_PEOPLE,
        ", ".join(str(each) for each in WHOSE),
    )
)


def stuck_tasks() -> list[Stuck]:
    """Open tasks of people that nobody can work on today, for the administrator.

    However much is open, it reads a line of each kind of it: an office, a role, a person. Then what is stuck is
    counted, kind by kind.
    """
    found = db.session.execute(_KINDS).all()
    at_office: dict[str, list[directory.Person]] = {}
    for person in directory.everybody():
        for office_key in person.offices():
            at_office.setdefault(office_key, []).append(person)
    kinds = [row for row in found if not _anybody(row, at_office.get(row.office_key, ()))]
    names = directory.holders([row.assignee_id for row in kinds if row.assignee_id])
    nobody = directory.Holder("")
    return [
        Stuck(row.office_key, row.role, row.assignee_id, who.name, who.away, _how_many(row[-len(WHOSE):]),
              bool(row.not_by) and any(row.role in each.roles_at(row.office_key) for each in at_office[row.office_key]))
        for row in kinds
        for who in [names.get(row.assignee_id or 0, nobody)]
    ]  # fmt: skip


def _anybody(row: Any, people: Sequence[directory.Person]) -> bool:
    """Whether one of those who have a role at its office can work on it; nobody else ever can (`rights.works_as`)."""
    task = Task(**{each: getattr(row, each) for each in _WHOSE})
    return any(can_work(each, task) for each in people)


def _how_many(kind: Sequence[Any]) -> Counted:
    values = {f"k{at}": each for at, each in enumerate(kind)}
    number = db.session.scalar(_OF_KIND, {**values, "most": CAP + 1}) or 0
    return Counted(min(number, CAP), number > CAP)


_OF_KIND = text(
    f"SELECT count(*) FROM (SELECT FROM task WHERE {OPEN_TO_PEOPLE} AND "
    + " AND ".join(f"{each} = :k{at}" for at, each in enumerate(WHOSE))
    + " LIMIT :most) found"
)


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
