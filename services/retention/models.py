"""Acts of destruction: which cases, by whose proposal and whose word, on which day. No personal data."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.db import Base


class DestructionAct(Base):
    """One list of cases whose time of keeping is over. One person proposes it, another carries it out."""

    __tablename__ = "destruction_act"
    __table_args__ = (CheckConstraint("done_by_id <> proposed_by_id", name="two_persons"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    #: the act's number in the office's own book; empty while it is only proposed
    number: Mapped[str]
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[int]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None]
    withdrawn_at: Mapped[datetime | None]
    #: of each case: id, number, office, days of opening, of closing and until which it was kept, outgoing numbers
    lines: Mapped[list[dict[str, object]]] = mapped_column(JSONB)


class Destroyed(Base):
    """A case of which only its number, its days, its outcome and its journal are left."""

    __tablename__ = "destroyed"

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("destruction_act.id"), index=True)
