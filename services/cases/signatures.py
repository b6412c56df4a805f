"""What becomes of a case's papers with a step: signed, annulled, ready, gone; and signatures set right afterwards.

That a paper is signed is a fact of its custody. While it is awaited nothing hands the paper on; confirmed by mistake,
it is taken back as long as the paper lies in the house, and confirmed anew without the process going back.
"""

from sqlalchemy import select

from services import clock, custody, directory, documents, journal, registry, signing
from services.cases.attested import paper_holds
from services.cases.errors import AnotherPaper, ConfirmOnItsPage, NotTheSigner, NotYours
from services.cases.history import write_line
from services.cases.models import Case, Task
from services.cases.move import Move
from services.cases.reading import lock_cases
from services.db import db, transaction
from services.plugin import Checked, Fate


def settle_papers(move: Move, checked: Checked) -> None:
    """Do to the case's papers what the step says becomes of them; nothing in a rehearsal, whose papers go nowhere.

    Raises NotSigned, AlreadySigned, NotTheSigner, SignatureBroken.
    """
    for kind, fate in checked.becomes.items():
        item = None if move.case.plays else custody.of_case(move.case.id, kind)
        if item is not None:  # a case of an earlier version of the diagram may have none
            _settle(move, item, fate, checked.signed_by)


def note_replaced(move: Move, checked: Checked) -> None:
    """The answer that stood until now says which one came in its place; nothing where the case has no such answer."""
    if not checked.replaces or move.case.plays:
        return
    db.session.flush()  # that it is signed, before it is read again
    by = custody.of_case(move.case.id, "result")
    if by is not None and custody.replace_answer(move.case.id, checked.replaces, by.code, move.person_id):
        move.note("paper.superseded", code=checked.replaces, by=by.code)


def _settle(move: Move, item: custody.Item, fate: Fate, signed_by: int | None) -> None:
    if fate == "signed":
        paper = _sign(item, signed_by, move.person_id, move.signer)
        if paper is not None:
            move.attested.papers.append(paper)
        move.signed = move.signer is not None
        move.note("paper.signed", **_told(item, move.signer))
    elif fate == "annulled":
        custody.annul(item, move.person_id)
        move.note("paper.annulled", code=item.code)
    elif fate == "came_back":
        custody.come_back(item, move.person_id)
        move.note("paper.came_back", code=item.code)
    elif fate == "kept":
        custody.keep(item, move.person_id)
        move.note("paper.kept", code=item.code)
    elif fate == "ready":
        custody.check_signed(item)
    else:
        custody.give_out(item, fate, move.person_id)


def _sign(
    item: custody.Item, signed_by: int | None, person_id: int | None, signer: signing.Signer | None
) -> documents.Paper | None:
    """Sign it; the paper whose PDF was signed with the key, if one was."""
    if item.signer_id is not None and signed_by != item.signer_id:
        raise NotTheSigner(who=directory.names([item.signer_id]).get(item.signer_id, "?"), code=item.code)
    custody.sign(item, person_id, by_key=signer is not None)
    paper = documents.paper_of_code(item.case_id, item.code) if signer is not None else None
    if signer is not None and paper is not None:
        case = db.session.get_one(Case, item.case_id)
        documents.sign_with_key(paper, signer, registry.of(case), at=clock.now())
    return paper


def _told(item: custody.Item, signer: signing.Signer | None) -> dict[str, object]:
    told: dict[str, object] = {"code": item.code, "signer": item.signer_id}
    return told | ({"certificate": signer.signature.serial} if signer is not None else {})


def may_confirm(item: custody.Item, person: directory.Person, task: Task | None) -> bool:
    """Whether this person may say that it was signed: the signer, or whoever records ink, at the office that made it.

    `task` is the step that signed it.
    """
    if task is None or task.office_key != item.office_key:
        return False
    roles = person.roles_at(task.office_key)
    records = task.recorder in roles and task.role not in roles
    return records or (task.role in person.signs_at(task.office_key) and item.signer_id in (None, person.id))


def signature_acts(item: custody.Item, person: directory.Person) -> tuple[bool, bool]:
    """Whether this person may confirm it outside its step, and whether they may take the signature back."""
    task = signing_step(item.case_id)
    if not may_confirm(item, person, task):
        return False, False
    awaited = item.signature == "awaited" and item.state in custody.IN_THE_HOUSE
    return awaited and task is not None and task.closed_at is not None, custody.may_take_back(item)


def confirm_scanned(code: str, scanned: str, person: directory.Person) -> int:
    """By ink: the code was read from the paper that was signed, and is that paper's. As `confirm_signature`.

    Raises Misread, WrongCheck, AnotherPaper too.
    """
    if documents.read_payload(scanned) != code:
        raise AnotherPaper(code=code)
    return confirm_signature(code, person)


def confirm_signature(code: str, person: directory.Person, *, signer: signing.Signer | None = None) -> int:
    """A paper whose signature was taken back is signed after all; the id of its case.

    Raises UnknownPaper, ConfirmOnItsPage, NotYours, NotTheSigner, AlreadySigned, NotYourKey, SignatureBroken.
    """
    if signer is not None:
        signing.check_owner(signer.signature, person.full_name)
    with transaction():
        item, task = _held(code)
        if task is not None and task.closed_at is None:
            raise ConfirmOnItsPage
        if not may_confirm(item, person, task) or (signer is not None and item.signer_id not in (None, person.id)):
            raise NotYours(role=task.role if task else _signs(item), office=item.office_key)
        paper = _sign(item, item.signer_id, person.id, signer)
        told = _told(item, signer)
        if paper is not None:
            told[journal.HOLDS] = paper_holds([paper])
        write_line(item.case_id, "paper.signed", person, **told)
        return item.case_id


def take_signature_back(code: str, why: str, person: directory.Person) -> int:
    """A signature is none, and the paper is still in the house: until it is confirmed anew it goes nowhere.

    The id of its case. Raises UnknownPaper, NotYours, SignatureStays, ReasonMissing.
    """
    with transaction():
        item, task = _held(code)
        if not may_confirm(item, person, task):
            raise NotYours(role=task.role if task else _signs(item), office=item.office_key)
        custody.take_back(item, why, person.id)
        write_line(item.case_id, "paper.signature_taken_back", person, code=item.code)
        return item.case_id


def signing_step(case_id: int) -> Task | None:
    """The case's newest step in which a paper is signed."""
    forms = sorted(registry.current().forms_that_sign())
    wanted = select(Task).where(Task.case_id == case_id, Task.form.in_(forms)).order_by(Task.seq.desc())
    return db.session.scalars(wanted.limit(1)).first()


def _signs(item: custody.Item) -> str:
    """Whose signature it would be, where no step of the case signs."""
    return registry.current().role_that("signs", item.office_key)


def _held(code: str) -> tuple[custody.Item, Task | None]:
    """The paper, nobody else's for this transaction, and the step that signs it. Raises UnknownPaper."""
    item = custody.paper(code)
    lock_cases([item.case_id])
    db.session.refresh(item)
    return item, signing_step(item.case_id)
