"""Setting the clock of a demo system."""

from webapp.time_machine.views import bp

__all__ = ["bp"]
