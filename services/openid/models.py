"""Who of the staff the provider's people are, and the sign-ins that are on their way."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.db import Base


class OpenidTie(Base):
    """Somebody at the provider is this member of the staff; it opens their account and gives no right."""

    __tablename__ = "openid_tie"
    __table_args__ = (Index(None, "issuer", "subject", unique=True),)

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    issuer: Mapped[str] = mapped_column(Text(collation="C"))
    #: what the provider calls them for ever (`sub`)
    subject: Mapped[str] = mapped_column(Text(collation="C"))
    tied_at: Mapped[datetime]


class OpenidRound(Base):
    """A sign-in that was sent to the provider: taken once when it comes back, for minutes."""

    __tablename__ = "openid_round"
    __table_args__ = (Index(None, "ends_at"),)

    #: SHA-256 of the state: it itself is in the browser and in the address alone
    state_hash: Mapped[bytes] = mapped_column(primary_key=True)
    nonce: Mapped[str]
    #: of PKCE (RFC 7636)
    verifier: Mapped[str]
    ends_at: Mapped[datetime]
