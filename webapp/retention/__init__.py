"""How long files are kept and how they are destroyed; a person's file on request: the administrator's pages."""

from webapp.retention.views import bp

__all__ = ["bp"]
