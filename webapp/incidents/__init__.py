"""The administrators' list of what a worker could not do."""

from webapp.incidents.views import bp

__all__ = ["bp"]
