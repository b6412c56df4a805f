"""Take the next one: what is most urgent of what nobody has taken yet."""

from sqlalchemy import select

from services import deadlines, directory, registry
from services.cases.lists.only import ALL, Only
from services.cases.lists.standing import ahead
from services.cases.models import Case, Task
from services.cases.service import claim_task
from services.db import db, transaction
from services.errors import KomekError

#: of those before it, so many may be in others' hands just now
MOST_PASSED = 50


def take_next(person: directory.Person, office_key: str, *, order: str = "due", only: Only = ALL) -> int | None:
    """Take what stands first of what waits for this person's roles at that office; the id of its case.

    What somebody else is taking, or working on, this very moment is passed over and not waited for: of two who press
    at once each gets a case of their own. None when nothing is left.
    """
    with transaction():
        deadlines.hold_version(registry.current().region)
        passed: set[str] = set()
        for _ in range(MOST_PASSED):
            task_id = _lock_first(person, office_key, order, only, passed)
            if task_id is None:
                return None
            try:
                return claim_task(task_id, person)
            except KomekError:  # taken, or done, between the list and the lock
                passed.add(task_id)
    return None


def _lock_first(person: directory.Person, office_key: str, order: str, only: Only, passed: set[str]) -> str | None:
    """The first task that nobody holds, of a case that nobody holds either: both are locked from now on.

    A row that changed since the statement began is looked at anew when it is locked: so one is taken once.
    """
    picked = ahead(person, office_key, "role", order, only, MOST_PASSED)
    if picked is None:
        return None
    wanted = (
        select(Task.id)
        .join(picked, picked.c.id == Task.id)
        .join(Case, Case.id == Task.case_id)
        .where(Task.id.not_in(passed), Task.assignee_id.is_(None))
        .order_by(picked.c.first, picked.c.urgent_at, picked.c.id)
        .limit(1)
    )
    return db.session.scalar(wanted.with_for_update(key_share=True, of=(Case, Task), skip_locked=True))
