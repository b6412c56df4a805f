"""How the installation stands, for whoever watches it from outside: numbers alone, no case and no person.

Counters live in each process (prometheus-client adds them up over all processes of a node). What the database knows is
counted when it is asked for, at most once in `KEPT_S` by each process; what is open is counted by the worker, and said
with its age.
"""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Lock

from prometheus_client import Histogram
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from services import backups, clock, figures, jobs
from services.db import db, let_go
from services.jobs.models import JobRow, WorkerRow

#: seconds for which what the database said is said again
KEPT_S = 15.0

REQUESTS = Histogram(
    "komek_request_seconds",
    "Requests that were answered, by what was asked for; never by address, person or case.",
    ["endpoint", "method", "status"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


class DatabaseFigures:
    """Figures of the database, as a collector of prometheus-client."""

    def __init__(self, folder_of_backups: str = "") -> None:
        self._folder = folder_of_backups
        self._lock, self._read_at_s, self._kept = Lock(), float("-inf"), list[GaugeMetricFamily]()

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """The figures; `komek_database_up` 0 and nothing else when the database is away."""
        with self._lock:
            if time.monotonic() - self._read_at_s > KEPT_S:
                self._kept = self._read()
                self._read_at_s = time.monotonic()
            return self._kept

    def _read(self) -> list[GaugeMetricFamily]:
        up = GaugeMetricFamily("komek_database_up", "1 when the database answers.")
        try:
            found = [*_jobs(), *_open_steps(), _connections(), *_backups(self._folder)]
        except SQLAlchemyError:
            up.add_metric([], 0)
            return [up]
        finally:
            let_go()
        up.add_metric([], 1)
        return [up, *found]


def _jobs() -> Iterator[GaugeMetricFamily]:
    now = clock.now()
    late = GaugeMetricFamily("komek_jobs_late", "Jobs whose moment has come and that nobody has done.", labels=["kind"])
    lateness = GaugeMetricFamily("komek_jobs_late_seconds", "How late the first of them is.", labels=["kind"])
    incidents = GaugeMetricFamily("komek_incidents", "Jobs that were given up and wait for a person.", labels=["kind"])
    counted = select(func.count(), func.min(JobRow.due_at)).where(JobRow.incident_at.is_(None), JobRow.due_at < now)
    given_up = select(JobRow.kind, func.count()).where(JobRow.incident_at.is_not(None)).group_by(JobRow.kind)
    stuck = dict(iter(db.session.execute(given_up)))
    for kind in [*jobs.prompt_kinds(), *jobs.outside_kinds()]:
        number, first = db.session.execute(counted.where(JobRow.kind == kind)).one()
        late.add_metric([kind], number)
        lateness.add_metric([kind], (now - first).total_seconds() if first is not None else 0)
        incidents.add_metric([kind], stuck.get(kind, 0))
    silence = GaugeMetricFamily("komek_worker_silence_seconds", "Since when no worker has said that it lives.")
    seen_at = db.session.scalar(select(func.max(WorkerRow.seen_at)))
    if seen_at is not None:
        silence.add_metric([], max(0, (now - seen_at).total_seconds()))
    yield from (late, lateness, incidents, silence)


def _open_steps() -> Iterator[GaugeMetricFamily]:
    """Open steps by process, step and age, as the worker counted them: a scrape reads one row."""
    found = GaugeMetricFamily("komek_open_steps", "Steps that wait.", labels=["process", "step", "waits_for", "age"])
    age = GaugeMetricFamily("komek_open_steps_age_seconds", "Since when a worker has counted these; infinite if never.")
    counted = figures.open_steps()
    for labels, number in counted.rows if counted else ():
        found.add_metric([str(each) for each in labels], number)
    age.add_metric([], max(0, (clock.now() - counted.counted_at).total_seconds()) if counted else float("inf"))
    yield from (found, age)


def _connections() -> GaugeMetricFamily:
    found = GaugeMetricFamily("komek_database_connections", "Connections to the database.", labels=["state"])
    wanted = (
        "SELECT coalesce(state, 'other'), count(*) FROM pg_stat_activity WHERE datname = current_database() GROUP BY 1"
    )
    for state, number in db.session.execute(text(wanted)):
        found.add_metric([state], number)
    return found


def _backups(folder: str) -> Iterator[GaugeMetricFamily]:
    """Only where this node sees their folder."""
    if not folder:
        return
    kept, now = backups.Repository(Path(folder)), clock.real()
    newest, rehearsed = kept.newest(), kept.rehearsed()
    age = GaugeMetricFamily("komek_backup_age_seconds", "Since when the newest backup is whole; infinite without one.")
    age.add_metric([], (now - newest.ended).total_seconds() if newest else float("inf"))
    well = GaugeMetricFamily("komek_backup_rehearsed", "1 when the last rehearsal of a backup found it whole.")
    well.add_metric([], int(bool(rehearsed.get("ok"))))
    yield from (age, well)
