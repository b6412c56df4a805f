"""Who works here: the administrator's pages."""

from webapp.staff.views import bp

__all__ = ["bp"]
