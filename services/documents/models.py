"""The tables of numbers and papers."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.db import Base, Id

OUTGOING = "(content ->> 'outgoing_number') IS NOT NULL"


class NumberSeries(Base):
    """How far an office has come in one series of one year."""

    __tablename__ = "number_series"
    __table_args__ = (CheckConstraint("last > 0", "last_is_positive"),)

    office_number: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    #: "in", "out", "registry", "label" or "appeal"
    series: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Paper(Base):
    """A paper of a case: what it says is kept as it was said, and printed from that whenever asked."""

    __tablename__ = "paper"
    __table_args__ = (
        CheckConstraint("copies >= 0", "copies_not_negative"),
        Index("ix_paper_outgoing", text("(content ->> 'outgoing_number')"), postgresql_where=text(OUTGOING)),
    )

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(index=True)
    #: whose paper it is: another office of the same case does not see it
    office_key: Mapped[str]
    #: "doc.talon", "doc.notice_signed" …
    item: Mapped[str]
    #: registration number of the case; empty while it has none
    number: Mapped[str]
    content: Mapped[dict[str, object]] = mapped_column(JSONB)
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    #: how often it was printed
    copies: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    #: the PDF as it was signed electronically; none for what is signed by ink, which is printed from its content
    signed_pdf: Mapped[bytes | None] = mapped_column(deferred=True)
    #: of the digest by which the journal attests it; none of what was made before it did, nor of what was erased
    salt: Mapped[bytes | None] = mapped_column(deferred=True)
