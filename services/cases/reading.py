"""One task and everything around it, in one statement."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    SQLColumnExpression,
    Text,
    bindparam,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB, distinct_on
from sqlalchemy.orm import aliased

from services import custody, deadlines, journal, registry
from services.cases.errors import CaseArchived, NoSuchCase, NoSuchTask
from services.cases.models import ON_PAPER, Answer, Applicant, Case, Instance, Related, Task
from services.db import Prepared, db
from services.loaded import Loaded
from services.plugin import Applicant as ApplicantFacts


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
    former: Callable[[], Any] = lambda: None  #: the case that this one follows, as `read_former` tells it


def read_wait(case_id: int, message: str) -> Work | None:
    """The place where that case waits for that message, and everything around it; None when it waits nowhere.

    The caller has locked the case.
    """
    row = _read_wait(_drafting()).first(case_id=case_id, message=message)
    if row is None:
        return None
    return _work(row)


def read_task(task_id: str, *, lock: bool = False) -> Work:
    """The task, its case and its instance; `lock` takes the case's row first, as everybody must. Raises NoSuchTask."""
    if lock:
        db.session.execute(_LOCK, {"task_id": task_id, "region": registry.current().region})
    row = _read_one(_drafting()).first(task_id=task_id)
    if row is None:
        raise NoSuchTask(task=task_id)
    return _work(row)


def _work(row: Any) -> Work:
    task, case, instance, applicant, answer, known, calendar, drafted_by, former = row
    deadlines.remember_version(case.region, calendar)
    return Work(task, case, instance, applicant, answer, known or {}, drafted_by, former=lambda: former)


def read_former(case_id: int) -> Any:
    """The case that this one follows, as JSON; None for one that stands alone. A task is read with it."""
    return _FOLLOWED.first(case_id=case_id)


def _reading(drafting: Sequence[str], *wanted: ColumnElement[bool]) -> Loaded:
    """Everything in one statement; made once, because making it costs more than running it."""
    answers, version = _newest(Task.case_id, Task), deadlines.version_of(Case.region)
    parts = (Task, Case, Instance, Applicant, Answer, answers, version, drafter(drafting), _former())
    return Loaded(
        select(*parts)
        .select_from(Task)
        .join(Case, Case.id == Task.case_id)
        .join(Instance, Instance.id == Task.instance_id)
        .outerjoin(Applicant, Applicant.case_id == Case.id)
        .outerjoin(Answer, Answer.task_id == Task.id)
        .where(*wanted)
        .order_by(Task.seq),
        anew=True,
    )


@lru_cache(maxsize=50)
def _read_one(drafting: tuple[str, ...]) -> Loaded:
    return _reading(drafting, Task.id == bindparam("task_id"))


@lru_cache(maxsize=50)
def _read_wait(drafting: tuple[str, ...]) -> Loaded:
    waits = Task.case_id == bindparam("case_id"), Task.message == bindparam("message"), Task.closed_at.is_(None)
    return _reading(drafting, *waits)


def _newest(case_id: SQLColumnExpression[int], within: Any) -> ScalarSelect[Any]:
    """A column: form -> what was last given in it, in the case with that id of the table `within`."""
    given = aliased(Answer)
    newest = (
        select(given.form, given.answers)
        .ext(distinct_on(given.form))
        .where(given.case_id == case_id, given.given_at.is_not(None))
        .order_by(given.form, given.given_at.desc())
        .correlate(within)
        .subquery()
        .lateral()
    )
    return select(func.jsonb_object_agg(newest.c.form, newest.c.answers)).select_from(newest).scalar_subquery()


def _former() -> ScalarSelect[Any]:
    """A column: what is known of the case that a case follows: a look into an index where it follows none."""
    other, who = aliased(Case), aliased(Applicant)
    applicant = [part for name in ApplicantFacts.__dataclass_fields__ for part in (literal(name), getattr(who, name))]
    told = {
        "id": other.id, "number": other.number, "office_key": other.office_key, "opened_at": other.opened_at,
        "assigned_from": other.assigned_from, "assigned_until": other.assigned_until,
        "applicant": func.jsonb_build_object(*applicant), "answers": _newest(other.id, other),
    }  # fmt: skip
    parts = [part for name, value in told.items() for part in (literal(name), value)]
    known = select(func.jsonb_build_object(*parts, type_=JSONB)).select_from(Related)
    known = known.join(other, other.id == Related.to_id).join(who, who.case_id == other.id)
    return (
        known.where(Related.case_id == Case.id, Related.relation == "follows")
        .limit(1)
        .correlate(Case)
        .scalar_subquery()
    )


def answers_of(case_id: int) -> dict[str, Mapping[str, object]]:
    """Form -> what was last given in it, in that case."""
    given = select(Answer.form, Answer.answers).where(Answer.case_id == case_id, Answer.given_at.is_not(None))
    return {form: answers or {} for form, answers in db.session.execute(given.order_by(Answer.given_at))}


def _drafting() -> tuple[str, ...]:
    """Steps in which an answer is drafted, as today's region says."""
    return tuple(sorted(registry.current().steps_that("drafts")))


def drafter(drafting: Sequence[str] | None = None) -> ScalarSelect[int | None]:
    """A column: who drafted the answer of the case as it stands, or supplemented it after its last return.

    In those steps; of none named, in those in which today's region drafts.
    """
    made = aliased(Task)
    last = (
        select(made.done_by_id)
        .where(made.case_id == Case.id, made.step.in_(drafting or _drafting()), made.done_at.is_not(None))
        .order_by(made.seq.desc())
        .limit(1)
    )
    return last.correlate(Case).scalar_subquery()


def _doers(task: Task | None) -> set[int | None]:
    """Who did it, and in whose place; on paper, before Komek, whoever it was named for."""
    if task is None:
        return set()
    return {task.assignee_id} if task.outcome == ON_PAPER else {task.done_by_id, task.done_for_id}


def deciders_of(case: Case) -> list[int]:
    """Who made the decision of the case as it stands: whoever drafted its answer last, and whoever signed it last.

    With those in whose place they did so. Nobody of a case that was never decided.
    """
    plugins = registry.of(case)
    drafted, signed = sorted(plugins.steps_that("drafts")), sorted(plugins.forms_that_sign())
    back = sorted(key for key, each in plugins.outcomes.items() if each.sends_back)
    was_done = or_(Task.done_at.is_not(None), Task.outcome == ON_PAPER)
    done = select(Task).where(Task.case_id == case.id, was_done, Task.outcome.not_in(back))
    newest = done.order_by(Task.seq.desc()).limit(1)
    draft = db.session.scalars(newest.where(Task.step.in_(drafted))).first()
    signing = db.session.scalars(newest.where(Task.form.in_(signed))).first()
    signed_by, paper = _doers(signing), custody.of_case(case.id, "result")
    if paper is not None and paper.signer_id is not None:
        # of ink that another recorded: the paper says whose it is
        signed_by = {paper.signer_id, signing.done_for_id if signing is not None else None}
    return sorted(who for who in _doers(draft) | signed_by if who is not None)


_FOLLOWED = Loaded(select(_former()).where(Case.id == bindparam("case_id")))
#: before the id of a case: the name of its history
CASE_STREAM = "case:"
_OF_TASK = select(Task.case_id).where(Task.id == bindparam("task_id")).scalar_subquery()
#: the calendar is held before the case is taken: whoever saves another one waits, or is waited for
_CALENDAR = deadlines.held_version(bindparam("region", type_=Text()))
_CASES = (
    select(Case.id, Case.version, _CALENDAR.c.version, Case.archived_at, Case.number)
    .outerjoin(_CALENDAR, true())
    .order_by(Case.id)
)
_TAKEN = _CASES.with_for_update(key_share=True, of=Case)
_LOCK = _TAKEN.where(Case.id == _OF_TASK)
_LOCK_CASES = _TAKEN.where(Case.id.in_(bindparam("case_ids", expanding=True)))


def lock_cases(case_ids: Iterable[int], *, archived: bool = False) -> None:
    """Locks cases for this transaction; in ascending order, as everybody takes them.

    Raises CaseArchived for one that lies in the archive, unless the caller deals with these, too.
    """
    region = registry.current().region
    rows = db.session.execute(_LOCK_CASES, {"case_ids": sorted(set(case_ids)), "region": region}).all()
    if rows:
        deadlines.remember_version(region, rows[0][2])
    for case_id, _, _, archived_at, number in rows:
        if archived_at is not None and not archived:
            raise CaseArchived(number=number or case_id)


@cache
def _lock_one() -> Prepared:
    """Takes a case, and then the end of its history, to which whoever takes it will add."""
    mine = select(Case.id, Case.version, _CALENDAR.c.version.label("calendar")).outerjoin(_CALENDAR, true())
    mine = mine.where(Case.id == bindparam("case_id")).with_for_update(key_share=True, of=Case)
    taken = mine.cte("taken")
    held = journal.held_head(func.concat(CASE_STREAM, taken.c.id))
    found = (taken.c.version.label("case_version"), taken.c.calendar, held.c.head, held.c.lines)
    return Prepared(select(*found).select_from(taken).outerjoin(held, true()))


def lock_known(work: Work) -> bool:
    """Take a case that was read before; whether it, and the calendar, are still as they were then."""
    region = work.case.region
    before = work.case.version, deadlines.calendar_version(region)
    found = _lock_one().one(case_id=work.case.id, region=region)
    if found.head is not None:
        journal.know_head(f"{CASE_STREAM}{work.case.id}", found.head, found.lines)
    return before == (found.case_version, deadlines.remember_version(region, found.calendar))


def lock_case(case_id: int) -> Case:
    """The case, nobody else's for this transaction. Raises NoSuchCase, CaseArchived."""
    deadlines.hold_version(registry.current().region)
    case = db.session.get(Case, case_id, with_for_update=True, populate_existing=True)
    if case is None:
        raise NoSuchCase(case=case_id)
    check_at_hand(case)
    return case


def check_at_hand(case: Case) -> None:
    """Raises CaseArchived."""
    if case.archived_at is not None:
        raise CaseArchived(number=case.number or case.id)


def suspensions_of(stops: Iterable[Iterable[str]]) -> list[deadlines.Suspension]:
    """The lawful stops of a case that are over, as moments."""
    return [deadlines.Suspension(*map(datetime.fromisoformat, each)) for each in stops]


def case_of_task(task_id: str) -> int:
    """The id of the case a task belongs to. Raises NoSuchTask."""
    case_id = db.session.scalar(select(Task.case_id).where(Task.id == task_id))
    if case_id is None:
        raise NoSuchTask(task=task_id)
    return case_id
