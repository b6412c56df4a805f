"""The verbs of custody. They join the caller's transaction, who has locked the papers' cases before (ascending id).

Nothing here knows what a case does next: a verb that moves paper between offices returns the facts, and whoever called
hands them to the cases. A paper is in one place at a time; its line of events is never broken and never rewritten.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.dialects.postgresql import JSONB, insert

from services import directory, registry
from services.custody.errors import (
    LabelUnused,
    NotYourPaper,
    UnknownPaper,
)
from services.custody.happened import NewPaper, PaperLies
from services.custody.models import Consignment, ConsignmentLine, CustodyEvent, Item, Label
from services.db import db, table_of
from services.loaded import Loaded
from services.written import Once

_happened_at: ContextVar[datetime | None] = ContextVar("happened_at", default=None)


@contextmanager
def happened(at: datetime) -> Iterator[None]:
    """Lines of custody that are written meanwhile also say when a computer without a network says it happened."""
    before = _happened_at.set(at)
    try:
        yield
    finally:
        _happened_at.reset(before)


_LINE = insert(table_of(CustodyEvent))
_ROW = {name: bindparam(name, type_=each.type) for name, each in table_of(CustodyEvent).columns.items() if name != "id"}
_ONE_LINE = Once(_LINE.values(_ROW))
#: one text for any number of papers; the codes of those that are new
_TRACK = Once(
    text("""
    WITH made AS (
        INSERT INTO custody_item (code, kind, case_id, office_key, destination_key, state, since, originals, signature,
            signer_id)
        SELECT * FROM jsonb_to_recordset(:papers) AS paper (code text, kind text, case_id bigint, office_key text,
            destination_key text, state text, since timestamptz, originals text[], signature text, signer_id bigint)
        ON CONFLICT (code) DO NOTHING RETURNING code
    ), begun AS (
        INSERT INTO custody_event (code, event, point, office_key, staff_id, at, happened_at, details)
        SELECT code, event, point, office_key, staff_id, at, happened_at, details
        FROM jsonb_to_recordset(:events) AS line (place int, code text, event text, point text, office_key text,
            staff_id bigint, at timestamptz, happened_at timestamptz, details jsonb) JOIN made USING (code)
        ORDER BY place
    )
    SELECT array_agg(code) FROM made
""").bindparams(bindparam("papers", type_=JSONB), bindparam("events", type_=JSONB))
)
_OF_CASE = Loaded(
    select(Item)
    .where(Item.case_id == bindparam("case_id"), Item.kind == bindparam("kind"), Item.state != "annulled")
    .order_by(Item.since.desc(), Item.code.desc())
    .limit(1),
    anew=True,
)


def may_handle(person: directory.Person, office_key: str) -> bool:
    """Whether this person's role at that office adds to registries, hands over and receives: a column of the region."""
    return bool(registry.current().roles_that("handles_paper") & person.roles_at(office_key))


def check_may_handle(person: directory.Person, office_key: str) -> None:
    """Raises NotYourPaper."""
    if not may_handle(person, office_key):
        raise NotYourPaper


def track(case_id: int, papers: Sequence[NewPaper], *, person_id: int | None, at: datetime) -> None:
    """Put papers under barcode control: from now on each is somewhere.

    One that is known already only waits for the courier from now on, if it is to. One statement for any number of
    new ones, with the first lines of their custody.
    """
    if not papers:
        return
    rows = [
        {"code": each.code, "kind": each.kind, "case_id": case_id, "office_key": each.office_key, "since": at,
         "state": "to_send" if each.destination_key else "here", "destination_key": each.destination_key,
         "originals": list(each.originals), "signer_id": each.signer_id,
         "signature": "awaited" if each.signer_id is not None else ""}
        for each in papers
    ]  # fmt: skip
    told = {"papers": rows, "events": _first_lines(papers, person_id, at)}
    prepared = [each for each in papers if each.destination_key]
    if not prepared:
        _TRACK.wait(**told)
        return
    (new,) = _TRACK.one(**told)
    for each in prepared:
        if each.code not in (new or ()):
            prepare(each.code, each.destination_key or "", originals=each.originals, person_id=person_id, at=at)


def _first_lines(papers: Sequence[NewPaper], person_id: int | None, at: datetime) -> list[dict[str, object]]:
    """The lines with which custody begins, of papers that are new: tracked, and prepared for where it goes."""
    events = []
    for each in papers:
        events.append(_event(each.code, "tracked", each.office_key, person_id, at))
        if each.destination_key:
            events.append(_event(each.code, "prepared", each.office_key, person_id, at, to=each.destination_key))
    return [{**event, "place": place} for place, event in enumerate(events)]


def prepare(code: str, destination_key: str, *, originals: Sequence[str], person_id: int | None, at: datetime) -> None:
    """From now on the paper waits for the next registry to that office. Raises UnknownPaper."""
    values = {"state": "to_send", "destination_key": destination_key, "since": at, "originals": list(originals)}
    moved = update(Item).where(Item.code == code).values(values).returning(Item.office_key)
    office_key = db.session.scalar(moved)
    if office_key is None:
        raise UnknownPaper(code=code)
    note([code], "prepared", office_key, person_id, at, to=destination_key)


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
    found: Item | None = _OF_CASE.first(case_id=case_id, kind=kind)
    return found


def settle(item: Item, state: str, now: datetime) -> None:
    """The line of the registry it came with says so, too; that registry is nobody else's until this is committed.

    Of two who scan in its last two papers at once each would else see the other's still on the way, and nobody end it.
    """
    if item.consignment_id is not None:
        held = select(Consignment.id).where(Consignment.id == item.consignment_id).with_for_update().cte("held")
        line = update(ConsignmentLine).where(ConsignmentLine.consignment_id == held.c.id)
        db.session.execute(line.where(ConsignmentLine.code == item.code).values(state=state, scanned_at=now))


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
    if len(rows) == 1:  # as with every click, made once
        _ONE_LINE.wait(**rows[0])
    elif rows:
        db.session.execute(_LINE.values(rows))


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
