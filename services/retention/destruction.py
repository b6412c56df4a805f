"""Cases whose time of keeping is over: proposed by one person, destroyed by another, by an act with a number.

How long a file is kept is the region's parameter (`retention_years`; the act does not say it, the row says where it is
from). What is left of a case is its row without personal data: number, offices, days, outcome; and its journal, whose
lines hold ids and no texts, so that its chain stays whole. Applicant, answers, papers, files, photos, what the diagram
knew and what tables decided on are erased.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select, update

from services import attachments, clock, custody, deadlines, directory, documents, journal, registry
from services.cases import by_edition, forget_cases, lock_cases, write_line_of_each
from services.cases.models import Applicant, Case, Instance, Task
from services.db import db, transaction
from services.letters import is_printable
from services.retention.errors import ActOpen, ActSettled, NoActNumber, NoSuchAct, NothingToDestroy, NotRipe, TwoPersons
from services.retention.models import Destroyed, DestructionAct

PARAMETER = "retention_years"
#: before any case was closed
NEVER = datetime(1900, 1, 1, tzinfo=UTC)
#: so many at a time: an act that somebody reads, a transaction that ends
MOST_OF_AN_ACT = 500
STREAM = "retention"


def ripe() -> list[dict[str, Any]]:
    """The cases that have been kept for their whole time, the oldest first, at most `MOST_OF_AN_ACT`.

    Nothing, where the region says no term.
    """
    if not any(deadlines.whole_number(each, PARAMETER) for each in registry.current().editions()):
        return []
    sure = by_edition(_surely_before)
    wanted = (
        select(Case)
        .outerjoin(Destroyed, Destroyed.case_id == Case.id)
        .where(Case.closed_at < sure, Case.plays.is_(None), Case.destroyed_at.is_(None), ~_goes_on())
        .where(Destroyed.case_id.is_(None))  # by a node of the release before, which says it nowhere else
        .order_by(Case.closed_at, Case.id)
        .limit(MOST_OF_AN_ACT)
    )
    rules, cases = registry.current(), db.session.scalars(wanted)
    found = [_line(case, until) for case in cases if (until := _kept_until(case)) and until <= directory.today()]
    sent = documents.outgoing_numbers([line["id"] for line in found], rules.papers_that("answers"))
    return [{**line, "outgoing": list(sent.get(line["id"], ()))} for line in found]


def _surely_before(plugins: registry.Registry) -> datetime:
    """What was closed later than that is kept still, by that law; where it says no term, everything is."""
    years = deadlines.whole_number(plugins, PARAMETER)
    return clock.now() - timedelta(days=365 * years - 2) if years else NEVER


def acts() -> list[DestructionAct]:
    """Every act, the newest first."""
    return list(db.session.scalars(select(DestructionAct).order_by(DestructionAct.id.desc()).limit(100)))


def act(act_id: int, *, person: directory.Person) -> DestructionAct:
    """One act, to be read and printed. Raises NotAdministrator, NoSuchAct."""
    directory.check_administers(person)
    row = db.session.get(DestructionAct, act_id)
    if row is None:
        raise NoSuchAct
    return row


def propose(*, person: directory.Person) -> int:
    """A list of every ripe case; nothing is destroyed by it. Raises NotAdministrator, ActOpen, NothingToDestroy."""
    directory.check_administers(person)
    with transaction():
        _alone()
        if any(each.done_at is None and each.withdrawn_at is None for each in acts()):
            raise ActOpen
        lines = ripe()
        if not lines:
            raise NothingToDestroy
        row = DestructionAct(number="", proposed_at=clock.now(), proposed_by_id=person.id, lines=lines)
        db.session.add(row)
        db.session.flush()
        _note("retention.proposed", row, person)
    return row.id


def withdraw(act_id: int, *, person: directory.Person) -> None:
    """The list is not carried out. Raises NotAdministrator, NoSuchAct, ActSettled."""
    directory.check_administers(person)
    with transaction():
        row = _open(act_id)
        row.withdrawn_at = clock.now()
        _note("retention.withdrawn", row, person)


def carry_out(act_id: int, number: str, *, person: directory.Person) -> None:
    """Destroy what the list names, by the act of that number: for good.

    Raises NotAdministrator, NoSuchAct, ActSettled, TwoPersons, NoActNumber, NotRipe: somebody took a case up again.
    """
    directory.check_administers(person)
    said = " ".join(number.split())
    if not said or len(said) > 60 or not is_printable(said):
        raise NoActNumber
    with transaction():
        row = _open(act_id)
        if row.proposed_by_id == person.id:
            raise TwoPersons
        numbers = {int(str(line["id"])): str(line["number"] or line["id"]) for line in row.lines}
        ids = sorted(numbers)
        lock_cases(ids, archived=True)
        _check_ripe(numbers)
        _erase(ids)
        row.number, row.done_at, row.done_by_id = said, clock.now(), person.id
        db.session.add_all([Destroyed(case_id=each, act_id=row.id) for each in ids])
        write_line_of_each(ids, "case.destroyed", person, act=row.id, act_number=said)
        _note("retention.carried_out", row, person)


def _check_ripe(numbers: Mapping[int, str]) -> None:
    """Case -> its number. What was ripe when it was proposed may be open again, or gone, since. Raises NotRipe."""
    rows = db.session.execute(select(Case, _goes_on()).where(Case.id.in_(numbers))).all()
    today = directory.today()
    over = {case.id for case, goes_on in rows if not goes_on and (until := _kept_until(case)) and until <= today}
    kept = [number for case_id, number in sorted(numbers.items()) if case_id not in over]
    if kept:
        raise NotRipe(numbers=", ".join(kept[:20]))


def _goes_on() -> ColumnElement[bool]:
    """Whether anything of the case is still open, though it was closed: a pool beside it, an appeal."""
    return exists().where(Task.case_id == Case.id, Task.closed_at.is_(None))


def _kept_until(case: Case) -> date | None:
    """The day on which its time of keeping is over; none while it is open, or where the region says no term."""
    if case.closed_at is None:
        return None
    return deadlines.years_after(registry.of(case), case.body_key, case.closed_at, PARAMETER)


def _erase(ids: Sequence[int]) -> None:
    """Everything of those cases by which a person could be known; the journal has nothing of it."""
    forget_cases(ids)
    for case_id in ids:
        attachments.erase(case_id)
    custody.erase(ids)
    documents.erase(ids)
    nobody = dict.fromkeys(("surname", "given_name", "patronymic", "iin", "address", "phone", "phone_raw"), "")
    gone = (
        update(Applicant)
        .where(Applicant.case_id.in_(ids))
        .values(**nobody, representative=None, sort_key="", found_by=func.to_tsvector(""), salt=None)
    )
    db.session.execute(gone)
    said = {"inputs": {}, "delay_reason": "", "conflict_reason": "", "why": ""}
    db.session.execute(update(Task).where(Task.case_id.in_(ids)).values(**said))
    db.session.execute(update(Instance).where(Instance.case_id.in_(ids)).values(state=b"", decided=[], salt=None))
    db.session.execute(
        update(Case).where(Case.id.in_(ids)).values(version=Case.version + 1, why_stopped=[], destroyed_at=clock.now())
    )
    db.session.expire_all()


def _line(case: Case, until: date) -> dict[str, Any]:
    return {
        "id": case.id, "number": case.number or "", "office": case.body_key, "opened_on": _day(case.opened_at, case),
        "closed_on": _day(case.closed_at, case), "kept_until": until.isoformat(),
    }  # fmt: skip


def _day(at: datetime | None, case: Case) -> str:
    return deadlines.local(registry.current(), case.body_key, at).date().isoformat() if at else ""


def _open(act_id: int) -> DestructionAct:
    row = db.session.get(DestructionAct, act_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NoSuchAct
    if row.done_at is not None or row.withdrawn_at is not None:
        raise ActSettled
    return row


def _alone() -> None:
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext("komek.retention"))))


def _note(event: str, row: DestructionAct, person: directory.Person) -> None:
    details = {"act": row.id, "act_number": row.number, "cases": len(row.lines)}
    journal.append(STREAM, [journal.NewLine(event, f"staff:{person.id}", details)], at=clock.now())
