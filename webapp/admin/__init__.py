"""What administrators, and heads for their own office, look after: one page that leads to each of these."""

from webapp.admin.views import bp, sections_for

__all__ = ["bp", "sections_for"]
