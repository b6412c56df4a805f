"""The verbs of custody. They join the caller's transaction, who has locked the papers' cases before (ascending id).

Nothing here knows what a case does next: a verb that moves paper between offices returns the facts, and whoever called
hands them to the cases. A paper is in one place at a time; its line of events is never broken and never rewritten.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
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
    LabelUnused,
    NoSuchConsignment,
    NotExpected,
    NotSent,
    NotSigned,
    NotToSend,
    NotYourPaper,
    SignerMissing,
    UnknownPaper,
    WrongOffice,
)
from services.custody.happened import Moved, NewPaper, PaperLies
from services.custody.models import Consignment, ConsignmentLine, CustodyEvent, Item, Label
from services.db import db

_happened_at: ContextVar[datetime | None] = ContextVar("happened_at", default=None)


@contextmanager
def happened(at: datetime) -> Iterator[None]:
    """Lines of custody that are written meanwhile also say when a computer without a network says it happened."""
    before = _happened_at.set(at)
    try:
        yield
    finally:
        _happened_at.reset(before)


def may_handle(person: directory.Person, office_key: str) -> bool:
    """Whether this person's role at that office adds to registries, hands over and receives: a column of the region."""
    roles = registry.current().by_key("roles")
    return any(roles.get(role, {}).get("handles_paper") == "yes" for role in person.roles_at(office_key))


def authorise(person: directory.Person, office_key: str) -> None:
    """Raises NotYourPaper."""
    if not may_handle(person, office_key):
        raise NotYourPaper


# ---------------------------------------------------------------- papers


def track(case_id: int, papers: Sequence[NewPaper], *, person_id: int | None, at: datetime) -> None:
    """Put papers under barcode control: from now on each is somewhere.

    One that is known already only waits for the courier from now on, if it is to. Two statements for any number of
    new ones.
    """
    rows = [
        {"code": each.code, "kind": each.kind, "case_id": case_id, "office_key": each.office_key, "since": at,
         "state": "to_send" if each.destination_key else "here", "destination_key": each.destination_key,
         "originals": list(each.originals), "signer_id": each.signer_id,
         "signature": "awaited" if each.signer_id is not None else ""}
        for each in papers
    ]  # fmt: skip
    made = insert(Item).values(rows).on_conflict_do_nothing(index_elements=["code"]).returning(Item.code)
    new = set(db.session.scalars(made))
    events = []
    for each in papers:
        if each.code in new:
            events.append(_event(each.code, "tracked", each.office_key, person_id, at))
            if each.destination_key:
                events.append(_event(each.code, "prepared", each.office_key, person_id, at, to=each.destination_key))
        elif each.destination_key:
            prepare(each.code, each.destination_key, originals=each.originals, person_id=person_id, at=at)
    if events:
        db.session.execute(insert(CustodyEvent).values(events))


def prepare(code: str, destination_key: str, *, originals: Sequence[str], person_id: int | None, at: datetime) -> None:
    """From now on the paper waits for the next registry to that office. Raises UnknownPaper."""
    values = {"state": "to_send", "destination_key": destination_key, "since": at, "originals": list(originals)}
    moved = update(Item).where(Item.code == code).values(values).returning(Item.office_key)
    office_key = db.session.scalar(moved)
    if office_key is None:
        raise UnknownPaper(code=code)
    note([code], "prepared", office_key, person_id, at, to=destination_key)


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


def whereabouts(case_id: int, kind: str, office_key: str) -> PaperLies | None:
    """Where that case's folder or result is, seen from that office; None while it has none."""
    item = of_case(case_id, kind)
    if item is None:
        return None
    on = db.session.get(Consignment, item.consignment_id) if item.state == "listed" else None
    if item.state in ("in_transit", "missing") or (on is not None and on.state != "draft"):
        lies = "on_the_way" if item.state != "missing" else "missing"
    elif item.state == "gone":
        lies = "gone"
    else:
        lies = "here" if item.office_key == office_key else "elsewhere"
    return PaperLies(lies, item.office_key, item.signature in ("ink", "key"))


def paper(code: str) -> Item:
    """The paper with that code, or with that label on it. Raises UnknownPaper, LabelUnused."""
    item = db.session.get(Item, code, populate_existing=True)
    if item is None:
        return _labelled(code)
    return item


def _labelled(code: str) -> Item:
    label = db.session.get(Label, code)
    if label is None:
        raise UnknownPaper(code=code)
    if label.item_code is None and label.case_id is not None:  # the case itself answers to it
        raise UnknownPaper(code=code)
    if label.item_code is None:
        raise LabelUnused(code=code)
    return db.session.get_one(Item, label.item_code, populate_existing=True)


def code_of(case_id: int, kind: str) -> str:
    """The code of that case's folder or result, annulled ones aside. Raises UnknownPaper."""
    item = of_case(case_id, kind)
    if item is None:
        raise UnknownPaper(code=kind)
    return item.code


def of_case(case_id: int, kind: str) -> Item | None:
    """A case's folder or result as it stands; None while it has none, or each was annulled."""
    wanted = select(Item).filter_by(case_id=case_id, kind=kind).where(Item.state != "annulled")
    newest = wanted.order_by(Item.since.desc(), Item.code.desc()).execution_options(populate_existing=True)
    return db.session.scalars(newest.limit(1)).first()


def put_on_registry(code: str, office_key: str, person: directory.Person) -> Consignment:
    """Add a paper that lies here to the open registry to its destination, which is begun if there is none.

    Raises NotYourPaper, UnknownPaper, AlreadyListed, NotToSend, NotSigned.
    """
    authorise(person, office_key)
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
    authorise(person, office_key)
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


# ---------------------------------------------------------------- consignments


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
    authorise(person, consignment.from_key)
    if consignment.state != "draft":
        raise ConsignmentMoved
    listed = list(db.session.scalars(select(ConsignmentLine.code).filter_by(consignment_id=consignment_id).limit(1)))
    if not listed:
        raise EmptyConsignment
    now, rules = clock.now(), registry.current()
    local = deadlines.local(rules, consignment.from_key, now)
    number = documents.next_number(rules.row("offices", consignment.from_key)["number"], "registry", local.year)
    consignment.state, consignment.number = "closed", number
    consignment.closed_at, consignment.closed_by_id = now, person.id
    _write(consignment, "consignment.closed", person, number=number)
    return consignment


def hand_over(
    consignment_id: int, person: directory.Person, *, locked: Collection[int], courier_id: int | None = None
) -> list[Moved]:
    """Hand a closed registry and its papers to the courier: every paper is scanned out.

    `locked` are the cases that the caller holds, `courier_id` whose badge was scanned, if any was.
    Raises NotYourPaper, ConsignmentMoved, NotSigned.
    """
    consignment = consignment_of(consignment_id, lock=True)
    authorise(person, consignment.from_key)
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


def receive(
    code: str, office_key: str, person: directory.Person, *, unpacking: int | None = None, unsent: bool = False
) -> list[Moved]:
    """A paper is scanned in where it was sent to: from this moment this office holds it.

    One that comes after it was missing is taken in too, and said to be irregular. What nobody scanned out is taken in
    only while a consignment is unpacked, where it becomes an extra line, or when somebody says that it came (`unsent`).
    Raises NotYourPaper, UnknownPaper, AlreadyHere, WrongOffice, NotExpected, NotSent, NotSigned.
    """
    authorise(person, office_key)
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
    authorise(person, consignment.to_key)
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
    authorise(person, consignment.to_key)
    if consignment.state != "received" or consignment.act_signed_at is not None:
        raise ConsignmentMoved
    if not signed_with.strip():
        raise SignerMissing
    consignment.act_signed_at, consignment.act_signed_by_id = clock.now(), person.id
    consignment.act_signed_with = signed_with.strip()[:200]
    _write(consignment, "consignment.act_signed", person)


# ---------------------------------------------------------------- what the verbs share


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


def settle(item: Item, state: str, now: datetime) -> None:
    """The line of the registry it came with says so, too."""
    if item.consignment_id is not None:
        line = update(ConsignmentLine).filter_by(consignment_id=item.consignment_id, code=item.code)
        db.session.execute(line.values(state=state, scanned_at=now))


def _point(direction: str, office_key: str) -> str:
    """OUT-PSC, IN-BODY …: the scan points that the act's courier clause asks for (N421/11a/psc/courier)."""
    return f"{direction}-{registry.current().row('offices', office_key)['kind'].upper()}"


def note(
    codes: Iterable[str],
    event: str,
    office_key: str,
    person_id: int | None,
    at: datetime,
    consignment_id: int | None = None,
    *,
    point: str = "",
    **details: object,
) -> None:
    """Add the same line to the custody of each of these papers."""
    rows = [_event(code, event, office_key, person_id, at, consignment_id, point, **details) for code in codes]
    if rows:
        db.session.execute(insert(CustodyEvent).values(rows))


def _event(
    code: str,
    event: str,
    office_key: str,
    person_id: int | None,
    at: datetime,
    consignment_id: int | None = None,
    point: str = "",
    **details: object,
) -> dict[str, object]:
    told = {key: value for key, value in details.items() if value}
    row = {"code": code, "event": event, "point": point, "office_key": office_key, "staff_id": person_id, "at": at}
    return {**row, "consignment_id": consignment_id, "details": told, "happened_at": _happened_at.get()}


def _write(consignment: Consignment, event: str, person: directory.Person, **details: object) -> None:
    line = journal.NewLine(event, f"staff:{person.id}", {"consignment": consignment.id, **details})
    journal.append(f"consignment:{consignment.id}", [line], at=clock.now())
