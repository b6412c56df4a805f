"""How far an office has come in beginning its work with Komek."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.db import Base


class SetupSecret(Base):
    """The secret by which the first administrator shows that they are at the server. Only its hash is kept."""

    __tablename__ = "setup_secret"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    hash: Mapped[bytes]
    made_at: Mapped[datetime]
    #: used, or replaced by another one
    ended_at: Mapped[datetime | None]


class OfficeInUse(Base):
    """An office of the region that works with Komek, as an administrator said, whether it has staff yet or not."""

    __tablename__ = "office_in_use"

    office_key: Mapped[str] = mapped_column(ForeignKey("office.key"), primary_key=True)
    since: Mapped[datetime]


class SetupStep(Base):
    """Something that an administrator has looked at and found right: "hours", "holidays", "numbers"."""

    __tablename__ = "setup_step"

    key: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    done_at: Mapped[datetime]
    done_by: Mapped[str]
