"""Which stand sheets were printed: for whose wall, in which edition."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.db import Base, Id


class StandSheet(Base):
    """One printing. Only ever added to."""

    __tablename__ = "stand_sheet"
    __table_args__ = (Index(None, "office_key", "language", "id"),)

    id: Mapped[Id]
    office_key: Mapped[str] = mapped_column(ForeignKey("office.key"))
    language: Mapped[str]
    size: Mapped[str]
    edition: Mapped[str]
    printed_at: Mapped[datetime]
    printed_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
