"""An office's first day: the screens."""

from webapp.beginning.views import bp

__all__ = ["bp"]
