"""Who is away, and who stands in for them."""

from webapp.absences.views import bp

__all__ = ["bp"]
