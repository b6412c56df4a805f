"""An assignment has its period: kept with the case when it is signed, told before it ends, and over by itself."""

from datetime import datetime, time, timedelta
from typing import cast

from sqlalchemy import select

from services import deadlines, notices, registry
from services.cases.escalation import told_roles
from services.cases.history import is_written, write_line
from services.cases.models import Case
from services.cases.move import Move
from services.cases.reading import lock_cases
from services.cases.terms import due_on, is_followed, is_granted
from services.db import db
from services.jobs import Job, NewJob
from services.notices.models import Kind
from services.plugin import Assigned

#: kind of the jobs
PERIOD = "period"
#: hour of the office's day at which it is told
TOLD_AT = time(9)


def keep(move: Move, assigned: tuple[Assigned, ...]) -> None:
    """What was signed runs from and to then, in the caller's transaction; nothing of it: it grants nothing."""
    case = move.case
    new = assigned[0] if assigned else None
    days = (new.first, new.last) if new else (None, None)
    if case.plays is not None or days == (case.assigned_from, case.assigned_until):
        return
    case.assigned_from, case.assigned_until = days
    case.recheck_told_at = None
    if new is None:
        move.note("case.assignment_void")
        return
    move.note("case.assigned", first=new.first.isoformat(), last=new.last.isoformat())


def jobs_of_end(move: Move) -> list[NewJob]:
    """What is told later of a case that just ended, if it granted anything; a quarter that is over by then is told now,
    but not of a case from paper.

    Planned with the end, not with the signature, which has as many statements as it may. The key names the last day.
    """
    case, plugins = move.case, move.registry
    if case.plays is not None or not is_granted(case) or (last := case.assigned_until) is None:
        return []
    zone = deadlines.zone(plugins, case.body_key)
    days = {"recheck_due": due_on(plugins, last), "assignment_ended": last + timedelta(days=1)}
    moments = {kind: datetime.combine(day, TOLD_AT, zone) for kind, day in days.items()}
    return [
        NewJob(PERIOD, f"{PERIOD}:{case.id}.{last}.{kind}", at, case_id=case.id, lane=f"case:{case.id}",
               args={"kind": kind, "last": last.isoformat()})
        for kind, at in moments.items()
        if at > move.now or (kind == "assignment_ended" and move.given_before is None)
    ]  # fmt: skip


def tell_period(job: Job, result: object) -> None:
    """Tell that a recheck is due, or that the assignment is over, if that is still so; each once.

    Inside the transaction that ends the job.
    """
    lock_cases([job.case_id or 0])
    case = db.session.get(Case, job.case_id, populate_existing=True)
    kind = cast(Kind, job.args["kind"])
    if case is None or str(case.assigned_until) != job.args["last"] or not is_granted(case):
        return
    if kind == "recheck_due" and db.session.scalar(select(is_followed(case.id))):
        return
    if is_written(case.id, f"case.{kind}", last=job.args["last"]):  # it was taken up since, and ended once more
        return
    write_line(case.id, f"case.{kind}", None, last=job.args["last"])
    for new in _notices(case, kind, job.planned_at):
        notices.give(new)


def _notices(case: Case, kind: Kind, at: datetime) -> list[notices.NewNotice]:
    """To the roles at the body that the region's table says. A whole quarter ends on one day: all of it is one fact."""
    plugins, last, body = registry.of(case), case.assigned_until, case.body_key
    assert last is not None
    ends = datetime.combine(last + timedelta(days=1), time(), deadlines.zone(plugins, body)) - timedelta(minutes=1)
    return [
        notices.NewNotice(
            fact=f"{PERIOD}.{body}.{last}.{kind}.{role}", kind=kind, clock="period", case_id=None, title="",
            number="", code=last.isoformat(), office_key=body, at=at, due_at=ends, due_default=True,
            to_office_key=body, to_role=role,
        )
        for role in told_roles(plugins, body, kind)
    ]  # fmt: skip
