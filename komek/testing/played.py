"""Cases of every route played over the pages to their ends, each time otherwise, until every choice was tried."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from komek.testing.filling import Question
from komek.testing.people import Act, People, Stuck
from services import clock, jobs
from services.cases.models import Task
from services.db import db
from services.jobs.models import JobRow
from services.shown import fill

#: more acts than these take no case to its end: it goes round
MOST_ACTS = 80
MOST_CASES = 24
#: more jobs than these at one moment put in one another for ever
MOST_JOBS = 10_000
#: a list of offices or of staff is no fork of the way
MOST_OPTIONS = 8
#: when cases begin: hour and minute, and how many days after the case before; at lunch, last thing, on a Saturday
STARTS = ((10, 0, 1), (12, 50, 1), (17, 58, 2), (11, 20, 2), (8, 15, 1), (15, 10, 3))
#: minutes between two acts of a case, one after another
PACE = (7, 31, 12, 95, 3, 250, 18)


@dataclass
class PlayedCase:
    """One case, what people did with it, and how it ended."""

    route: str
    id: int
    acts: list[Act] = field(default_factory=list)
    outcome: str | None = None


@dataclass
class Tried:
    """Which choices were made at which step; asked once more, another is made."""

    route: str = ""
    step: str = ""
    known: dict[tuple[str, str, str], set[str]] = field(default_factory=dict)
    fresh: bool = False  #: whether something new was tried since somebody looked

    def choose(self, question: Question) -> str | None:
        """One of the options that was not tried yet."""
        branches = 1 < len(question.options) <= MOST_OPTIONS and not all(
            re.fullmatch(r"\d+", each) for each in question.options
        )
        if not branches:
            return None
        tried = self.known.setdefault((self.route, self.step, question.name), set())
        left = [each for each in question.options if each not in tried]
        if not left:
            return None
        tried.add(left[0])
        self.fresh = True
        return left[0]


def play_every_way(people: People, routes: Sequence[str], morning: datetime) -> list[PlayedCase]:
    """Cases of each route until no choice is new, from that day on. Raises Stuck where a case comes to no end."""
    tried, played = Tried(), list[PlayedCase]()
    for route in routes:
        for number in range(MOST_CASES):
            hour, minute, days = STARTS[number % len(STARTS)]
            morning += timedelta(days=days)
            tried.fresh = False
            played.append(play(people, route, morning.replace(hour=hour, minute=minute), tried))
            if not tried.fresh:
                break
    return played


def play(people: People, route: str, at: datetime, tried: Tried | None = None, office: str = "") -> PlayedCase:
    """One case from its opening at that moment to its end; the usual way where nothing is to be tried."""
    with clock.stopped(at):
        case = PlayedCase(route, people.open(route, office))
    go_to_the_end(people, case, at, tried)
    return case


def go_to_the_end(people: People, case: PlayedCase, at: datetime, tried: Tried | None = None) -> datetime:
    """Whatever it waits for is done, until it is closed; the moment of its end. Raises Stuck."""
    for number in range(MOST_ACTS):
        at += timedelta(minutes=PACE[number % len(PACE)])
        worker_until(at)
        with clock.stopped(at):
            act = people.go_on(case.id, chooses=_chooser(people, case, tried))
        if act is not None:
            case.acts.append(act)
            continue
        row = people.case(case.id)
        if row.closed_at is not None and not people.waits(case.id):
            case.outcome = row.outcome
            return at
        if (moment := next_job()) is None:
            waits = [(each.step or each.element, each.waits_for) for each in people.waits(case.id)]
            raise Stuck(f"case {case.id} of {case.route} waits for nobody: {waits}")
        at = max(at, moment)
    steps = [each.step or each.what for each in case.acts[-12:]]
    raise Stuck(f"case {case.id} of {case.route} comes to no end in {MOST_ACTS} acts; the last: {steps}")


def _chooser(people: People, case: PlayedCase, tried: Tried | None) -> Callable[[Question], str | None] | None:
    if tried is None:
        return None
    waits = [each for each in people.waits(case.id) if each.waits_for == "person"]
    tried.route, tried.step = case.route, waits[0].step or waits[0].element if waits else ""
    return tried.choose


def next_job() -> datetime | None:
    """When something is next done by itself."""
    row = _first_job()
    return row.due_at if row is not None else None


def worker_until(moment: datetime) -> None:
    """A worker that is awake all the time: each job at its own moment, up to that one.

    Raises Stuck, with its words, where a job became an incident, and where no worker takes one up or comes to an end.
    """
    while (row := _first_job()) is not None and row.due_at <= moment.astimezone(UTC):
        if row.incident_at is not None:
            said = fill(row.error or "", row.error_details or {}, str)
            raise Stuck(f"{_named(row)} became an incident at {row.incident_at}: {said}")
        if (done := jobs.work_off(row.due_at, limit=MOST_JOBS)) in (0, MOST_JOBS):
            raise Stuck(f"{_named(row)}, due {row.due_at}: {done} jobs were carried out then, and more are due")
    db.session.rollback()


def _first_job() -> JobRow | None:
    """The job that is due first, also one that became an incident."""
    db.session.rollback()
    row = db.session.scalar(select(JobRow).order_by(JobRow.due_at, JobRow.id).limit(1))
    if row is not None:
        db.session.expunge(row)
    return row


def _named(row: JobRow) -> str:
    return f"the job {row.key or row.kind} of " + (f"case {row.case_id}" if row.case_id else "no case")


def steps_of(case_id: int) -> list[Task]:
    """Every place where a case waited, in order."""
    db.session.rollback()
    rows = list(db.session.scalars(select(Task).where(Task.case_id == case_id).order_by(Task.seq)))
    db.session.expunge_all()
    return rows
