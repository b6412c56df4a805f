"""Cases that were begun before Komek come over: the administrator's page."""

from webapp.takeover.views import bp

__all__ = ["bp"]
