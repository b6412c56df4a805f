"""The reminders of several cases as one file: what would be printed of each."""

from collections.abc import Sequence

from services import directory, documents, registry
from services.cases.errors import NotYourCase
from services.cases.lists.several import TaskVerdict, TooManyAtOnce
from services.cases.models import Case
from services.cases.pages.print_together import DuePaper, DuePapers, NothingToPrint
from services.cases.reminding import MOST
from services.cases.rights import sees
from services.db import db


def letters_due(case_ids: Sequence[int], person: directory.Person) -> Sequence[DuePapers]:
    """The newest reminder of each case, to be printed together; the verdict of one that has none says so.

    Raises TooManyAtOnce.
    """
    wanted = list(dict.fromkeys(case_ids))
    if len(wanted) > MOST:
        raise TooManyAtOnce(most=MOST)
    letters = documents.newest_of(wanted, registry.current().papers_that("reminds"))
    return [_due(case_id, letters.get(case_id), person) for case_id in wanted]


def _due(case_id: int, paper_id: int | None, person: directory.Person) -> DuePapers:
    case = db.session.get(Case, case_id)
    if case is None or not sees(case, person):
        return DuePapers(TaskVerdict("", None, "", NotYourCase()))
    number = case.number or ""
    if paper_id is None:
        return DuePapers(TaskVerdict("", case_id, number, NothingToPrint()))
    paper = documents.paper(paper_id)
    due = DuePaper(paper.id, paper.item, sheets=1, copy=paper.copies > 0)
    return DuePapers(TaskVerdict("", case_id, number, None), (due,))
