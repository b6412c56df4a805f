"""Whether an office is open, and until when that stays true. Pure: no database, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.deadlines import Calendar

#: no row of days off is as long
_DAYS = 60


@dataclass(frozen=True)
class OpenState:
    """How an office stands at one moment."""

    is_open: bool
    #: when it closes, or when it opens; None when no working day is in sight
    changes_at: datetime | None
    #: closed for its break: it opens again the same day
    on_break: bool = False


def opening(calendar: Calendar, now: datetime) -> OpenState:
    """Whether that office is open, by its hours and the days off that its calendar knows."""
    here = calendar.local(now)
    for ahead in range(_DAYS):
        on = here.date() + timedelta(days=ahead)
        spans = calendar.spans(on)
        for at, (begins, ends) in enumerate(spans):
            begin, end = calendar.moment(on, begins), calendar.moment(on, ends)
            if begin <= now < end:
                return OpenState(True, end)
            if now < begin:
                return OpenState(False, begin, on_break=ahead == 0 and at > 0)
    return OpenState(False, None)


def next_change(calendars: Iterable[Calendar], now: datetime) -> datetime | None:
    """The first moment at which any of them opens or closes, or a day begins there: until then a page stays true."""
    found: list[datetime] = []
    for calendar in calendars:
        midnight = (calendar.local(now) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        found.append(midnight.astimezone(UTC))
        if (changes := opening(calendar, now).changes_at) is not None:
            found.append(changes)
    return min(found, default=None)
