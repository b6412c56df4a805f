"""Taking cases over from a file: looked at line by line, taken once, undone while nobody has confirmed it.

Looking and taking are the same walk; looking is rolled back. A file is taken whole or not at all.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, func, select

from services import clock, custody, directory, documents, journal, registry
from services.cases import added_to, forget_cases, lock_cases, write_line_of_each
from services.cases.errors import NumberMissing
from services.cases.models import Applicant, Case, Instance, Task
from services.db import db, transaction
from services.errors import KomekError
from services.sheets import BadLines, TooManyLines, read_rows
from services.takeover import refusals
from services.takeover.errors import (
    NobodyToTake,
    NoSuchTakeOver,
    TakenAlready,
    TakeOverSettled,
    WorkedOnSince,
    WrongAnswers,
    WrongRow,
)
from services.takeover.models import TakenOver, TakeOver
from services.takeover.playing import bring_in, numbers_of
from services.takeover.rows import COLUMNS, NEEDED, body_of_row, office_of, read_row, staff_of

MOST_LINES = 1000
#: series -> what is wrong with a line that does not say its number
NO_NUMBER = {"in": refusals.NO_BODY_NUMBER, "out": refusals.NO_OUTGOING}
STREAM = "offices"


@dataclass(frozen=True)
class Verdict:
    """What one line comes to. Personal data."""

    line: int
    number: str
    applicant: str
    office_key: str
    step: str  #: as the diagram calls it; empty of a case that is closed
    holder_id: int | None
    due_at: datetime | None
    outer_due_at: datetime | None
    outcome: str
    #: every number that it came with: office, series, number
    numbers: Sequence[tuple[str, str, str]] = ()
    faults: Sequence[tuple[str, KomekError]] = ()  #: (question of a form or nothing, what is wrong)
    asked: Mapping[str, str] = field(default_factory=dict)  #: of those questions: how the form asks them


def said(fault: tuple[str, KomekError]) -> str:
    """A fault in one English line, for the console."""
    return ": ".join(filter(None, (fault[0], str(fault[1]))))


class _OnlyLooking(Exception):
    """Ends the transaction of a look: nothing of it stays."""


def look(text: str, file_name: str, *, person: directory.Person) -> list[Verdict]:
    """What each line of the file would come to; nothing stays.

    Raises NotAdministrator, NoTable, UnreadableLine, TooManyLines.
    """
    directory.check_administers(person)
    found: list[Verdict] = []
    try:
        with transaction():
            found = _take_lines(text, _begin(f"look {secrets.token_hex(16)}", file_name, person), person)
            raise _OnlyLooking
    except _OnlyLooking:
        return found


def take(text: str, file_name: str, *, person: directory.Person) -> int:
    """Take the cases of the file over, all of them or none; the number under which they are confirmed or undone.

    Raises NotAdministrator, NoTable, UnreadableLine, TooManyLines, TakenAlready, NobodyToTake, BadLines.
    """
    directory.check_administers(person)
    with transaction():
        db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext("komek.takeover"))))
        digest = hashlib.sha256(text.strip().encode("utf-8", "surrogatepass")).hexdigest()
        earlier = db.session.scalars(select(TakeOver).filter_by(digest=digest, undone_at=None)).first()
        if earlier is not None:
            raise TakenAlready(on=f"{earlier.taken_at:%d.%m.%Y}")
        taken = _begin(digest, file_name, person)
        verdicts = _take_lines(text, taken, person)
        wrong = [(each.line, said(each.faults[0])) for each in verdicts if each.faults]
        if wrong:
            raise BadLines(wrong)
        if not verdicts:
            raise NobodyToTake
        taken.cases = len(verdicts)
        _numbers_go_on(verdicts)
        _note("takeover.taken", taken, person)
    return taken.id


def taken_over() -> list[TakeOver]:
    """Every file that was taken, the newest first."""
    return list(db.session.scalars(select(TakeOver).order_by(TakeOver.id.desc()).limit(100)))


def confirm(take_over_id: int, *, person: directory.Person) -> None:
    """What came over is right: from now on they stand. Raises NotAdministrator, NoSuchTakeOver, TakeOverSettled."""
    directory.check_administers(person)
    with transaction():
        taken = _open(take_over_id)
        taken.confirmed_at = clock.now()
        _note("takeover.confirmed", taken, person)


def undo(take_over_id: int, *, person: directory.Person) -> None:
    """Take every case of the file back, unless somebody worked on one since, commented on it or put a case beside it.

    The journal keeps that they were there.
    Raises NotAdministrator, NoSuchTakeOver, TakeOverSettled, WorkedOnSince.
    """
    directory.check_administers(person)
    with transaction():
        taken = _open(take_over_id)
        rows = db.session.scalars(select(TakenOver).filter_by(take_over_id=take_over_id)).all()
        ids = sorted(row.case_id for row in rows)
        lock_cases(ids)
        cases = {case.id: case for case in db.session.scalars(select(Case).where(Case.id.in_(ids)))}
        since = custody.moved_since(ids) | added_to(ids)
        touched = sorted(
            str(cases[row.case_id].number)
            for row in rows
            if cases[row.case_id].version != row.version or row.case_id in since
        )
        if touched:
            raise WorkedOnSince(numbers=", ".join(touched[:20]))
        custody.take_back_taken_over(ids, person_id=person.id, at=clock.now())
        _take_back(ids)
        taken.undone_at = clock.now()
        write_line_of_each(ids, "case.take_over_undone", person, file=taken.id)
        _note("takeover.undone", taken, person)


def _begin(digest: str, file_name: str, person: directory.Person) -> TakeOver:
    row = TakeOver(digest=digest, file_name=file_name[:200], cases=0, taken_at=clock.now(), taken_by_id=person.id)
    db.session.add(row)
    db.session.flush()
    return row


def _take_lines(text: str, taken: TakeOver, person: directory.Person) -> list[Verdict]:
    rows = list(read_rows(text, COLUMNS, NEEDED, others=True))
    if len(rows) > MOST_LINES:
        raise TooManyLines(lines=len(rows), most=MOST_LINES)
    offices = {office_of(cells["office"]) for _, cells in rows}
    staff = staff_of(offices | {body_of_row(cells, office_of(cells["office"])) for _, cells in rows})
    known = _known_numbers(rows)
    found = []
    for line, cells in rows:
        verdict = _take_line(line, cells, taken, staff, known, person)
        known.update({verdict.number, *(number for *_, number in verdict.numbers)})
        found.append(verdict)
    return found


def _take_line(
    line: int,
    cells: dict[str, str],
    taken: TakeOver,
    staff: dict[str, dict[str, int]],
    known: set[str],
    person: directory.Person,
) -> Verdict:
    """One line, in a part of the transaction of its own: a wrong one leaves nothing."""
    try:
        row = read_row(line, cells, staff)
        if any(number in known or _is_known(number) for *_, number in numbers_of(row)):
            raise WrongRow(refusals.NUMBER_TWICE)
        with db.session.begin_nested():
            case, task = bring_in(row, taken.id, person)
            db.session.add(TakenOver(case_id=case.id, take_over_id=taken.id, line=line, version=case.version))
    except NumberMissing as error:
        return _wrong(line, cells, [("", WrongRow(NO_NUMBER.get(str(error.details["series"]), refusals.NO_NUMBER)))])
    except WrongAnswers as error:
        return _wrong(line, cells, [(name, WrongRow(text)) for name, text in error.errors.items()], error.asked)
    except KomekError as error:
        return _wrong(line, cells, [("", error)])
    return Verdict(
        line, row.number, _name(cells), row.office_key, task.name if task else "", task.assignee_id if task else None,
        task.due_at if task else None, case.outer_due_at, row.outcome, numbers_of(row),
    )  # fmt: skip


def _wrong(
    line: int, cells: dict[str, str], faults: list[tuple[str, KomekError]], asked: Mapping[str, str] | None = None
) -> Verdict:
    office_key = office_of(cells["office"]) or cells["office"]
    return Verdict(
        line,
        cells["number"],
        _name(cells),
        office_key,
        cells["step"],
        None,
        None,
        None,
        cells["outcome"],
        faults=faults,
        asked=asked or {},
    )


def _name(cells: dict[str, str]) -> str:
    return " ".join(filter(None, (cells["surname"], cells["given_name"], cells["patronymic"])))


def _known_numbers(rows: Sequence[tuple[int, dict[str, str]]]) -> set[str]:
    """Of the file's numbers as they are written, those that a case has already. One statement."""
    numbers = [cells["number"] for _, cells in rows]
    return set(db.session.scalars(select(Instance.number).where(Instance.number.in_(numbers)))) - {None}  # type: ignore[return-value]


def _is_known(number: str) -> bool:
    return db.session.scalar(select(Instance.id).where(Instance.number == number).limit(1)) is not None


def _numbers_go_on(verdicts: Sequence[Verdict]) -> None:
    """The year's books go on after the highest number that came over, as far as it is one of theirs."""
    year = directory.today().year
    highest: dict[tuple[str, str], int] = {}
    for office_key, series, number in (numbers for each in verdicts for numbers in each.numbers):
        book = registry.current().row("offices", office_key)["number"], series
        head = documents.write_number(*book, year, 0).removesuffix("00000")
        count = number.removeprefix(head)
        if number.startswith(head) and count.isascii() and count.isdigit():
            highest[book] = max(highest.get(book, 0), int(count))
    given = documents.last_numbers(year)
    for book, last in sorted(highest.items()):
        if last > given.get(book, 0):
            documents.continue_after(*book, year, last)


def _open(take_over_id: int) -> TakeOver:
    row = db.session.get(TakeOver, take_over_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NoSuchTakeOver
    if row.confirmed_at is not None or row.undone_at is not None:
        raise TakeOverSettled
    return row


def _take_back(ids: Sequence[int]) -> None:
    """Every row of those cases but the journal's."""
    forget_cases(ids)
    for table in (TakenOver, Task, Instance, Applicant):
        db.session.execute(delete(table).where(table.case_id.in_(ids)))
    db.session.execute(delete(Case).where(Case.id.in_(ids)))


def _note(event: str, taken: TakeOver, person: directory.Person) -> None:
    line = journal.NewLine(
        event, f"staff:{person.id}", {"file": taken.id, "digest": taken.digest, "cases": taken.cases}
    )
    journal.append(STREAM, [line], at=clock.now())
