"""The papers of played cases, printed over the pages, looked at as a scanner does."""

from collections.abc import Iterable, Iterator

import pypdfium2
import zxingcpp

from komek.testing.people import People
from komek.testing.surfer import Surfer
from services import directory, documents, registry
from services.cases.models import Case
from services.custody.models import Item
from services.db import db
from services.documents.models import Paper

#: dots to an inch at which a page is looked at: what an office's scanner sees
DPI = 300


def one_of_each(cases: Iterable[int]) -> list[Paper]:
    """Of every kind of paper that was made in those cases, the first."""
    db.session.rollback()
    rows = db.session.query(Paper).where(Paper.case_id.in_(list(cases))).order_by(Paper.id)
    found = list({row.item: row for row in reversed(list(rows))}.values())
    db.session.expunge_all()
    return found


def printed(people: People, paper: Paper) -> bytes:
    """Its PDF, fetched by the first at its office who may open it."""
    told = []
    for surfer in _readers(people, paper.office_key):
        answer = surfer.get(f"/papers/{paper.id}.pdf")
        if answer.status_code == 200:
            pdf = answer.get_data()
            assert pdf.startswith(b"%PDF-"), f"{paper.item}: no PDF"
            return bytes(pdf)
        told.append(answer.status_code)
    raise AssertionError(
        f"{paper.item} of case {paper.case_id} cannot be opened by anybody at {paper.office_key}: {told}"
    )


def _readers(people: People, office: str) -> Iterator[Surfer]:
    for role, row in registry.current().by_key("roles").items():
        if row["sees_cases"] == "yes" and (staff := directory.staff_at(office, role)):
            yield people.surfer(staff[0].login)


def looked_at(pdf: bytes) -> tuple[set[str], str]:
    """What a scanner reads on its pages, and the text that stands there."""
    read, text, document = set[str](), "", pypdfium2.PdfDocument(pdf)
    for page in document:
        text += page.get_textpage().get_text_range()
        read |= {each.text for each in zxingcpp.read_barcodes(page.render(scale=DPI / 72).to_pil())}
    return read, text


def numbers_of(case_id: int) -> set[str]:
    """Every number under which a paper of that case is scanned."""
    case = db.session.get_one(Case, case_id)
    codes = {item.code for item in db.session.query(Item).where(Item.case_id == case_id)}
    return {number for number in (case.number, *codes) if number}


def fault_of(people: People, paper: Paper) -> str:
    """Empty when it prints, and every number that stands on it as a code is read back from its picture."""
    read, text = looked_at(printed(people, paper))
    for number in numbers_of(paper.case_id):
        payload = documents.barcode_payload(number)
        if payload in text and payload not in read:
            return f"{paper.item}: {payload} stands on it, and a scanner reads {sorted(read) or 'nothing'}"
        if payload in read and documents.read_payload(payload) != number:
            return f"{paper.item}: {payload} is scanned as {documents.read_payload(payload)}"
    return ""
