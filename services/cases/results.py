"""Results that lie at a counter until their applicants come (N421/11a/psc/10), and those for whom nobody came."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select

from services import clock, custody, deadlines, directory, registry
from services.cases.errors import NotReady, NotYours, ResultElsewhere
from services.cases.messages import Stamp, tell
from services.cases.models import Case, Task
from services.cases.pages.lists import APPLICANT_CAME, applicants
from services.cases.reading import lock_case
from services.cases.rights import may_see
from services.cases.staying import keeps
from services.db import db, transaction


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


def ready_results(person: directory.Person, office_key: str, *, limit: int = 200) -> list[Ready]:
    """What waits for its applicant at this counter, the longest first; nothing for whoever does not issue here."""
    wanted = (
        select(Task, Case.number, custody.Item.office_key, custody.Item.state)
        .join(Case, Case.id == Task.case_id)
        .outerjoin(
            custody.Item,
            and_(custody.Item.case_id == Task.case_id, custody.Item.kind == "result", custody.Item.state != "annulled"),
        )
        .where(Task.office_key == office_key, Task.role.in_(sorted(person.roles_at(office_key))))
        .where(Task.message == APPLICANT_CAME, Task.closed_at.is_(None), Task.assignee_id.is_(None))
        .order_by(Task.opened_at, Task.id)
        .limit(limit)
    )
    found = db.session.execute(wanted).all()
    names = applicants([task.case_id for task, *_ in found]) if found else {}
    kept_until = _kept_until(office_key)
    return [
        Ready(
            task.case_id,
            number or "",
            names.get(task.case_id, ""),
            task.opened_at,
            task.opened_at < kept_until,
            lies_at or office_key,
            state or "here",
        )
        for task, number, lies_at, state in found
    ]


def awaits_applicant(case_id: int, person: directory.Person) -> bool:
    """Whether the result lies at this person's counter and only the applicant is missing."""
    waits = select(Task).where(Task.case_id == case_id, Task.message == APPLICANT_CAME, Task.closed_at.is_(None))
    return any(task.role in person.roles_at(task.office_key) for task in db.session.scalars(waits))


@keeps
def applicant_came(case_id: int, person: directory.Person) -> None:
    """The applicant is at the counter for the result: from now on the issuing counts (N421/11a/psc/10).

    The same again changes nothing. Raises NotYours, NotReady, ResultElsewhere.
    """
    with transaction():
        lock_case(case_id)
        wait = _wait(case_id, person)
        if wait.closed_at is None:
            _check_it_lies_here(case_id, wait.office_key)
            tell(case_id, APPLICANT_CAME, Stamp("came"), person, claimed_by=person.id)


def unclaimed_result(case_id: int, person: directory.Person) -> tuple[str, str]:
    """The code of a result for which nobody came within the region's term, and the body it goes back to.

    The caller has locked the case. Raises NotYours, NotReady, ResultElsewhere, custody.StillWanted.
    """
    wait = _wait(case_id, person)
    if wait.closed_at is not None:
        raise NotReady
    _check_it_lies_here(case_id, wait.office_key)
    if wait.opened_at >= _kept_until(wait.office_key):
        raise custody.StillWanted
    return custody.code_of(case_id, "result"), db.session.get_one(Case, case_id).body_key


def _wait(case_id: int, person: directory.Person) -> Task:
    may_see(case_id, person)
    wanted = select(Task).where(Task.case_id == case_id, Task.message == APPLICANT_CAME).order_by(Task.seq.desc())
    wait = db.session.scalars(wanted).first()
    if wait is None:
        raise NotReady
    if wait.role not in person.roles_at(wait.office_key):
        raise NotYours(role=wait.role, office=wait.office_key)
    return wait


def _check_it_lies_here(case_id: int, office_key: str) -> None:
    lies = custody.of_case(case_id, "result")
    if lies is not None and (lies.office_key, lies.state) != (office_key, "here"):
        raise ResultElsewhere(office=lies.office_key)


def _kept_until(office_key: str) -> datetime:
    return deadlines.months_before(registry.current(), office_key, clock.now(), "unclaimed_result_months")
