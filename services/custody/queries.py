"""What the screens show of papers and consignments: every list is one look into one index."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import ARRAY, BindParameter, ColumnElement, Text, any_, bindparam, func, select

from services.custody.models import Consignment, ConsignmentLine, CustodyEvent, Item
from services.db import Prepared, db
from services.loaded import Loaded

#: a list of papers shows this many; the rest is behind "more"
MOST = 200


def papers_of(case_id: int) -> list[tuple[Item, list[CustodyEvent]]]:
    """The case's papers, each with its line of custody, the first event first. Two statements."""
    items = _OF_CASE.all(case_id=case_id)
    if not items:
        return []
    events = _EVENTS.all(codes=[item.code for item in items])
    return [(item, [event for event in events if event.code == item.code]) for item in items]


_OF_CASE = Loaded(
    select(Item).where(Item.case_id == bindparam("case_id")).order_by(Item.kind, Item.since), with_case=True
)
_EVENTS = Loaded(
    select(CustodyEvent)
    .where(CustodyEvent.code == any_(bindparam("codes", type_=ARRAY(Text))))
    .order_by(CustodyEvent.id)
)


def numbers_in(case_ids: Sequence[int], kind: str) -> dict[int, list[str]]:
    """Case -> the codes of its papers of that kind, in the order in which they were given. One statement."""
    wanted = select(Item.case_id, Item.code).filter_by(kind=kind).where(Item.case_id.in_(list(case_ids)))
    found: dict[int, list[str]] = {}
    for case_id, code in db.session.execute(wanted.order_by(Item.case_id, Item.code)) if case_ids else ():
        found.setdefault(case_id, []).append(code)
    return found


def lying_here(office_key: str, state: str, *, limit: int = MOST) -> list[Item]:
    """Papers last scanned at that office and in that state ("to_send", "missing" …), the longest first."""
    wanted = select(Item).filter_by(office_key=office_key, state=state).order_by(Item.since, Item.code).limit(limit)
    return list(db.session.scalars(wanted))


def coming(office_key: str, state: str, *, limit: int = MOST) -> list[Item]:
    """Papers on their way to that office in that state ("in_transit", "missing"), the longest first."""
    wanted = select(Item).filter_by(destination_key=office_key, state=state).order_by(Item.since, Item.code)
    return list(db.session.scalars(wanted.limit(limit)))


def returned_to(office_key: str) -> list[Item]:
    """Results that lie at the body again because nobody claimed them, the longest first."""
    wanted = select(Item).filter_by(office_key=office_key, state="here", kind="result").where(_came_back(office_key))
    return list(db.session.scalars(wanted.order_by(Item.since, Item.code).limit(MOST)))


def has_come_back(item: Item) -> bool:
    """Whether it lies where it is because it was sent there, and not because it was made there."""
    wanted = select(Item.code).filter_by(code=item.code, state="here").where(_came_back(item.office_key))
    return db.session.scalar(wanted) is not None


def _came_back(office_key: str) -> ColumnElement[bool]:
    received = (CustodyEvent.code == Item.code, CustodyEvent.event == "received")
    return select(CustodyEvent.id).where(*received, CustodyEvent.office_key == office_key).exists()


def missing_at(office_key: str) -> int:
    """How many papers are missing that this office sent or awaits."""
    return int(_missing().one(office=office_key).many)


@cache
def _missing() -> Prepared:
    here: BindParameter[str] = bindparam("office")
    missing = select(func.count()).where(Item.state == "missing")
    sides = [missing.where(side == here).scalar_subquery() for side in (Item.office_key, Item.destination_key)]
    return Prepared(select((sides[0] + sides[1]).label("many")))


def consignments(
    office_keys: Sequence[str], *, before: int | None = None, under_way: bool = False, limit: int = 50
) -> list[Consignment]:
    """Consignments from and to those offices, the newest first; one page, `before` that id; or those not received."""
    arms = []
    for side in (Consignment.from_key, Consignment.to_key):
        ids = select(Consignment.id).where(side.in_(list(office_keys)))
        ids = ids.where(Consignment.id < before) if before else ids
        ids = ids.where(Consignment.state != "received") if under_way else ids
        arms.append(ids.order_by(Consignment.id.desc()).limit(limit))
    found = {each for arm in arms for each in db.session.scalars(arm)}
    newest = sorted(found, reverse=True)[:limit]
    return list(
        db.session.scalars(select(Consignment).where(Consignment.id.in_(newest)).order_by(Consignment.id.desc()))
    )


def counts(consignment_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Consignment -> state of its lines -> how many."""
    wanted = (
        select(ConsignmentLine.consignment_id, ConsignmentLine.state, func.count())
        .where(ConsignmentLine.consignment_id.in_(list(consignment_ids)))
        .group_by(ConsignmentLine.consignment_id, ConsignmentLine.state)
    )
    found: dict[int, dict[str, int]] = {}
    for consignment_id, state, count in db.session.execute(wanted):
        found.setdefault(consignment_id, {})[state] = count
    return found


def lines(consignment_id: int) -> list[tuple[ConsignmentLine, Item]]:
    """What stands on a registry, in the order in which it was put in."""
    wanted = (
        select(ConsignmentLine, Item)
        .join(Item, Item.code == ConsignmentLine.code)
        .where(ConsignmentLine.consignment_id == consignment_id)
    )
    return [(line, item) for line, item in db.session.execute(wanted.order_by(ConsignmentLine.seq))]


def consignment_by_number(number: str) -> Consignment | None:
    """The consignment whose registry has that number."""
    return db.session.scalar(select(Consignment).filter_by(number=number))
