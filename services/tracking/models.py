"""The digests of applicants' codes, and how often somebody guessed."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.db import Base


class TrackingCode(Base):
    """What a case's code is compared with. The code itself stands nowhere but on the applicant's paper."""

    __tablename__ = "tracking_code"

    case_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    salt: Mapped[bytes]
    digest: Mapped[bytes]
    given_at: Mapped[datetime]


class TrackingGuess(Base):
    """How often somebody guessed wrong of late: about one number, from one address, from one network."""

    __tablename__ = "tracking_guess"
    __table_args__ = (Index(None, "since"),)

    #: a digest, under the application's key, of the number, the address or the network: whoever has the database alone
    #: learns nothing from it of who asked about what
    what: Mapped[bytes] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    wrong: Mapped[int]
