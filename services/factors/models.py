"""What somebody shows beside a password: codes of an authenticator, recovery codes, passkeys."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.db import Base


class CodeKey(Base):
    """The secret that somebody's authenticator reckons one-time codes of (RFC 6238)."""

    __tablename__ = "code_key"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    secret: Mapped[bytes]
    #: none until a first code was right: before that it is asked for nowhere
    confirmed_at: Mapped[datetime | None]
    #: the step of time of the code that was taken last: no code is taken twice
    last_step: Mapped[int] = mapped_column(default=0)


class RecoveryCode(Base):
    """In place of a one-time code when the authenticator is lost; each holds once. SHA-256 alone is kept."""

    __tablename__ = "recovery_code"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(primary_key=True)


class Passkey(Base):
    """A key that somebody's device keeps, with which it signs what we ask (WebAuthn)."""

    __tablename__ = "passkey"
    __table_args__ = (Index(None, "staff_id"), Index(None, "credential_id", unique=True))

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    credential_id: Mapped[bytes]
    #: COSE
    public_key: Mapped[bytes]
    #: how often the device says it signed; one that does not grow is a copy's
    sign_count: Mapped[int]
    #: what its owner calls it
    name: Mapped[str]
    added_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class PasskeyChallenge(Base):
    """What a device is asked to sign; taken once, by whom it was given to, and for minutes."""

    __tablename__ = "passkey_challenge"
    __table_args__ = (Index(None, "ends_at"),)

    challenge: Mapped[bytes] = mapped_column(primary_key=True)
    #: none: somebody is about to sign in, and nobody knows who
    staff_id: Mapped[int | None]
    #: whether a key is made with it
    makes: Mapped[bool]
    ends_at: Mapped[datetime]
