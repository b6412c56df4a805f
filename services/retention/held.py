"""A person's file on request: everything held under an IIN, and who looked at it. Reading it is a line itself."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Text, cast, or_, select

from services import attachments, clock, custody, directory, documents, journal, telling
from services.cases import Entered, everything_entered, why_stopped, write_line
from services.cases.models import Answer, Applicant, Case, Comment, Instance, Task
from services.db import db, transaction
from services.documents.models import Paper
from services.letters import is_printable
from services.retention.errors import NoRequest, NotAnIin

_IIN = re.compile(r"\d{12}", re.ASCII)
#: lines of a case's history that are printed
MOST_LINES = 2000
STREAM = "retention"
_WHYS = (Task.why, Task.delay_reason, Task.conflict_reason)


@dataclass(frozen=True)
class Look:
    """Somebody did something with the case, or looked at it."""

    at: datetime
    who: str
    event: str


@dataclass(frozen=True)
class Reason:
    """Why somebody did something of their own accord, or late. May name people."""

    at: datetime
    said: str
    step: str = ""  #: in Kazakh as drawn; empty of what was done to the whole case
    event: str = ""  #: of the history: what was done to the whole case
    because: Literal["", "late", "own_draft"] = ""  #: of a step: what had to be explained


@dataclass(frozen=True)
class HeldCase:
    """One case in which the IIN stands. Personal data."""

    case_id: int
    number: str
    office_key: str
    opened_at: datetime
    closed_at: datetime | None
    outcome: str
    #: whether the person is the applicant; else the IIN stands in somebody else's case
    applies: bool
    applicant: Mapping[str, str]
    answers: Sequence[Entered]  #: step by step, as on the case's page
    papers: Sequence[tuple[str, str, datetime, int]]  #: what, number, when, how often printed
    files: Sequence[tuple[str, int]]  #: name and size
    comments: Sequence[tuple[str, datetime]]  #: what was said of it, and when
    reasons: Sequence[Reason]  #: that were asked for beside the forms
    agreed: telling.Agreed | None  #: how the applicant is told without asking
    told: Sequence[tuple[Mapping[str, str], telling.MessageLine]]  #: words by language, and how it went
    travelled: Sequence[tuple[str, str, str]]  #: code, kind, where it lies
    looks: Sequence[Look]


def person_file(iin: str, request: str, *, person: directory.Person) -> list[HeldCase]:
    """Everything held under that IIN, the oldest case first; that it was read, and by which request, is written down.

    Raises NotAdministrator, NotAnIin, NoRequest.
    """
    directory.check_administers(person)
    number, said = iin.strip(), " ".join(request.split())
    if not _IIN.fullmatch(number):
        raise NotAnIin
    if not said or len(said) > 60 or not is_printable(said):
        raise NoRequest
    with transaction():
        found = [_held(case, number) for case in _cases(number)]
        for each in found:
            write_line(each.case_id, "case.person_file_read", person, request=said)
        details = {"request": said, "cases": [each.case_id for each in found]}
        line = journal.NewLine("person_file.read", f"staff:{person.id}", details)
        journal.append(STREAM, [line], at=clock.now())
    return found


def _cases(iin: str) -> Sequence[Case]:
    """Where it is the applicant's, and where it stands in what was written. Not a list that anybody opens often."""
    own = select(Applicant.case_id).where(Applicant.iin == iin)
    answered = select(Answer.case_id).where(
        cast(Answer.answers, Text).contains(iin) | cast(Answer.draft, Text).contains(iin)
    )
    written = select(Paper.case_id).where(cast(Paper.content, Text).contains(iin))
    said = select(Comment.case_id).where(Comment.text.contains(iin))
    explained = select(Task.case_id).where(or_(*(each.contains(iin) for each in _WHYS)))
    stopped = cast(Case.why_stopped, Text).contains(iin)
    either = or_(stopped, *(Case.id.in_(each) for each in (own, answered, written, said, explained)))
    return db.session.scalars(select(Case).where(either, Case.plays.is_(None)).order_by(Case.opened_at, Case.id)).all()


def _held(case: Case, iin: str) -> HeldCase:
    lines = journal.read(f"case:{case.id}", limit=MOST_LINES)
    applicant = db.session.get(Applicant, case.id)
    numbers = db.session.scalars(select(Instance.number).filter_by(case_id=case.id).order_by(Instance.id))
    applies = applicant is not None and applicant.iin == iin
    fields = ("surname", "given_name", "patronymic", "iin", "address", "phone", "language")
    return HeldCase(
        case_id=case.id,
        number=", ".join(dict.fromkeys(each for each in numbers if each)) or case.number or "",
        office_key=case.body_key,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        outcome=case.outcome or "",
        applies=applies,
        applicant={name: getattr(applicant, name) for name in fields} if applicant else {},
        answers=everything_entered(case, after=applicant if applies else None),
        papers=[(each.item, each.number, each.made_at, each.copies) for each in documents.papers_of(case.id)],
        files=[(each.name, each.size) for each in attachments.files_of(case.id)],
        comments=[(each.text, each.written_at) for each in _comments(case.id)],
        travelled=[(item.code, item.kind, item.office_key) for item, _ in custody.papers_of(case.id)],
        reasons=_reasons(case, lines),
        agreed=telling.agreed_of(case.id) if applies else None,
        told=telling.told_of(case.id) if applies else [],
        looks=_looks(lines),
    )


def _comments(case_id: int) -> Sequence[Comment]:
    return db.session.scalars(select(Comment).filter_by(case_id=case_id).order_by(Comment.id)).all()


def _reasons(case: Case, lines: Sequence[journal.Recorded]) -> list[Reason]:
    """In the order in which they were given."""
    wanted = select(Task).where(Task.case_id == case.id, or_(*(each != "" for each in _WHYS)))
    found = []
    for task in db.session.scalars(wanted.order_by(Task.seq)):
        at = task.closed_at or task.opened_at
        found += [
            Reason(at, task.why, step=task.name),
            Reason(at, task.delay_reason, step=task.name, because="late"),
            Reason(at, task.conflict_reason, step=task.name, because="own_draft"),
        ]
    found += [Reason(each.at, why_stopped(case, each.event, each.details), event=each.event) for each in lines]
    return sorted((each for each in found if each.said), key=lambda each: each.at)


def _looks(lines: Sequence[journal.Recorded]) -> list[Look]:
    ids = {int(each.actor.removeprefix("staff:")) for each in lines if each.actor.startswith("staff:")}
    names = {f"staff:{each}": name for each, name in directory.names(ids).items()}
    return [Look(each.at, names.get(each.actor, each.actor), each.event) for each in reversed(lines)]
