"""A person's file on request: everything held under an IIN, and who looked at it. Reading it is a line itself."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Text, cast, select

from services import attachments, clock, custody, directory, documents, journal
from services.cases import write_line
from services.cases.models import Answer, Applicant, Case, Instance
from services.db import db, transaction
from services.documents.models import Paper
from services.letters import is_printable
from services.retention.errors import NoRequest, NotAnIin

_IIN = re.compile(r"\d{12}", re.ASCII)
#: lines of a case's history that are printed
MOST_LINES = 2000
STREAM = "retention"


@dataclass(frozen=True)
class Look:
    """Somebody did something with the case, or looked at it."""

    at: datetime
    who: str
    event: str


@dataclass(frozen=True)
class HeldCase:
    """One case in which the IIN stands. Personal data."""

    case_id: int
    number: str
    office_key: str
    opened_at: datetime
    closed_at: datetime | None
    outcome: str
    #: whether the person is the applicant; else the IIN stands in an answer or a paper of somebody else's case
    applies: bool
    applicant: Mapping[str, str]
    answers: Sequence[tuple[str, datetime, Mapping[str, object]]]  #: form, when, question -> answer
    papers: Sequence[tuple[str, str, datetime, int]]  #: what, number, when, how often printed
    files: Sequence[tuple[str, int]]  #: name and size
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
    """Where it is the applicant's, and where it stands in an answer or a paper. Not a list that anybody opens often."""
    own = select(Applicant.case_id).where(Applicant.iin == iin)
    answered = select(Answer.case_id).where(
        cast(Answer.answers, Text).contains(iin) | cast(Answer.draft, Text).contains(iin)
    )
    written = select(Paper.case_id).where(cast(Paper.content, Text).contains(iin))
    either = Case.id.in_(own) | Case.id.in_(answered) | Case.id.in_(written)
    return db.session.scalars(select(Case).where(either, Case.plays.is_(None)).order_by(Case.opened_at, Case.id)).all()


def _held(case: Case, iin: str) -> HeldCase:
    applicant = db.session.get(Applicant, case.id)
    given = db.session.scalars(select(Answer).filter_by(case_id=case.id).order_by(Answer.given_at)).all()
    numbers = db.session.scalars(select(Instance.number).filter_by(case_id=case.id).order_by(Instance.id))
    fields = ("surname", "given_name", "patronymic", "iin", "address", "phone", "language")
    return HeldCase(
        case_id=case.id,
        number=", ".join(dict.fromkeys(each for each in numbers if each)) or case.number or "",
        office_key=case.body_key,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        outcome=case.outcome or "",
        applies=applicant is not None and applicant.iin == iin,
        applicant={name: getattr(applicant, name) for name in fields} if applicant else {},
        answers=[(each.form, each.given_at or each.draft_at or case.opened_at, _plain(each)) for each in given],
        papers=[(each.item, each.number, each.made_at, each.copies) for each in documents.papers_of(case.id)],
        files=[(each.name, each.size) for each in attachments.files_of(case.id)],
        travelled=[(item.code, item.kind, item.office_key) for item, _ in custody.papers_of(case.id)],
        looks=_looks(case.id),
    )


def _plain(answer: Answer) -> Mapping[str, object]:
    kept = answer.answers if answer.answers is not None else answer.draft
    return {name: value for name, value in (kept or {}).items() if value not in (None, "", [], {})}


def _looks(case_id: int) -> list[Look]:
    lines = journal.read(f"case:{case_id}", limit=MOST_LINES)
    ids = {int(each.actor.removeprefix("staff:")) for each in lines if each.actor.startswith("staff:")}
    names = {f"staff:{each}": name for each, name in directory.names(ids).items()}
    return [Look(each.at, names.get(each.actor, each.actor), each.event) for each in reversed(lines)]
