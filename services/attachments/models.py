"""Files attached to a case."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.db import Base


class Attachment(Base):
    """A file that somebody attached: checked, pictures drawn anew. Personal data: never in the journal or the log.

    Given in the form of a task, `task_id` and `field` say where; beside a comment on the case, `comment_id`.
    """

    __tablename__ = "attachment"
    __table_args__ = (Index(None, "case_id", "id"), Index(None, "task_id"), Index(None, "comment_id"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"))
    task_id: Mapped[str | None] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"))
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    #: name of the question it answers
    field: Mapped[str | None]
    #: as its sender called it, without what a name must not have
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(deferred=True)
    added_at: Mapped[datetime]
    added_by_id: Mapped[int]
    #: when its step was done; until then it is only chosen, and may be taken away
    given_at: Mapped[datetime | None]
