"""One person with the roles they hold on a day, and the statement that reads it: one row for every role held."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ColumnExpressionArgument,
    Date,
    Select,
    and_,
    any_,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased

from services import clock, registry
from services.directory.models import Absence, Appointment, Office, Staff
from services.languages import LANGUAGES


@dataclass(frozen=True)
class Appointed:
    """A role that somebody holds at an office today."""

    office_key: str
    office_name: str  #: in the person's language
    office_kind: str
    role: str
    office_short: str = ""
    #: whose role it is, when it is held for somebody absent; none for one's own
    for_id: int | None = None
    for_name: str = ""
    order: str = ""  #: number of the order by which it is held for them
    signs: bool = True  #: with the right to sign


@dataclass(frozen=True)
class Person:
    """Somebody on the staff, with the roles they hold today."""

    id: int
    login: str
    full_name: str
    phone: str  #: E.164, or empty
    language: str
    session_version: int  #: a session that was begun under another one is over
    appointments: tuple[Appointed, ...] = ()
    active: bool = True
    #: chosen by themselves; one that somebody else set opens nothing but the choice of theirs
    own_password: bool = True

    def roles_at(self, office_key: str) -> frozenset[str]:
        """The roles held at that office."""
        return frozenset(each.role for each in self.appointments if each.office_key == office_key)

    def offices(self) -> dict[str, str]:
        """Key -> name of the offices where a role is held, in the order of the alphabet."""
        return {each.office_key: each.office_name for each in self.appointments}

    def roles(self) -> frozenset[str]:
        """Every role held anywhere."""
        return frozenset(each.role for each in self.appointments)

    def hands_at(self, office_key: str, role: str) -> frozenset[int]:
        """Whose tasks this person works on in that role there: their own, and those of whom they stand in for.

        Without a role it is work that somebody is named for: whoever stands in for them there, in whichever role.
        """
        if not role:
            return frozenset({self.id, *self.stands_in_at(office_key)})
        return frozenset({self.id, *(each.for_id for each in self._held(office_key, role) if each.for_id is not None)})

    def stands_in_at(self, office_key: str) -> dict[int, Appointed]:
        """For whom this person stands in at that office, in whichever role -> as what."""
        here = [each for each in self.appointments if each.office_key == office_key]
        return {each.for_id: each for each in here if each.for_id is not None}

    def acts_for(self, office_key: str, role: str, holder_id: int | None = None) -> Appointed | None:
        """As whose deputy this person works on a task of that role in that holder's hands; None in their own right."""
        held = self._held(office_key, role)
        for each in held:
            if each.for_id is not None and each.for_id == holder_id:
                return each
        return None if any(each.for_id is None for each in held) or not held else held[0]

    def signs_at(self, office_key: str) -> frozenset[str]:
        """The roles held at that office with the right to sign."""
        return frozenset(each.role for each in self.appointments if each.office_key == office_key and each.signs)

    def _held(self, office_key: str, role: str) -> list[Appointed]:
        return [each for each in self.appointments if each.office_key == office_key and each.role == role]

    def may(self, role: str, office_key: str) -> bool:
        """Whether that role is held at that office."""
        return role in self.roles_at(office_key)


def today() -> date:
    """The date in the region."""
    return day_of(clock.now())


def day_of(at: datetime) -> date:
    """The date in the region at that moment."""
    return at.astimezone(ZoneInfo(str(registry.current().facts()["time_zone"]))).date()


def in_force(on: date | ColumnElement[date]) -> ColumnElement[bool]:
    """The appointments that hold on that day."""
    return and_(Appointment.from_on <= on, or_(Appointment.until_on.is_(None), Appointment.until_on > on))


def away(on: date | ColumnElement[date]) -> ColumnElement[bool]:
    """The absences that hold on that day."""
    return and_(Absence.from_on <= on, func.coalesce(Absence.ended_on, Absence.until_on) > on)


#: what an office is called in every language
_TOLD = tuple(product(("name", "short"), LANGUAGES))

#: one row for every role held today
_PERSON = (
    Staff.id, Staff.login, Staff.full_name, Staff.phone, Staff.language, Staff.session_version, Staff.active,
    Staff.own_password,
)  # fmt: skip
_HELD = (
    Office.key,
    Office.kind,
    *(getattr(Office, f"{name}_{language}") for name, language in _TOLD),
)


def statement(*wanted: ColumnExpressionArgument[bool]) -> Select[Any]:
    """What reads those of the staff, for `person_of`; it asks for `today`."""
    held = _held_today()
    return (
        select(*_PERSON, *_HELD, held.c.role, held.c.for_id, held.c.for_name, held.c.order_number, held.c.signs)
        .select_from(Staff)
        .outerjoin(held, true())
        .outerjoin(Office, Office.key == held.c.office_key)
        .where(*wanted)
        .order_by(Staff.sort_key, Staff.id, Office.sort_key, held.c.role, held.c.for_id.nulls_first())
    )


def _held_today() -> Any:
    """What a row of `staff` holds today: their own roles, but for those that a deputy has; and those of the absent."""
    on = bindparam("today", type_=Date)
    in_scope = (Appointment.office_key + "/" + Appointment.role) == any_(Absence.scope)
    with_deputy = select(Absence.id).where(
        Absence.staff_id == Appointment.staff_id, Absence.deputy_id.is_not(None), away(on), in_scope
    )
    own: Any = select(
        Appointment.office_key,
        Appointment.role,
        cast(null(), BigInteger).label("for_id"),
        literal_column("''").label("for_name"),
        literal_column("''").label("order_number"),
        true().label("signs"),
    ).where(Appointment.staff_id == Staff.id, in_force(on), ~with_deputy.correlate(Appointment).exists())
    absent = aliased(Staff)
    others = (
        select(
            Appointment.office_key,
            Appointment.role,
            Absence.staff_id,
            absent.full_name,
            Absence.order_number,
            Absence.signs,
        )
        .join(absent, absent.id == Absence.staff_id)
        .join(Appointment, Appointment.staff_id == Absence.staff_id)
        .where(Absence.deputy_id == Staff.id, away(on), in_scope, in_force(on), absent.active)
    )
    return union_all(own.correlate(Staff), others.correlate(Staff)).lateral("held")


def person_of(rows: Sequence[Any]) -> Person:
    """One person, of their rows of a `statement`."""
    first = rows[0]
    held = tuple(_appointed(row, first.language) for row in rows if row.role is not None)
    own = {column.key: getattr(first, column.key) for column in _PERSON}
    return Person(**own, appointments=held)


def _appointed(row: Any, language: str) -> Appointed:
    name = getattr(row, f"name_{language}") or row.name_kk
    short = getattr(row, f"short_{language}") or row.short_kk
    return Appointed(row.key, name, row.kind, row.role, short, row.for_id, row.for_name, row.order_number, row.signs)
