"""Registries and the consignments that they become: what is put on them, carried and unpacked, as verbs of custody."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import insert

from services import clock, deadlines, directory, documents, journal, registry
from services.custody.errors import (
    AlreadyHere,
    AlreadyListed,
    CannotCallBack,
    ConsignmentMoved,
    EmptyConsignment,
    NoSuchConsignment,
    NotExpected,
    NotSent,
    NotSigned,
    NotToSend,
    NotYourPaper,
    SignerMissing,
    WrongOffice,
)
from services.custody.happened import Moved
from services.custody.models import Consignment, ConsignmentLine, Item
from services.custody.service import check_may_handle, note, paper, settle
from services.db import db


def call_back(item: Item, person_id: int | None, at: datetime) -> None:
    """A paper goes nowhere: it lies here from now on, off the open registry if it stood on one.

    Raises CannotCallBack for what has left the house, or stands on a registry that is closed.
    """
    if item.state == "here":
        return
    consignment = consignment_of(item.consignment_id or 0, lock=True) if item.state == "listed" else None
    if item.state not in ("to_send", "listed") or (consignment is not None and consignment.state != "draft"):
        raise CannotCallBack(code=item.code)
    if consignment is not None:
        db.session.execute(delete(ConsignmentLine).filter_by(consignment_id=consignment.id, code=item.code))
    item.state, item.consignment_id, item.destination_key, item.since = "here", None, None, at
    note([item.code], "called_back", item.office_key, person_id, at, consignment.id if consignment else None)


def put_on_registry(code: str, office_key: str, person: directory.Person) -> Consignment:
    """Add a paper that lies here to the open registry to its destination, which is begun if there is none.

    Raises NotYourPaper, UnknownPaper, AlreadyListed, NotToSend, NotSigned.
    """
    check_may_handle(person, office_key)
    item = paper(code)
    if item.state == "listed" and item.office_key == office_key:
        raise AlreadyListed(code=code)
    if item.office_key != office_key or item.state != "to_send" or item.destination_key is None:
        raise NotToSend(code=code)
    if item.signature == "awaited":
        raise NotSigned(code=code)
    now = clock.now()
    consignment = _draft(office_key, item.destination_key, person, now)
    listed = insert(ConsignmentLine).values(consignment_id=consignment.id, code=code, state="listed")
    db.session.execute(listed.on_conflict_do_nothing())
    item.state, item.consignment_id, item.since = "listed", consignment.id, now
    note([code], "listed", office_key, person.id, now, consignment.id)
    return consignment


def take_off_registry(code: str, office_key: str, person: directory.Person) -> None:
    """Take a paper off a registry that is not closed yet. Raises NotYourPaper, UnknownPaper, ConsignmentMoved."""
    check_may_handle(person, office_key)
    item = paper(code)
    consignment = consignment_of(item.consignment_id, lock=True) if item.consignment_id else None
    if item.office_key != office_key or item.state != "listed" or consignment is None or consignment.state != "draft":
        raise ConsignmentMoved
    now = clock.now()
    line = db.session.get(ConsignmentLine, (consignment.id, code))
    if line is not None:
        db.session.delete(line)
    item.state, item.consignment_id, item.since = "to_send", None, now
    note([code], "unlisted", office_key, person.id, now, consignment.id)


def consignment_of(consignment_id: int, *, lock: bool = False) -> Consignment:
    """The consignment with that id. Raises NoSuchConsignment."""
    wanted = select(Consignment).filter_by(id=consignment_id).execution_options(populate_existing=True)
    found = db.session.scalar(wanted.with_for_update() if lock else wanted) if 0 < consignment_id < 2**63 else None
    if found is None:
        raise NoSuchConsignment
    return found


def cases_on(consignment_id: int) -> list[int]:
    """Ids of the cases whose papers stand on it, ascending: the order in which they are locked."""
    on_it = (
        select(Item.case_id)
        .join(ConsignmentLine, ConsignmentLine.code == Item.code)
        .where(ConsignmentLine.consignment_id == consignment_id)
    )
    return sorted(set(db.session.scalars(on_it)))


def close(consignment_id: int, person: directory.Person) -> Consignment:
    """Close the day's registry: it gets its number, and nothing more is put on it.

    Raises NotYourPaper, ConsignmentMoved, EmptyConsignment.
    """
    consignment = consignment_of(consignment_id, lock=True)
    check_may_handle(person, consignment.from_key)
    if consignment.state != "draft":
        raise ConsignmentMoved
    listed = list(db.session.scalars(select(ConsignmentLine.code).filter_by(consignment_id=consignment_id).limit(1)))
    if not listed:
        raise EmptyConsignment
    now, plugins = clock.now(), registry.current()
    local = deadlines.local(plugins, consignment.from_key, now)
    number = documents.next_number(plugins.row("offices", consignment.from_key)["number"], "registry", local.year)
    consignment.state, consignment.number = "closed", number
    consignment.closed_at, consignment.closed_by_id = now, person.id
    _write(consignment, "consignment.closed", person, number=number)
    return consignment


def hand_over(
    consignment_id: int, person: directory.Person, *, locked: Collection[int], courier_id: int | None = None
) -> list[Moved]:
    """Hand a closed registry and its papers to the courier: every paper is scanned out.

    `locked` are the cases that the caller holds, `courier_id` whose badge was scanned, if any was; a courier who takes
    it says so themself.
    Raises NotYourPaper, ConsignmentMoved, NotSigned.
    """
    consignment = consignment_of(consignment_id, lock=True)
    if courier_id != person.id or not may_carry(consignment, person):
        check_may_handle(person, consignment.from_key)
    if consignment.state != "closed":
        raise ConsignmentMoved
    unsigned = select(Item.code).where(Item.consignment_id == consignment_id, Item.signature == "awaited")
    if codes := sorted(db.session.scalars(unsigned)):
        raise NotSigned(code=", ".join(codes))
    now, point = clock.now(), _point("OUT", consignment.from_key)
    consignment.state, consignment.handed_over_at, consignment.handed_over_by_id = "in_transit", now, person.id
    consignment.courier_id = courier_id
    gone = update(ConsignmentLine).filter_by(consignment_id=consignment_id, state="listed").values(state="sent")
    codes = list(db.session.scalars(gone.returning(ConsignmentLine.code)))
    on_the_way = update(Item).where(Item.code.in_(codes)).values(state="in_transit", since=now)
    rows = db.session.execute(on_the_way.returning(Item.code, Item.case_id, Item.kind)).all()
    if not {row.case_id for row in rows} <= set(locked):  # a paper came on it after the cases were locked
        raise ConsignmentMoved
    note(codes, "handed_over", consignment.from_key, person.id, now, consignment_id, point=point)
    _write(consignment, "consignment.handed_over", person, papers=len(codes), courier=courier_id)
    facts = {
        row.code: Moved(row.case_id, row.code, row.kind, "handed_over", point, consignment.from_key) for row in rows
    }
    return sorted(facts.values(), key=lambda fact: fact.case_id)


def may_carry(consignment: Consignment, person: directory.Person) -> bool:
    """Whether this person carries between its two offices: a column of the region's roles."""
    carry = registry.current().roles_that("carries")
    return any(carry & person.roles_at(key) for key in (consignment.from_key, consignment.to_key))


def take_along(consignment_id: int, person: directory.Person) -> None:
    """What was handed over without a badge is with this courier. Raises NotYourPaper, ConsignmentMoved."""
    consignment = _carried(consignment_id, person)
    if consignment.courier_id is None:
        consignment.courier_id = person.id
        _write(consignment, "consignment.taken", person)


def set_delivered(consignment_id: int, person: directory.Person, *, is_there: bool) -> None:
    """The courier says that it is at its receiver's, or that this was a mistake; said twice, it is one.

    Raises NotYourPaper, ConsignmentMoved when it is not on its way with this courier.
    """
    consignment = _carried(consignment_id, person)
    if (consignment.delivered_at is not None) != is_there:
        consignment.delivered_at = clock.now() if is_there else None
        _write(consignment, "consignment.delivered" if is_there else "consignment.not_delivered", person)


def _carried(consignment_id: int, person: directory.Person) -> Consignment:
    """On its way or unpacked since, and with nobody else."""
    consignment = consignment_of(consignment_id, lock=True)
    if not may_carry(consignment, person):
        raise NotYourPaper
    if consignment.state not in ("in_transit", "received") or consignment.courier_id not in (None, person.id):
        raise ConsignmentMoved
    return consignment


def receive(
    code: str, office_key: str, person: directory.Person, *, unpacking: int | None = None, unsent: bool = False
) -> list[Moved]:
    """A paper is scanned in where it was sent to: from this moment this office holds it.

    One that comes after it was missing is taken in too, and said to be irregular. What nobody scanned out is taken in
    only while a consignment is unpacked, where it becomes an extra line, or when somebody says that it came (`unsent`).
    Raises NotYourPaper, UnknownPaper, AlreadyHere, WrongOffice, NotExpected, NotSent, NotSigned.
    """
    check_may_handle(person, office_key)
    item = paper(code)
    if item.destination_key != office_key:
        if item.office_key == office_key and item.state in ("here", "to_send", "listed"):
            raise AlreadyHere(code=code)
        if item.destination_key is None:
            raise NotExpected(code=code)
        raise WrongOffice(code=code, office=item.destination_key)
    now, point = clock.now(), _point("IN", office_key)
    never_sent = item.state in ("to_send", "listed")
    if never_sent and item.signature == "awaited":
        raise NotSigned(code=code)
    if never_sent and unpacking is None and not unsent:
        raise NotSent(code=code, office=item.office_key)
    facts = []
    if never_sent:  # it was carried here all the same: its way out is told first
        out, left = _point("OUT", item.office_key), item.office_key
        facts.append(Moved(item.case_id, code, item.kind, "handed_over", out, left, irregular=True))
    irregular = never_sent or _was_missing(code)
    facts.append(Moved(item.case_id, code, item.kind, "arrived", point, office_key, irregular=irregular))
    if unpacking is not None and (never_sent or item.consignment_id != unpacking):
        _add_extra(unpacking, code, office_key, now)
    settle(item, "extra" if never_sent else "received", now)
    item.office_key, item.destination_key, item.state, item.since = office_key, None, "here", now
    note([code], "received", office_key, person.id, now, item.consignment_id, point=point, irregular=irregular)
    if item.consignment_id is not None and not never_sent:
        _end_when_all_is_scanned(item.consignment_id, person, now)
    return facts


def _end_when_all_is_scanned(consignment_id: int, person: directory.Person, now: datetime) -> None:
    """A registry whose last paper was scanned in is no longer on the way; nobody has to say so."""
    waits = (
        select(ConsignmentLine.code)
        .where(ConsignmentLine.consignment_id == Consignment.id, ConsignmentLine.state == "sent")
        .exists()
    )
    values = {"state": "received", "received_at": now, "received_by_id": person.id}
    ended = update(Consignment).where(Consignment.id == consignment_id, Consignment.state == "in_transit", ~waits)
    consignment = db.session.scalars(ended.values(values).returning(Consignment)).one_or_none()
    if consignment is not None:
        _write(consignment, "consignment.received", person, missing=[])


def finish_receiving(consignment_id: int, person: directory.Person) -> list[str]:
    """The consignment is unpacked: codes of what stood on the registry and was not in it; they count as missing.

    Raises NotYourPaper, ConsignmentMoved.
    """
    consignment = consignment_of(consignment_id, lock=True)
    check_may_handle(person, consignment.to_key)
    missed = select(ConsignmentLine.code).filter_by(consignment_id=consignment_id, state="missing").limit(1)
    if consignment.state == "received" and db.session.scalar(missed) is None:
        return []  # its last paper was scanned before
    if consignment.state != "in_transit":
        raise ConsignmentMoved
    now = clock.now()
    consignment.state, consignment.received_at, consignment.received_by_id = "received", now, person.id
    absent = update(ConsignmentLine).filter_by(consignment_id=consignment_id, state="sent").values(state="missing")
    codes = sorted(db.session.scalars(absent.returning(ConsignmentLine.code)))
    if codes:
        db.session.execute(update(Item).where(Item.code.in_(codes)).values(state="missing", since=now))
        note(codes, "missing", consignment.to_key, person.id, now, consignment_id)
    _write(consignment, "consignment.received", person, missing=codes)
    return codes


def record_act(consignment_id: int, signed_with: str, person: directory.Person) -> None:
    """The act of discrepancy of an unpacked consignment was signed on paper, by this person and whoever is named.

    Raises NotYourPaper, ConsignmentMoved, SignerMissing.
    """
    consignment = consignment_of(consignment_id, lock=True)
    check_may_handle(person, consignment.to_key)
    if consignment.state != "received" or consignment.act_signed_at is not None:
        raise ConsignmentMoved
    if not signed_with.strip():
        raise SignerMissing
    consignment.act_signed_at, consignment.act_signed_by_id = clock.now(), person.id
    consignment.act_signed_with = signed_with.strip()[:200]
    _write(consignment, "consignment.act_signed", person)


def _draft(from_key: str, to_key: str, person: directory.Person, now: datetime) -> Consignment:
    """The open registry between the two, locked; a new one when there is none."""
    row = {"from_key": from_key, "to_key": to_key, "state": "draft", "opened_at": now, "opened_by_id": person.id}
    made = insert(Consignment).values(copies=0, **row)
    # ON CONFLICT DO UPDATE locks the one that is there, so it cannot be closed while a paper is put on it
    kept = made.on_conflict_do_update(
        index_elements=["from_key", "to_key"],
        index_where=text("state = 'draft'"),  # as the index says it: a parameter is not matched once prepared
        set_={"state": "draft"},
    ).returning(Consignment)
    return db.session.scalars(kept, execution_options={"populate_existing": True}).one()


def _was_missing(code: str) -> bool:
    """Whether it stood on a registry and was not in the consignment."""
    return (
        db.session.scalar(select(ConsignmentLine.consignment_id).filter_by(code=code, state="missing").limit(1))
        is not None
    )


def _add_extra(consignment_id: int, code: str, office_key: str, now: datetime) -> None:
    """A line of a registry that is being unpacked here, for what came with it and does not stand on it."""
    consignment = consignment_of(consignment_id)
    unpacked = consignment.state in ("in_transit", "received") and consignment.act_signed_at is None
    if consignment.to_key == office_key and unpacked:
        row = {"consignment_id": consignment_id, "code": code, "state": "extra", "scanned_at": now}
        db.session.execute(insert(ConsignmentLine).values(**row).on_conflict_do_nothing())


def _point(direction: str, office_key: str) -> str:
    """OUT-PSC, IN-BODY …: the scan points that the act's courier clause asks for (N421/11a/psc/courier)."""
    return f"{direction}-{registry.current().row('offices', office_key)['kind'].upper()}"


def _write(consignment: Consignment, event: str, person: directory.Person, **details: object) -> None:
    line = journal.NewLine(event, f"staff:{person.id}", {"consignment": consignment.id, **details})
    journal.append(f"consignment:{consignment.id}", [line], at=clock.now())
