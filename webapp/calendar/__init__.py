"""The calendar, what is not in the act, and «Why this date?»."""

from webapp.calendar import days, hours, values, why  # noqa: F401  (their pages)
from webapp.calendar.views import bp

__all__ = ["bp"]
