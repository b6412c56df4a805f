"""The desk: paper in hand, one scan, the right thing happens."""

from webapp.desk import offline_views as offline_views
from webapp.desk import shell_views as shell_views
from webapp.desk.views import bp

__all__ = ["bp"]
