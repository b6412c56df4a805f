"""What waits for a person: drafts to agree with, and numbered papers to sign, each with its picture."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import or_, select

from services import custody, directory, documents, registry
from services.cases.models import Applicant, Case, Instance, Task
from services.cases.pages.dues import earlier
from services.cases.pages.lookups import applicants
from services.cases.pages.shown import DueView
from services.cases.reading import drafter
from services.cases.rights import acting_of, may_be_signed_by
from services.cases.signatures import signing_step
from services.db import db

#: a page shows this many; each is looked at before it is signed
MOST = 25


@dataclass(frozen=True)
class ToSign:
    """One draft that waits for consent, or one paper that waits for a signature."""

    task_id: str  #: empty when its step is over: the signature was taken back, or an earlier diagram went on without it
    form: str
    case_id: int
    number: str
    applicant: str
    title: str  #: of the step, in Kazakh as drawn
    due: DueView | None
    paper_id: int | None  #: the draft, or the paper itself, to look at
    round: int
    holder: str = ""  #: the absent one for whom this person signs
    own_draft: bool = False  #: this person drafted it
    code: str = ""  #: its outgoing number, when it is a paper to sign; a draft has none
    gist: documents.Gist | None = None  #: what it decides, as the paper itself says it


def to_sign(person: directory.Person, office_key: str) -> Sequence[ToSign]:
    """The papers that this person may sign at that office, the most urgent first."""
    plugins = registry.current()
    forms = plugins.forms_that_sign() | plugins.forms_that_agree()
    wanted = (
        select(Task, Case, Applicant, Instance.number, drafter())
        .join(Case, Case.id == Task.case_id)
        .join(Instance, Instance.id == Task.instance_id)
        .join(Applicant, Applicant.case_id == Case.id)
        .where(Task.office_key == office_key, Task.role.in_(sorted(person.signs_at(office_key))))
        .where(Task.closed_at.is_(None), Task.form.in_(sorted(forms)))
        .where(or_(Task.assignee_id.is_(None), *may_be_signed_by(person, office_key)))
        .order_by(Task.urgent_at, Task.id)
        .limit(MOST)
    )
    rows = db.session.execute(wanted).all()
    shown = {form: plugins.form(form).shows for form in forms}
    case_ids = [case.id for _, case, *_ in rows]
    papers = documents.newest_of(case_ids, sorted({item for items in shown.values() for item in items}))
    awaited = {item.case_id: item.code for item in custody.awaited_at(office_key, None, case_ids=case_ids)}
    waiting = [
        ToSign(
            task.id,
            task.form or "",
            case.id,
            number or case.number or "",
            f"{applicant.surname} {applicant.given_name} {applicant.patronymic}".strip(),
            task.name,
            earlier(task, case),
            papers.get(case.id),
            task.round,
            acting.for_name if (acting := acting_of(task, person)) else "",
            drafted_by == person.id,
            awaited.get(case.id, ""),
        )
        for task, case, applicant, number, drafted_by in rows
    ]
    found = [*waiting, *_without_step(person, office_key, {each.case_id for each in waiting})]
    gists = documents.gists_of([each.paper_id for each in found if each.paper_id])
    return [replace(each, gist=gists.get(each.paper_id or 0)) for each in found]


def _without_step(person: directory.Person, office_key: str, listed: set[int]) -> list[ToSign]:
    """Papers with this person's name whose step is over, and which nobody has signed."""
    found = [item for item in custody.awaited_at(office_key, person.id, limit=MOST) if item.case_id not in listed]
    over = {item.case_id: task for item in found if (task := signing_step(item.case_id)) and task.closed_at}
    who = applicants(sorted(over))
    papers = {item.case_id: documents.paper_of_code(item.case_id, item.code) for item in found}
    return [
        ToSign("", task.form or "", item.case_id, item.code, who.get(item.case_id, ""), task.name, None,
               paper.id if (paper := papers[item.case_id]) else None, task.round, code=item.code)
        for item in found
        if (task := over.get(item.case_id)) is not None and task.role in person.signs_at(office_key)
    ]  # fmt: skip


def may_sign(person: directory.Person, office_key: str) -> bool:
    """Whether one of this person's roles at that office signs papers: a column of the region."""
    return bool(registry.current().roles_that("signs") & person.signs_at(office_key))
