"""The list of who is due for recheck, and what is done from it."""

from webapp.recheck.views import bp

__all__ = ["bp"]
