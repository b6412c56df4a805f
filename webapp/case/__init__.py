"""One case: its task's form, its papers, where it is on the diagram, its history."""

from webapp.case.views import bp

__all__ = ["bp"]
