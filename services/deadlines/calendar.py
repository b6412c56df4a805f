"""When an office works: its week, the days that differ, its zone. Pure: no database, no clock."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

#: from and to, local; `to` is not earlier than `from`, and no span crosses midnight
Span = tuple[time, time]

#: longer than any row of days off; beyond it a calendar has no working days any more
_SEARCH_DAYS = 366
_DAY = timedelta(days=1)


class NoWorkingDay(ValueError):
    """A calendar, or two together, have no working day within a year."""


@dataclass(frozen=True)
class SpecialDay:
    """A day that differs from its weekday: a holiday, a day off that was moved, a Saturday that is worked."""

    on: date
    working: bool
    name_kk: str = ""
    name_ru: str = ""
    name_en: str = ""
    source: str = ""  #: the decree, or the list it was filled from
    confirmed: bool = True  #: False: estimated or in question, the administrator has to look
    decree: str = ""  #: "N 874 of 15.10.2025": of the decree that moved it
    filled: bool = False  #: from the list; what staff entered is never overwritten


@dataclass(frozen=True)
class Calendar:
    """The working time of one office. Frozen: a change makes a new one with another version."""

    zone: ZoneInfo
    #: seven weekdays from Monday, the spans of each in their order; none on a day off
    week: tuple[tuple[Span, ...], ...]
    days: Mapping[date, SpecialDay] = field(default_factory=dict)
    version: str = ""
    #: the hours were not found in the act: dates counted with them are marked
    default: bool = False

    def __post_init__(self) -> None:
        if len(self.week) != 7 or not any(self.week):
            raise ValueError("a week has seven days, and one of them at least is worked")
        for spans in self.week:
            edges = [edge for span in spans for edge in span]
            if any(after <= before for before, after in pairwise(edges)):
                raise ValueError(f"spans overlap or run backwards: {spans}")

    @property
    def usual(self) -> tuple[Span, ...]:
        """The spans of an ordinary day: those of a Saturday that was made a working day."""
        return next(spans for spans in self.week if spans)

    def spans(self, on: date) -> tuple[Span, ...]:
        """The working spans of that day; none when it is off."""
        special = self.days.get(on)
        ordinary = self.week[on.weekday()]
        if special is None:
            return ordinary
        return (ordinary or self.usual) if special.working else ()

    def works_on(self, on: date) -> bool:
        return bool(self.spans(on))

    def local(self, moment: datetime) -> datetime:
        """A moment on the office's clock. Raises ValueError when it has no zone."""
        if moment.tzinfo is None:
            raise ValueError(f"{moment} has no time zone")
        return moment.astimezone(self.zone)

    def moment(self, on: date, at: time) -> datetime:
        """A local day and hour, in UTC."""
        return datetime.combine(on, at, self.zone).astimezone(UTC)

    def end_of(self, on: date) -> datetime:
        """The end of that working day, in UTC."""
        return self.moment(on, self.spans(on)[-1][1])

    def next_working_day(self, after: date) -> date:
        """The first working day after that one. Raises NoWorkingDay when there is none within a year."""
        return self.working_day_from(after + _DAY)

    def working_day_from(self, on: date) -> date:
        """The day if it is worked, else the next that is. Raises NoWorkingDay."""
        for day in days_from(on):
            if self.works_on(day):
                return day
        raise NoWorkingDay(f"no working day within {_SEARCH_DAYS} days from {on}")


def days_from(on: date) -> Iterator[date]:
    """The day and the days after it, as far as it makes sense to look."""
    return (on + timedelta(days=ahead) for ahead in range(_SEARCH_DAYS))
