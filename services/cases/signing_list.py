"""What waits for a person's signature, each with the paper that it is about."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select

from services import directory, documents, registry
from services.cases.facts import acting_of
from services.cases.models import Applicant, Case, Instance, Task
from services.cases.pages import DueView
from services.cases.queries import earlier
from services.cases.reading import drafter
from services.db import db

#: a page shows this many; each is looked at before it is signed
MOST = 25


@dataclass(frozen=True)
class ToSign:
    """One paper that waits for a signature."""

    task_id: str
    form: str
    case_id: int
    number: str
    applicant: str
    title: str  #: of the step, in Kazakh as drawn
    due: DueView | None
    paper_id: int | None  #: the draft, to look at
    round: int
    holder: str = ""  #: the absent one for whom this person signs
    own_draft: bool = False  #: this person drafted it


def to_sign(person: directory.Person, office_key: str) -> Sequence[ToSign]:
    """The papers that this person may sign at that office, the most urgent first."""
    rules = registry.current()
    forms = rules.forms_that_sign()
    wanted = (
        select(Task, Case, Applicant, Instance.number, drafter())
        .join(Case, Case.id == Task.case_id)
        .join(Instance, Instance.id == Task.instance_id)
        .join(Applicant, Applicant.case_id == Case.id)
        .where(Task.office_key == office_key, Task.role.in_(sorted(person.signs_at(office_key))))
        .where(Task.closed_at.is_(None), Task.form.in_(sorted(forms)))
        .where(or_(Task.assignee_id.is_(None), *_in_hands(person, office_key)))
        .order_by(Task.urgent_at, Task.id)
        .limit(MOST)
    )
    found = db.session.execute(wanted).all()
    shown = {form: rules.form(form).shows for form in forms}
    drafts = documents.newest_of([case.id for _, case, *_ in found], sorted(set(shown.values())))
    return [
        ToSign(
            task.id,
            task.form or "",
            case.id,
            number or case.number or "",
            f"{applicant.surname} {applicant.given_name} {applicant.patronymic}".strip(),
            task.name,
            earlier(task, case),
            drafts.get((case.id, shown[task.form or ""])),
            task.round,
            acting.for_name if (acting := acting_of(task, person)) else "",
            drafted_by == person.id,
        )
        for task, case, applicant, number, drafted_by in found
    ]


def _in_hands(person: directory.Person, office_key: str) -> list[ColumnElement[bool]]:
    return [
        and_(Task.role == role, Task.assignee_id.in_(sorted(person.hands_at(office_key, role))))
        for role in sorted(person.signs_at(office_key))
    ]


def may_sign(person: directory.Person, office_key: str) -> bool:
    """Whether one of this person's roles at that office signs papers: a column of the region."""
    roles = registry.current().by_key("roles")
    return any(roles.get(role, {}).get("signs") == "yes" for role in person.signs_at(office_key))
