"""How far the clock of a demo system is set."""

from datetime import timedelta

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.db import Base


class DemoClock(Base):
    """One row at most. On a real system nobody reads it."""

    __tablename__ = "demo_clock"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ahead_by: Mapped[timedelta]
