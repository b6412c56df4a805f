"""All that the public is told, as one value: read anew every minute, kept while the database is away.

Offices, words and terms are the region's tables; what of them lives in the database is the calendar that holds and the
diagrams in force. The last copy is kept in the process, and in a file for a process that starts meanwhile.
"""

import hashlib
import json
import logging
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from services import clock, deadlines, processes, standby
from services.db import let_go
from services.deadlines import RegionTime
from services.errors import NotFound, Unavailable
from services.registry import Registry

logger = logging.getLogger(__name__)

#: how old a copy may be before the database is asked again, and how soon it is asked again when it was away
FRESH_S, AGAIN_S = 60.0, 15.0


@dataclass(frozen=True)
class PublicFacts:
    """What was true at one moment."""

    region: str  #: key of the region
    as_of: datetime
    calendar: str  #: its version
    timetable: Mapping[str, Any]
    #: "direct/kk" -> the diagram in force, its names in that language, as BPMN
    diagrams: Mapping[str, str]
    stale: bool = False  #: the database was away when it was to be read anew

    @cached_property
    def fingerprint(self) -> str:
        """A mark that is another one as soon as anything else is told."""
        said = json.dumps([self.calendar, self.timetable, self.diagrams, self.stale], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()[:12]


_lock = Lock()
_last: PublicFacts | None = None
_asked_at = float("-inf")


def told(registry: Registry, *, keep: Path | None = None) -> PublicFacts:
    """What holds now, at most a minute old; the last good copy while the database is away.

    `keep`: the file that holds a copy for the next start. Raises Unavailable when there is neither.
    """
    global _asked_at
    known, now = _last, time.monotonic()
    usable = known is not None and known.region == registry.region and _fits_clock(known)
    wait = AGAIN_S if known is not None and known.stale else FRESH_S
    if known is not None and usable and now - _asked_at < wait:
        return known
    if not _lock.acquire(blocking=not usable):  # somebody asks already: what is known is good enough
        assert known is not None
        return known
    try:
        _asked_at = time.monotonic()
        return _ask(registry, known if usable else None, keep)
    finally:
        _lock.release()


def region_told(registry: Registry, said: PublicFacts) -> RegionTime:
    """The region's tables under the calendar that was told; made once a version."""
    global _region
    key = (id(registry), said.calendar)
    if _region is None or _region[0] != key:
        timetable = deadlines.read_timetable(said.timetable)
        _region = (key, RegionTime(registry, timetable, said.calendar))
    return _region[1]


_region: tuple[tuple[int, str], RegionTime] | None = None


def forget() -> None:
    """As a process that has just started."""
    global _last, _asked_at, _region
    _last, _asked_at, _region = None, float("-inf"), None


def _fits_clock(known: PublicFacts) -> bool:
    """A clock that was set back, or far ahead (a demo's), asks anew."""
    return abs((clock.now() - known.as_of).total_seconds()) < FRESH_S or known.stale


def _ask(registry: Registry, known: PublicFacts | None, keep: Path | None) -> PublicFacts:
    global _last
    try:
        _last = standby.read(lambda as_of: _read(registry, as_of or clock.now()))
    except SQLAlchemyError as fault:
        let_go()
        found = known or _from_file(registry, keep)
        if found is None:
            raise Unavailable from fault
        _last = PublicFacts(**{**_fields(found), "stale": True})
    else:
        if keep is not None:
            _to_file(_last, keep)
    return _last


def _fields(told: PublicFacts) -> dict[str, Any]:
    return {name: getattr(told, name) for name in PublicFacts.__dataclass_fields__}


def _read(registry: Registry, as_of: datetime) -> PublicFacts:
    """Raises SQLAlchemyError."""
    version = deadlines.calendar_version(registry.region)
    timetable = deadlines.timetable(registry.region, version).content()
    diagrams = {}
    for route in registry.facts()["service"]["routes"]:
        try:
            definition = processes.in_force(route)
        except NotFound:  # nothing is deployed yet
            continue
        for language in ("kk", *processes.LANGUAGES):
            drawn = processes.diagram(definition, route, language, registry)
            diagrams[f"{route}/{language}"] = drawn.decode()
    return PublicFacts(registry.region, as_of, version, timetable, diagrams)


def _to_file(told: PublicFacts, keep: Path) -> None:
    """Whole or not at all; a disk that cannot be written costs the copy, no page."""
    said = json.dumps({**asdict(told), "as_of": told.as_of.isoformat()}, ensure_ascii=False)
    try:
        keep.parent.mkdir(parents=True, exist_ok=True)
        fresh = keep.with_suffix(f".{id(told)}")
        fresh.write_text(said, encoding="utf-8")
        fresh.replace(keep)
    except OSError as fault:
        logger.warning("the copy for the public pages is not kept: %s", type(fault).__name__)


def _from_file(registry: Registry, keep: Path | None) -> PublicFacts | None:
    """What was kept, when it is this region's and can be read."""
    try:
        said = json.loads(keep.read_text(encoding="utf-8")) if keep is not None else None
        found = PublicFacts(**{**said, "as_of": datetime.fromisoformat(said["as_of"])}) if said else None
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return found if found is not None and found.region == registry.region else None
