"""Boards: the head's, the control level's, and time on the diagram; each of their tables goes out as a file."""

from webapp.boards.views import bp

__all__ = ["bp"]
