"""The installation as it stands just now: its database, its disks, its certificate, its backups, its packages."""

import re
import shutil
import socket
import ssl
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text

from services import backups, clock, jobs, migrations, registry
from services.config import ROOT, Config
from services.db import db
from services.jobs.models import JobRow
from services.upkeep.rules import Disk, KeptBackups, State

#: how long the proxy may take to show its certificate, in seconds
PATIENCE_S = 3.0
_PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)")
_DATABASE = text("""
    SELECT clock_timestamp(), current_setting('server_version_num')::int / 10000,
           extract(epoch FROM (now() AT TIME ZONE :zone) - (now() AT TIME ZONE 'UTC'))::int
""")


def look(config: Config) -> State:
    """See all of it; a look at the network takes `PATIENCE_S` at most. Asks the database about ten times."""
    zone = str(registry.current().facts()["time_zone"])
    before = clock.machine()
    database_now, postgres, offset_s = db.session.execute(_DATABASE, {"zone": zone}).one()
    now = before + (clock.machine() - before) / 2
    tables = migrations.standing()
    return State(
        config=config,
        now=now,
        database_now=database_now,
        postgres=postgres,
        tables=(tables.state, tables.found, tables.needed),
        disks=tuple(_disks(config)),
        certificate=certificate_of(config.public_url),
        backups=_backups(config),
        libraries=strange_libraries((ROOT / "requirements.lock").read_text(encoding="utf-8")),
        offsets=(ZoneInfo(zone).utcoffset(now.replace(tzinfo=None)) or timedelta(), timedelta(seconds=offset_s)),
        **(_at_work() if tables.usable else {}),
    )


def _at_work() -> dict[str, Any]:
    seen = jobs.last_seen()
    given_up = select(func.count()).select_from(JobRow).where(JobRow.incident_at.is_not(None))
    return {
        "owner": migrations.application_owns(),
        "worker_seen": seen,
        "worker_silent": jobs.is_silent(seen),
        "waiting_since": jobs.waiting_since(),
        "incidents": db.session.scalar(given_up) or 0,
    }


def certificate_of(address: str) -> datetime | str | None:
    """When the certificate at that address ends; why it could not be looked at; None where there is none to look at."""
    where = urlsplit(address)
    if where.scheme != "https" or not where.hostname:
        return None
    told = ssl.create_default_context()
    try:
        with (
            socket.create_connection((where.hostname, where.port or 443), PATIENCE_S) as line,
            told.wrap_socket(line, server_hostname=where.hostname) as shown,
        ):
            ends = str((shown.getpeercert() or {})["notAfter"])
    except (OSError, KeyError, ValueError) as fault:
        return str(fault)[:200]
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC)


def strange_libraries(lock: str) -> Mapping[str, tuple[str, str]]:
    """Package -> installed here, and pinned, where these are not one. What is not installed serves another system."""
    found = {}
    for line in lock.splitlines():
        if pinned := _PINNED.match(line):
            try:
                here = version(pinned[1])
            except PackageNotFoundError:
                continue
            if here != pinned[2]:
                found[pinned[1]] = (here, pinned[2])
    return found


def _disks(config: Config) -> Iterator[Disk]:
    kept = backups.Repository(Path(config.backups)).bases if config.backups else []
    grows = None
    if len(kept) > 1 and (days := (kept[-1][1].ended - kept[0][1].ended) / timedelta(days=1)) > 0:
        grows = max(0.0, (kept[-1][1].bytes - kept[0][1].bytes) / days)
    folders = [config.var] if not config.database_url or "host=/" in config.database_url else []
    folders += [Path(config.backups)] if config.backups else []
    for folder in folders:
        there = next(each for each in (folder, *folder.absolute().parents) if each.exists())
        usage = shutil.disk_usage(there)
        yield Disk(str(folder), usage.free, usage.total, grows)


def _backups(config: Config) -> KeptBackups | None:
    if not config.backups:
        return None
    kept = backups.Repository(Path(config.backups))
    newest, rehearsed = kept.newest(), kept.rehearsed()
    receiving = db.session.scalar(
        text("SELECT coalesce(bool_or(active), false) FROM pg_replication_slots WHERE slot_name = :name"),
        {"name": backups.SLOT},
    )
    try:
        at = datetime.fromisoformat(str(rehearsed.get("at", "")))
    except ValueError:
        at = None
    return KeptBackups(newest.ended if newest else None, at, bool(rehearsed.get("ok")), receiving)
