"""Results that lie at a counter until their applicants come (N421/11a/psc/10), and those for whom nobody came."""

from datetime import datetime

from sqlalchemy import select

from services import clock, custody, deadlines, directory, registry
from services.cases.errors import NotReady, NotYours, ResultElsewhere
from services.cases.messages import APPLICANT_CAME, Stamp, tell
from services.cases.models import Case, Task
from services.cases.reading import lock_case
from services.cases.rights import case_seen_by
from services.cases.staying import keeps
from services.db import db, transaction
from services.registry import Registry


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
    case = db.session.get_one(Case, case_id)
    if wait.opened_at >= kept_until(wait.office_key, registry.of(case)):
        raise custody.StillWanted
    return custody.code_of(case_id, "result"), case.body_key


def _wait(case_id: int, person: directory.Person) -> Task:
    case_seen_by(case_id, person)
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


def kept_until(office_key: str, law: Registry) -> datetime:
    """What came to lie there before that moment has lain longer than the region keeps it, by that law."""
    return deadlines.months_before(law, office_key, clock.now(), "unclaimed_result_months")
