"""The days that differ from their weekday, and the version that they make together."""

from datetime import date
from typing import Literal

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from services.db import Base

DayKind = Literal["off", "working"]


class CalendarDay(Base):
    """A holiday, a day off that was moved, a Saturday that is worked: for one region."""

    __tablename__ = "calendar_day"

    region: Mapped[str] = mapped_column(String(60), primary_key=True)
    on: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[DayKind] = mapped_column(String(10))
    name_kk: Mapped[str] = mapped_column(String(200))
    name_ru: Mapped[str] = mapped_column(String(200), default="")
    name_en: Mapped[str] = mapped_column(String(200), default="")
    source: Mapped[str] = mapped_column(String(300), default="")  #: the decree, or the list it was filled from
    confirmed: Mapped[bool] = mapped_column(default=True)  #: False: estimated or in question
    filled: Mapped[bool] = mapped_column(default=False)  #: from the list; what staff entered is never overwritten


class CalendarVersion(Base):
    """Which calendar a region has now: a fingerprint of its days, so that equal days are an equal version."""

    __tablename__ = "calendar_version"

    region: Mapped[str] = mapped_column(String(60), primary_key=True)
    version: Mapped[str] = mapped_column(String(16))
