"""What is still missing for a case to be opened and to reach its end, office by office.

Which roles an office needs is the region's own word: its steps name them, its parameters say how many take
applications.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from services import deadlines, directory, processes, registry
from services.beginning.service import confirmed, offices_in_use
from services.db import db
from services.directory import in_force
from services.directory.models import Appointment, Staff


@dataclass(frozen=True)
class Missing:
    """One thing that is not there yet."""

    #: "offices", "diagram", "staff", "control", "calendar" stop a case; "hours", "holidays", "numbers" wait for a look
    what: str
    stops: bool
    office_key: str = ""
    role: str = ""
    there: int = 0
    needed: int = 0
    route: str = ""
    year: int = 0
    clause: str = ""  #: that says how many are needed; empty when none does


def missing() -> list[Missing]:
    """Everything that is missing as of now, what stops a case first."""
    today = directory.today()
    found = [*_diagrams(), *_offices(), *_staff(today), *_calendar(today)]
    found += [Missing(step, False) for step in ("hours", "holidays", "numbers") if step not in confirmed()]
    return found


def _diagrams() -> Iterator[Missing]:
    law = processes.in_force_now()
    for route in registry.current().facts()["service"]["routes"]:
        if route not in law:
            yield Missing("diagram", True, route=route)


def _offices() -> Iterator[Missing]:
    if not _working():
        yield Missing("offices", True)


def _working() -> list[str]:
    """The offices in use that take part in a route: all but the control level."""
    plugins = registry.current()
    needed = _roles_of_kinds()
    return [key for key in offices_in_use() if plugins.by_key("offices").get(key, {}).get("kind") in needed]


def _staff(today: date) -> Iterator[Missing]:
    plugins, needed = registry.current(), _roles_of_kinds()
    held = Counter(
        (row.office_key, row.role)
        for row in db.session.execute(
            select(Appointment.office_key, Appointment.role, Appointment.staff_id)
            .join(Staff, Staff.id == Appointment.staff_id)
            .where(Staff.active, in_force(today))
            .distinct()
        )
    )
    for key in _working():
        kind = plugins.row("offices", key)["kind"]
        clause = directory.staffing_clause(kind)
        for role, least in needed[kind].items():
            if (there := held[key, role]) < least:
                yield Missing("staff", True, office_key=key, role=role, there=there, needed=least, clause=clause)
    for role in sorted(plugins.roles_that("controls")):
        office_key = str(plugins.facts()["control_office"])
        if not held[office_key, role]:
            yield Missing("control", True, office_key=office_key, role=role, needed=1)


def _roles_of_kinds() -> dict[str, dict[str, int]]:
    """Kind of office -> role -> how many are needed there at least: one for each that a step names.

    Whoever carries between two offices is at the one that sends: a role of any office is one of those that hand folders
    out, whose first step is not at a body.
    """
    plugins = registry.current()
    routes = plugins.facts()["routes"]
    opens = {route: plugins.row("roles", each["role"])["office"] for route, each in routes.items()}
    control = plugins.row("offices", str(plugins.facts()["control_office"]))["kind"]
    needed: dict[str, dict[str, int]] = {}
    for step in plugins.table("steps"):
        kind = plugins.row("roles", step["role"])["office"]
        if kind == control:  # takes part in no route
            continue
        needed.setdefault(opens[step["route"]] if kind == "any" else kind, {})[step["role"]] = 1
    for route, each in routes.items():
        kind = opens[route]
        needed.setdefault(kind, {})[each["role"]] = max(1, directory.needed_at(kind))
    return needed


def _calendar(today: date) -> Iterator[Missing]:
    """The years in which terms that begin now may end."""
    timetable = deadlines.region_at(registry.current()).timetable
    known = {on.year for on in timetable.days}
    for year in sorted({today.year, today.year + 1} - known):
        yield Missing("calendar", True, year=year)
