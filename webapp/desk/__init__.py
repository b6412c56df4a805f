"""The desk: paper in hand, one scan, the right thing happens."""

from webapp.desk.views import bp

__all__ = ["bp"]
