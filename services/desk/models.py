"""What was done at a counter without a network, as it came to the server."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.db import Base


class OfflineEntry(Base):
    """One scan or one application. Its id was made by the browser: sent twice, it is merged once."""

    __tablename__ = "offline_entry"
    __table_args__ = (
        CheckConstraint("kind IN ('scan', 'intake', 'trip')", name="kind"),
        CheckConstraint("state IN ('merged', 'conflict', 'set_aside')", name="state"),
        Index("ix_offline_entry_conflict", "office_key", "seq", postgresql_where=text("state = 'conflict'")),
    )

    id: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    #: the order in which they came
    seq: Mapped[int] = mapped_column(BigInteger, Identity())
    staff_id: Mapped[int]
    office_key: Mapped[str]
    kind: Mapped[str]
    state: Mapped[str]
    #: by the clock of the computer at the counter, which may be wrong: shown, never counted with
    happened_at: Mapped[datetime]
    #: when the server first saw it
    recorded_at: Mapped[datetime]
    #: what was scanned or typed; only the codes of it once it is merged or set aside
    content: Mapped[dict[str, object]] = mapped_column(JSONB)
    #: why it could not be merged: message, details, errors by field
    problem: Mapped[dict[str, object]] = mapped_column(JSONB, default=dict)
    case_id: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None]
    reason: Mapped[str] = mapped_column(default="", server_default=text("''"))
