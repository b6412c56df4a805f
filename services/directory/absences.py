"""Absences: who is away, by which order, and who acts for them meanwhile.

An absence is a fact with its days. While it holds, the deputy holds the roles of its scope (`Person.appointments` says
for whom, and by which order) and the person absent does not; when it ends, that is over by itself.
"""

from collections.abc import Sequence, Set
from datetime import date, timedelta

from sqlalchemy import func, or_, select

from services import clock, registry
from services.db import db, transaction
from services.directory.errors import (
    AbsenceOver,
    AlreadyAbsent,
    DeputyAbsent,
    EndsBeforeItBegins,
    NoSuchAbsence,
    NoSuchStaff,
    NothingToGive,
    NotYourStaff,
    StandsInThen,
    WrongDeputy,
)
from services.directory.held import Person, in_force, today
from services.directory.models import Absence, Appointment, Staff
from services.directory.people import ADMIN, Actor, is_at_the_server, person
from services.directory.service import note
from services.errors import InvalidAnswers

#: no leave is longer (until a child is three)
MOST_DAYS = 1100


def enter_absence(
    staff_id: int,
    *,
    from_on: date,
    until_on: date,
    order_number: str,
    order_on: date,
    actor: Actor,
    deputy_id: int | None = None,
    scope: Sequence[str] = (),
    signs: bool = True,
) -> int:
    """The id of a new absence; `until_on` is the first day back.

    `scope` names the roles that the deputy acts in, as "office/role"; with a deputy and no scope, all that the actor
    may give. An administrator enters anybody's; a head those of their office, and never themself as the deputy.
    Raises InvalidAnswers, EndsBeforeItBegins, NotYourStaff, NoSuchStaff, NothingToGive, WrongDeputy, AlreadyAbsent,
    DeputyAbsent, StandsInThen.
    """
    order = _order(order_number)
    if not today() < until_on or not from_on < until_on <= from_on + timedelta(days=MOST_DAYS):
        raise EndsBeforeItBegins("An absence ends after it begins, not in the past, and within three years.")
    offices = _offices_of(actor)
    with transaction():
        rows = _lock_both(staff_id, deputy_id)
        mine = _given_by(offices, _roles_in(staff_id, from_on, until_on))
        wanted = _scope_of(scope, mine) if deputy_id is not None else []
        if deputy_id is not None:
            _check_deputy(rows[deputy_id], staff_id, wanted, actor, offices)
        _check_days(rows, staff_id, deputy_id, from_on, until_on)
        days = {"from_on": from_on, "until_on": until_on, "order_number": order, "order_on": order_on}
        who = {"staff_id": staff_id, "deputy_id": deputy_id, "scope": wanted, "signs": signs}
        by = actor.id if isinstance(actor, Person) else None
        row = Absence(**days, **who, entered_by_id=by, entered_at=clock.now())
        db.session.add(row)
        db.session.flush()
        said = {"from_on": from_on.isoformat(), "until_on": until_on.isoformat(), "order": order}
        note("staff.absence_entered", actor, absence=row.id, staff=staff_id, deputy=deputy_id, scope=wanted,
             signs=signs, **said)  # fmt: skip
    return row.id


def _order(number: str) -> str:
    """The number of an order, its spaces in order. Raises InvalidAnswers."""
    order = " ".join(number.split())
    if not order or len(order) > 40 or not order.isprintable():
        raise InvalidAnswers({"order_number": "Write the number of the order, at most 40 letters."})
    return order


def _given_by(offices: frozenset[str] | None, own: Set[str]) -> set[str]:
    """Which of somebody's roles ("office/role") those offices give to a deputy; None: all do. Raises NotYourStaff."""
    mine = {each for each in own if offices is None or each.partition("/")[0] in offices}
    if not mine and offices is not None:
        raise NotYourStaff
    return mine


def _scope_of(scope: Sequence[str], mine: Set[str]) -> list[str]:
    """The roles that a deputy acts in: those of the scope, or all that may be given. Raises NothingToGive."""
    wanted = set(scope) or mine
    if not wanted or not wanted <= mine:
        raise NothingToGive
    return sorted(wanted)


def end_absence(absence_id: int, *, actor: Actor, on: date | None = None) -> None:
    """Somebody is back from that day on, or from today: everything is theirs again. Entered anew if that was wrong.

    A head who is away themself ends their own, and no other's: meanwhile their deputy leads.
    Raises NoSuchAbsence, NotYourStaff, AbsenceOver, EndsBeforeItBegins.
    """
    own = isinstance(actor, Person) and bool(led_by(actor.id))
    offices = frozenset() if own and not may_enter(actor) else _offices_of(actor)  # type: ignore[arg-type]
    with transaction():
        held = {"with_for_update": True, "populate_existing": True}
        row = db.session.get(Absence, absence_id, **held) if 0 < absence_id < 2**63 else None  # type: ignore[arg-type]
        if row is None:
            raise NoSuchAbsence
        is_own = own and row.staff_id == actor.id  # type: ignore[union-attr]
        if offices is not None and not is_own and not _is_of(row, offices):
            raise NotYourStaff
        back = max(on or today(), row.from_on)
        if (row.ended_on or row.until_on) <= today() or (row.ended_on is not None and back >= row.ended_on):
            raise AbsenceOver
        if back < today() or back > row.until_on:
            raise EndsBeforeItBegins
        row.ended_on, row.ended_by_id = back, actor.id if isinstance(actor, Person) else None
        note("staff.absence_ended", actor, absence=row.id, staff=row.staff_id, back_on=back.isoformat())


def absences_for(actor: Actor, *, since: date | None = None, limit: int = 200) -> list[Absence]:
    """Absences that end after `since` (today), the latest first: everybody's for an administrator, else of the
    staff of the offices that the actor leads, or their own alone while they are away. Raises NotYourStaff."""
    wanted = select(Absence).where(Absence.until_on > (since or today()))
    if isinstance(actor, Person) and not may_enter(actor) and led_by(actor.id):
        wanted = wanted.where(Absence.staff_id == actor.id)
    elif (offices := _offices_of(actor)) is not None:
        here = select(Appointment.staff_id).where(Appointment.office_key.in_(sorted(offices)))
        wanted = wanted.where(Absence.staff_id.in_(here))
    return list(db.session.scalars(wanted.order_by(Absence.from_on.desc(), Absence.id.desc()).limit(limit)))


def absences_of(staff_id: int) -> list[Absence]:
    """Of that person, and those they stand in for, as far as they are not over."""
    either = or_(Absence.staff_id == staff_id, Absence.deputy_id == staff_id)
    back = func.coalesce(Absence.ended_on, Absence.until_on)
    return list(db.session.scalars(select(Absence).where(either, back > today()).order_by(Absence.from_on)))


def leaders() -> frozenset[str]:
    """Roles that answer for the staff of their office, as the region says."""
    return registry.current().roles_that("leads")


def may_enter(actor: Person) -> bool:
    """Whether this person enters anybody's absences."""
    return ADMIN in actor.roles() or bool(leaders() & actor.roles())


def led_by(staff_id: int) -> frozenset[str]:
    """Keys of the offices that this person leads by appointment today, away or not."""
    held = select(Appointment.office_key).where(
        Appointment.staff_id == staff_id, Appointment.role.in_(leaders()), in_force(today())
    )
    return frozenset(db.session.scalars(held))


def _offices_of(actor: Actor) -> frozenset[str] | None:
    """The offices whose staff this actor answers for, as of now; None for all. Raises NotYourStaff."""
    if is_at_the_server(actor):
        return None
    now = person(actor.id) if isinstance(actor, Person) else None
    if now is None:
        raise NotYourStaff
    if ADMIN in now.roles():
        return None
    offices = frozenset(each.office_key for each in now.appointments if each.role in leaders())
    if not offices:
        raise NotYourStaff
    return offices


def _lock_both(*staff_ids: int | None) -> dict[int, Staff]:
    """Both people's rows, in ascending order, so that what is entered about either comes one after the other."""
    wanted = sorted({each for each in staff_ids if each is not None})
    if not all(0 < each < 2**63 for each in wanted):
        raise NoSuchStaff
    locked = select(Staff).where(Staff.id.in_(wanted)).order_by(Staff.id).with_for_update()
    rows = {row.id: row for row in db.session.scalars(locked.execution_options(populate_existing=True))}
    if len(rows) < len(wanted):
        raise NoSuchStaff
    return rows


def _roles_in(staff_id: int, from_on: date, until_on: date) -> set[str]:
    """What that person holds on any of those days, as "office/role"."""
    held = select(Appointment.office_key, Appointment.role).where(
        Appointment.staff_id == staff_id,
        Appointment.from_on < until_on,
        or_(Appointment.until_on.is_(None), Appointment.until_on > from_on),
    )
    return {f"{row.office_key}/{row.role}" for row in db.session.execute(held)}


def _check_deputy(
    deputy: Staff, staff_id: int, scope: Sequence[str], actor: Actor, offices: frozenset[str] | None
) -> None:
    """Nobody gives rights to themself; a head gives none to another office's people."""
    if deputy.id == staff_id or not deputy.active:
        raise WrongDeputy
    if offices is None:
        return
    own = person(deputy.id)
    at = own.offices() if own else {}
    if isinstance(actor, Person) and actor.id == deputy.id:
        raise WrongDeputy
    if not {each.partition("/")[0] for each in scope} <= set(at):
        raise WrongDeputy


def _check_days(rows: dict[int, Staff], staff_id: int, deputy_id: int | None, from_on: date, until_on: date) -> None:
    """One absence at a time, and no chains: a deputy is there themself; what is held for another is not handed on."""
    back = func.coalesce(Absence.ended_on, Absence.until_on)
    then = select(Absence).where(Absence.from_on < until_on, back > from_on)
    about = {each for each in (staff_id, deputy_id) if each is not None}
    for row in db.session.scalars(then.where(or_(Absence.staff_id.in_(about), Absence.deputy_id == staff_id))):
        if row.staff_id == staff_id:
            raise AlreadyAbsent(who=rows[staff_id].full_name, order=row.order_number)
        if row.deputy_id == staff_id:
            raise StandsInThen(who=rows[staff_id].full_name, order=row.order_number)
        raise DeputyAbsent(who=rows[row.staff_id].full_name, order=row.order_number)


def _is_of(row: Absence, offices: frozenset[str]) -> bool:
    return any(each.partition("/")[0] in offices for each in _roles_in(row.staff_id, row.from_on, row.until_on))
