"""Closed cases leave the working tables after the region's term, and are read, printed and found as before.

After how many years is the region's parameter (`archive_years`; the act does not say it, the row says where it is
from), counted from the closing, from the last step done beside it, or from when the case was last taken out. What
goes is every row of the case but its own (number, offices, days, outcome); the journal and the custody of papers are
only ever added to, and stay. Nothing is done to a case in the archive but reading, printing and destroying it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, ScalarSelect, exists, func, select, update

from services import clock, custody, deadlines, directory, jobs, registry
from services.archive import moving
from services.archive.errors import NoSuchNumber, NotArchived
from services.cases import (
    TAKEN_OUT,
    by_edition,
    case_by_number,
    keep_reason,
    lives_under,
    lock_cases,
    write_line,
    write_line_of_each,
)
from services.cases.models import Case, ExternalTask, Task
from services.db import db, transaction
from services.jobs.models import JobRow

PARAMETER, APPEAL = "archive_years", "appeal_months"
#: kind of the job, and of its line in each case's history
KIND, ARCHIVED = "archive", "case.archived"
#: so many in one transaction: it holds them locked, and a worker that is killed in it loses no more
STEP = 20
#: so many of those that go next are shown
SHOWN = 100
#: when the nightly job looks, on the region's clock
NIGHT = time(2)
#: before any case was closed
NEVER = datetime(1900, 1, 1, tzinfo=UTC)
#: states in which a paper is still to come to somebody
UNDER_WAY = ("to_send", "listed", "in_transit", "missing")


@dataclass(frozen=True)
class Ripe:
    """A case whose time in the working tables is over."""

    case_id: int
    number: str
    office_key: str
    over_at: datetime  #: when it was closed, the last step beside it was done, or it was last taken out
    since: date  #: the day from which it may go


def ripe(limit: int = STEP, among: Sequence[int] | None = None) -> list[Ripe]:
    """Closed cases whose time is over, the first closed first, at most so many; nothing where the region says no term.
    Of these cases alone, where some are named.

    Not one of which anything goes on: a step beside it, an operation, a job, a paper on its way. Nor one of which it
    may still be complained, where that takes longer.
    """
    if not any(_terms(each)[0] for each in registry.current().editions()):
        return []
    sure = by_edition(_surely_before)
    last = func.greatest(Case.closed_at, Case.taken_out_at, _last_done())
    wanted = select(Case, last).where(*_may_go(sure)).order_by(Case.closed_at, Case.id).limit(limit)
    wanted = wanted.where(Case.id.in_(among)) if among is not None else wanted
    return [
        Ripe(case.id, case.number or "", case.body_key, at, since)
        for case, at in db.session.execute(wanted)
        if (since := _since(case, at)) is not None and since <= directory.today()
    ]


def _may_go(sure: ColumnElement[datetime]) -> Sequence[ColumnElement[bool]]:
    """What was over before that moment and hangs on nothing."""
    return (
        Case.closed_at < sure,
        Case.archived_at.is_(None),
        Case.plays.is_(None),
        func.coalesce(Case.taken_out_at, Case.closed_at) < sure,
        ~exists().where(Task.case_id == Case.id, func.coalesce(Task.closed_at, sure) >= sure),
        ~exists().where(ExternalTask.task_id == Task.id, Task.case_id == Case.id),
        ~exists().where(JobRow.case_id == Case.id),
        ~exists().where(custody.Item.case_id == Case.id, custody.Item.state.in_(UNDER_WAY)),
    )


def _last_done() -> ScalarSelect[datetime | None]:
    return select(func.max(Task.closed_at)).where(Task.case_id == Case.id).scalar_subquery()


def _terms(plugins: registry.Registry) -> tuple[int, int]:
    """After how many years a case is archived, and for how many months it may be complained of, by that law."""
    return deadlines.whole_number(plugins, PARAMETER), deadlines.whole_number(plugins, APPEAL)


def _surely_before(plugins: registry.Registry) -> datetime:
    """What was over later than that cannot go yet, by that law."""
    years, months = _terms(plugins)
    return clock.now() - timedelta(days=max(365 * years, 28 * months) - 2) if years else NEVER


def _since(case: Case, over_at: datetime) -> date | None:
    """The day from which it may lie in the archive; None while somebody may complain of it."""
    plugins = registry.of(case)
    _, appealed = _terms(plugins)
    if appealed and over_at > deadlines.months_before(plugins, case.body_key, clock.now(), APPEAL):
        return None
    return deadlines.years_after(plugins, case.body_key, over_at, PARAMETER)


def archive_step(limit: int = STEP) -> int:
    """Put the next ripe cases into the archive, in a transaction of its own or the caller's; how many."""
    with transaction():
        wanted = [each.case_id for each in ripe(limit)]
        if not wanted:
            return 0
        lock_cases(wanted, archived=True)
        db.session.expire_all()
        still = [each.case_id for each in ripe(limit, wanted)]  # somebody may have been quicker
        if not still:
            return 0
        moving.put_in(still)
        for years, ids in _by_term(still).items():
            told = {"archived_at": clock.now(), "archived_years": years, "version": Case.version + 1}
            db.session.execute(update(Case).where(Case.id.in_(ids)).values(told))
            write_line_of_each(ids, ARCHIVED, None, years=years)
        db.session.expire_all()
        return len(still)


def _by_term(case_ids: Sequence[int]) -> dict[int, list[int]]:
    """After so many years -> the cases that go after them, by the edition of each."""
    found: dict[int, list[int]] = {}
    for case_id, own in lives_under(case_ids).items():
        found.setdefault(_terms(registry.of(own))[0], []).append(case_id)
    return found


def take_out(number: str, reason: str, *, person: directory.Person) -> str:
    """Put all rows of the case with that number back into the working tables: a court asks, a complaint comes late.

    Its time counts anew from now. The number that it is called by. Raises NotAdministrator, NoSuchNumber, NotArchived,
    InvalidAnswers.
    """
    directory.check_administers(person)
    said = " ".join(number.split())
    case_id = case_by_number(said) if said else None
    if case_id is None:
        raise NoSuchNumber(number=said[:60])
    with transaction():
        lock_cases([case_id], archived=True)
        case = db.session.get_one(Case, case_id, populate_existing=True)
        if case.archived_at is None:
            raise NotArchived(number=case.number or said)
        place = keep_reason(case, reason)
        case.archived_at, case.archived_years, case.taken_out_at = None, None, clock.now()
        case.version += 1
        db.session.flush()
        moving.take_back([case_id])
        write_line(case_id, TAKEN_OUT, person, said=place)
    return case.number or said


@dataclass(frozen=True)
class Overview:
    """What lies in the archive, and what goes there next."""

    years: int  #: the region's term; 0 where it says none
    by_year: Sequence[tuple[int, int]]  #: year of closing -> so many, the newest first
    newest: Sequence[Case]  #: put there last
    ripe: Sequence[Ripe]
    more: bool  #: there are more of these
    next_at: datetime | None  #: when the worker looks next; None where no worker ever did


def overview(*, person: directory.Person) -> Overview:
    """For the administrators' page. Raises NotAdministrator."""
    directory.check_administers(person)
    closed = func.extract("year", Case.closed_at)
    counted = select(closed, func.count()).where(Case.archived_at.is_not(None)).group_by(closed).order_by(closed.desc())
    going = ripe(SHOWN + 1)
    newest = select(Case).where(Case.archived_at.is_not(None)).order_by(Case.archived_at.desc(), Case.id.desc())
    return Overview(
        deadlines.whole_number(registry.current(), PARAMETER),
        [(int(year), count) for year, count in db.session.execute(counted)],
        db.session.scalars(newest.limit(20)).all(),
        going[:SHOWN],
        len(going) > SHOWN,
        db.session.scalar(select(func.min(JobRow.due_at)).where(JobRow.kind == KIND, JobRow.incident_at.is_(None))),
    )


def plan() -> None:
    """Have the worker look the next night, where it is not told yet. In a transaction of its own."""
    with transaction():
        if db.session.scalar(select(func.count()).where(JobRow.kind == KIND)):
            return
        jobs.enqueue([_at_night()])


def nightly(job: jobs.Job, result: object) -> None:
    """One step; and the next, at once while there is something to do, else the next night. In the job's transaction."""
    if archive_step():
        jobs.enqueue([jobs.NewJob(KIND, f"{KIND}:{job.id}", clock.now())])
    else:
        jobs.enqueue([_at_night()])


def _at_night() -> jobs.NewJob:
    """The next time that it is night by the region's clock."""
    zone = ZoneInfo(str(registry.current().facts()["time_zone"]))
    here = clock.now().astimezone(zone)
    at = datetime.combine(here.date(), NIGHT, zone)
    at = at if at > here else datetime.combine(here.date() + timedelta(days=1), NIGHT, zone)
    return jobs.NewJob(KIND, f"{KIND}:{at:%Y-%m-%d}", at)
