"""The public site: the service in plain words, its offices, its diagrams; no sign-in, no cookie, no script."""

from webapp.public.doorstep import PublicDoorstep
from webapp.public.views import bp, init_app, is_public, service_name

__all__ = ["PublicDoorstep", "bp", "init_app", "is_public", "service_name"]
