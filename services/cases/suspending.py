"""Lawful suspensions: a region's act may let the clocks of a case stand still. Return for supplement does not (I-12).

The region's table `stops.csv` says for what, by which clause, and who may: without a row there is none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from services import clock, deadlines, directory, jobs, journal, registry
from services.cases.carrying_on import urgent_at
from services.cases.errors import NotYourCase
from services.cases.escalation import replan
from services.cases.history import write_change
from services.cases.models import Case, Task
from services.cases.reading import lock_case, suspensions_of
from services.cases.rights import check_sees
from services.cases.to_tell import telling_jobs
from services.db import db, transaction
from services.errors import Conflict, InvalidAnswers, NotFound
from services.letters import is_printable

#: lines of the history
STOPPED, RESUMED, TAKEN_OUT = "case.clocks_stopped", "case.clocks_resumed", "case.taken_out"


class NoSuchStop(NotFound):
    """The act of this region does not let the clocks stop for that."""


class StandsStill(Conflict):
    """The clocks of this case stand still already."""


class Runs(Conflict):
    """The clocks of this case are running."""


@dataclass(frozen=True)
class LawfulSuspension:
    """What the region's table lets the clocks stop for."""

    key: str
    title: str  #: in Kazakh
    clause: str


def lawful_suspensions(case: Case, person: directory.Person) -> Sequence[LawfulSuspension]:
    """For what this person may stop the clocks of that case; nothing where the act knows no stop."""
    roles = person.roles_at(case.body_key) | person.roles_at(case.office_key)
    rows = registry.of(case).table("stops")
    return [LawfulSuspension(row["key"], row["title_kk"], row["clause"]) for row in rows if row["role"] in roles]


def stop_clocks(case_id: int, key: str, reason: str, person: directory.Person) -> None:
    """From now on both clocks of the case stand still. Raises NoSuchStop, NotYours, StandsStill, InvalidAnswers."""
    with transaction():
        case = lock_case(case_id)
        check_sees(case, person)
        stop = _allowed(case, key, person)
        if case.closed_at is not None or case.stopped_since is not None:
            raise StandsStill
        case.stopped_since = clock.now()
        write_change(case, STOPPED, person, stop=key, clause=stop.clause, said=keep_reason(case, reason))
        _tell(case, STOPPED)


def resume_clocks(case_id: int, reason: str, person: directory.Person) -> None:
    """The clocks run again: what was not due when they stopped is due later by the working time that they stood.

    Raises NotYours, Runs, InvalidAnswers.
    """
    with transaction():
        case = lock_case(case_id)
        check_sees(case, person)
        if case.stopped_since is None or case.closed_at is not None:
            raise Runs
        if not lawful_suspensions(case, person):
            raise NotYourCase
        since, now = case.stopped_since, clock.now()
        case.stops = [*case.stops, [since.isoformat(), now.isoformat()]]
        case.stopped_since = None
        _shift(case, since.isoformat())
        write_change(case, RESUMED, person, since=since.isoformat(), said=keep_reason(case, reason))
        _tell(case, RESUMED)


def _tell(case: Case, event: str) -> None:
    jobs.enqueue(telling_jobs(case, case.body_key, [journal.NewLine(event, "", {})]))


def why_stopped(case: Case, event: str, details: Mapping[str, object]) -> str:
    """The reason that was given for what that line of the history says; empty of other lines, and when it was erased.

    A line of before has the reason itself.
    """
    if event not in (STOPPED, RESUMED, TAKEN_OUT):
        return ""
    place = details.get("said")
    if isinstance(place, int) and place < len(case.why_stopped):
        return case.why_stopped[place]
    return str(details.get("reason") or "")


def _shift(case: Case, since: str) -> None:
    """Count anew what was still running when the clocks stopped, done meanwhile or not."""
    plugins, stops = registry.of(case), suspensions_of(case.stops)
    stopped_at = suspensions_of([[since, since]])[0].since
    if case.outer_stopped_at is None and case.outer_due_at > stopped_at:
        outer = deadlines.outer_due(plugins, case.opened_at, case.body_key, suspensions=stops)
        case.outer_due_at, case.outer_default, case.outer_calendar = outer.at, outer.default, outer.version
    # what was done while the clocks stood is not late by that
    counted = or_(Task.closed_at.is_(None), Task.closed_at > stopped_at)
    for task in db.session.scalars(select(Task).where(Task.case_id == case.id, counted)):
        if task.step and task.due_at is not None and task.due_at > stopped_at:
            other = next((key for key in (case.office_key, case.body_key) if key != task.office_key), None)
            due = deadlines.due_for(
                plugins, case.route, task.step, task.clock_started_at, task.office_key,
                other_office_key=other, suspensions=stops,
            )  # fmt: skip
            task.due_at, task.due_default, task.calendar = due.at, due.default, due.version
        task.urgent_at = urgent_at(task.due_at, case.outer_due_at, case.outer_stopped_at)
    db.session.flush()
    replan([case.id], clock.now())


def _allowed(case: Case, key: str, person: directory.Person) -> LawfulSuspension:
    """Raises NoSuchStop when the region's table has none, NotYours when it is not this person's."""
    if key not in {row["key"] for row in registry.of(case).table("stops")}:
        raise NoSuchStop
    for stop in lawful_suspensions(case, person):
        if stop.key == key:
            return stop
    raise NotYourCase


def keep_reason(case: Case, reason: str) -> int:
    """Keep with the case why it was done, for its line in the journal: the place there.

    Whoever says why may name people, and nothing is erased from the journal. Raises InvalidAnswers without a reason.
    """
    if not reason.strip() or len(reason) > 500 or not is_printable(reason):
        raise InvalidAnswers({"reason": "Please say why, in at most 500 letters."})
    case.why_stopped = [*case.why_stopped, reason.strip()]
    return len(case.why_stopped) - 1
