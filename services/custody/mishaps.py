"""Setting right what went wrong with a paper: found again, astray, damaged, lost, unclaimed. Verbs as in `service`."""

from services import clock, directory
from services.custody.consignments import consignment_of
from services.custody.errors import (
    DamageMissing,
    NotExpected,
    UnknownPaper,
)
from services.custody.models import ConsignmentLine, Item
from services.custody.service import check_may_handle, note, paper, settle
from services.db import db
from services.errors import ReasonMissing


def find_again(code: str, office_key: str, person: directory.Person) -> Item:
    """A paper that was missing lies here after all: it goes with the next registry.

    Raises NotYourPaper, UnknownPaper, NotExpected.
    """
    check_may_handle(person, office_key)
    item = paper(code)
    if item.state != "missing" or item.office_key != office_key:
        raise NotExpected(code=code)
    now = clock.now()
    item.state, item.consignment_id, item.since = "to_send", None, now
    note([code], "found", office_key, person.id, now)
    return item


def take_in_stray(code: str, office_key: str, person: directory.Person) -> Item:
    """A paper came to the wrong office: that office holds it now, and sends it on with its next registry.

    Its case does not move: the paper has not arrived. Raises NotYourPaper, UnknownPaper, NotExpected.
    """
    check_may_handle(person, office_key)
    item = paper(code)
    if item.destination_key in (None, office_key) or item.office_key == office_key:
        raise NotExpected(code=code)
    now = clock.now()
    settle(item, "misrouted", now)
    item.office_key, item.state, item.consignment_id, item.since = office_key, "to_send", None, now
    note([code], "misrouted", office_key, person.id, now, to=item.destination_key)
    return item


def note_damage(consignment_id: int, code: str, what: str, person: directory.Person) -> None:
    """Say what is wrong with a paper that was unpacked. Raises NotYourPaper, UnknownPaper, DamageMissing."""
    consignment = consignment_of(consignment_id, lock=True)
    check_may_handle(person, consignment.to_key)
    line = db.session.get(ConsignmentLine, (consignment_id, code))
    if line is None:
        raise UnknownPaper(code=code)
    if not what.strip():
        raise DamageMissing
    line.damage = what.strip()[:300]
    note([code], "damaged", consignment.to_key, person.id, clock.now(), consignment_id)


def replace(code: str, office_key: str, why: str, person: directory.Person) -> Item:
    """A paper that was missing is lost for good: its duplicate was made here and goes with the next registry.

    The duplicate carries the same number; should the lost one turn up, its scan says that it is here already.
    Raises NotYourPaper, UnknownPaper, NotExpected, ReasonMissing.
    """
    check_may_handle(person, office_key)
    item = paper(code)
    if item.state != "missing" or item.office_key != office_key:
        raise NotExpected(code=code)
    now = clock.now()
    item.state, item.consignment_id, item.since = "to_send", None, now
    note([item.code], "replaced", office_key, person.id, now, why=reason(why))
    return item


def send_back(code: str, to_key: str, person: directory.Person) -> None:
    """A result that nobody claimed goes back to the body, or from there to the counter again.

    Raises NotYourPaper, UnknownPaper, NotExpected.
    """
    item = paper(code)
    if item.state != "here" or item.kind != "result" or item.office_key == to_key:
        raise NotExpected(code=code)
    now = clock.now()
    item.state, item.destination_key, item.consignment_id, item.since = "to_send", to_key, None, now
    note([item.code], "unclaimed", item.office_key, person.id, now, to=to_key)


def reason(why: str) -> str:
    """The reason as it is kept. Raises ReasonMissing."""
    if not why.strip():
        raise ReasonMissing
    return why.strip()[:300]
