"""One task and everything around it, in one statement."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Executable, ScalarSelect, Text, bindparam, func, select, true
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from services import deadlines, registry
from services.cases.errors import NoSuchCase, NoSuchTask
from services.cases.models import Answer, Applicant, Case, Instance, Task
from services.db import db


@dataclass
class Work:
    """A case as a verb works on it: live rows of the session."""

    task: Task
    case: Case
    instance: Instance
    applicant: Applicant | None
    answer: Answer | None  #: of this task: its draft
    answers: Mapping[str, Mapping[str, object]]  #: form -> what was last given in it
    drafted_by: int | None = None  #: who drafted the answer as it stands
    known: Mapping[str, object] | None = None  #: what the diagram knows, where no pool stands at that task yet


def read_wait(case_id: int, message: str) -> Work | None:
    """The place where that case waits for that message, and everything around it; None when it waits nowhere.

    The caller has locked the case.
    """
    row = db.session.execute(_WAIT, {"case_id": case_id, "message": message}).first()
    if row is None:
        return None
    return _work(row)


def read_task(task_id: str, *, lock: bool = False) -> Work:
    """The task, its case and its instance; `lock` takes the case's row first, as everybody must. Raises NoSuchTask."""
    if lock:
        db.session.execute(_LOCK, {"task_id": task_id, "region": registry.current().region})
    row = db.session.execute(_READ, {"task_id": task_id}).one_or_none()
    if row is None:
        raise NoSuchTask(task=task_id)
    return _work(row)


def _work(row: Any) -> Work:
    task, case, instance, applicant, answer, known, calendar, drafted_by = row
    deadlines.remember_version(case.region, calendar)
    return Work(task, case, instance, applicant, answer, known or {}, drafted_by)


def _reading(*wanted: ColumnElement[bool]) -> Executable:
    """Everything in one statement; made once, because making it costs more than running it."""
    given = aliased(Answer)
    newest = (
        select(given.form, given.answers)
        .ext(distinct_on(given.form))
        .where(given.case_id == Task.case_id, given.given_at.is_not(None))
        .order_by(given.form, given.given_at.desc())
        .correlate(Task)
        .subquery()
        .lateral()
    )
    answers = select(func.jsonb_object_agg(newest.c.form, newest.c.answers)).select_from(newest).scalar_subquery()
    return (
        select(Task, Case, Instance, Applicant, Answer, answers, deadlines.version_of(Case.region), drafter())
        .join(Case, Case.id == Task.case_id)
        .join(Instance, Instance.id == Task.instance_id)
        .outerjoin(Applicant, Applicant.case_id == Case.id)
        .outerjoin(Answer, Answer.task_id == Task.id)
        .where(*wanted)
        .order_by(Task.seq)
        .execution_options(populate_existing=True)
    )


def answers_of(case_id: int) -> dict[str, Mapping[str, object]]:
    """Form -> what was last given in it, in that case."""
    given = select(Answer.form, Answer.answers).where(Answer.case_id == case_id, Answer.given_at.is_not(None))
    return {form: answers or {} for form, answers in db.session.execute(given.order_by(Answer.given_at))}


#: steps in which an answer is drafted, as the region says when the statement is run
_DRAFTING: BindParameter[str] = bindparam(
    "drafting", callable_=lambda: sorted(registry.current().steps_that("drafts")), expanding=True
)


def drafter() -> ScalarSelect[int | None]:
    """A column: who drafted the answer of the case as it stands, or supplemented it after its last return."""
    made = aliased(Task)
    last = (
        select(made.done_by_id)
        .where(made.case_id == Case.id, made.step.in_(_DRAFTING), made.done_at.is_not(None))
        .order_by(made.seq.desc())
        .limit(1)
    )
    return last.correlate(Case).scalar_subquery()


_READ = _reading(Task.id == bindparam("task_id"))
_WAIT = _reading(Task.case_id == bindparam("case_id"), Task.message == bindparam("message"), Task.closed_at.is_(None))
_OF_TASK = select(Task.case_id).where(Task.id == bindparam("task_id")).scalar_subquery()
#: the calendar is held before the case is taken: whoever saves another one waits, or is waited for
_CALENDAR = deadlines.held_version(bindparam("region", type_=Text()))
_CASES = select(Case.id, Case.version, _CALENDAR.c.version).outerjoin(_CALENDAR, true()).order_by(Case.id)
_TAKEN = _CASES.with_for_update(key_share=True, of=Case)
_LOCK = _TAKEN.where(Case.id == _OF_TASK)
_LOCK_CASES = _TAKEN.where(Case.id.in_(bindparam("case_ids", expanding=True)))


def lock_cases(case_ids: Iterable[int]) -> None:
    """Locks cases for this transaction; in ascending order, as everybody takes them."""
    region = registry.current().region
    rows = db.session.execute(_LOCK_CASES, {"case_ids": sorted(set(case_ids)), "region": region}).all()
    if rows:
        deadlines.remember_version(region, rows[0][2])


def lock_known(work: Work) -> bool:
    """Take a case that was read before; whether it, and the calendar, are still as they were then."""
    region = work.case.region
    before = work.case.version, deadlines.calendar_version(region)
    found = db.session.execute(_LOCK_CASES, {"case_ids": [work.case.id], "region": region}).one()
    deadlines.remember_version(region, found[2])
    return before == (found[1], found[2] or "")


def lock_case(case_id: int) -> Case:
    """The case, nobody else's for this transaction. Raises NoSuchCase."""
    deadlines.hold_version(registry.current().region)
    case = db.session.get(Case, case_id, with_for_update=True, populate_existing=True)
    if case is None:
        raise NoSuchCase(case=case_id)
    return case


def suspensions_of(stops: Iterable[Iterable[str]]) -> list[deadlines.Suspension]:
    """The lawful stops of a case that are over, as moments."""
    return [deadlines.Suspension(*map(datetime.fromisoformat, each)) for each in stops]


def case_of_task(task_id: str) -> int:
    """The id of the case a task belongs to. Raises NoSuchTask."""
    case_id = db.session.scalar(select(Task.case_id).where(Task.id == task_id))
    if case_id is None:
        raise NoSuchTask(task=task_id)
    return case_id
