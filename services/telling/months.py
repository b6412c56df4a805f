"""What telling applicants came to, month by month: messages by how they went, parts, and costs as far as told."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Text, cast, func, select

from services.db import db
from services.telling.models import TellingMessage

#: the newest, each with its ways
MOST = 24


@dataclass(frozen=True)
class Month:
    """One month and one way, on the region's clock, by when a message was handed on."""

    month: str  #: 2026-11
    channel: str
    sent: int  #: handed on, whatever became of it
    delivered: int
    failed: int
    parts: int
    cost: Decimal  #: tenge, of those whose cost was told
    unpriced: int  #: messages of which nobody said what they cost


def months(zone: str) -> Sequence[Month]:
    """The newest first; nothing of messages that still wait."""
    month = func.to_char(func.timezone(zone, TellingMessage.sent_at), cast("YYYY-MM", Text)).label("month")
    one = TellingMessage
    figures = (
        func.count(),
        func.count().filter(one.state == "delivered"),
        func.count().filter(one.state == "failed"),
        func.coalesce(func.sum(one.parts), 0),
        func.coalesce(func.sum(one.cost), 0),
        func.count().filter(one.cost.is_(None)),
    )
    wanted = select(month, one.channel, *figures).where(one.sent_at.is_not(None)).group_by(month, one.channel)
    rows = db.session.execute(wanted.order_by(month.desc(), one.channel.desc()).limit(MOST))
    return [
        Month(name, channel, int(sent), int(delivered), int(failed), int(parts), Decimal(cost), int(unpriced))
        for name, channel, sent, delivered, failed, parts, cost, unpriced in rows
    ]


def waiting() -> int:
    """How many messages wait to be handed on."""
    return int(db.session.scalar(select(func.count()).where(TellingMessage.state == "waits")) or 0)
