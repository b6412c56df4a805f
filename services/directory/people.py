"""People as the rest of Komek knows them: who they are and what they may do where, today."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import groupby, product
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ColumnExpressionArgument,
    Date,
    RowMapping,
    Select,
    and_,
    any_,
    bindparam,
    cast,
    false,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased

from services import clock, kazakh, registry
from services.db import db
from services.directory.errors import NotAdministrator
from services.directory.models import Absence, Appointment, Office, Staff

LANGUAGES = ("kk", "ru", "en")
ADMIN = "admin"


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
    return next(iter(_people(_one(), id=staff_id)), None)


def staff_at(office_key: str, role: str) -> list[Person]:
    """Whose role that is at that office today, absent or not, in the order of the alphabet. One statement."""
    here = select(Appointment.staff_id).where(Appointment.office_key == office_key, Appointment.role == role)
    return _read(Staff.id.in_(here.where(in_force(today())).correlate(None)), Staff.active)


def concerned_at(office_key: str, role: str) -> list[Person]:
    """Whose role that is at that office today, absent or not, and the deputies of the absent. One statement."""
    own = select(Appointment.staff_id).where(Appointment.office_key == office_key, Appointment.role == role)
    deputies = select(Absence.deputy_id).where(away(today()), literal(f"{office_key}/{role}") == any_(Absence.scope))
    either = or_(Staff.id.in_(own.where(in_force(today())).correlate(None)), Staff.id.in_(deputies.correlate(None)))
    return _read(either, Staff.active)


def everybody() -> list[Person]:
    """All who work here today, with what they hold. One statement."""
    return _read(Staff.active)


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
    wanted = set(staff_ids)
    if not wanted:
        return {}
    deputy = aliased(Staff)
    found = db.session.execute(
        select(Staff.id, Staff.full_name, Absence.id.label("away"), Absence.scope, deputy.full_name.label("deputy"))
        .outerjoin(Absence, and_(Absence.staff_id == Staff.id, away(today())))
        .outerjoin(deputy, and_(deputy.id == Absence.deputy_id, deputy.active))
        .where(Staff.id.in_(wanted))
    )
    return {
        row.id: Holder(row.full_name, row.deputy or "", frozenset(row.scope or ()), row.away is not None)
        for row in found
    }


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
    mine = (Appointment.staff_id == staff_id, Appointment.role == ADMIN, in_force(_day(at)))
    return db.session.scalar(select(Appointment.id).where(*mine).limit(1)) is not None


def names(staff_ids: Iterable[int]) -> dict[int, str]:
    """Id -> full name, of former staff too."""
    wanted = set(staff_ids)
    if not wanted:
        return {}
    found = db.session.execute(select(Staff.id, Staff.full_name).where(Staff.id.in_(wanted)))
    return {row.id: row.full_name for row in found}


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


def today() -> date:
    """The date in the region."""
    return _day(clock.now())


def _day(at: datetime) -> date:
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
_PERSON = (Staff.id, Staff.login, Staff.full_name, Staff.phone, Staff.language, Staff.session_version, Staff.active)
_HELD = (
    Office.key,
    Office.kind,
    *(getattr(Office, f"{name}_{language}") for name, language in _TOLD),
)


def _read(*wanted: ColumnExpressionArgument[bool]) -> list[Person]:
    return _people(statement(*wanted))


@cache
def _one() -> Select[Any]:
    """One active person by `id`: asked with every request, so made once."""
    return statement(Staff.id == bindparam("id"), Staff.active)


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


def _people(statement: Select[Any], **values: object) -> list[Person]:
    rows = db.session.execute(statement, {"today": today(), **values}).mappings()
    return [person_of(list(group)) for _, group in groupby(rows, key=lambda row: row["id"])]


def person_of(rows: Sequence[RowMapping]) -> Person:
    """One person, of their rows of a `statement`."""
    first = rows[0]
    held = tuple(_appointed(row, first["language"]) for row in rows if row["role"] is not None)
    own = {name: first[name] for name in ("id", "login", "full_name", "phone", "language", "session_version", "active")}
    return Person(**own, appointments=held)


def _appointed(row: RowMapping, language: str) -> Appointed:
    name = row[f"name_{language}"] or row["name_kk"]
    short = row[f"short_{language}"] or row["short_kk"]
    held_for = (row["for_id"], row["for_name"], row["order_number"], row["signs"])
    return Appointed(row["key"], name, row["kind"], row["role"], short, *held_for)
