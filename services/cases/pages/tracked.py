"""Where an application is, for whoever holds its secret code: what happened, what happens now, what is asked of them.

In the region's public words (its table `public_words`), never in those of the diagrams; no name, no sum, no decision.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select

from services import clock, deadlines, documents, kazakh, notices, registry, tracking
from services.cases.messages import APPLICANT_CAME
from services.cases.models import Applicant, Case, Instance, Task
from services.cases.pages.dues import counted_until
from services.db import db, transaction
from services.errors import NotFound
from services.languages import LANGUAGES
from services.tracking.models import TrackingCode

#: language -> sentence; empty where the region says nothing
Words = Mapping[str, str]


class NothingFound(NotFound):
    """Nothing was found by these three. Please look at the number, the code and the name again."""


@dataclass(frozen=True)
class Happened:
    """Something that was done."""

    at: datetime
    words: Words
    office_key: str


@dataclass(frozen=True)
class Now:
    """What the application waits for; without words where the region has none for that step."""

    words: Words
    office_key: str
    due_at: datetime | None
    default: bool  #: that date rests on a value that is not in the act
    late: bool
    told_at: datetime | None  #: when the head was told that it is late


@dataclass(frozen=True)
class ToDo:
    """What the applicant has to do, and until when."""

    words: Words
    until: datetime | None
    default: bool  #: that day rests on a value that is not in the act


@dataclass(frozen=True)
class Tracked:
    """All that the page of an application says to its applicant."""

    number: str
    intake_key: str  #: the office where it was taken in
    call_key: str  #: the office to ask
    opened_at: datetime
    happened: Sequence[Happened]
    now: Sequence[Now]
    asked: Sequence[ToDo]
    stands_still_since: datetime | None
    answer_due_at: datetime | None  #: last moment of the whole service; none when its clock has stopped
    answer_default: bool
    answer_late: bool
    closed_at: datetime | None
    edition: int | None  #: of the act, by whose words it speaks


def track(number: str, code: str, who: str, address: str) -> Tracked:
    """The application of that number, for whoever knows its code and the applicant's surname, or the IIN's last digits.

    A number that nobody has, a wrong code and a wrong name are one answer, after the same work. Commits by itself.
    Raises NothingFound; TooManyGuesses; TooManyAsk; Misread, WrongCode and WrongGroup, which tell only what was typed.
    """
    number, code = documents.read_payload(number), tracking.read_code(code)
    keys = tracking.keys_of(number, address)
    tracking.check_not_refused(keys)
    with tracking.looked_up.one(), transaction():
        tracking.count_guess(keys)
        found = _found(number, code, who)
        if found is not None:
            tracking.take_back(keys)
            return said_to_applicant(found)
        tracking.forget_old()
    raise NothingFound


def _found(number: str, code: str, who: str) -> Case | None:
    """Everything is looked at, whatever was wrong already: the time tells nothing."""
    ours = select(Instance.case_id).where(Instance.number == number)
    wanted = (
        select(Case, Applicant, TrackingCode.salt, TrackingCode.digest)
        .join(Applicant, Applicant.case_id == Case.id)
        .join(TrackingCode, TrackingCode.case_id == Case.id)
        .where(Case.plays.is_(None), or_(Case.number == number, Case.id.in_(ours)))
    )
    case, applicant, salt, digest = db.session.execute(wanted).first() or (None, None, None, None)
    kept = tracking.KeptCode(salt, digest) if salt and digest else tracking.NOBODYS
    fits, known = kept.fits(code), is_applicant(who, applicant)
    return case if fits and known else None


def is_applicant(who: str, applicant: Applicant | None) -> bool:
    """Whether that is the applicant's surname, however it is typed, or the last four digits of the IIN."""
    said = kazakh.plain_key(who)
    surname, iin = (applicant.surname, applicant.iin) if applicant is not None else ("", "")
    right = [kazakh.plain_key(surname), iin[-4:]]
    same = [hmac.compare_digest(said.encode(), each.encode()) and bool(each) for each in right]
    return bool(said) and any(same)


def said_to_applicant(case: Case) -> Tracked:
    """All of it, as it stands now; asks for no right: `track` does, and whoever answers the telephone has their own."""
    wanted = select(Task).where(Task.case_id == case.id, _speaks()).order_by(Task.seq)
    tasks = db.session.scalars(wanted).all()
    own = registry.of(case).steps_that("counted_elsewhere")
    waits = [task for task in tasks if task.closed_at is None and case.closed_at is None and task.waits_for != "timer"]
    waits = [task for task in waits if task.step not in own] or waits
    told = {each.task_id: each.told_at for each in notices.of_case(case.id) if each.kind in ("overdue", "escalated")}
    at = waits[0].office_key if waits else case.office_key
    running = case.outer_stopped_at is None and case.closed_at is None
    return Tracked(
        number=case.number or "",
        intake_key=case.office_key,
        call_key=at,
        opened_at=case.opened_at,
        happened=_happened(case, tasks),
        now=[_now(case, task, told.get(task.id)) for task in waits],
        asked=[_asked(case, task, tasks) for task in waits if any(_words(case, task, "come").values())],
        stands_still_since=case.stopped_since if running else None,
        answer_due_at=case.outer_due_at if running else None,
        answer_default=case.outer_default,
        answer_late=running and counted_until(clock.now(), case.stopped_since) > case.outer_due_at,
        closed_at=case.closed_at,
        edition=case.edition,
    )


def _speaks() -> ColumnElement[bool]:
    """A step of somebody, or what a step waits for; not the operations of programs."""
    return or_(Task.waits_for == "person", Task.step != "", Task.waits_for == "timer")


def _happened(case: Case, tasks: Sequence[Task]) -> list[Happened]:
    done = [task for task in tasks if task.done_at is not None]
    lines = [(task.done_at, _words(case, task, "done"), task.office_key) for task in done if task.done_at]
    said = [Happened(*line) for line in lines if any(line[1].values())]
    if case.closed_at is not None and any((closing := _said(case, "", case.outcome or "", "done")).values()):
        said.append(Happened(case.closed_at, closing, case.body_key))
    return sorted(said, key=lambda each: each.at)


def _now(case: Case, task: Task, told_at: datetime | None) -> Now:
    until = counted_until(clock.now(), case.stopped_since)
    late = task.due_at is not None and until > task.due_at
    return Now(
        _words(case, task, "now"), task.office_key, task.due_at, task.due_default, late, told_at if late else None
    )


def _asked(case: Case, task: Task, tasks: Sequence[Task]) -> ToDo:
    """What is asked there, until the first moment at which it goes on without the applicant."""
    plugins = registry.of(case)
    ends = [
        each.due_at
        for each in tasks
        if each.waits_for == "timer" and each.closed_at is None and each.instance_id == task.instance_id and each.due_at
    ]
    if task.message == APPLICANT_CAME:  # nothing is planned there: it is marked, and given back by hand
        kept = deadlines.months_after(plugins, task.office_key, task.opened_at, "unclaimed_result_months")
        ends += [kept] if kept else []
    settled = deadlines.is_settled(plugins, "unclaimed_result_months")
    return ToDo(_words(case, task, "come"), min(ends, default=None), not settled)


def _words(case: Case, task: Task, what: str) -> Words:
    return _said(case, task.step, task.outcome or "", what) if task.step else {}


def _said(case: Case, step: str, outcome: str, what: str) -> Words:
    """The region's words for it: of that outcome, else of the step; of that route, else of any."""
    rows = {(row["route"], row["step"], row["outcome"]): row for row in registry.of(case).table("public_words")}
    for key in ((case.route, step, outcome), ("", step, outcome), (case.route, step, ""), ("", step, "")):
        if key in rows:
            return _told(rows[key])[what]
    return {}


def _told(row: Mapping[str, str]) -> Mapping[str, Words]:
    """What a row says: what happens, what was done, what the applicant has to do."""
    return {
        "now": {each: row[f"now_{each}"] for each in LANGUAGES},
        "done": {each: row[f"done_{each}"] for each in LANGUAGES},
        "come": {each: row[f"come_{each}"] for each in LANGUAGES},
    }
