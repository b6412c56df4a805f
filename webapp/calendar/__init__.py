"""The calendar, what is not in the act, and «Why this date?»."""

from webapp.calendar import views, why  # noqa: F401  (their pages)
from webapp.calendar.rooms import bp

__all__ = ["bp"]
