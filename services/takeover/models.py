"""What came over from paper, file by file: a file is taken once, and may be undone until it is confirmed."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.db import Base


class TakeOver(Base):
    """One file of cases that were begun, or closed, before Komek."""

    __tablename__ = "take_over"
    __table_args__ = (
        Index("uq_take_over_digest", "digest", unique=True, postgresql_where=text("undone_at IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    #: SHA-256 of the file's letters, in hexadecimal digits
    digest: Mapped[str] = mapped_column(Text(collation="C"))
    file_name: Mapped[str]
    cases: Mapped[int]
    taken_at: Mapped[datetime]
    taken_by_id: Mapped[int | None]  #: none: whoever was at the server
    confirmed_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]


class TakenOver(Base):
    """A case that came with a file."""

    __tablename__ = "taken_over"
    __table_args__ = (Index(None, "take_over_id"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    take_over_id: Mapped[int] = mapped_column(ForeignKey("take_over.id"))
    line: Mapped[int]
    #: as it was taken in: another one means that somebody has worked on it since
    version: Mapped[int]
