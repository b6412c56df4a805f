"""People as the rest of Komek knows them: who is on the staff, and who of them may do what where, today."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any, Literal, get_args

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnExpressionArgument,
    Date,
    ScalarSelect,
    Text,
    and_,
    any_,
    bindparam,
    false,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from services import kazakh
from services.db import Prepared, db
from services.directory.errors import NotAdministrator
from services.directory.held import Person, away, day_of, in_force, person_of, statement, today
from services.directory.models import Absence, Appointment, Staff
from services.loaded import Loaded

ADMIN = "admin"
#: to be given when a statement is asked that was made on another day
_TODAY: BindParameter[date] = bindparam("today", type_=Date)

#: whoever sits at the server's command line, or has the secret of the first day
AtTheServer = Literal["console", "setup"]
#: who does something
Actor = Person | AtTheServer


def is_at_the_server(actor: object) -> bool:
    """Whether it is one of the two words for that; anything else that is no person is nobody."""
    return actor in get_args(AtTheServer)


def check_administers(actor: Actor) -> None:
    """Nothing, when it is an administrator of any office as of now, or whoever is at the server itself.

    Raises NotAdministrator.
    """
    if is_at_the_server(actor):
        return
    now = person(actor.id) if isinstance(actor, Person) else None
    if now is None or ADMIN not in now.roles():
        raise NotAdministrator


def person(staff_id: int) -> Person | None:
    """The person as of today, None when unknown or no longer active. One statement."""
    if not 0 < staff_id < 2**63:
        return None
    return next(iter(_people(_one().all(id=staff_id, today=today()))), None)


def staff_at(office_key: str, role: str) -> list[Person]:
    """Whose role that is at that office today, absent or not, in the order of the alphabet. One statement."""
    return _people(_holding().all(office_key=office_key, role=role, today=today()))


def ever_at(office_key: str) -> list[int]:
    """Ids of all who have, or had, a role at that office. One statement."""
    return list(db.session.scalars(select(Appointment.staff_id).where(Appointment.office_key == office_key).distinct()))


def colleagues_at(office_key: str) -> dict[str, list[tuple[int, str]]]:
    """Role -> id and name of those whose role it is at that office today, absent or not. One statement."""
    found: dict[str, list[tuple[int, str]]] = {}
    for role, staff_id, name in _colleagues().all(office=office_key, today=today()):
        found.setdefault(role, []).append((staff_id, name))
    return found


@cache
def _colleagues() -> Prepared:
    return Prepared(
        select(Appointment.role, Staff.id, Staff.full_name)
        .join(Staff, Staff.id == Appointment.staff_id)
        .where(Appointment.office_key == bindparam("office"), in_force(_TODAY), Staff.active)
        .order_by(Appointment.role, Staff.sort_key, Staff.id)
    )


def concerned_at(office_key: str, role: str) -> list[Person]:
    """Whose role that is at that office today, absent or not, and the deputies of the absent. One statement."""
    told = {"office_key": office_key, "role": role, "scope": f"{office_key}/{role}"}
    return _people(_concerned().all(**told, today=today()))


def everybody() -> list[Person]:
    """All who work here today, with what they hold. One statement."""
    return _people(_active().all(today=today()))


@dataclass(frozen=True)
class Holder:
    """Somebody in whose hands something is, and who stands in for them today."""

    name: str
    deputy: str = ""
    scope: frozenset[str] = frozenset()
    away: bool = False

    def deputy_at(self, office_key: str, role: str) -> str:
        """The deputy's name for that role there, without one for whichever role; empty when there is none."""
        roles = {each.partition("/")[2] for each in self.scope if each.partition("/")[0] == office_key}
        return self.deputy if role in roles or (roles and not role) else ""


def holders(staff_ids: Iterable[int]) -> dict[int, Holder]:
    """Id -> name and today's deputy, of former staff too. One statement."""
    wanted = sorted(set(staff_ids))
    if not wanted:
        return {}
    return {
        row.id: Holder(row.full_name, row.deputy or "", frozenset(row.scope or ()), row.away is not None)
        for row in _holders().all(ids=wanted, today=today())
    }


@cache
def _holders() -> Prepared:
    deputy = aliased(Staff)
    return Prepared(
        select(Staff.id, Staff.full_name, Absence.id.label("away"), Absence.scope, deputy.full_name.label("deputy"))
        .outerjoin(Absence, and_(Absence.staff_id == Staff.id, away(_TODAY)))
        .outerjoin(deputy, and_(deputy.id == Absence.deputy_id, deputy.active))
        .where(Staff.id == any_(bindparam("ids", type_=ARRAY(BigInteger))))
    )


@dataclass(frozen=True)
class MailReader:
    """Somebody who wants notices by mail."""

    id: int
    email: str
    language: str


def mail_readers(staff_id: int | None, office_key: str | None = None, role: str | None = None) -> list[MailReader]:
    """Who of that person, of those who hold that role there today, and of all their deputies wants mail."""
    here = select(Appointment.staff_id).where(Appointment.office_key == office_key, Appointment.role == role)
    scoped = literal(f"{office_key}/{role}") == any_(Absence.scope)
    deputies = select(Absence.deputy_id).where(away(today()), or_(Absence.staff_id == staff_id, scoped))
    told = or_(Staff.id == staff_id, Staff.id.in_(here.where(in_force(today()))), Staff.id.in_(deputies))
    wanted = select(Staff.id, Staff.email, Staff.language).where(told, Staff.active, Staff.mailed, Staff.email != "")
    return [MailReader(*row) for row in db.session.execute(wanted.order_by(Staff.id))]


def has_administrator() -> bool:
    """Whether anybody at all is administrator today. One statement."""
    there = select(Appointment.id).join(Staff, Staff.id == Appointment.staff_id)
    held = there.where(Staff.active, Appointment.role == ADMIN, in_force(today()))
    return db.session.scalar(held.limit(1)) is not None


def is_admin_on(staff_id: int, at: datetime) -> bool:
    """Whether that person is an administrator on the day of that moment."""
    mine = (Appointment.staff_id == staff_id, Appointment.role == ADMIN, in_force(day_of(at)))
    return db.session.scalar(select(Appointment.id).where(*mine).limit(1)) is not None


def office_on(staff_id: int, at: datetime) -> str:
    """Key of the office where that person works by appointment on the day of that moment: first where they administer.

    Empty when they work nowhere.
    """
    held = select(Appointment.office_key).where(Appointment.staff_id == staff_id, in_force(day_of(at)))
    return db.session.scalar(held.order_by(Appointment.role != ADMIN, Appointment.id).limit(1)) or ""


def names(staff_ids: Iterable[int]) -> dict[int, str]:
    """Id -> full name, of former staff too."""
    wanted = set(staff_ids)
    if not wanted:
        return {}
    return dict(_NAMED.all(ids=sorted(wanted)))


_NAMED = Loaded(select(Staff.id, Staff.full_name).where(Staff.id == any_(bindparam("ids", type_=ARRAY(BigInteger)))))


def alphabet_of(staff_id: ColumnExpressionArgument[int | None]) -> ScalarSelect[str]:
    """Where that person stands in the Kazakh alphabet, in SQL; NULL for nobody."""
    return select(Staff.sort_key).where(Staff.id == staff_id).scalar_subquery()


def logins(staff_ids: Iterable[int]) -> dict[int, str]:
    """Id -> sign-in name, of former staff too. One statement."""
    wanted = set(staff_ids)
    if not wanted:
        return {}
    return dict(iter(db.session.execute(select(Staff.id, Staff.login).where(Staff.id.in_(wanted)))))


def id_of(login: str) -> int | None:
    """Whose sign-in name that is."""
    return ids_of([login]).get(login.strip().casefold())


def ids_of(logins: Iterable[str]) -> dict[str, int]:
    """Sign-in name, in small letters -> whose it is; no names that nobody has. One statement."""
    wanted = {name for each in logins if (name := each.strip().casefold()).isascii() and name.isprintable()}
    if not wanted:
        return {}
    return dict(iter(db.session.execute(select(Staff.login, Staff.id).where(Staff.login.in_(wanted)))))


def find_people(
    words: str = "", *, actor: Actor, after: tuple[str, int] | None = None, limit: int = 50
) -> list[Person]:
    """Staff whose name or login begins so, former ones too, in the order of the alphabet; one page of at most `limit`.

    `after` is (`kazakh.sort_key` of the full name, id) of the last one of the page before. Raises NotAdministrator.
    """
    check_administers(actor)
    wanted = select(Staff.id).order_by(Staff.sort_key, Staff.id).limit(limit)
    if words.strip():
        name, login = kazakh.search_key(words), words.strip().casefold()
        by_name = Staff.search_key.startswith(name, autoescape=True) if name else false()
        by_login = Staff.login.startswith(login, autoescape=True) if login.isprintable() else false()
        wanted = wanted.where(or_(by_name, by_login))
    if after:
        wanted = wanted.where(or_(Staff.sort_key > after[0], and_(Staff.sort_key == after[0], Staff.id > after[1])))
    return _read(Staff.id.in_(wanted.correlate(None)))


def _read(*wanted: ColumnExpressionArgument[bool]) -> list[Person]:
    return _people(db.session.execute(statement(*wanted), {"today": today()}).all())


@cache
def _active() -> Prepared:
    return Prepared(statement(Staff.active))


@cache
def _holding() -> Prepared:
    """Active staff of `role` at `office_key` by appointment."""
    here = Appointment.office_key == bindparam("office_key"), Appointment.role == bindparam("role")
    held = select(Appointment.staff_id).where(*here, in_force(_TODAY))
    return Prepared(statement(Staff.id.in_(held.correlate(None)), Staff.active))


@cache
def _concerned() -> Prepared:
    """Staff of `role` at `office_key`, which are `scope` together: asked with many clicks, so made once."""
    here = Appointment.office_key == bindparam("office_key")
    own = select(Appointment.staff_id).where(here, Appointment.role == bindparam("role"), in_force(_TODAY))
    scope: BindParameter[str] = bindparam("scope", type_=Text)
    deputies = select(Absence.deputy_id).where(away(_TODAY), scope == any_(Absence.scope))
    theirs = or_(Staff.id.in_(own.correlate(None)), Staff.id.in_(deputies.correlate(None)))
    return Prepared(statement(theirs, Staff.active))


@cache
def _one() -> Prepared:
    """One active person by `id`."""
    return Prepared(statement(Staff.id == bindparam("id"), Staff.active))


def _people(rows: Iterable[Any]) -> list[Person]:
    return [person_of(list(group)) for _, group in groupby(rows, key=lambda row: row.id)]
