"""A day, as people and programs write it: one reader for forms, addresses, files and programs."""

import re
from datetime import date

_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})", re.ASCII)
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})", re.ASCII)


def read_day(text: str) -> date:
    """ "31.12.2013" or "2013-12-31"; weeks and days of the year are no dates. Raises ValueError."""
    found = _DAY_FIRST.fullmatch(text.strip()) or _YEAR_FIRST.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"no day: {text[:40]!r}")
    return date(int(found["year"]), int(found["month"]), int(found["day"]))
