"""The staff guide: every page opens it at the chapter that is about that page."""

from webapp.help.views import bp

__all__ = ["bp"]
