"""Whether every office has the fewest staff for taking applications: the region's parameters `intake_staff_<kind>`."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, or_, select

from services import registry
from services.db import db
from services.directory.held import in_force, today
from services.directory.models import Absence, Appointment, Office, Staff


@dataclass(frozen=True)
class DayStaff:
    """Who takes applications at an office on a day, in numbers."""

    on: date
    present: int
    needed: int

    @property
    def enough(self) -> bool:
        return self.present >= self.needed


@dataclass(frozen=True)
class PlannedAbsence:
    """An absence that is not entered yet."""

    staff_id: int
    deputy_id: int | None
    scope: Sequence[str]
    from_on: date
    until_on: date
    ended_on: date | None = None


def staffed_offices() -> list[str]:
    """Keys of the offices where anybody holds a role today."""
    held = select(Appointment.office_key).join(Staff, Staff.id == Appointment.staff_id)
    return list(db.session.scalars(held.where(Staff.active, in_force(today())).distinct()))


def needed_at(kind: str) -> int:
    """The fewest that take applications at an office of that kind; 0 when the act says nothing of it."""
    row = registry.current().by_key("parameters").get(f"intake_staff_{kind}")
    return int(row["value"]) if row else 0


def staffing_clause(kind: str) -> str:
    """The clause that says so of offices of that kind; empty when none does."""
    return registry.current().by_key("parameters").get(f"intake_staff_{kind}", {}).get("clause", "")


def staffing_clauses() -> Sequence[str]:
    """The clauses of all kinds of offices, each once."""
    return list(dict.fromkeys(filter(None, map(staffing_clause, _intake_roles()))))


def intake_staff(
    days: Sequence[date], *, office_keys: Sequence[str] | None = None, planned: PlannedAbsence | None = None
) -> dict[str, list[DayStaff]]:
    """Office -> how many take applications there on each of those days: appointed, not away, deputies included.

    `planned` is counted as if it had been entered. Three statements.
    """
    roles = _intake_roles()
    offices = {
        row.key: row.kind
        for row in db.session.execute(select(Office.key, Office.kind).order_by(Office.sort_key))
        if row.kind in roles and (office_keys is None or row.key in office_keys)
    }
    if not days:
        return {key: [] for key in offices}
    first, last = min(days), max(days) + timedelta(days=1)
    held = _appointments(offices, sorted(set(roles.values())), first, last)
    absences: list[Absence | PlannedAbsence] = [*_absences(first, last), *([planned] if planned else [])]
    return {
        key: [DayStaff(on, len(_present(held[key, roles[kind]], absences, f"{key}/{roles[kind]}", on)), needed_at(kind))
              for on in days]
        for key, kind in offices.items()
    }  # fmt: skip


def _intake_roles() -> dict[str, str]:
    """Kind of office -> the role that takes applications there: who opens a case on each of the region's routes."""
    plugins = registry.current()
    routes: Mapping[str, Mapping[str, str]] = plugins.facts()["routes"]
    return {plugins.row("roles", each["role"])["office"]: each["role"] for each in routes.values()}


def _appointments(
    offices: Mapping[str, str], roles: Sequence[str], first: date, last: date
) -> dict[tuple[str, str], list[Appointment]]:
    wanted = (
        select(Appointment)
        .join(Staff, Staff.id == Appointment.staff_id)
        .where(Staff.active, Appointment.office_key.in_(sorted(offices)), Appointment.role.in_(roles))
        .where(Appointment.from_on < last, or_(Appointment.until_on.is_(None), Appointment.until_on > first))
    )
    found = defaultdict(list)
    for row in db.session.scalars(wanted):
        found[row.office_key, row.role].append(row)
    return found


def _absences(first: date, last: date) -> list[Absence]:
    back = func.coalesce(Absence.ended_on, Absence.until_on)
    return list(db.session.scalars(select(Absence).where(Absence.from_on < last, back > first)))


def _present(
    held: Sequence[Appointment], absences: Sequence[Absence | PlannedAbsence], role: str, on: date
) -> set[int]:
    """Whoever takes applications in that role on that day."""
    away = [each for each in absences if each.from_on <= on < (each.ended_on or each.until_on)]
    own = {row.staff_id for row in held if row.from_on <= on and (row.until_on is None or row.until_on > on)}
    deputies = {each.deputy_id for each in away if each.deputy_id and role in each.scope and each.staff_id in own}
    return (own | deputies) - {each.staff_id for each in away}
