"""Signing with a key of one's own: several papers at once, each looked at before."""

from webapp.signing.views import bp

__all__ = ["bp"]
