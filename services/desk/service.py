"""The verbs of the desk. Each is one transaction: the papers' cases are locked first, in ascending order; then custody
moves the paper and returns facts; then the cases hear of them. A paper and its process are never apart by a commit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from services import cases, clock, custody, directory, documents, journal, registry
from services.db import transaction
from services.desk.missing import plan_missing
from services.errors import KomekError

#: more lines than that are not read from one paste
MOST_AT_ONCE = 2000

Word = Literal["received", "found", "listed", "offer", "look", "person", "refused", "taken", "delivered", "undelivered"]


@dataclass(frozen=True)
class Scanned:
    """What a scan did, or what it offers to do."""

    code: str  #: the number that was read; what was typed when it could not be read
    word: Word
    #: what the next act would be: hand_over, receive_consignment, applicant_came, take_in_stray, take_in_unsent; or ""
    act: str = ""
    case_id: int | None = None
    consignment_id: int | None = None
    #: why it was refused: shown as it is
    error: KomekError | None = None
    #: it came without having been scanned out, or after it was missing
    irregular: bool = False
    #: whose badge it is: it says who somebody is, and signs nobody in
    person: directory.Person | None = None


def scan(text: str, office_key: str, person: directory.Person, *, unpacking: int | None = None) -> Scanned:
    """Do the one lawful thing with what was scanned, or offer it, or say why there is none. Never raises for a code.

    `unpacking` is the consignment whose page one scans on: what does not stand on its registry is extra.
    """
    try:
        if (holder := _badge(text)) is not None:
            return Scanned(text.strip(), "person", person=holder)
        number = documents.read_payload(text)
        consignment = custody.consignment_by_number(number)
        if consignment is not None:
            return _registry(consignment, office_key, person)
        return _paper(number, office_key, person, unpacking)
    except custody.NotSent as error:
        return Scanned(str(error.details["code"]), "refused", "take_in_unsent", error=error)
    except custody.WrongOffice as error:
        act = "take_in_stray" if custody.may_handle(person, office_key) else ""
        return Scanned(str(error.details["code"]), "refused", act, error=error)
    except KomekError as error:
        return Scanned(text.strip()[:80], "refused", error=error)


def scan_all(text: str, office_key: str, person: directory.Person, *, unpacking: int | None = None) -> list[Scanned]:
    """Every line of what was pasted or scanned in a row, one by one, each its own transaction."""
    lines = [line for line in text.splitlines() if line.strip()][:MOST_AT_ONCE]
    return [scan(line, office_key, person, unpacking=unpacking) for line in lines]


def _registry(consignment: custody.Consignment, office_key: str, person: directory.Person) -> Scanned:
    """A registry's own barcode: to be handed over where it was closed, to be unpacked where it came."""
    if office_key not in (consignment.from_key, consignment.to_key):
        raise custody.WrongOffice(code=consignment.number, office=consignment.to_key)
    act = ""
    if custody.may_handle(person, office_key):
        if office_key == consignment.from_key and consignment.state == "closed":
            act = "hand_over"
        elif office_key == consignment.to_key and consignment.state == "in_transit":
            act = "receive_consignment"
    return Scanned(consignment.number or "", "offer" if act else "look", act, consignment_id=consignment.id)


def _badge(text: str) -> directory.Person | None:
    staff_id = documents.read_badge(text)
    return directory.person(staff_id) if staff_id is not None else None


def _paper(number: str, office_key: str, person: directory.Person, unpacking: int | None) -> Scanned:
    try:
        item = custody.paper(number)
    except custody.UnknownPaper:
        case_id = cases.case_by_number(number)
        if case_id is None:
            raise
        return _case(number, case_id, person)
    handles = custody.may_handle(person, office_key)
    if (why := custody.why_it_stays(item, office_key)) is not None:
        if isinstance(why, custody.TakeOverUndone):  # there is no case any more by which somebody may see it
            if not handles:
                raise custody.UnknownPaper(code=number)
            return Scanned(item.code, "refused", error=why)
        cases.case_seen_by(item.case_id, person)
        return Scanned(item.code, "refused", case_id=item.case_id, error=why)
    if handles and (done := _move(item, office_key, person, unpacking)) is not None:
        return done
    answer = _case(item.code, item.case_id, person)
    if handles and not answer.act and (item.office_key, item.state) == (office_key, "here"):
        again = custody.AlreadyHere(code=item.code)
        return Scanned(item.code, "refused", case_id=item.case_id, error=again)
    return answer


def _move(item: custody.Item, office_key: str, person: directory.Person, unpacking: int | None) -> Scanned | None:
    """Receive it, put it on the registry, or take note that it was found; None when none of these is due."""
    on_the_way = item.destination_key is not None and item.state in ("in_transit", "missing")
    if item.office_key == office_key and item.state == "missing":
        return _found(item, office_key, person)
    if item.office_key != office_key and (on_the_way or item.destination_key == office_key):
        return _receive(item, office_key, person, unpacking)
    if item.office_key == office_key and item.state in ("to_send", "listed"):
        return _list(item, office_key, person)
    return None


@cases.keeps
def _receive(item: custody.Item, office_key: str, person: directory.Person, unpacking: int | None) -> Scanned:
    with transaction():
        cases.lock_cases([item.case_id])
        facts = custody.receive(item.code, office_key, person, unpacking=unpacking)
        for fact in cases.deliver(facts, person):
            _tell_history(fact, person)
    arrived = facts[-1]
    return Scanned(item.code, "received", case_id=item.case_id, irregular=arrived.irregular)


@cases.keeps
def take_in_unsent(code: str, office_key: str, person: directory.Person) -> None:
    """A paper lies here though nobody scanned it out: somebody says so, and both offices' histories do.

    Raises NotYourPaper, UnknownPaper, AlreadyHere, WrongOffice, NotExpected, NotSigned.
    """
    with transaction():
        cases.lock_cases([custody.paper(code).case_id])
        for fact in cases.deliver(custody.receive(code, office_key, person, unsent=True), person):
            _tell_history(fact, person)


def _list(item: custody.Item, office_key: str, person: directory.Person) -> Scanned:
    with transaction():
        cases.lock_cases([item.case_id])
        consignment = custody.put_on_registry(item.code, office_key, person)
    return Scanned(item.code, "listed", case_id=item.case_id, consignment_id=consignment.id)


def _found(item: custody.Item, office_key: str, person: directory.Person) -> Scanned:
    with transaction():
        cases.lock_cases([item.case_id])
        custody.find_again(item.code, office_key, person)
        line = journal.NewLine("custody.found", f"staff:{person.id}", {"code": item.code, "office": office_key})
        journal.append(f"case:{item.case_id}", [line], at=clock.now())
    return Scanned(item.code, "found", case_id=item.case_id)


def _case(number: str, case_id: int, person: directory.Person) -> Scanned:
    """The case behind the number: to look at; or to issue its result, when the applicant is awaited at this counter."""
    cases.case_seen_by(case_id, person)
    if cases.awaits_applicant(case_id, person):
        return Scanned(number, "offer", "applicant_came", case_id=case_id)
    return Scanned(number, "look", case_id=case_id)


def take_off_registry(code: str, office_key: str, person: directory.Person) -> None:
    """Take a paper off a registry that is not closed yet. Raises NotYourPaper, UnknownPaper, ConsignmentMoved."""
    with transaction():
        cases.lock_cases([custody.paper(code).case_id])
        custody.take_off_registry(code, office_key, person)


def close_registry(consignment_id: int, person: directory.Person) -> None:
    """Close the day's registry. Raises NotYourPaper, ConsignmentMoved, EmptyConsignment."""
    with transaction():
        custody.close(consignment_id, person)


def hand_over(consignment_id: int, person: directory.Person, *, badge: str = "") -> None:
    """Hand a closed registry to the courier: every paper on it is scanned out, and its case goes on.

    `badge` is what the courier's badge says, when they have one (I-42).
    Raises NotYourPaper, ConsignmentMoved, NotACourier.
    """
    hand_over_to(consignment_id, _courier(badge, consignment_id), person)


@cases.keeps
def hand_over_to(consignment_id: int, courier: directory.Person | None, person: directory.Person) -> None:
    """`hand_over`, to a courier who is known, or to nobody by name.

    Raises NotYourPaper, ConsignmentMoved, NotSigned.
    """
    with transaction():
        locked = custody.cases_on(consignment_id)
        cases.lock_cases(locked)
        gone = custody.hand_over(consignment_id, person, locked=locked, courier_id=courier.id if courier else None)
        for fact in cases.deliver(gone, person):
            _tell_history(fact, person)


def _courier(badge: str, consignment_id: int) -> directory.Person | None:
    if not badge.strip():
        return None
    courier, consignment = _badge(badge), custody.consignment_of(consignment_id)
    offices = (consignment.from_key, consignment.to_key)
    carry = registry.current().roles_that("carries")
    if courier is None or not any(carry & courier.roles_at(office_key) for office_key in offices):
        raise custody.NotACourier
    return courier


def finish_receiving(consignment_id: int, person: directory.Person) -> Sequence[str]:
    """The consignment is unpacked; codes of what is missing: those cases do not move on, and both offices are told.

    Raises NotYourPaper, ConsignmentMoved.
    """
    with transaction():
        cases.lock_cases(custody.cases_on(consignment_id))
        missing = custody.finish_receiving(consignment_id, person)
        for code in missing:
            line = journal.NewLine(
                "custody.missing", f"staff:{person.id}", {"code": code, "consignment": consignment_id}
            )
            journal.append(f"case:{custody.paper(code).case_id}", [line], at=clock.now())
        plan_missing(consignment_id, missing)
    return missing


def record_act(consignment_id: int, signed_with: str, person: directory.Person) -> None:
    """The act of discrepancy was signed on paper. Raises NotYourPaper, ConsignmentMoved, SignerMissing."""
    with transaction():
        custody.record_act(consignment_id, signed_with, person)


def _tell_history(fact: custody.Moved, person: directory.Person) -> None:
    """A fact that the process did not wait for: it went that way before (a paper that was missing goes once more)."""
    line = journal.NewLine(f"custody.{fact.what}", f"staff:{person.id}", {"code": fact.code, "point": fact.point})
    journal.append(f"case:{fact.case_id}", [line], at=clock.now())
