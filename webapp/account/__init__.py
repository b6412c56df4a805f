"""Who is there: signing in and out, language, office."""

from webapp.account import again
from webapp.account.views import SignedIn, begin, bp

__all__ = ["SignedIn", "again", "begin", "bp"]
