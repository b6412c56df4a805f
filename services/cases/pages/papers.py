"""The papers of a case, for whoever may read them: printed, looked at, drawn."""

from collections.abc import Sequence

from sqlalchemy import select

from services import clock, directory, documents, registry
from services.cases.errors import NotYourCase
from services.cases.giving_code import first_code
from services.cases.history import write_line
from services.cases.models import Applicant, Case, Instance, Task
from services.cases.pages.entered import FormsRead
from services.cases.rights import case_seen_by, looks_at_cases
from services.db import db, transaction


def print_paper(paper_id: int, person: directory.Person, site: str) -> documents.Printed:
    """A paper of a case as PDF, to be printed; that is counted and written down. Raises NotFound, NotYours.

    The first print of one that the applicant takes home bears the case's secret code, if it has none yet; `site` is the
    address of these pages, where it is asked with.
    """
    case = _readable(paper_id, person)
    told = {"actor": f"staff:{person.id}", "stream": f"case:{case.id}"}
    return documents.print_paper(
        paper_id, registry.of(case), **told, at=clock.now(), beside=lambda paper: first_code(paper, site)
    )


def look_at_paper(paper_id: int, person: directory.Person) -> documents.Printed:
    """A paper of a case as PDF, to look at; no printing is counted. Raises NotFound, NotYours."""
    return documents.look_at_paper(paper_id, registry.of(_readable(paper_id, person)), at=clock.now())


def draw_paper(paper_id: int, person: directory.Person) -> bytes:
    """A paper of a case as a picture (SVG), to look at. Raises NotFound, NotYours."""
    return documents.draw_paper(paper_id, registry.of(_readable(paper_id, person)), at=clock.now())


def _readable(paper_id: int, person: directory.Person) -> Case:
    """The case of a paper that this person may read. Raises NotFound, NotYours."""
    paper = documents.paper(paper_id)
    case = case_seen_by(paper.case_id, person)
    if not may_read_paper(paper, case, person):  # the other office of the same case
        raise NotYourCase
    return case


def reveal_iin(case_id: int, person: directory.Person) -> str:
    """The applicant's IIN in full; that it was looked at becomes a line of the history. Raises NoSuchCase, NotYours."""
    with transaction():
        case = case_seen_by(case_id, person)
        applicant = db.session.get(Applicant, case.id)
        write_line(case.id, "case.iin_viewed", person)
        return applicant.iin if applicant else ""


def papers_shown(
    case: Case, instances: Sequence[Instance], tasks: Sequence[Task], person: directory.Person
) -> set[str]:
    """Papers of the case's other office that a step of this person's own office is about ("doc.receipt")."""
    reading = FormsRead(case, {each.id: each for each in instances}, None)
    own = [task for task in tasks if task.form and looks_at_cases(person, task.office_key)]
    forms = [form for task in own if (form := reading.form(task)) is not None]
    return {item for form in forms for item in form.shows}


def may_read_paper(paper: documents.Paper, case: Case, person: directory.Person) -> bool:
    """Whether whoever sees the case may read that paper: one of their office, or one that a step there is about."""
    if person.roles_at(paper.office_key):
        return True
    tasks = db.session.scalars(select(Task).filter_by(case_id=case.id)).all()
    instances = db.session.scalars(select(Instance).filter_by(case_id=case.id)).all()
    return paper.item in papers_shown(case, instances, tasks, person)
