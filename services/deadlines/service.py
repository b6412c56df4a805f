"""When something is due in this region, at this office: the tables, the calendar and the rules together."""

import hashlib
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import cast
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnExpressionArgument, ScalarSelect, outerjoin, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services import clock, journal
from services.db import db, transaction
from services.deadlines import rules
from services.deadlines.calendar import Calendar, SpecialDay
from services.deadlines.holidays import special_days
from services.deadlines.models import CalendarDay, CalendarVersion, DayKind
from services.deadlines.region import SETTLED, SpecialDays, StepRule, read_time, region_time
from services.deadlines.rules import DayPlan, Escalation
from services.registry import Registry


@dataclass(frozen=True)
class Due:
    """When something is due, and why. `at` is None when the step has no time limit."""

    at: datetime | None  #: UTC
    rule: str  #: "R-WD(8)", or empty
    clause: str  #: where the act says so: of its text, else of its tables; empty when nowhere
    default: bool  #: the date rests on something that is not in the act (I-48)


@dataclass(frozen=True)
class OuterDue(Due):
    """When the whole case is due."""

    at: datetime


# ---------------------------------------------------------------- the verbs of a click


def step_rule(registry: Registry, route: str, key: str) -> StepRule:
    """What the region says of that step. Raises UnknownStep."""
    return region_time(registry).step(route, key)


def due_for(
    registry: Registry,
    route: str,
    key: str,
    start: datetime,
    office_key: str,
    *,
    other_office_key: str | None = None,
    version: str | None = None,
) -> Due:
    """When that step is due if it begins at `start` at that office (R-CAL).

    A courier's step needs the office where it arrives as well; without one, the body above the PSC is taken.
    Raises UnknownStep, UnknownOffice.
    """
    region = region_time(registry)
    step = region.step(route, key)
    office = region.office(office_key)
    clause = step.clause or step.table_ref
    if not step.rule:
        return Due(None, "", clause, False)
    rule = rules.parse_rule(step.rule)
    here = calendar_for(registry, office_key, version=version)
    other = None
    if rule.kind == "COUR":
        other = calendar_for(registry, other_office_key or office["parent"] or office_key, version=version)
    default = step.default or here.default or bool(other and other.default)
    return Due(rules.due(rule, start, here, other, region.plan), step.rule, clause, default)


def outer_due(registry: Registry, received_at: datetime, office_key: str, *, version: str | None = None) -> OuterDue:
    """When a case received then is due as a whole, by the calendar of the authorised body (R-TOTAL, R-CAL).

    The number of days is a parameter: act N 421 refers to the standard for it (N421/9). Raises UnknownOffice.
    """
    limit = region_time(registry).parameter("outer_limit_calendar_days")
    rule = rules.parse_rule(f"R-TOTAL({limit['value']})")
    calendar = calendar_for(registry, office_key, version=version)
    at = rules.due(rule, received_at, calendar)
    return OuterDue(at, str(rule), limit["clause"], limit["mark"] not in SETTLED or calendar.default)


def day_plan(registry: Registry) -> DayPlan:
    """When registries are closed and when couriers run, on the offices' clocks (I-4: the hours are not in the act)."""
    return region_time(registry).plan


def run_after(registry: Registry, office_key: str, moment: datetime) -> time:
    """The courier run that takes what is handed over at that moment: the next of the day, else tomorrow's first."""
    runs, at = region_time(registry).plan.courier_runs, local(registry, office_key, moment).time()
    return next((run for run in runs if run >= at), runs[0])


def minutes_after(registry: Registry, office_key: str, moment: datetime, parameter: str) -> datetime:
    """So many working minutes of that office after that moment as the region says; at once when it says nothing."""
    row = region_time(registry).parameters.get(parameter)
    return rules.add_working_minutes(calendar_for(registry, office_key), moment, int(row["value"])) if row else moment


def months_before(registry: Registry, office_key: str, moment: datetime, parameter: str) -> datetime:
    """That moment, so many calendar months earlier as the region's parameter says, on the office's clock."""
    months = int(region_time(registry).parameter(parameter)["value"])
    at = local(registry, office_key, moment)
    years, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    last = monthrange(years, month + 1)[1]
    return at.replace(year=years, month=month + 1, day=min(at.day, last))


def escalation_for(registry: Registry, due_at: datetime, office_key: str, *, version: str | None = None) -> Escalation:
    """When people are told of a term of days that is due then (R-ESC). Raises UnknownOffice."""
    terms, calendar = escalation_terms(registry), calendar_for(registry, office_key, version=version)
    return rules.escalation_moments(due_at, calendar, terms.warn_at, terms.after_working_days)


@dataclass(frozen=True)
class EscalationTerms:
    """When people are told (R-ESC), as the region's parameters say."""

    warn_at: time
    after_working_days: int
    default: bool  #: they are not in the act, and nobody has confirmed them


def escalation_terms(registry: Registry) -> EscalationTerms:
    """What the region says of R-ESC, with its mark."""
    warn, after = (region_time(registry).parameter(f"escalation_{key}") for key in ("warn_at", "after_working_days"))
    default = not {warn["mark"], after["mark"]} <= SETTLED
    return EscalationTerms(read_time(warn["value"]), int(after["value"]), default)


def zone(registry: Registry, office_key: str) -> ZoneInfo:
    """The office's time zone. Raises UnknownOffice."""
    return region_time(registry).zone(office_key)


def local(registry: Registry, office_key: str, moment: datetime) -> datetime:
    """That moment on the office's clock. Raises UnknownOffice."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(zone(registry, office_key))


# ---------------------------------------------------------------- calendars


def calendar_for(registry: Registry, office_key: str, *, version: str | None = None) -> Calendar:
    """The office's calendar, as it is in this transaction. Raises UnknownOffice.

    Costs one small statement per transaction, none when the caller has read `calendar_version` along with something
    else and hands it over; the days are read again only after they have changed.
    """
    region = region_time(registry)
    if version is None:
        version = calendar_version(registry.region)
    known = region.calendars.get(office_key)
    if known is None or known.version != version:
        region.office(office_key)
        if region.days.version != version:
            region.days = _read_days(registry.region)
        known = region.calendars[office_key] = region.calendar(office_key, region.days)
    return known


def calendar_version(region: str) -> str:
    """Which calendar the region has now; empty before it was ever filled. Asked once per transaction."""
    session = db.session()
    if region not in (known := _known_versions(session)):
        asked = select(CalendarVersion.version).where(CalendarVersion.region == region)
        version = session.scalar(asked) or ""
        # asked again: the statement may have begun the transaction that the answer belongs to
        known = _known_versions(session)
        known[region] = version
    return known[region]


def version_of(region: ColumnExpressionArgument[str]) -> ScalarSelect[str]:
    """A column that reads along which calendar that region has: for `remember_version`."""
    return select(CalendarVersion.version).where(CalendarVersion.region == region).scalar_subquery()


def remember_version(region: str, version: str | None) -> None:
    """That is the region's calendar in this transaction: it was read along with something else."""
    _known_versions(db.session())[region] = version or ""


def fill_calendar(registry: Registry, years: Iterable[int], *, actor: str = "system") -> int:
    """Fill the region's calendar for those years from the list of public holidays; how many days it then has of them.

    Again gives the same; days that the list no longer has go away; days that staff entered or confirmed stay.
    Only for the one who installs Komek, who is nobody's staff: `actor` is who stands in the journal for it.
    """
    region, wanted_years = registry.region, sorted(set(years))
    with transaction():
        before = _lock_version(region)
        stored = db.session.scalars(select(CalendarDay).where(CalendarDay.region == region)).all()
        for row in stored:
            if row.filled and row.on.year in wanted_years:
                db.session.delete(row)
        by_staff = {row.on for row in stored if not row.filled and row.on.year in wanted_years}
        listed = [day for day in special_days(wanted_years) if day.on not in by_staff]
        db.session.flush()
        db.session.add_all(_row(region, day) for day in listed)
        db.session.flush()
        after = _renew_version(region)
        if after != before:
            told = {"years": wanted_years, "before": before, "after": after}
            journal.append(f"calendar:{region}", [journal.Line("calendar.filled", actor, told)], at=clock.now())
    return len(listed) + len(by_staff)


def _known_versions(session: Session) -> dict[str, str]:
    """Region -> version, as far as this transaction has asked; forgotten with it."""
    now_in = session.get_transaction()
    asked_in, known = session.info.get("calendar_versions", (None, {}))
    if now_in is None or asked_in is not now_in:
        known = {}
        session.info["calendar_versions"] = (now_in, known)
    return cast("dict[str, str]", known)


def _read_days(region: str) -> SpecialDays:
    """The days and their version, in one statement: they belong together."""
    both = outerjoin(CalendarVersion, CalendarDay, CalendarDay.region == CalendarVersion.region)
    rows = db.session.execute(
        select(CalendarVersion.version, CalendarDay).select_from(both).where(CalendarVersion.region == region)
    ).all()
    days = {row.on: _day(row) for _, row in rows if row is not None}
    return SpecialDays(rows[0][0] if rows else "", days)


def _day(row: CalendarDay) -> SpecialDay:
    return SpecialDay(row.on, row.kind == "working", row.name_kk, row.name_ru, row.name_en, row.source, row.confirmed)


def _row(region: str, day: SpecialDay) -> CalendarDay:
    kind: DayKind = "working" if day.working else "off"
    return CalendarDay(
        region=region,
        on=day.on,
        kind=kind,
        name_kk=day.name_kk,
        name_ru=day.name_ru,
        name_en=day.name_en,
        source=day.source,
        confirmed=day.confirmed,
        filled=True,
    )


def _lock_version(region: str) -> str:
    """The version as it is; until the commit, nobody else changes this region's calendar."""
    db.session.execute(insert(CalendarVersion).values(region=region, version="").on_conflict_do_nothing())
    locked = select(CalendarVersion.version).where(CalendarVersion.region == region).with_for_update()
    return db.session.scalars(locked).one()


def _renew_version(region: str) -> str:
    """The version of the days as they now stand: equal days, equal version."""
    found = db.session.scalars(select(CalendarDay).where(CalendarDay.region == region).order_by(CalendarDay.on))
    said = repr([_day(row) for row in found])
    version = hashlib.sha256(said.encode()).hexdigest()[:16]
    db.session.execute(update(CalendarVersion).where(CalendarVersion.region == region).values(version=version))
    db.session().info.pop("calendar_versions", None)
    return version
