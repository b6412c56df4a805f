"""Fictional staff to try Komek with: every role, at every office. Names are made of words for "sample"."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.postgresql import insert

from services import clock, journal, kazakh
from services.config import Config
from services.db import db, transaction
from services.directory import passwords
from services.directory.models import Appointment, Staff
from services.directory.offices import import_offices
from services.directory.topics import add_topics
from services.registry import Registry, first_language

#: of all demo staff; shown on the sign-in page in demo mode, and nowhere else
DEMO_PASSWORD = "Komek-demo-2012"

#: they were there when the first of the worked cases began
DEMO_FROM_ON = date(2012, 1, 1)

#: login -> the topics of a program, as the documentation's example has them
TOPICS = {"worker": ("heating.check",)}

_STEMS = ("Үлгі", "Мысал", "Сынақ", "Дерек", "Нұсқа")
_ENDINGS = (("баев", "ұлы"), ("баева", "қызы"), ("беков", "ұлы"), ("бекова", "қызы"))


@dataclass(frozen=True)
class DemoPerson:
    """A made-up member of staff, and the roles they hold."""

    login: str
    full_name: str
    #: (office, role), the first one is their main one
    roles: tuple[tuple[str, str], ...]


def read_demo(registry: Registry) -> dict[str, Any]:
    """What the region's `demo.toml` tells; nothing when it has none."""
    files = registry.files("demo.toml")
    return tomllib.loads(files[0].read_text(encoding="utf-8")) if files else {}


def demo_people(registry: Registry) -> list[DemoPerson]:
    """Everyone whom `seed_demo_staff` makes, office by office: what the sign-in page of the demo lists."""
    people = list(_posts(registry))
    return [DemoPerson(login, _full_name(at), roles) for at, (login, roles) in enumerate(people)]


def seed_demo_staff(registry: Registry, config: Config | None = None) -> int:
    """How many people were added; those who are there already are left as they are. Imports the offices first."""
    import_offices(registry)
    wanted = {person.login: (number, person) for number, person in enumerate(demo_people(registry), start=1)}
    kept = passwords.hash_password(DEMO_PASSWORD, "", "", config or Config())  # one for all: it is no secret
    rows = [_staff_row(number, person, kept) for number, person in wanted.values()]
    with transaction():
        added = insert(Staff).values(rows).on_conflict_do_nothing(index_elements=["login"])
        ids = {login: staff_id for staff_id, login in db.session.execute(added.returning(Staff.id, Staff.login))}
        if ids:
            _appoint_all({staff_id: wanted[login][1].roles for login, staff_id in ids.items()})
            add_topics({staff_id: TOPICS[login] for login, staff_id in ids.items() if login in TOPICS})
    return len(ids)


def _appoint_all(roles_of: dict[int, tuple[tuple[str, str], ...]]) -> None:
    held = [
        {"staff_id": staff_id, "office_key": office_key, "role": role, "from_on": DEMO_FROM_ON}
        for staff_id, roles in sorted(roles_of.items())
        for office_key, role in roles
    ]
    db.session.execute(plain_insert(Appointment).values(held))
    lines = [
        journal.NewLine("staff.added", "console", {"staff": staff_id, "demo": True}) for staff_id in sorted(roles_of)
    ]
    for row in held:
        details = {"staff": row["staff_id"], "office": row["office_key"], "role": row["role"], "demo": True}
        lines.append(journal.NewLine("staff.appointed", "console", details))
    journal.append("staff", lines, at=clock.now())


def _posts(registry: Registry) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """Login and roles of everybody."""
    bodies = _offices(registry, "body")
    for kind in registry.kinds():
        for key in _offices(registry, kind):
            place = _place(key)
            for name, role in _logins(registry, kind):
                yield f"{name}.{place}", ((key, role),)
            if kind != "body":  # carries between this office and its body
                parent = registry.row("offices", key)["parent"]
                for name, role in _logins(registry, "any"):
                    yield f"{name}.{place}", tuple((office, role) for office in (key, parent) if office)
    if len(bodies) > 1:  # stands in at a neighbour's: one person, two offices
        for role in sorted(registry.roles_that("executes")):
            yield f"{role}.both", ((bodies[0], role), (bodies[1], role))
    yield from _above(registry)


def _above(registry: Registry) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """Login and roles of those at the control level, and of whoever is the second one of a role at every office."""
    for key in _offices(registry, "control")[:1]:
        for name, role in _logins(registry, "control"):
            yield name, ((key, role),)
    for role, name in read_demo(registry).get("second", {}).items():
        for key in _offices(registry, registry.row("roles", role)["office"]):
            yield f"{name}.{_place(key)}", ((key, role),)


def _place(office_key: str) -> str:
    """How the logins of an office end."""
    return office_key.removeprefix("PSC_").lower().replace("_", "-")


def _logins(registry: Registry, kind: str) -> list[tuple[str, str]]:
    """How the logins of offices of that kind begin, and their roles: the region's table says, in its order."""
    rows = [row for row in registry.table("roles") if row["office"] == kind]
    return [(name, row["key"]) for row in rows for name in (row.get("demo_logins") or "").split(";") if name]


def _offices(registry: Registry, kind: str) -> list[str]:
    """Every office of that kind, those of the demo's cases first."""
    there = [row["key"] for row in registry.table("offices") if row["kind"] == kind]
    first = [key for key in read_demo(registry).get("offices", ()) if key in there]
    return first + [key for key in there if key not in first]


def _full_name(at: int) -> str:
    """A name that nobody has: surname, given name and patronymic of "sample" words."""
    ending, patronymic = _ENDINGS[at % 4]
    surname, given, father = _STEMS[at % 5], _STEMS[(at // 5 + at + 1) % 5], _STEMS[(at // 25 + at + 2) % 5]
    return f"{surname}{ending} {given} {father}{patronymic}"


def _staff_row(number: int, person: DemoPerson, kept: str) -> dict[str, object]:
    return {
        "login": person.login,
        "full_name": person.full_name,
        "sort_key": kazakh.sort_key(person.full_name),
        "search_key": kazakh.search_key(person.full_name),
        "password_hash": kept,
        "phone": f"+770000{number:05}",
        "language": first_language(),
        "email": "",
        "mailed": False,
        "active": True,
        "session_version": 1,
        "own_password": True,  # no secret that anybody had to choose
        "added_at": clock.now(),
    }
