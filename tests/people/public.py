"""What the applicant is told of a case as it stands, looked at wherever a case is walked through."""

import re
from io import BytesIO

from pypdf import PdfReader
from sqlalchemy import select

from services import cases, directory, documents
from services.cases.models import Case, Task
from services.cases.pages.tracked import Tracked, said_to_applicant
from services.db import db
from tests.people.office import OFFICE

SITE = "https://komek.example.kz"
#: the code as it is printed
GROUPS = re.compile(r"(?:\d{5}[\s\u00a0]+){4}\d{5}")
LANGUAGES = ("kk", "ru", "en")
#: where the result lies and nobody but the applicant can go on
READY = {"hand_over", "await_applicant"}


def says_where(case_id: int) -> Tracked:
    """It is said in three languages what happens now, or that nothing does; what is asked; and dates in their order."""
    db.session.rollback()
    case = db.session.get_one(Case, case_id, populate_existing=True)
    said = said_to_applicant(case)
    open_steps = set(db.session.scalars(select(Task.step).where(Task.case_id == case_id, Task.closed_at.is_(None))))
    assert (case.closed_at is None) == bool(said.now), f"nothing is said of {open_steps}"
    for each in (*said.now, *said.happened, *said.asked):
        assert all(each.words.get(language) for language in LANGUAGES), (open_steps, each)
    if open_steps & READY and case.closed_at is None:
        assert said.asked, open_steps
    moments = [said.opened_at, *(each.at for each in said.happened)]
    assert moments == sorted(moments)
    return said


def printed(case_id: int, item: str = "doc.talon", role: str = "clerk", office: str = OFFICE) -> bytes:
    paper = documents.newest_paper(case_id, item)
    assert paper is not None
    return cases.print_paper(paper.id, directory.staff_at(office, role)[0], SITE).pdf


def words_of(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def code_on(pdf: bytes) -> str:
    found = GROUPS.search(words_of(pdf))
    assert found, words_of(pdf)
    return found[0]
