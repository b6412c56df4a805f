"""Lists that people keep, to see them again as they wanted them."""

from datetime import datetime

from sqlalchemy import BigInteger, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.db import Base


class SavedList(Base):
    """A list as somebody wants to see it again: their own, or one of a whole office."""

    __tablename__ = "saved_list"
    __table_args__ = (
        Index("uq_saved_list_own", "office_key", "owner_id", "name", unique=True,
              postgresql_where=text("owner_id IS NOT NULL")),
        Index("uq_saved_list_shared", "office_key", "name", unique=True, postgresql_where=text("owner_id IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    office_key: Mapped[str]
    #: whose it is; none: of everybody at that office
    owner_id: Mapped[int | None]
    made_by_id: Mapped[int]
    made_at: Mapped[datetime]
    name: Mapped[str]
    #: which of the inbox's lists, and in what order
    list: Mapped[str]
    sort: Mapped[str]
    #: what of it is asked for: name -> value
    wanted: Mapped[dict[str, str]] = mapped_column(JSONB)
