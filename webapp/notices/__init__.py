"""Notices: what this person was told, and the same by mail."""

from webapp.notices.views import bp

__all__ = ["bp"]
