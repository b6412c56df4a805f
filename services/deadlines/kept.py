"""The region's timetables in the database: which one holds in this transaction, and how another takes its place."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, cast

from sqlalchemy import CTE, BindParameter, ColumnExpressionArgument, ScalarSelect, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services import clock, journal, law
from services.db import db, transaction
from services.deadlines.changes import FillYears, TieValues
from services.deadlines.models import CalendarVersion, TimetableVersion
from services.deadlines.region import RegionTime
from services.deadlines.timetable import Timetable, read_timetable
from services.errors import Conflict, NotFound
from services.registry import Registry

#: a calendar and, after a bar, the law that is counted by it: one small value to read along
_SAID = CalendarVersion.version.concat("|").concat(CalendarVersion.law)


class NoSuchVersion(NotFound):
    """There is no version %(version)s of the calendar."""


class CalendarChanged(Conflict):
    """Somebody saved another calendar meanwhile. Nothing of yours was saved: look at what would move now."""


@dataclass(frozen=True)
class Saved:
    """A version of the calendar, without what it says."""

    version: str
    number: int
    at: datetime
    actor: str
    reason: str


#: versions never change, so what was read once is good for ever; of each the last few are kept
_KEPT = 24
_read: OrderedDict[tuple[int, str], tuple[Registry, RegionTime]] = OrderedDict()
_reading = Lock()


def region_at(registry: Registry, version: str | None = None) -> RegionTime:
    """The region's time under that version, or under the one that holds in this transaction. Raises NoSuchVersion.

    Costs one small statement per transaction, none when the caller has read the version along with something else;
    what a version says is read once per process.
    """
    if version is None:
        version = calendar_version(registry.region)
    key = (id(registry), version)
    with _reading:
        if known := _read.get(key):
            _read.move_to_end(key)
            return known[1]
    made = RegionTime(registry, timetable(registry.region, version), version)
    with _reading:
        _read[key] = (registry, made)
        if len(_read) > _KEPT:
            _read.popitem(last=False)
    return made


def timetable(region: str, version: str) -> Timetable:
    """What that version says; nothing before the calendar was ever filled. Raises NoSuchVersion."""
    if not version:
        return Timetable()
    wanted = select(TimetableVersion.content).filter_by(region=region, version=version)
    content = db.session.scalar(wanted)
    if content is None:
        raise NoSuchVersion(version=version)
    return read_timetable(content)


def versions(region: str, *, before: int | None = None, limit: int = 50) -> Sequence[Saved]:
    """The region's versions, the newest first; `before` is the last number of the page before."""
    columns = [getattr(TimetableVersion, name) for name in Saved.__dataclass_fields__]
    wanted = select(*columns).where(TimetableVersion.region == region).order_by(TimetableVersion.number.desc())
    if before is not None:
        wanted = wanted.where(TimetableVersion.number < before)
    return [Saved(*row) for row in db.session.execute(wanted.limit(limit))]


def calendar_version(region: str) -> str:
    """Which calendar the region has now; empty before it was ever filled. Asked once per transaction."""
    session = db.session()
    if region not in (known := _known_versions(session)):
        said = session.scalar(select(_SAID).where(CalendarVersion.region == region))
        # only now: the statement may have begun the transaction that the answer belongs to
        return remember_version(region, said)
    return known[region]


def hold_version(region: str) -> str:
    """The calendar that holds, and goes on to hold until this transaction ends. Taken before any case is locked."""
    return remember_version(region, db.session.scalar(_held(region)))


def held_version(region: str | BindParameter[str]) -> CTE:
    """The calendar, as a part of a bigger statement: `version`, in a row of its own, held before the rest is read.

    It is for `remember_version` alone.
    """
    held: CTE = _held(region).cte("calendar")
    return held


def _held(region: str | BindParameter[str]) -> Any:
    wanted = select(_SAID.label("version")).where(CalendarVersion.region == region)
    return wanted.with_for_update(read=True, key_share=True)


def version_of(region: ColumnExpressionArgument[str]) -> ScalarSelect[str]:
    """A column that reads along which calendar that region has: for `remember_version`."""
    return select(_SAID).where(CalendarVersion.region == region).scalar_subquery()


def remember_version(region: str, said: str | None) -> str:
    """The region's calendar in this transaction, read along with something else as `held_version` or `version_of`.

    Where it says that another edition of the act was put in force, this process knows of it from here on.
    """
    version, _, editions = (said or "").partition("|")
    _known_versions(db.session())[region] = version
    law.notice(editions)
    return version


def take_version(region: str) -> str:
    """The version as it is. Nobody counts a date in this region, and nobody changes its calendar, until the commit."""
    db.session.execute(insert(CalendarVersion).values(region=region, version="").on_conflict_do_nothing())
    locked = select(CalendarVersion.version).where(CalendarVersion.region == region).with_for_update()
    return db.session.scalars(locked).one()


def put_in_force(region: str, new: Timetable, *, actor: str, reason: str) -> str:
    """Keep this timetable as the region's next version, and make it the one that holds. Inside `take_version`."""
    last = select(func.coalesce(func.max(TimetableVersion.number), 0)).where(TimetableVersion.region == region)
    number = (db.session.scalar(last) or 0) + 1
    version = f"{number}.{new.fingerprint()}"
    row = {"region": region, "version": version, "number": number, "at": clock.now(), "actor": actor}
    db.session.execute(insert(TimetableVersion).values(**row, reason=reason, content=new.content()))
    db.session.execute(update(CalendarVersion).where(CalendarVersion.region == region).values(version=version))
    _known_versions(db.session())[region] = version
    return version


def put_law(region: str, editions: str) -> None:
    """Say to everybody who counts a date from now on which editions of the act hold. Inside `take_version`."""
    db.session.execute(update(CalendarVersion).where(CalendarVersion.region == region).values(law=editions))
    law.notice(editions)


def tie_values(first: Registry, *, actor: str) -> None:
    """What was confirmed before there were editions goes on being said of the first, and of no row that another has
    otherwise. Inside `take_version`, with the region under its first edition."""
    now = timetable(first.region, calendar_version(first.region))
    if (new := TieValues().made(first, now)) != now:
        put_in_force(first.region, new, actor=actor, reason="")
        note(first.region, TieValues.event, actor)


def note(region: str, event: str, actor: str, **details: object) -> None:
    """Write a line in the region's stream `calendar:…`."""
    journal.append(f"calendar:{region}", [journal.NewLine(event, actor, details)], at=clock.now())


def fill_calendar(registry: Registry, years: Iterable[int], *, actor: str = "system") -> int:
    """Fill the region's calendar for those years from the list of public holidays; how many days it then has of them.

    Again gives the same; days that the list no longer has go away; days that staff entered or confirmed stay.
    For a region without open cases: it recounts nothing (`cases.fill_calendar` does).
    """
    region, wanted_years = registry.region, sorted(set(years))
    with transaction():
        before = take_version(region)
        now = timetable(region, before)
        new = FillYears(tuple(wanted_years)).made(registry, now)
        if new != now:
            after = put_in_force(region, new, actor=actor, reason="")
            note(region, "calendar.filled", actor, years=wanted_years, before=before, after=after)
    return sum(on.year in wanted_years for on in new.days)


def _known_versions(session: Session) -> dict[str, str]:
    """Region -> version, as far as this transaction has asked; forgotten with it."""
    now_in = session.get_transaction()
    asked_in, known = session.info.get("calendar_versions", (None, {}))
    if now_in is None or asked_in is not now_in:
        known = {}
        session.info["calendar_versions"] = (now_in, known)
    return cast("dict[str, str]", known)
