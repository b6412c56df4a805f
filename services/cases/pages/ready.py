"""Results that lie at a counter, ready for their applicants (N421/11a/psc/10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Boolean, Subquery, and_, false, literal_column, select, union_all

from services import custody, directory, registry
from services.cases.messages import APPLICANT_CAME
from services.cases.models import Case, Task
from services.cases.pages.lookups import applicants
from services.cases.results import kept_until
from services.db import db

#: in the words of the index, which holds what lies at counters in this order, and nothing else
_WAITS = literal_column(
    f"task.message = '{APPLICANT_CAME}'::text AND task.closed_at IS NULL AND task.assignee_id IS NULL", Boolean
)


@dataclass(frozen=True)
class Ready:
    """A result that waits for its applicant."""

    case_id: int
    number: str
    applicant: str
    since: datetime
    unclaimed: bool  #: it has lain longer than the region keeps it
    lies_at: str  #: key of the office: another one after it was sent back
    state: str  #: of the paper: "here" while it lies there
    edition: int | None  #: of the act, by whose words the row speaks


def ready_results(person: directory.Person, office_key: str, *, limit: int = custody.MOST_LISTED) -> list[Ready]:
    """What waits for its applicant at this counter, the longest first; nothing for whoever does not issue here."""
    longest = _longest(office_key, sorted(person.roles_at(office_key)), limit)
    wanted = (
        select(Task, Case.number, Case.edition, custody.Item.office_key, custody.Item.state)
        .join(longest, longest.c.id == Task.id)
        .join(Case, Case.id == Task.case_id)
        .outerjoin(
            custody.Item,
            and_(custody.Item.case_id == Task.case_id, custody.Item.kind == "result", custody.Item.state != "annulled"),
        )
        .order_by(Task.opened_at, Task.id)
        .limit(limit)
    )
    found = db.session.execute(wanted).all()
    names = applicants([task.case_id for task, *_ in found]) if found else {}
    return [
        Ready(
            task.case_id,
            number or "",
            names.get(task.case_id, ""),
            task.opened_at,
            task.opened_at < kept_until(office_key, registry.under(edition)),
            lies_at or office_key,
            state or "here",
            edition,
        )
        for task, number, edition, lies_at, state in found
    ]


def _longest(office_key: str, roles: Sequence[str], limit: int) -> Subquery:
    """The first of each role in the order of the index, none but these; the desk's page shows the first of all."""
    lies = select(Task.id, Task.opened_at).where(Task.office_key == office_key, _WAITS)
    order = (Task.opened_at, Task.id)
    arms = [lies.where(Task.role == role).order_by(*order).limit(limit).subquery() for role in roles]
    together = union_all(*[select(arm) for arm in arms or [lies.where(false()).subquery()]]).subquery()
    return select(together.c.id).order_by(together.c.opened_at, together.c.id).limit(limit).subquery()


def awaits_applicant(case_id: int, person: directory.Person) -> bool:
    """Whether the result lies at this person's counter and only the applicant is missing."""
    waits = select(Task).where(Task.case_id == case_id, Task.message == APPLICANT_CAME, Task.closed_at.is_(None))
    return any(task.role in person.roles_at(task.office_key) for task in db.session.scalars(waits))
