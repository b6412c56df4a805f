"""Applicants told: what it comes to month by month, and the door at which the gateway reports."""

from webapp.told.reports import reports
from webapp.told.views import bp

__all__ = ["bp", "reports"]
