"""Staff from a list: looked at line by line first, then added whole or not at all.

A line is one role of one person at one office; whoever has several has several lines. A list may be sent again: who is
there already, in that role, stays as they are.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select

from services import directory, registry
from services.beginning import refusals
from services.beginning.errors import NobodyNew
from services.beginning.service import offices_in_use
from services.config import Config
from services.db import db, transaction
from services.directory import check_role, check_staff, in_force
from services.directory.models import Appointment, Staff
from services.errors import InvalidAnswers
from services.languages import LANGUAGES
from services.sheets import BadLines, TooManyLines, read_rows

COLUMNS = ("login", "full_name", "office", "role", "phone", "language")
NEEDED = ("login", "full_name", "office", "role")
MOST_LINES = 2000
#: 60 bits, in letters that nobody takes for another: to be changed by its person
_LETTERS = "abcdefghjkmnpqrstvwxyz23456789"


@dataclass(frozen=True)
class StaffLine:
    """What one line of the list would do, or why it cannot."""

    number: int
    login: str
    full_name: str
    office_key: str  #: as it was written, where nobody knows it
    role: str
    phone: str
    language: str
    does: Literal["new", "role", "nothing", "wrong"]
    fault: str = ""  #: in words that are translated when shown


@dataclass(frozen=True)
class FirstPassword:
    """What a new member of the staff signs in with, once: shown to whoever added them and kept nowhere."""

    login: str
    full_name: str
    password: str


@dataclass
class _KnownStaff:
    """What the list is held against."""

    names: dict[str, tuple[str, bool]]  #: login -> full name, and whether they may sign in
    held: set[tuple[str, str, str]]  #: login, office, role, as of today
    offices: Mapping[str, str]  #: however it may be written -> key
    roles: Mapping[str, str]
    in_use: frozenset[str]


def look_at_staff(text: str, *, actor: directory.Actor) -> list[StaffLine]:
    """What each line of the list would do; nothing is changed.

    Raises NotAdministrator, NoTable, UnreadableLine, TooManyLines.
    """
    directory.check_administers(actor)
    rows = list(read_rows(text, COLUMNS, NEEDED))
    if len(rows) > MOST_LINES:
        raise TooManyLines(lines=len(rows), most=MOST_LINES)
    known = _known([row["login"] for _, row in rows])
    given: set[tuple[str, str, str]] = set()
    found = []
    for number, row in rows:
        line = _look(number, row, known, given)
        found.append(line)
        if line.does != "wrong":
            known.names.setdefault(line.login, (line.full_name, True))
            given.add((line.login, line.office_key, line.role))
    return found


def add_staff_of(text: str, *, actor: directory.Actor, config: Config) -> list[FirstPassword]:
    """Add everybody of the list with their roles, in one transaction; the first passwords of those who are new.

    Raises NotAdministrator, NoTable, UnreadableLine, TooManyLines, BadLines, NobodyNew.
    """
    with transaction():
        lines = look_at_staff(text, actor=actor)
        wrong = [(line.number, line.fault) for line in lines if line.does == "wrong"]
        if wrong:
            raise BadLines(wrong)
        if all(line.does == "nothing" for line in lines):
            raise NobodyNew
        made: dict[str, FirstPassword] = {}
        ids = directory.ids_of(line.login for line in lines)
        for line in lines:
            if line.login not in ids:
                made[line.login] = FirstPassword(line.login, line.full_name, _password())
                ids[line.login] = directory.add_staff(
                    line.login, line.full_name, made[line.login].password, actor=actor, config=config,
                    phone=line.phone, language=line.language,
                )  # fmt: skip
            if line.does != "nothing":
                directory.appoint(ids[line.login], line.office_key, line.role, actor=actor)
    return list(made.values())


def _look(number: int, row: Mapping[str, str], known: _KnownStaff, given: set[tuple[str, str, str]]) -> StaffLine:
    login, said = row["login"].casefold(), {"office": row["office"], "role": row["role"]}
    office_key = known.offices.get(_plain(said["office"]), "")
    role = known.roles.get(_plain(said["role"]), "")
    columns = {"full_name": " ".join(row["full_name"].split()), "phone": row["phone"], "language": row["language"]}
    fault = ""
    try:
        columns = check_staff(login, row["full_name"], row["phone"], row["language"] or registry.first_language())
    except InvalidAnswers as error:
        fault = next(iter(error.errors.values())) if login else refusals.NO_LOGIN
    place = (login, office_key, role)
    fault = fault or _fault(columns["full_name"], place, known, given)
    does: Literal["new", "role", "nothing", "wrong"] = "role" if login in known.names else "new"
    if place in known.held:
        does = "nothing"
    if fault:
        does = "wrong"
    return StaffLine(
        number, login, columns["full_name"], office_key or said["office"], role or said["role"], columns["phone"],
        columns["language"], does, fault,
    )  # fmt: skip


def _fault(full_name: str, place: tuple[str, str, str], known: _KnownStaff, given: set[tuple[str, str, str]]) -> str:
    """What is wrong with a line whose columns are each well written."""
    login, office_key, role = place
    name, active = known.names.get(login, (full_name, True))
    if not office_key:
        return refusals.NO_OFFICE
    if not role:
        return refusals.NO_ROLE
    if office_key not in known.in_use:
        return refusals.NOT_IN_USE
    try:
        check_role(role, office_key)
    except directory.WrongRole:
        return refusals.NOT_THERE
    if not active:
        return refusals.SHUT_OUT
    if _plain(name) != _plain(full_name):
        return refusals.TWO_NAMES if any(each[0] == login for each in given) else refusals.OTHER_NAME
    return refusals.TWICE if place in given else ""


def _known(logins: Sequence[str]) -> _KnownStaff:
    """Three statements."""
    plugins, wanted = registry.current(), {each.casefold() for each in logins if each.isascii()}
    people = db.session.execute(
        select(Staff.login, Staff.full_name, Staff.active).where(Staff.login.in_(sorted(wanted)))
    ).all()
    held = db.session.execute(
        select(Staff.login, Appointment.office_key, Appointment.role)
        .join(Appointment, Appointment.staff_id == Staff.id)
        .where(Staff.login.in_(sorted(wanted)), in_force(directory.today()))
    )
    office_rows, role_rows = plugins.table("offices"), plugins.table("roles")
    written = ("key", "number", *(f"{what}_{each}" for what in ("short", "name") for each in LANGUAGES))
    return _KnownStaff(
        {row.login: (row.full_name, row.active) for row in people},
        {tuple(row) for row in held},  # type: ignore[misc]
        _unambiguous((row[each], row["key"]) for row in office_rows for each in written if row.get(each)),
        _unambiguous(
            (row[each], row["key"]) for row in role_rows for each in ("key", *(f"title_{name}" for name in LANGUAGES))
        ),
        frozenset(offices_in_use()),
    )


def _unambiguous(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """However it is written -> its key; what means two is none."""
    found: dict[str, set[str]] = {}
    for said, key in pairs:
        found.setdefault(_plain(said), set()).add(key)
    return {said: next(iter(keys)) for said, keys in found.items() if len(keys) == 1}


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _password() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
