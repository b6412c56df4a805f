"""The region's act in its editions: which holds, what another changes, putting it in force for a day; any two laws side
by side, and what stands for each clause."""

from webapp.act import looking, views  # noqa: F401 (they hang their pages on it)
from webapp.act.rooms import bp

__all__ = ["bp"]
