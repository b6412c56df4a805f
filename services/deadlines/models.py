"""Every timetable that a region ever had, and which of them it has now."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.db import Base, only_added_to
from services.journal.models import APPEND_ONLY, APPEND_ONLY_TABLE


class TimetableVersion(Base):
    """A region's timetable as it was saved once: only ever inserted; PostgreSQL itself refuses everything else."""

    __tablename__ = "timetable"

    region: Mapped[str] = mapped_column(String(60), primary_key=True)
    #: "7.3fa2c1d4": the how-manieth of the region, and the fingerprint of what it says
    version: Mapped[str] = mapped_column(String(16), primary_key=True)
    number: Mapped[int]
    at: Mapped[datetime]
    actor: Mapped[str]
    reason: Mapped[str]  #: in the words of whoever saved it
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)


only_added_to(TimetableVersion.__table__, APPEND_ONLY + APPEND_ONLY_TABLE.format(table="timetable"))


class CalendarVersion(Base):
    """Which of its timetables a region has now. Who changes it holds this row; who counts a date shares it."""

    __tablename__ = "calendar_version"

    region: Mapped[str] = mapped_column(String(60), primary_key=True)
    version: Mapped[str] = mapped_column(String(16))
    #: which editions of its act are in force from which days, as `services.law` calls that; empty: none was deployed
    law: Mapped[str] = mapped_column(String(24), default="", server_default="")
