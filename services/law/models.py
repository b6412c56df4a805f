"""Editions of a region's act: each as it was sent, byte for byte, and since which days they hold."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.db import Base, Id, MayBeWithdrawn


class Edition(MayBeWithdrawn, Base):
    """What a region's files said of its law at one time. A candidate, until somebody puts it in force for a day."""

    __tablename__ = "edition"

    id: Mapped[Id]
    region: Mapped[str] = mapped_column(String(60))
    key: Mapped[str]  #: as `editions.csv` calls it; empty where the region has no such table
    #: its row there: number, days, by which act, clause
    act: Mapped[dict[str, str]] = mapped_column(JSONB)
    #: over places and bytes of all its files
    digest: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    #: the diagrams and decisions that came with it; none: those in force
    deployment_id: Mapped[int | None] = mapped_column(ForeignKey("deployment.id"))


class EditionFile(Base):
    """A file of an edition, by its place in the region's folder."""

    __tablename__ = "edition_file"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes]


class EditionInForce(Base):
    """Somebody put an edition in force for a day: who is accepted on it or later, begins under it."""

    __tablename__ = "edition_in_force"
    __table_args__ = (Index(None, "region", "from_on"),)

    id: Mapped[Id]
    region: Mapped[str] = mapped_column(String(60))
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    from_on: Mapped[date]
    enacted_at: Mapped[datetime]
    enacted_by: Mapped[str]
    act_number: Mapped[str]
    act_on: Mapped[date | None]
    why: Mapped[str]
    #: when its day had come and staff were told
    begun_at: Mapped[datetime | None]
    #: taken back before its day
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[str] = mapped_column(default="", server_default="")
    cancelled_why: Mapped[str] = mapped_column(default="", server_default="")
