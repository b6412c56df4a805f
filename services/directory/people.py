"""People as the rest of Komek knows them: who they are and what they may do where, today."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import groupby, product
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    ColumnExpressionArgument,
    Date,
    RowMapping,
    Select,
    and_,
    bindparam,
    false,
    or_,
    select,
)

from services import clock, kazakh, registry
from services.db import db
from services.directory.errors import NotAdministrator
from services.directory.models import Appointment, Office, Staff

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

    def may(self, role: str, office_key: str) -> bool:
        """Whether that role is held at that office."""
        return role in self.roles_at(office_key)


#: who does something: a person, or whoever sits at the server's command line
Actor = Person | Literal["console"]


def authorise(actor: Actor) -> None:
    """Nothing, when it is an administrator of any office as of now, or the command line. Raises NotAdministrator."""
    if actor == "console":
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
    """Who holds that role at that office today, in the order of the alphabet. One statement."""
    here = select(Appointment.staff_id).where(Appointment.office_key == office_key, Appointment.role == role)
    return _read(Staff.id.in_(here.where(in_force(today())).correlate(None)), Staff.active)


@dataclass(frozen=True)
class MailReader:
    """Somebody who wants notices by mail."""

    id: int
    email: str
    language: str


def mail_readers(staff_id: int | None, office_key: str | None = None, role: str | None = None) -> list[MailReader]:
    """Who of that person, and of those who hold that role at that office today, wants mail. One statement."""
    here = select(Appointment.staff_id).where(Appointment.office_key == office_key, Appointment.role == role)
    told = or_(Staff.id == staff_id, Staff.id.in_(here.where(in_force(today()))))
    wanted = select(Staff.id, Staff.email, Staff.language).where(told, Staff.active, Staff.mailed, Staff.email != "")
    return [MailReader(*row) for row in db.session.execute(wanted.order_by(Staff.id))]


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


def find_people(
    words: str = "", *, actor: Actor, after: tuple[str, int] | None = None, limit: int = 50
) -> list[Person]:
    """Staff whose name or login begins so, former ones too, in the order of the alphabet; one page of at most `limit`.

    `after` is (`kazakh.sort_key` of the full name, id) of the last one of the page before. Raises NotAdministrator.
    """
    authorise(actor)
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


#: what an office is called in every language
_TOLD = tuple(product(("name", "short"), LANGUAGES))

#: one row for every role held today
_PERSON = (Staff.id, Staff.login, Staff.full_name, Staff.phone, Staff.language, Staff.session_version, Staff.active)
_HELD = (
    Appointment.role,
    Office.key,
    Office.kind,
    *(getattr(Office, f"{name}_{language}") for name, language in _TOLD),
)


def _read(*wanted: ColumnExpressionArgument[bool]) -> list[Person]:
    return _people(_statement(*wanted))


@cache
def _one() -> Select[Any]:
    """One active person by `id`: asked with every request, so made once."""
    return _statement(Staff.id == bindparam("id"), Staff.active)


def _statement(*wanted: ColumnExpressionArgument[bool]) -> Select[Any]:
    held = and_(Appointment.staff_id == Staff.id, in_force(bindparam("today", type_=Date)))
    return (
        select(*_PERSON, *_HELD)
        .outerjoin(Appointment, held)
        .outerjoin(Office, Office.key == Appointment.office_key)
        .where(*wanted)
        .order_by(Staff.sort_key, Staff.id, Office.sort_key, Appointment.role)
    )


def _people(statement: Select[Any], **values: object) -> list[Person]:
    rows = db.session.execute(statement, {"today": today(), **values}).mappings()
    return [_person(list(group)) for _, group in groupby(rows, key=lambda row: row["id"])]


def _person(rows: Sequence[RowMapping]) -> Person:
    first = rows[0]
    held = tuple(_appointed(row, first["language"]) for row in rows if row["role"] is not None)
    own = {name: first[name] for name in ("id", "login", "full_name", "phone", "language", "session_version", "active")}
    return Person(**own, appointments=held)


def _appointed(row: RowMapping, language: str) -> Appointed:
    name = row[f"name_{language}"] or row["name_kk"]
    short = row[f"short_{language}"] or row["short_kk"]
    return Appointed(row["key"], name, row["kind"], row["role"], short)
