"""What waits to be done later, and who does it."""

from datetime import datetime

from sqlalchemy import BigInteger, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.db import Base

#: still to be done by a worker, not by a person
WAITS = text("incident_at IS NULL")
IN_LANE = text("lane IS NOT NULL AND incident_at IS NULL")


class JobRow(Base):
    """One thing to be done later. The row goes in the transaction that does it."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_due", "kind", "due_at", "id", postgresql_where=WAITS),
        Index("ix_job_lane", "lane", "planned_at", "id", postgresql_where=IN_LANE),
        Index("ix_job_begun", "due_at", postgresql_where=text("attempts > 0 AND incident_at IS NULL")),
        Index("ix_job_case", "case_id", postgresql_where=text("case_id IS NOT NULL")),
        Index("ix_job_incident", "incident_at", "id", postgresql_where=text("incident_at IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str]
    #: the same thing asked for twice is one job
    key: Mapped[str] = mapped_column(Text(collation="C"), unique=True)
    #: jobs of one lane run one after another, in the order of their moments
    lane: Mapped[str | None] = mapped_column(Text(collation="C"))
    case_id: Mapped[int | None]
    #: the moment it was meant for
    planned_at: Mapped[datetime]
    #: when to look at it next: its moment, the end of a worker's lease, or of a pause after a failure
    due_at: Mapped[datetime]
    #: how often a worker has begun it; whoever holds it knows the number
    attempts: Mapped[int] = mapped_column(default=0)
    args: Mapped[dict[str, object]] = mapped_column(JSONB, default=dict)
    #: the id of the request because of which it is done (`services.trail`)
    request: Mapped[str | None]
    #: what the last failure said (English, with %(name)s placeholders), and what fills it
    error: Mapped[str | None]
    error_details: Mapped[dict[str, object] | None] = mapped_column(JSONB(none_as_null=True))
    #: since when nobody tries any more and a person has to look at it
    incident_at: Mapped[datetime | None]


class WorkerRow(Base):
    """A worker that says from time to time that it lives."""

    __tablename__ = "worker"

    #: host and process
    name: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
