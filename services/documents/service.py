"""Making papers, and printing them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from services import journal
from services.db import db, transaction
from services.documents.contents import Content, check_content
from services.documents.models import Paper
from services.documents.printing import form_name, print_form
from services.errors import NotFound
from services.registry import Registry


class NoSuchPaper(NotFound):
    """There is no paper %(paper)s."""


@dataclass(frozen=True)
class Printed:
    """A paper, printed."""

    pdf: bytes
    #: ASCII: "talon-19-2013-00042.pdf"
    file_name: str


def make_paper(
    case_id: int, item: str, content: Content, *, office_key: str, number: str, made_by: str, at: datetime
) -> None:
    """Keep what a paper says, in the caller's transaction; its PDF is made whenever it is printed.

    Raises NotAPaper, FieldMissing, FieldUnreadable (all Invalid; the last two name the field).
    """
    check_content(item, content)
    who = {"office_key": office_key, "made_at": at, "made_by": made_by}
    db.session.add(Paper(case_id=case_id, item=item, number=number, content=dict(content), **who))


def papers_of(case_id: int) -> list[Paper]:
    """The case's papers, the first made first."""
    return list(db.session.scalars(select(Paper).filter_by(case_id=case_id).order_by(Paper.id)))


def paper(paper_id: int) -> Paper:
    """That paper. Raises NoSuchPaper."""
    found = db.session.get(Paper, paper_id) if 0 < paper_id < 2**63 else None
    if found is None:
        raise NoSuchPaper(paper=paper_id)
    return found


def print_paper(paper_id: int, registry: Registry, *, actor: str, stream: str, at: datetime) -> Printed:
    """The paper as PDF; counted, and written into that stream of the journal. From the second time on it is a copy.

    Who may see it is the caller's to check. Raises NoSuchPaper, NoSuchForm.
    """
    with transaction():
        counted = update(Paper).where(Paper.id == paper_id).values(copies=Paper.copies + 1).returning(Paper)
        paper = db.session.scalars(counted, execution_options={"populate_existing": True}).one_or_none()
        if paper is None:
            raise NoSuchPaper(paper=paper_id)
        pdf = print_form(paper.item, paper.content, registry, at=at, copy=paper.copies > 1)
        details = {"paper": paper.id, "item": paper.item, "copy": paper.copies}
        journal.append(stream, [journal.Line("paper.printed", actor, details)], at=at)
    return Printed(pdf, f"{form_name(paper.item)}-{paper.number or paper.id}.pdf")
