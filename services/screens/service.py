"""Opening an office's screens, what they show, and calling somebody to a counter by the number on their paper.

Shown are the last three digits of a number: whoever has the paper knows them again, and nobody learns a whole number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, or_, select
from sqlalchemy.dialects.postgresql import insert

from services import cases, clock, directory, journal, registry
from services.cases.models import Case, Task
from services.db import db, transaction
from services.loaded import Loaded
from services.screens.errors import NoNumberToCall, NoScreenHere, NoSuchCall, NoSuchCounter, NotAtACounter
from services.screens.models import CounterCall, OfficeScreen

#: digits of a number that are shown
SHOWN = 3
#: for how long a call stands on the wall, how many at once, and how long its row is kept
CALLED_FOR, MOST_CALLED, KEPT = timedelta(minutes=10), 5, timedelta(days=1)
#: within it, the same call by the same person is a press too many
TWICE = timedelta(seconds=5)
#: results that are shown; how many more there are is said
MOST_READY = 240
MOST_COUNTERS = 99
#: the column of the region's roles that says who calls people to a counter
CALLS = "calls_to_counter"


@dataclass(frozen=True)
class Called:
    """Whoever has this number is called to that counter."""

    id: int
    digits: str
    counter: int
    called_at: datetime


@dataclass(frozen=True)
class Hall:
    """What the wall of an office's hall shows."""

    called: Sequence[Called]  #: the last first
    ready: Sequence[str]  #: last digits of each result that waits there for its applicant, in order
    more: bool  #: more lie ready than are shown


@dataclass(frozen=True)
class Screen:
    """An office whose screens are open, as administrators see it."""

    office_key: str
    opened_at: datetime
    opened_by: str


# ---------------------------------------------------------------- opening and shutting


def open_screens(office_key: str, person: directory.Person) -> None:
    """The pages of that office's hall answer whoever asks, from now on.

    Raises NotAdministrator, NoScreenHere for an office that has no hall.
    """
    directory.check_administers(person)
    if office_key not in offices_with_halls():
        raise NoScreenHere
    with transaction():
        opened = insert(OfficeScreen).values(office_key=office_key, opened_at=clock.now(), opened_by_id=person.id)
        if db.session.scalar(opened.on_conflict_do_nothing().returning(OfficeScreen.office_key)) is not None:
            _note("screens.opened", office_key, person)


def shut_screens(office_key: str, person: directory.Person) -> None:
    """The screens of that office show nothing from now on. Raises NotAdministrator."""
    directory.check_administers(person)
    with transaction():
        row = db.session.get(OfficeScreen, office_key, with_for_update=True)
        if row is not None:
            db.session.delete(row)
            _note("screens.shut", office_key, person)


def screens(person: directory.Person) -> Mapping[str, Screen]:
    """Every office whose screens are open, by its key. Raises NotAdministrator."""
    directory.check_administers(person)
    rows = db.session.scalars(select(OfficeScreen)).all()
    names = directory.names({row.opened_by_id for row in rows})
    return {row.office_key: Screen(row.office_key, row.opened_at, names.get(row.opened_by_id, "")) for row in rows}


def is_open(office_key: str) -> bool:
    """Whether that office's screens are open."""
    return _OPENED.first(office_key=office_key) is not None


_OPENED = Loaded(select(OfficeScreen.office_key).where(OfficeScreen.office_key == bindparam("office_key")))


def offices_with_halls() -> list[str]:
    """Keys of the offices to which applicants come, in the region's order."""
    plugins = registry.current()
    return [row["key"] for row in plugins.table("offices") if row["kind"] in plugins.kinds()]


# ---------------------------------------------------------------- what the wall shows


def hall(office_key: str) -> Hall:
    """What that office's wall shows now: two statements. Raises NoScreenHere while its screens are shut."""
    if not is_open(office_key):
        raise NoScreenHere
    ready = _ready(office_key)
    return Hall(_called(office_key), sorted(set(ready[:MOST_READY])), len(ready) > MOST_READY)


def _called(office_key: str) -> list[Called]:
    """Who is called, the last first: a number and a counter once, as they were called last."""
    wanted = select(CounterCall).where(
        CounterCall.office_key == office_key, CounterCall.called_at > clock.now() - CALLED_FOR
    )
    numbers: set[str] = set()
    counters: set[int] = set()
    called = []
    for row in db.session.scalars(wanted.order_by(CounterCall.called_at.desc(), CounterCall.id.desc())):
        if row.digits not in numbers and row.counter not in counters:
            called.append(Called(row.id, row.digits, row.counter, row.called_at))
        numbers.add(row.digits)
        counters.add(row.counter)
    return called[:MOST_CALLED]


def _ready(office_key: str) -> list[str]:
    """The last digits of what waits for its applicant at that office, the newest first."""
    only_applicant = sorted(registry.current().steps_that("only_applicant"))
    wanted = (
        select(Case.number)
        .join(Task, Task.case_id == Case.id)
        .where(Task.office_key == office_key, Task.closed_at.is_(None), Case.plays.is_(None), Case.number.is_not(None))
        .where(or_(Task.message == cases.APPLICANT_CAME, Task.step.in_(only_applicant)))
        .order_by(Task.opened_at.desc(), Task.id)
        .limit(MOST_READY + 1)
    )
    return [_shown(number or "") for number in db.session.scalars(wanted)]


def _shown(number: str) -> str:
    return number[-SHOWN:]


# ---------------------------------------------------------------- calling somebody to a counter


def may_call(case_id: int, person: directory.Person, office_key: str) -> bool:
    """Whether this person calls whoever has that case's number to a counter there, on a screen that is open."""
    if not _at_a_counter(person, office_key) or not is_open(office_key):
        return False
    case = cases.case_seen_by(case_id, person)
    return _can_be_called(case, office_key) and case.archived_at is None


def call_to_counter(case_id: int, counter: int, office_key: str, person: directory.Person) -> int:
    """Show on the wall of that office that whoever has this case's number comes to that counter; the call's id.

    Raises NoSuchCase, NotYours, NotAtACounter, NoScreenHere, NoSuchCounter, NoNumberToCall, CaseArchived.
    """
    case = cases.case_seen_by(case_id, person)
    if not _at_a_counter(person, office_key) or office_key not in (case.office_key, case.body_key):
        raise NotAtACounter
    if not is_open(office_key):
        raise NoScreenHere
    if not 1 <= counter <= MOST_COUNTERS:
        raise NoSuchCounter(most=MOST_COUNTERS)
    if not _can_be_called(case, office_key):
        raise NoNumberToCall
    now = clock.now()
    row = CounterCall(
        office_key=office_key, case_id=case_id, digits=_shown(case.number or ""), counter=counter, called_at=now,
        called_by_id=person.id,
    )  # fmt: skip
    with transaction():
        cases.lock_cases([case_id])
        if (before := _just_called(row)) is not None:
            return before
        cases.write_line(case_id, "case.called_in", person, counter=counter, office=office_key)
        db.session.execute(delete(CounterCall).where(CounterCall.called_at < now - KEPT))
        db.session.add(row)
        db.session.flush()
        return row.id


def take_call_back(call_id: int, person: directory.Person) -> None:
    """A call stands on the wall no longer. Raises NoSuchCall, NotAtACounter."""
    with transaction():
        row = db.session.get(CounterCall, call_id, with_for_update=True)
        if row is None:
            raise NoSuchCall
        if not _at_a_counter(person, row.office_key):
            raise NotAtACounter
        cases.write_line(row.case_id, "case.call_taken_back", person, counter=row.counter, office=row.office_key)
        db.session.delete(row)


def _can_be_called(case: Case, office_key: str) -> bool:
    return case.plays is None and bool(case.number) and office_key in (case.office_key, case.body_key)


def _at_a_counter(person: directory.Person, office_key: str) -> bool:
    return bool(registry.current().roles_that(CALLS) & person.roles_at(office_key))


def _just_called(row: CounterCall) -> int | None:
    """The id of the same call by the same person a moment ago."""
    same = select(CounterCall.id).where(
        CounterCall.office_key == row.office_key, CounterCall.called_at > row.called_at - TWICE,
        CounterCall.case_id == row.case_id, CounterCall.counter == row.counter,
        CounterCall.called_by_id == row.called_by_id,
    )  # fmt: skip
    return db.session.scalar(same.limit(1))


def _note(event: str, office_key: str, person: directory.Person) -> None:
    line = journal.NewLine(event, f"staff:{person.id}", {"office": office_key})
    journal.append("screens", [line], at=clock.now())
