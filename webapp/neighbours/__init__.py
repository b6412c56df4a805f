"""Other regions of the installation: going over to one, and their figures side by side."""

from webapp.neighbours.views import bp, compares, here, origins, switches

__all__ = ["bp", "compares", "here", "origins", "switches"]
