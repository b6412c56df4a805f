"""What was looked up for callers."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.db import Base, Id


class CallLookup(Base):
    """One look-up, also one that found nothing. Only ever added to; nothing of what was typed is in it."""

    __tablename__ = "call_lookup"
    __table_args__ = (Index(None, "staff_id", "at"), Index(None, "cases", postgresql_using="gin"))

    id: Mapped[Id]
    at: Mapped[datetime]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    #: what was looked for: `number`, `phone`, `name`
    way: Mapped[str]
    #: why the caller asks: a key of `REASONS`
    reason: Mapped[str]
    #: ids of the cases that were shown
    cases: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
