"""Where is my application? Asked without signing in, by the secret code of the talon or the receipt."""

from webapp.tracking.doorstep import StatusDoorstep
from webapp.tracking.views import bp

__all__ = ["StatusDoorstep", "bp"]
