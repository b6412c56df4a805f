"""The applicant's secret code on paper: on the first print of what they take home, and given anew at a counter."""

from services import clock, documents, registry, tracking
from services.cases.errors import NoCodeHere, NotYourCase
from services.cases.facts import applicant_facts
from services.cases.forgetting import is_destroyed
from services.cases.history import write_line
from services.cases.models import Applicant, Case
from services.cases.reading import lock_case
from services.cases.rights import case_seen_by, check_sees, may_reach
from services.db import db, transaction
from services.directory import Person
from services.errors import InvalidAnswers
from services.msgids import _

#: who stood at the counter, and showed by which paper they are the one
SHOWN = ("applicant", "representative")
WHO_MISSING = _("Please say whose identity document you have seen.")
NO_REPRESENTATIVE = _("Nobody applied for this applicant.")
SLIP = "doc.code_slip"


def give_code_anew(case_id: int, shown: str, person: Person, site: str) -> documents.Printed:
    """A slip with a new code, for who showed an identity document: the code of before is none any more.

    `shown` is one of `SHOWN`; `site` the address of these pages. The code stands on the slip alone; that it was given,
    and to whom, is a line of the history. Raises NoSuchCase, NotYours, NoCodeHere, InvalidAnswers.
    """
    _check_reaches(case_seen_by(case_id, person), person)
    with transaction():
        case = lock_case(case_id)
        check_sees(case, person)
        applicant = db.session.get(Applicant, case.id, populate_existing=True)
        if not may_have_code(case, applicant):
            raise NoCodeHere
        _check_shown(shown, applicant)
        beside = code_beside(tracking.give_code(case.id), case.number or "", site)
        pdf = documents.print_form(
            SLIP, _slip(case, applicant, person), registry.of(case), at=clock.now(), mark="", beside=beside
        )
        write_line(case.id, "case.code_given", person, shown=shown)
    return documents.Printed(pdf, f"code-{case.number}.pdf")


def may_give_code(case: Case, applicant: Applicant | None, person: Person) -> bool:
    """Whether this person gives the applicant a new code: with a role that has to reach them; not in the archive."""
    return case.archived_at is None and may_have_code(case, applicant) and may_reach(case, person)


def may_have_code(case: Case, applicant: Applicant | None) -> bool:
    """Whether there is anything to ask about: a registered case, no rehearsal, not destroyed."""
    known = applicant is not None and not is_destroyed(applicant)
    return bool(case.number) and case.plays is None and known


def first_code(paper: documents.Paper, site: str) -> documents.Beside | None:
    """For the first print of a paper that bears it: the case's code, where it has none yet. In its transaction."""
    declared = registry.current().papers.get(paper.item)
    if declared is None or not declared.bears_code or not paper.number or tracking.has_code(paper.case_id):
        return None
    return code_beside(tracking.give_code(paper.case_id), paper.number, site)


def code_beside(code: str, number: str, site: str) -> documents.Beside:
    """How a code stands on paper. The link's part behind the `#` is never sent to a server: no log has it."""
    address = f"{site}/status"
    return documents.Beside(tracking.groups_of(code), address.partition("://")[2], f"{address}#{number}/{code}")


def _check_reaches(case: Case, person: Person) -> None:
    if not may_reach(case, person):
        raise NotYourCase


def _check_shown(shown: str, applicant: Applicant | None) -> None:
    facts = applicant_facts(applicant)
    if shown not in SHOWN:
        raise InvalidAnswers({"shown": WHO_MISSING})
    if shown == "representative" and (facts is None or facts.representative is None):
        raise InvalidAnswers({"shown": NO_REPRESENTATIVE})


def _slip(case: Case, applicant: Applicant | None, person: Person) -> dict[str, object]:
    here = next(key for key in (case.office_key, case.body_key) if person.roles_at(key))
    return {
        "number": case.number or "",
        "office_name": registry.of(case).row("offices", here)["name_kk"],
        "given_on": clock.now().isoformat(),
        "given_by": person.full_name,
        "second_language": applicant.language if applicant is not None else "",
    }
