"""The register of an office (тіркеу журналы): what it registered, in the order of its numbers."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import and_, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from services import custody, deadlines, directory, documents, registry
from services.cases.facts import assigned_of, representative_of
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
    period: str  #: first and last day of what was granted; empty where nothing was, or it is not this office's to know
    outgoing: str  #: numbers of the answer: of those annulled before their signature, too
    complaints: tuple[str, ...] = ()  #: numbers of the complaints about what was decided


@dataclass(frozen=True)
class ComplaintLine:
    """One complaint that an office took in. Personal data."""

    number: str
    at: datetime  #: when it was registered, on the office's clock
    about: str  #: number of the case in that office's register
    applicant: str
    came: str  #: outcome of its registration, a key: in time, or late
    verdict: str  #: what became of it, a key; empty while nobody has said so


def register(office_key: str, since: date, until: date) -> Sequence[RegisterLine]:
    """What that office registered from the one day to the other. Raises WrongDays."""
    plugins, (first, last) = registry.current(), _span(office_key, since, until)
    zone = first.tzinfo
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
    complaints = custody.numbers_in(case_ids, "appeal")
    decides = plugins.row("offices", office_key)["kind"] == "body"
    return [
        RegisterLine(
            instance.number or "",
            (at or instance.started_at).astimezone(zone),
            _who(applicant),
            applicant.address,
            executors.get(case.id, ""),
            case.outcome or "" if decides or case.closed_at else "",
            _period(case) if decides or case.closed_at else "",
            _numbers(outgoing.get(case.id, ()), annulled) if decides else "",
            tuple(complaints.get(case.id, ())) if decides else (),
        )
        for instance, case, applicant, at in found
    ]


def complaints_of(office_key: str, since: date, until: date) -> Sequence[ComplaintLine]:
    """The complaints that the office took in from the one day to the other, in the order of their numbers.

    One whose number could not be given yet is left out. Raises WrongDays.
    """
    plugins, (first, last) = registry.current(), _span(office_key, since, until)
    taken = and_(Task.step.in_(sorted(plugins.steps_that("complains"))), Task.done_at.is_not(None))
    here = select(Task.case_id).where(Task.office_key == office_key, taken, Task.done_at >= first, Task.done_at < last)
    by_case: dict[int, list[Task]] = {}
    for task in db.session.scalars(select(Task).where(taken, Task.case_id.in_(here)).order_by(Task.seq)):
        by_case.setdefault(task.case_id, []).append(task)
    numbers, verdicts = custody.numbers_in([*by_case], "appeal"), _verdicts([*by_case])
    known = _applicants_and_numbers([*by_case], office_key)
    return sorted(
        (
            ComplaintLine(number, task.done_at.astimezone(first.tzinfo), about, who, task.outcome or "",
                          verdicts.get(task.instance_id, ""))
            for case_id, tasks in by_case.items()
            for task, number in zip(tasks, numbers.get(case_id, ()), strict=False)
            for about, who in [known.get(case_id, ("", ""))]
            if task.office_key == office_key and task.done_at is not None and first <= task.done_at < last
        ),
        key=lambda line: (line.at, line.number),
    )  # fmt: skip


def _span(office_key: str, since: date, until: date) -> tuple[datetime, datetime]:
    """From when until when, on the office's clock. Raises WrongDays."""
    if not since <= until <= since + timedelta(days=366):
        raise WrongDays
    zone = deadlines.zone(registry.current(), office_key)
    return datetime.combine(since, time.min, zone), datetime.combine(until + timedelta(days=1), time.min, zone)


def _verdicts(case_ids: Sequence[int]) -> dict[int, str]:
    """Process of a complaint -> what became of it."""
    considered = sorted(registry.current().steps_that("considers"))
    wanted = select(Task.instance_id, Task.outcome).where(Task.case_id.in_(case_ids), Task.step.in_(considered))
    found = db.session.execute(wanted.where(Task.done_at.is_not(None)).order_by(Task.seq)) if case_ids else ()
    return {instance_id: outcome or "" for instance_id, outcome in found}


def _applicants_and_numbers(case_ids: Sequence[int], office_key: str) -> dict[int, tuple[str, str]]:
    """Case -> its number in that office's register, and the applicant."""
    wanted = (
        select(Applicant, Instance.number)
        .join(Instance, Instance.case_id == Applicant.case_id)
        .where(Applicant.case_id.in_(case_ids), Instance.office_key == office_key, Instance.number.is_not(None))
    )
    found = db.session.execute(wanted) if case_ids else ()
    return {applicant.case_id: (number or "", _who(applicant)) for applicant, number in found}


def _who(applicant: Applicant) -> str:
    """The applicant, and who applied for them by which power of attorney."""
    name = f"{applicant.surname} {applicant.given_name} {applicant.patronymic}".strip()
    came = representative_of(applicant)
    return f"{name} (өкілі: {came.name}, сенімхат {came.power})" if came else name


def _period(case: Case) -> str:
    """From and to when what it granted runs, as the book has days."""
    granted = assigned_of(case)
    return f"{granted.first:%d.%m.%Y} – {granted.last:%d.%m.%Y}" if granted else ""


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
