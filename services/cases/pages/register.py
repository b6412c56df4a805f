"""The register of an office (тіркеу журналы): what it registered, in the order of its numbers."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from services import custody, deadlines, directory, documents, registry
from services.cases.models import Applicant, Case, Instance, Task
from services.db import db
from services.errors import Invalid

#: a book of more lines than that is printed in parts
MOST = 5000


class WrongDays(Invalid):
    """The days do not fit: the first is after the last, or they are more than a year apart."""


@dataclass(frozen=True)
class RegisterLine:
    """One application of the book. Personal data."""

    number: str
    at: datetime  #: when it was registered, on the office's clock
    applicant: str
    address: str
    executor: str
    outcome: str  #: key; empty while it is not decided, or is not this office's to know
    outgoing: str  #: numbers of the answer: of those annulled before their signature, too


def register(office_key: str, since: date, until: date) -> Sequence[RegisterLine]:
    """What that office registered from the one day to the other. Raises WrongDays."""
    if not since <= until <= since + timedelta(days=366):
        raise WrongDays
    plugins = registry.current()
    zone = deadlines.zone(plugins, office_key)
    first, last = (datetime.combine(day, time.min, zone) for day in (since, until + timedelta(days=1)))
    registered = select(func.min(Task.done_at)).where(Task.instance_id == Instance.id).scalar_subquery()
    wanted = (
        select(Instance, Case, Applicant, registered)
        .join(Case, Case.id == Instance.case_id)
        .join(Applicant, Applicant.case_id == Case.id)
        .where(Instance.office_key == office_key, Instance.number.is_not(None))
        .where(Instance.started_at >= first, Instance.started_at < last)
        .order_by(Instance.started_at, Instance.id)
        .limit(MOST)
    )
    found = db.session.execute(wanted).all()
    case_ids = [case.id for _, case, _, _ in found]
    executors = _executors(case_ids, office_key)
    outgoing = documents.outgoing_numbers(case_ids, plugins.papers_that("answers"))
    annulled = custody.annulled_in(case_ids)
    decides = plugins.row("offices", office_key)["kind"] == "body"
    return [
        RegisterLine(
            instance.number or "",
            (at or instance.started_at).astimezone(zone),
            f"{applicant.surname} {applicant.given_name} {applicant.patronymic}".strip(),
            applicant.address,
            executors.get(case.id, ""),
            case.outcome or "" if decides or case.closed_at else "",
            _numbers(outgoing.get(case.id, ()), annulled) if decides else "",
        )
        for instance, case, applicant, at in found
    ]


def _numbers(outgoing: Sequence[str], annulled: Container[str]) -> str:
    """Every number that was used for the case, those that were annulled unsigned named so: the book has no gaps."""
    return ", ".join(f"{each} (қол қойылмай жойылған)" if each in annulled else each for each in outgoing)


def _executors(case_ids: Sequence[int], office_key: str) -> dict[int, str]:
    executing = registry.current().roles_that("executes")
    newest = (
        select(Task.case_id, Task.assignee_id)
        .ext(distinct_on(Task.case_id))
        .where(Task.case_id.in_(case_ids), Task.office_key == office_key, Task.role.in_(executing))
        .order_by(Task.case_id, Task.seq.desc())
    )
    rows = db.session.execute(newest).all() if case_ids else []
    names = directory.names([staff_id for _, staff_id in rows if staff_id])
    return {case_id: names.get(staff_id or 0, "") for case_id, staff_id in rows}
