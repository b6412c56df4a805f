"""Who agreed to be told and how, and every message: what it was about, how it went, what it cost."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from sqlalchemy import BigInteger, Identity, Index, Numeric, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.db import Base

#: waits to be handed on; sent: the gateway has it; delivered, failed: it reported so; withdrawn, overtaken by later
#: news: it went to nobody
State = Literal["waits", "sent", "delivered", "failed", "given_up", "withdrawn", "overtaken"]


class TellingAgreement(Base):
    """How the applicant of a case is told. What was withdrawn keeps its days, and neither number nor address."""

    __tablename__ = "telling_agreement"

    case_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    phone: Mapped[str]
    email: Mapped[str]
    language: Mapped[str]
    agreed_at: Mapped[datetime]
    agreed_by_id: Mapped[int]
    withdrawn_at: Mapped[datetime | None]


class TellingMessage(Base):
    """One fact that an applicant is told of one way. It holds neither words, number nor address."""

    __tablename__ = "telling_message"
    __table_args__ = (
        UniqueConstraint("case_id", "fact", "occasion", "channel"),
        Index(None, "sent_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    #: by which the gateway knows it: nobody learns from it which case it is about
    handle: Mapped[str] = mapped_column(Text(collation="C"), unique=True)
    case_id: Mapped[int]
    fact: Mapped[str]  #: as the region's table `told` names it
    #: which time it became true: the step, or the version of the case
    occasion: Mapped[str]
    channel: Mapped[str]
    office_key: Mapped[str] = mapped_column(Text(collation="C"))
    state: Mapped[State] = mapped_column(Text)
    at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    reported_at: Mapped[datetime | None]
    theirs: Mapped[str]  #: the gateway's own id of it
    parts: Mapped[int]  #: as they are charged; nought until it is sent
    cost: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))  #: tenge; None: nobody said
