"""A paper's signature is a fact of its custody: awaited, confirmed, taken back; and what becomes of it at the end.

Verbs as in `service`: they join the caller's transaction, who has locked the paper's case and asked who may.
"""

from collections.abc import Sequence

from sqlalchemy import select

from services import clock
from services.custody.errors import AlreadyHere, AlreadySigned, Annulled, NotSigned, SignatureStays, TakeOverUndone
from services.custody.mishaps import reason
from services.custody.models import Consignment, Item
from services.custody.service import note
from services.custody.taken_over import was_taken_back
from services.db import db

#: where it lies in the house that made it
IN_THE_HOUSE = ("here", "to_send", "listed")


def sign(item: Item, person_id: int | None, *, by_key: bool = False) -> None:
    """A paper was signed, by ink or with a key: this person says so. Raises AlreadySigned."""
    if item.signature != "awaited" or item.state not in IN_THE_HOUSE:
        raise AlreadySigned(code=item.code)
    item.signature = "key" if by_key else "ink"
    how = item.signature
    note([item.code], "signed", item.office_key, person_id, clock.now(), how=how, signer=item.signer_id)


def may_take_back(item: Item) -> bool:
    """Whether it was signed by ink, and still lies in the house that made it, handed to nobody."""
    on = db.session.get(Consignment, item.consignment_id) if item.consignment_id else None
    gone = item.state not in IN_THE_HOUSE or (on is not None and on.state not in ("draft", "closed"))
    return item.signature == "ink" and not gone


def take_back(item: Item, why: str, person_id: int) -> None:
    """A signature was confirmed by mistake: nobody has signed it. Raises SignatureStays, ReasonMissing."""
    if not may_take_back(item):
        raise SignatureStays(code=item.code)
    item.signature = "awaited"
    note([item.code], "unsigned", item.office_key, person_id, clock.now(), why=reason(why))


def annul(item: Item, person_id: int | None) -> None:
    """A paper is not signed, and another is made: its number stays used, and says so. Raises AlreadySigned."""
    if item.signature != "awaited" or item.state != "here":
        raise AlreadySigned(code=item.code)
    item.state, item.since = "annulled", clock.now()
    note([item.code], "annulled", item.office_key, person_id, item.since)


def check_signed(item: Item) -> None:
    """Raises NotSigned."""
    if item.signature == "awaited":
        raise NotSigned(code=item.code)


def why_it_stays(item: Item, office_key: str) -> NotSigned | Annulled | TakeOverUndone | None:
    """Why a scan at that office moves it nowhere: it waits for its signature there, another was made instead, or the
    file that brought it under control was undone.
    """
    if item.state == "annulled":
        return TakeOverUndone(code=item.code) if was_taken_back(item.code) else Annulled(code=item.code)
    here = item.office_key == office_key and item.state in IN_THE_HOUSE
    return NotSigned(code=item.code) if item.signature == "awaited" and here else None


def give_out(item: Item, event: str, person_id: int | None) -> None:
    """A paper left for good: "posted", or "issued" into somebody's hands. Raises NotSigned."""
    check_signed(item)
    item.state, item.since, item.destination_key = "gone", clock.now(), None
    note([item.code], event, item.office_key, person_id, item.since)


def come_back(item: Item, person_id: int | None) -> None:
    """What went out by post lies here again. Raises AlreadyHere for a paper that did not go."""
    if item.state != "gone":
        raise AlreadyHere(code=item.code)
    item.state, item.since = "here", clock.now()
    note([item.code], "came_back", item.office_key, person_id, item.since)


def replace_answer(case_id: int, code: str, by: str, person_id: int | None) -> bool:
    """A signed answer of that case stays as it is, and says which one came in its place; False where there is none."""
    item = db.session.get(Item, code)
    if item is None or (item.case_id, item.kind) != (case_id, "result") or item.signature not in ("ink", "key"):
        return False
    note([code], "superseded", item.office_key, person_id, clock.now(), by=by)
    return True


def keep(item: Item, person_id: int | None) -> None:
    """A paper that nobody takes stays where it lies, with the file. Raises NotSigned."""
    check_signed(item)
    note([item.code], "kept", item.office_key, person_id, clock.now())


def awaited_at(
    office_key: str, signer_id: int | None, *, case_ids: Sequence[int] | None = None, limit: int = 100
) -> list[Item]:
    """Papers in that office that wait for a signature, of that person or in those cases, the longest first."""
    wanted = select(Item).filter_by(office_key=office_key, signature="awaited").where(Item.state.in_(IN_THE_HOUSE))
    if signer_id is not None:
        wanted = wanted.filter_by(signer_id=signer_id)
    if case_ids is not None:
        wanted = wanted.where(Item.case_id.in_(list(case_ids)))
    return list(db.session.scalars(wanted.order_by(Item.since, Item.code).limit(limit)))


def annulled_in(case_ids: Sequence[int]) -> set[str]:
    """Codes of those cases' papers that were annulled."""
    wanted = select(Item.code).filter_by(state="annulled").where(Item.case_id.in_(list(case_ids)))
    return set(db.session.scalars(wanted)) if case_ids else set()
