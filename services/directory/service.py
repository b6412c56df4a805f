"""Staff and their roles: the verbs. Each is one transaction with its line in the journal's stream `staff`."""

import re
from datetime import date
from typing import TypeVar

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from services import clock, journal, kazakh, phones, registry
from services.config import Config
from services.db import db, transaction
from services.directory import passwords
from services.directory.errors import (
    AlreadyAppointed,
    AppointmentOver,
    EndsBeforeItBegins,
    LastAdministrator,
    LoginTaken,
    NoSuchAppointment,
    NoSuchStaff,
    PasswordElsewhere,
    SamePassword,
    UnknownLanguage,
    WrongPassword,
    WrongRole,
)
from services.directory.held import Person, in_force, today
from services.directory.models import Appointment, Staff
from services.directory.offices import office
from services.directory.people import ADMIN, Actor, check_administers, person
from services.directory.sign_in import check_password, counts_here
from services.errors import InvalidAnswers
from services.languages import LANGUAGES
from services.letters import is_printable
from services.msgids import _

#: small Latin letters, so that a name looks the same on every keyboard and no two names look alike
LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}[a-z0-9]")
#: no white space, no control characters, nothing that could end a header
EMAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
MOST_OF_ADDRESS = 254
Row = TypeVar("Row", Staff, Appointment)


def add_staff(
    login: str,
    full_name: str,
    password: str,
    *,
    actor: Actor,
    config: Config,
    phone: str = "",
    language: str = "",
    own_password: bool = False,
    place: tuple[str, str] | None = None,
) -> int:
    """The id of a new member of the staff; with an office and a role, they hold it from today, else none yet.

    Without a `language` they read the region's first one. Unless it is their `own_password`, chosen by themselves,
    they choose another when they first sign in.
    Raises NotAdministrator, InvalidAnswers, WeakPassword, LoginTaken, and of the place NoSuchOffice, WrongRole.
    """
    check_administers(actor)
    values = check_staff(login, full_name, phone, language or registry.first_language())
    password_hash = passwords.hash_password(password, values["login"], values["full_name"], config)
    with transaction():
        added = insert(Staff).values(
            **values, password_hash=password_hash, own_password=own_password, added_at=clock.now()
        )
        staff_id: int | None = db.session.scalar(
            added.on_conflict_do_nothing(index_elements=["login"]).returning(Staff.id)
        )
        if staff_id is None:
            raise LoginTaken(login=values["login"])
        note("staff.added", actor, staff=staff_id)
        if place is not None:
            appoint(staff_id, *place, actor=actor)
    return staff_id


def appoint(
    staff_id: int,
    office_key: str,
    role: str,
    *,
    actor: Actor,
    from_on: date | None = None,
    until_on: date | None = None,
) -> int:
    """The id of a new appointment, from today unless told otherwise; `until_on` is the first day it no longer holds.

    Raises NotAdministrator, NoSuchStaff, NoSuchOffice, WrongRole, EndsBeforeItBegins, AlreadyAppointed.
    """
    check_administers(actor)
    check_role(role, office_key)
    begins = from_on or today()
    if until_on is not None and until_on <= begins:
        raise EndsBeforeItBegins
    with transaction():
        lock(staff_id)
        others = select(Appointment.id).filter_by(staff_id=staff_id, office_key=office_key, role=role)
        others = others.where(or_(Appointment.until_on.is_(None), Appointment.until_on > begins))
        if db.session.scalar(others.where(Appointment.from_on < until_on) if until_on else others) is not None:
            raise AlreadyAppointed
        row = Appointment(staff_id=staff_id, office_key=office_key, role=role, from_on=begins, until_on=until_on)
        db.session.add(row)
        db.session.flush()
        days = {"from_on": begins.isoformat(), "until_on": until_on.isoformat() if until_on else None}
        note("staff.appointed", actor, staff=staff_id, appointment=row.id, office=office_key, role=role, **days)
    return row.id


def end_appointment(appointment_id: int, *, actor: Actor, on: date | None = None) -> None:
    """From that day on, or at once, the role is no longer held.

    Raises NotAdministrator, NoSuchAppointment, AppointmentOver, LastAdministrator.
    """
    check_administers(actor)
    with transaction():
        row = _locked(Appointment, appointment_id)
        if row is None:
            raise NoSuchAppointment
        if row.until_on is not None and row.until_on <= today():
            raise AppointmentOver
        if row.role == ADMIN:
            _check_not_last_admin(Appointment.id != row.id)
        row.until_on = max(on or today(), row.from_on)
        note(
            "staff.appointment_ended", actor, staff=row.staff_id, appointment=row.id, until_on=row.until_on.isoformat()
        )


def set_active(staff_id: int, active: bool, *, actor: Actor) -> None:
    """Let somebody in again, or shut them out at once, with every session.

    Raises NotAdministrator, NoSuchStaff, LastAdministrator.
    """
    check_administers(actor)
    with transaction():
        row = lock(staff_id)
        if row.active == active:
            return
        now = person(staff_id)
        if now is not None and ADMIN in now.roles():
            _check_not_last_admin(Appointment.staff_id != staff_id)
        row.active = active
        row.session_version += 1
        note("staff.activated" if active else "staff.deactivated", actor, staff=staff_id)


def change_password(staff_id: int, new: str, *, actor: Actor, config: Config, old: str = "") -> None:
    """Another password; every session that was begun under the one before is over.

    One's own needs the old one too, and is another; an administrator sets anybody's, who then chooses their own.
    Commits by itself. Raises NotAdministrator, NoSuchStaff, WrongPassword, TooManyAttempts, SamePassword, WeakPassword,
    PasswordElsewhere, DirectoryAway.
    """
    own = isinstance(actor, Person) and actor.id == staff_id
    if isinstance(actor, Person) and own:
        if not counts_here(config):
            raise PasswordElsewhere
        check_password(actor.login, old, config)
        if new == old:
            raise SamePassword
    else:
        check_administers(actor)
    with transaction():
        row = lock(staff_id)
        if own and not row.active:
            raise WrongPassword
        row.password_hash = passwords.hash_password(new, row.login, row.full_name, config)
        row.session_version += 1
        row.own_password = own
        note("staff.password_changed", actor, staff=staff_id)


def choose_language(language: str, *, actor: Person) -> None:
    """The language in which this person sees Komek from now on. Raises UnknownLanguage, NoSuchStaff."""
    if language not in LANGUAGES:
        raise UnknownLanguage(language=language[:20])
    with transaction():
        row = lock(actor.id)
        if row.language != language:
            row.language = language
            note("staff.language_chosen", actor, staff=actor.id, language=language)


def choose_mail(email: str, mailed: bool, *, actor: Person) -> None:
    """Where this person's notices go by mail, and whether they do: only they themselves switch that on.

    Raises InvalidAnswers, NoSuchStaff.
    """
    address = email.strip().casefold()
    if address and (len(address) > MOST_OF_ADDRESS or not EMAIL.fullmatch(address)):
        raise InvalidAnswers({"email": "Write one e-mail address, like a.omarova@example.kz."})
    if mailed and not address:
        raise InvalidAnswers({"email": "Write the address to which notices shall go."})
    with transaction():
        row = lock(actor.id)
        if (row.email, row.mailed) != (address, mailed):
            row.email, row.mailed = address, mailed
            note("staff.mail_chosen", actor, staff=actor.id, mailed=mailed)


def mail_of(person_: Person) -> tuple[str, bool]:
    """A person's own address, and whether notices go there."""
    row = db.session.get_one(Staff, person_.id)
    return row.email, row.mailed


def appointments_of(staff_id: int, *, actor: Actor) -> list[Appointment]:
    """Every appointment of that person, the newest first. Raises NotAdministrator."""
    check_administers(actor)
    wanted = select(Appointment).filter_by(staff_id=staff_id)
    return list(db.session.scalars(wanted.order_by(Appointment.from_on.desc(), Appointment.id.desc())))


def staff_member(staff_id: int, *, actor: Actor) -> Staff:
    """One of the staff, shut out or not. Raises NotAdministrator, NoSuchStaff."""
    check_administers(actor)
    row = db.session.get(Staff, staff_id) if 0 < staff_id < 2**63 else None
    if row is None:
        raise NoSuchStaff
    return row


# ---------------------------------------------------------------- what the verbs share


def note(event: str, actor: Actor | str, **details: object) -> None:
    """Write a line in the stream `staff`."""
    who = f"staff:{actor.id}" if isinstance(actor, Person) else actor
    journal.append("staff", [journal.NewLine(event, who, details)], at=clock.now())


def check_role(role: str, office_key: str) -> None:
    """Nothing, when the region has that role at offices of that kind. Raises NoSuchOffice, WrongRole."""
    kind = office(office_key).kind
    row = registry.current().by_key("roles").get(role)
    if row is None or row.get("office") not in ("any", "", None, kind):
        raise WrongRole(role=role, office=office_key)


def check_staff(login: str, full_name: str, phone: str, language: str) -> dict[str, str]:
    """The columns of a member of the staff, in their one form. Raises InvalidAnswers."""
    name, words, number = login.strip().casefold(), " ".join(full_name.split()), phone.strip()
    errors = {}
    if not LOGIN.fullmatch(name):
        errors["login"] = _("Use 3 to 64 small Latin letters, digits, dots, hyphens and underscores.")
    if not words or len(words) > 200 or not is_printable(words) or not kazakh.search_key(words):
        errors["full_name"] = _("Write the full name, at most 200 letters.")
    try:
        dialled = phones.e164(number) if number else ""
    except ValueError as error:
        errors["phone"] = str(error)
    if language not in LANGUAGES:
        errors["language"] = _("Choose Kazakh, Russian or English.")
    if errors:
        raise InvalidAnswers(errors)
    keys = {"sort_key": kazakh.sort_key(words), "search_key": kazakh.search_key(words)}
    return {"login": name, "full_name": words, "phone": dialled, "language": language, **keys}


def lock(staff_id: int) -> Staff:
    """The row of one of the staff as it stands now, locked. Raises NoSuchStaff."""
    row = _locked(Staff, staff_id)
    if row is None:
        raise NoSuchStaff
    return row


def _locked(table: type[Row], row_id: int) -> Row | None:
    """The row as it stands now, locked; none for an id that no row can have."""
    if not 0 < row_id < 2**63:
        return None
    return db.session.get(table, row_id, with_for_update=True, populate_existing=True)


def _check_not_last_admin(others: ColumnElement[bool]) -> None:
    """Somebody else must be administrator today. One dismissal at a time, so that two cannot dismiss each other."""
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext("komek.directory.admins"))))
    admins = select(Appointment.id).join(Staff, Staff.id == Appointment.staff_id)
    if (
        db.session.scalar(admins.where(Appointment.role == ADMIN, in_force(today()), Staff.active, others).limit(1))
        is None
    ):
        raise LastAdministrator
