"""Offices whose hall has screens, and who was called to which counter of late."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.db import Base, Id


class OfficeScreen(Base):
    """An office whose screens are open. No row: they show nothing."""

    __tablename__ = "office_screen"

    office_key: Mapped[str] = mapped_column(ForeignKey("office.key"), primary_key=True)
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))


class CounterCall(Base):
    """Somebody is called to a counter. Kept for a day; that it was so is a line of the case's history."""

    __tablename__ = "counter_call"
    __table_args__ = (Index(None, "office_key", "called_at"),)

    id: Mapped[Id]
    office_key: Mapped[str] = mapped_column(ForeignKey("office.key"))
    case_id: Mapped[int]
    #: what the wall shows of the number
    digits: Mapped[str]
    counter: Mapped[int]
    called_at: Mapped[datetime]
    called_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
