"""The inbox: what there is to do, for this person, at this office."""

from webapp.inbox import lists, several
from webapp.inbox.views import bp

__all__ = ["bp", "lists", "several"]
