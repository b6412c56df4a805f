"""Papers that were under way before Komek: put under control where a file says they are, and taken back with it.

Their way until then is not known here: their custody begins with the line that says so. A line is never unwritten, so a
paper that is taken back stays, annulled; taken over again, it goes on with a line more.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import distinct_on

from services.custody.errors import LabelTaken
from services.custody.happened import HeldBefore
from services.custody.models import CustodyEvent, Item
from services.custody.service import note
from services.db import db

TAKEN_OVER, TAKEN_BACK = "taken_over", "taken_back"


def take_over(case_id: int, papers: Sequence[HeldBefore], *, person_id: int, at: datetime) -> None:
    """Put them under control. In the caller's transaction; the case is new. Raises LabelTaken for a code known here."""
    for each in papers:
        paper = each.paper
        known = select(Item).where(Item.code == paper.code).with_for_update()
        item = db.session.scalars(known).one_or_none()
        if item is None:
            item = Item(code=paper.code)
            db.session.add(item)
        elif item.state != "annulled" or not was_taken_back(paper.code):
            raise LabelTaken(code=paper.code)
        item.kind, item.case_id, item.office_key, item.originals = (
            paper.kind,
            case_id,
            paper.office_key,
            list(paper.originals),
        )
        item.state = "in_transit" if each.on_the_way else "to_send" if paper.destination_key else "here"
        item.destination_key, item.since, item.consignment_id = paper.destination_key, each.since, None
        item.signer_id = paper.signer_id
        item.signature = "" if paper.signer_id is None else "ink" if each.signed else "awaited"
        db.session.flush()
        note([paper.code], TAKEN_OVER, paper.office_key, person_id, at, to=paper.destination_key or "")


def was_taken_back(code: str) -> bool:
    """Whether the last that was written of that paper is that its file was undone."""
    return bool(db.session.scalar(_last_line().where(Item.code == code)) == TAKEN_BACK)


def moved_since(case_ids: Sequence[int]) -> set[int]:
    """Of those cases, the ones of whose papers anything was written since they were taken over."""
    last = _last_line().add_columns(Item.case_id).where(Item.case_id.in_(list(case_ids)))
    return {case_id for event, case_id in db.session.execute(last) if event != TAKEN_OVER}


def take_back(case_ids: Sequence[int], *, person_id: int, at: datetime) -> None:
    """Papers of those cases are under control no more: their lines stay, and say so. In the caller's transaction."""
    for item in db.session.scalars(select(Item).where(Item.case_id.in_(list(case_ids)))):
        item.state, item.destination_key, item.since = "annulled", None, at
        note([item.code], TAKEN_BACK, item.office_key, person_id, at)


def _last_line() -> Select[Any]:
    """Of each paper, what the last line of its custody says."""
    lines = select(CustodyEvent.event).join(Item, Item.code == CustodyEvent.code)
    return lines.ext(distinct_on(CustodyEvent.code)).order_by(CustodyEvent.code, CustodyEvent.id.desc())
