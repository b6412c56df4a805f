"""Quiet hours: nobody is woken by a message. The act knows none: the region's parameters say them, as defaults."""

from datetime import datetime, time, timedelta

from services import deadlines, registry
from services.registry import Registry

FROM, UNTIL = "told_from", "told_until"


def opens(plugins: Registry, office_key: str, now: datetime) -> datetime:
    """When an applicant of that office may be told: now, or the next opening on the office's clock.

    A region that names no hours has no quiet ones.
    """
    # an edition of the act that was put in force before there were any goes by the region's files
    known = {**deadlines.region_at(registry.shipped()).parameters, **deadlines.region_at(plugins).parameters}
    if FROM not in known or UNTIL not in known:
        return now
    begins, ends = (time.fromisoformat(known[each]["value"]) for each in (FROM, UNTIL))
    local = deadlines.local(plugins, office_key, now)
    if _is_loud(local.time(), begins, ends):
        return now
    day = local.date() if local.time() < begins else local.date() + timedelta(days=1)
    return max(now, datetime.combine(day, begins, local.tzinfo))


def _is_loud(at: time, begins: time, ends: time) -> bool:
    """Whether that is between the two; `ends` may be past midnight."""
    return begins <= at < ends if begins <= ends else at >= begins or at < ends
