"""What people were told, and who has read it."""

from datetime import datetime
from typing import Literal

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.db import Base

Kind = Literal[
    "warned",
    "overdue",
    "escalated",
    "missing",
    "law",
    "edition",
    "called_off",
    "recheck_due",
    "assignment_ended",
    "lookups",
]
Clock = Literal["step", "outer", "paper", "law", "period", "calls"]


class Notice(Base):
    """One fact that somebody was told of. It names no applicant: not all who are told may see the case."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_staff", "staff_id", "id", postgresql_where=text("staff_id IS NOT NULL")),
        Index("ix_notice_role", "to_office_key", "to_role", "id", postgresql_where=text("to_role IS NOT NULL")),
        Index("ix_notice_case", "case_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    #: what it is about, word for word: told once
    fact: Mapped[str] = mapped_column(Text(collation="C"), unique=True)
    kind: Mapped[Kind] = mapped_column(Text)
    clock: Mapped[Clock] = mapped_column(Text)
    case_id: Mapped[int | None]  #: none of a version that came into force
    task_id: Mapped[str | None] = mapped_column(Text(collation="C"))
    #: the act's code of the step, the barcode of the paper, or the enactment of a version
    code: Mapped[str]
    #: of the step or the process, in Kazakh
    title: Mapped[str]
    #: of the case, in the register of the office it is about; of a version
    number: Mapped[str]
    office_key: Mapped[str] = mapped_column(Text(collation="C"))
    due_at: Mapped[datetime | None]
    due_default: Mapped[bool]
    #: the moment it is told for, and the one at which a worker did
    at: Mapped[datetime]
    told_at: Mapped[datetime]
    #: who is told: a person, a role at an office, or both
    staff_id: Mapped[int | None]
    to_office_key: Mapped[str | None] = mapped_column(Text(collation="C"))
    to_role: Mapped[str | None] = mapped_column(Text(collation="C"))


class NoticeRead(Base):
    """A reader has seen a notice; of a role's notices, each reader for themselves."""

    __tablename__ = "notice_read"

    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
