"""Who is there: signing in and out, language, office."""

from webapp.account import again, provider, second, step, where
from webapp.account.views import SignedIn, begin, bp, go_in

__all__ = ["SignedIn", "again", "begin", "bp", "go_in", "provider", "second", "step", "where"]
