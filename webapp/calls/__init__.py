"""The page of whoever answers callers, and what the control level sees of it."""

from webapp.calls.views import bp

__all__ = ["bp"]
