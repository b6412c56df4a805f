"""Offices, staff, who holds which role where, and the sign-ins that failed."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services import registry
from services.db import Base


class Installation(Base):
    """Whose database this is: one row, written when a region is deployed first, and never changed."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    region: Mapped[str]  #: key of the region
    since: Mapped[datetime]


class Office(Base):
    """A body, a PSC or the control level, as the region's table tells; never deleted."""

    __tablename__ = "office"

    key: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    kind: Mapped[str]
    number: Mapped[str]
    #: key of the office above: the body that a PSC serves, the control level of a body
    parent: Mapped[str | None] = mapped_column(Text(collation="C"))
    name_kk: Mapped[str]
    name_ru: Mapped[str]
    name_en: Mapped[str]
    short_kk: Mapped[str]
    short_ru: Mapped[str]
    short_en: Mapped[str]
    place: Mapped[str]
    place_kind: Mapped[str]
    address: Mapped[str]
    #: E.164, several parted by `;`
    phone: Mapped[str]
    email: Mapped[str]
    #: whatever else the region's table says of it
    settings: Mapped[dict[str, str]] = mapped_column(JSONB)
    sort_key: Mapped[str] = mapped_column(Text(collation="C"))


class Staff(Base):
    """A person who works here. Personal data."""

    __tablename__ = "staff"
    __table_args__ = (Index(None, "sort_key", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    #: in small letters
    login: Mapped[str] = mapped_column(Text(collation="C"), unique=True)
    full_name: Mapped[str]
    sort_key: Mapped[str] = mapped_column(Text(collation="C"))
    search_key: Mapped[str] = mapped_column(Text(collation="C"))
    password_hash: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default=registry.first_language)
    #: of their own, in small letters; notices go there once they have switched that on themselves
    email: Mapped[str] = mapped_column(default="")
    mailed: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    #: one more ends every session that was begun before
    session_version: Mapped[int] = mapped_column(default=1)
    #: whether they chose their password themselves; else they do, before anything else, when they sign in
    own_password: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    added_at: Mapped[datetime]


class Appointment(Base):
    """A role of one person at one office, from a day on and until another."""

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint("until_on >= from_on", name="order"),
        Index("ix_appointment_staff", "staff_id"),
        Index("ix_appointment_office_role", "office_key", "role"),
        Index(
            "uq_appointment_open",
            "staff_id",
            "office_key",
            "role",
            unique=True,
            postgresql_where=text("until_on IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    office_key: Mapped[str] = mapped_column(ForeignKey("office.key"))
    role: Mapped[str]
    from_on: Mapped[date]
    #: the first day on which it no longer holds; none while it is open
    until_on: Mapped[date | None]


class Absence(Base):
    """Somebody is away from a day on until another, by an order; meanwhile a deputy acts for them.

    A fact with its days, never changed but for its early end: nothing is moved when it begins or ends.
    """

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("until_on > from_on", name="order"),
        CheckConstraint("deputy_id <> staff_id", name="other"),
        Index(None, "staff_id", "until_on"),
        Index(None, "deputy_id", "until_on"),
        Index(None, "until_on"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    from_on: Mapped[date]
    #: the first day on which they are back, by the order
    until_on: Mapped[date]
    order_number: Mapped[str]
    order_on: Mapped[date]
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    #: "office/role" of the roles that the deputy acts in
    scope: Mapped[list[str]] = mapped_column(ARRAY(Text))
    #: whether the deputy signs, too
    signs: Mapped[bool]
    #: none: at the server's command line
    entered_by_id: Mapped[int | None]
    entered_at: Mapped[datetime]
    #: the first day on which they are back, when that is earlier than by the order
    ended_on: Mapped[date | None]
    ended_by_id: Mapped[int | None]


class Session(Base):
    """Somebody is signed in at a browser. Personal data, kept no longer than the session."""

    __tablename__ = "staff_session"
    __table_args__ = (Index(None, "ends_at"), Index(None, "staff_id"), UniqueConstraint("id"))

    key_hash: Mapped[bytes] = mapped_column(primary_key=True)
    #: what its owner's page calls it by: the key is nobody's to see
    id: Mapped[int] = mapped_column(BigInteger, Identity())
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    #: the person's `session_version` when it began
    version: Mapped[int]
    ends_at: Mapped[datetime]
    began_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    #: something was asked for in it; written down once in `SEEN_AGAIN`, not with every click
    seen_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    #: the network address that asked last
    place: Mapped[str] = mapped_column(default="", server_default="")
    #: what the browser said of itself (User-Agent)
    browser: Mapped[str] = mapped_column(default="", server_default="")
    #: whether more than a password is asked, since its person has more; what roles ask is looked up with every request
    asked: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    #: what was shown beside the password, or in its place: "", "code" or "passkey"
    proved: Mapped[str] = mapped_column(default="", server_default="")


class PasswordSlip(Base):
    """By what was handed over on paper, whoever forgot their password chooses another: once, and for a term."""

    __tablename__ = "password_slip"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    #: SHA-256: the code itself stands on the paper alone
    code_hash: Mapped[bytes]
    ends_at: Mapped[datetime]


class SignInFailure(Base):
    """A sign-in that failed. Kept no longer than the window in which they count."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index(None, "login_hash", "at"), Index(None, "place", "at"), Index(None, "at"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    #: people type passwords into the wrong field: what was typed is not kept
    login_hash: Mapped[bytes]
    #: a network, "browser:…" of one that is known, or empty
    place: Mapped[str]
    at: Mapped[datetime]


class WorkerTopic(Base):
    """A topic whose external tasks a program's account may have."""

    __tablename__ = "worker_topic"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    topic: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)


class KnownPlace(Base):
    """A network from which somebody signed in lately. Personal data."""

    __tablename__ = "known_place"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime]
