"""The designers' pages: processes and their versions, deployments, names, what is wrong with a file."""

from webapp.designer import doctor, names, replay, trying, upload, views  # noqa: F401 (they hang their pages on it)
from webapp.designer.rooms import bp

__all__ = ["bp"]
