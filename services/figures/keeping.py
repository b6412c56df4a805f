"""The worker keeps figures: closes days that are over, counts each once, and counts anew what changed since.

A day goes through three transactions. It is closed: from then on whoever changes something of it leaves a mark. Then
it is fenced: PostgreSQL says which transaction comes next, and with all before it at their end nobody is left who
did not see that it was closed. Then it is counted, with every mark that came meanwhile. Each is whole or not there,
so that whoever is killed in between leaves what the next one goes on with.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ARRAY, Boolean, Text, bindparam, delete, func, insert, literal_column, select, text, update

from services import clock, directory, jobs
from services.db import Moment, db, transaction
from services.errors import Conflict
from services.figures.adding import keep, of_day
from services.figures.counting import count, rules
from services.figures.days import bodies, midnight, offices_known, span_of
from services.figures.models import FigureChanged, FigureDay
from services.figures.now import count_now
from services.figures.trees import bare
from services.jobs.models import JobRow

KIND = "figures"
#: one keeps at a time: who comes second goes away
LOCK = 4210072
#: days counted in one transaction, offices of a day counted anew in one, days closed in one
DAYS, CHANGED, CLOSED = 4, 40, 400
#: seconds until the next look: with something left to do, while others' transactions end, with nothing left
AT_ONCE_S, SOON_S, IDLE_S = 0, 2, 60
#: a transaction that writes is over before that, else something is wrong with it
PATIENCE_S = 120


class NotYetOver(Conflict):
    """Something that began before the day was closed is still being written, for %(seconds)s seconds now: see which
    transactions are open in the database, then begin again. What was counted until now is kept."""


@dataclass(frozen=True)
class Settled:
    """What one look did."""

    days: int = 0  #: counted for the first time, or by other rules
    anew: int = 0  #: offices of a day, counted anew
    left: int = 0  #: days that are closed and not counted yet

    def __str__(self) -> str:
        return f"{self.days} days, {self.anew} anew, {self.left} left"


def settle() -> tuple[Settled, int]:
    """One look: what it did, and in how many seconds to look again. In the caller's transaction."""
    if not db.session.scalar(select(func.pg_try_advisory_xact_lock(LOCK))):
        return Settled(), SOON_S
    days = _count_fenced()
    anew = _count_changed()
    _fence()
    closed = _close()
    count_now()
    waiting = db.session.scalar(select(func.count()).select_from(FigureDay).where(FigureDay.counted_at.is_(None))) or 0
    left = days == DAYS or anew == CHANGED
    return Settled(days, anew, waiting), AT_ONCE_S if left else SOON_S if closed or waiting else IDLE_S


def keep_on(job: jobs.Job, result: object) -> None:
    """One look, and the next when it is time. In the job's transaction."""
    _, after_s = settle()
    jobs.enqueue([jobs.NewJob(KIND, f"{KIND}:{job.id}", clock.now() + timedelta(seconds=after_s))])


def plan() -> None:
    """Have the worker look, where it is not told yet. In a transaction of its own."""
    with transaction():
        if not db.session.scalar(select(func.count()).where(JobRow.kind == KIND)):
            jobs.enqueue([jobs.NewJob(KIND, KIND, clock.now())])


def recount(since: date, until: date) -> Iterable[tuple[date, int]]:
    """Count these days anew, those that were never counted, too: each, and at how many offices it was otherwise.

    Each day is a transaction of its own. Raises NotYetOver.
    """
    wanted = [since + timedelta(days=n) for n in range((until - since).days + 1)]
    wanted = [on for on in wanted if on < directory.today()]
    with transaction():
        _close_these(wanted)
    with transaction():
        _fence()
    _wait_for(wanted)
    for on in wanted:
        with transaction():
            db.session.execute(select(func.pg_advisory_xact_lock(LOCK)))
            other = _count_day(on)
        yield on, other  # what is told is written down


def untrue(most: int = 6) -> list[tuple[date, str]]:
    """A sample of kept days beside the truth: day and office of what is otherwise. The newest, and some by chance.

    What is about to be counted anew is left out.
    """
    kept = select(FigureDay.on).where(FigureDay.counted_at.is_not(None), FigureDay.rules == rules())
    days = {
        *db.session.scalars(kept.order_by(FigureDay.on.desc()).limit(most // 2)),
        *db.session.scalars(kept.order_by(func.random()).limit(most - most // 2)),
    }
    changed = {
        (row.on, row.office_key)
        for row in db.session.execute(select(FigureChanged.on, FigureChanged.office_key).distinct())
    }
    return [(on, office) for on in sorted(days) for office in _otherwise(on) if (on, office) not in changed]


def _otherwise(on: date) -> list[str]:
    found, kept = count([span_of(on, on)], offices_known(), bodies()), of_day(on)
    return [
        office
        for office in sorted(found.offices | kept.offices)
        if bare(found.counts[office]) != bare(kept.counts[office])
        or bare(found.times[office]) != bare(kept.times[office])
    ]


# ---------------------------------------------------------------- closing and fencing


def _first() -> datetime | None:
    """When the first case was taken in: by index, body by body."""
    found: datetime | None = db.session.scalar(_FIRST, {"bodies": offices_known()})
    return found


_FIRST = (
    text("""SELECT min(first) AS first FROM unnest(CAST(:bodies AS text[])) AS body CROSS JOIN LATERAL
            (SELECT opened_at AS first FROM "case" WHERE body_key = body ORDER BY opened_at LIMIT 1) one""")
    .bindparams(bindparam("bodies", type_=ARRAY(Text)))
    .columns(first=Moment)
)


def _close() -> int:
    """Close days that are over and not closed yet, the newest first; how many."""
    first = _first()
    if first is None:
        return 0
    yesterday, since = directory.today() - timedelta(days=1), directory.day_of(first)
    if since > yesterday:
        return 0
    every = select(func.generate_series(since, yesterday, literal_column("interval '1 day'")).label("on")).subquery()
    whole = func.date(every.c.on)
    missing = select(whole).where(whole.not_in(select(FigureDay.on))).order_by(whole.desc()).limit(CLOSED)
    return _close_these(db.session.scalars(missing).all())


def _close_these(days: Sequence[date]) -> int:
    """Close those that are not closed yet; how many."""
    there = set(db.session.scalars(select(FigureDay.on).where(FigureDay.on.in_(days))))
    rows = [{"on": on, "begins": midnight(on), "ends": midnight(on + timedelta(days=1))} for on in set(days) - there]
    if rows:
        db.session.execute(insert(FigureDay), sorted(rows, key=lambda row: row["on"]))
    return len(rows)


def _fence() -> None:
    """Days that an earlier transaction closed: whoever writes from now on sees that."""
    coming = text("pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
    db.session.execute(update(FigureDay).where(FigureDay.fence.is_(None)).values(fence=coming))


#: whether everything before it is at its end
_PASSED = literal_column("(figure_day.fence <= pg_snapshot_xmin(pg_current_snapshot())::text::bigint)", Boolean)


def _wait_for(days: Sequence[date]) -> None:
    """Until everybody who may not have seen that these were closed is at their end. Raises NotYetOver."""
    began = time.monotonic()
    waiting = select(func.count()).select_from(FigureDay).where(FigureDay.on.in_(days), ~_PASSED)
    while True:
        with transaction():
            left = db.session.scalar(waiting)
        if not left:
            return
        if time.monotonic() - began > PATIENCE_S:
            raise NotYetOver(seconds=PATIENCE_S)
        time.sleep(0.2)


# ---------------------------------------------------------------- counting


def _count_fenced() -> int:
    """Days that are fenced and not counted, or were counted by other rules: the newest month first, in it from its
    first day on, so that what comes after need not be added to again."""
    due = FigureDay.counted_at.is_(None) | (FigureDay.rules != rules())
    month = func.date_trunc("month", FigureDay.on)
    wanted = select(FigureDay.on).where(due, FigureDay.fence.is_not(None), _PASSED).limit(DAYS)
    days = db.session.scalars(wanted.order_by(FigureDay.counted_at.is_not(None), month.desc(), FigureDay.on)).all()
    for on in days:
        _count_day(on)
    return len(days)


def _count_day(on: date) -> int:
    """Count that day at all offices; at how many it was otherwise than kept."""
    db.session.execute(delete(FigureChanged).where(FigureChanged.on == on))
    known = offices_known()
    # its edges anew: the region's clock may have been put otherwise
    edges = {"begins": midnight(on), "ends": midnight(on + timedelta(days=1))}
    other = keep(on, count([span_of(on, on)], known, bodies()))
    told = {**edges, "counted_at": clock.now(), "rules": rules()}
    db.session.execute(update(FigureDay).where(FigureDay.on == on).values(told))
    return other


def _count_changed() -> int:
    """Offices of days of which something changed: counted anew, with the marks that are seen now; how many."""
    first = select(FigureChanged.on, FigureChanged.office_key).distinct().limit(CHANGED)
    found = db.session.execute(first).all()
    for on, office in found:
        gone = delete(FigureChanged).where(FigureChanged.on == on, FigureChanged.office_key == office)
        db.session.execute(gone)
        if db.session.scalar(select(FigureDay.counted_at).where(FigureDay.on == on)) is not None:
            keep(on, count([span_of(on, on)], [office], bodies(office)), [office])
            db.session.execute(update(FigureDay).where(FigureDay.on == on).values(counted_at=clock.now()))
    return len(found)
