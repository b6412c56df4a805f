"""The offset lives in the database: web processes, workers and the console read it when a transaction begins.

Only on a demo system does anybody read it; a real one does not pay for it, and ignores a row that is there.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services import clock, deadlines, directory, jobs, journal, registry
from services.db import READS_BY, db, rows_alone, transaction
from services.errors import Forbidden, Invalid
from services.time_machine.models import DemoClock

#: the years for which `komek deploy` fills the calendar
FIRST_YEAR, YEARS_AHEAD = 2012, 2

#: asked whenever a transaction begins, and so never built
_READ = "SELECT ahead_by FROM demo_clock WHERE id = 1"
_demo = False


class NotADemo(Forbidden):
    """The clock can be set on a demo system only."""


class OutOfYears(Invalid):
    """The calendar knows the years %(first)s to %(last)s only."""


class NobodyToSetItBack(Invalid):
    """On that day you are not yet, or no longer, an administrator: nobody could set the clock back."""


def follow(demo: bool) -> None:
    """Say whether this system's clock may be set: called once, when the application is put together."""
    global _demo
    if demo != _demo:
        (event.listen if demo else event.remove)(db.session, "after_begin", _read_along)
    _demo = demo
    clock.shift(timedelta())


def set_clock(at: datetime | None, *, actor: directory.Actor) -> None:
    """Let it be that moment on this demo system from now on; None: the real time again.

    Forward, workers carry out in due order what became due. Back, nothing that happened is undone or happens again.
    Raises NotADemo, NotAdministrator, OutOfYears, NobodyToSetItBack.
    """
    if not _demo:
        raise NotADemo
    directory.check_administers(actor)
    ahead_by = at - clock.real() if at is not None else timedelta()
    if at is not None:
        _check(at, actor)
    with transaction():
        row = insert(DemoClock).values(id=1, ahead_by=ahead_by)
        db.session.execute(row.on_conflict_do_update(index_elements=["id"], set_={"ahead_by": ahead_by}))
        back = ahead_by < clock.offset()
        clock.shift(ahead_by)
        if back:
            jobs.look_again()  # leases and pauses were counted on the clock that stood later
        who = f"staff:{actor.id}" if isinstance(actor, directory.Person) else actor
        told = {"ahead_by_s": round(ahead_by.total_seconds())}
        journal.append("clock", [journal.NewLine("clock.set", who, told)], at=clock.real())


def next_working_day(office_key: str) -> datetime:
    """Goes to this hour of that office's next working day."""
    plugins = registry.current()
    calendar = deadlines.calendar_for(plugins, office_key)
    here = calendar.local(clock.now())
    return calendar.moment(calendar.next_working_day(here.date()), here.time())


def _check(at: datetime, actor: directory.Actor) -> None:
    last = clock.real().year + YEARS_AHEAD
    if not FIRST_YEAR <= at.year <= last:
        raise OutOfYears(first=FIRST_YEAR, last=last)
    if isinstance(actor, directory.Person) and not directory.is_admin_on(actor.id, at):
        raise NobodyToSetItBack


def _read_along(session: Session, session_transaction: Any, connection: Connection) -> None:
    if READS_BY in session.info:  # a standby may not know yet what the clock was set to
        return
    found = rows_alone(connection, _READ, {})
    clock.shift(found[0][0] if found else timedelta())
