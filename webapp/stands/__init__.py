"""The stand's sheet (clause 8): printed for an office's wall, and which of them are out of date."""

from webapp.stands.views import bp, outdated

__all__ = ["bp", "outdated"]
