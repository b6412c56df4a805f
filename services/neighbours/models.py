"""Accounts that belong to one person in two regions, and the ways over that were used."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.db import Base, Id


class Tie(Base):
    """An account here, and which account in another region is the same person's: what this region says of it.

    Nobody goes over by it before the other region says the same. Only ever ended, never changed.
    """

    __tablename__ = "neighbour_tie"
    __table_args__ = (
        Index("uq_neighbour_tie_staff", "staff_id", "region", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("uq_neighbour_tie_login", "region", "login", unique=True, postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[Id]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    #: key of the other region
    region: Mapped[str] = mapped_column(Text(collation="C"))
    #: the name by which they sign in there
    login: Mapped[str] = mapped_column(Text(collation="C"))
    #: of the order by which they work there, too
    order_number: Mapped[str]
    #: none: at the server's command line
    tied_by_id: Mapped[int | None]
    tied_at: Mapped[datetime]
    ended_by_id: Mapped[int | None]
    ended_at: Mapped[datetime | None]


class UsedTicket(Base):
    """A way over that was used: nobody uses it again. Kept for a day."""

    __tablename__ = "neighbour_ticket"
    __table_args__ = (Index(None, "used_at"),)

    id: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    used_at: Mapped[datetime]
