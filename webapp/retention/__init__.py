"""How long files are kept, the archive, their destruction; a person's file: the administrator's pages."""

from webapp.retention.views import bp

__all__ = ["bp"]
