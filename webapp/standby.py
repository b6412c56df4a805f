"""Which pages are read by a standby of the database: those that say so above their view. They write nothing.

Signing in, rights and every other page are the primary's. A browser keeps how far the log was when its person last did
something, so that no page shows less.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, Response, g, request, session
from flask_babel import gettext

from services import clock, standby
from webapp.language import dates, words
from webapp.language.i18n import language

P = ParamSpec("P")
T = TypeVar("T")
#: under this key of a browser's session
WRITTEN = "written"
_ASKS = ("GET", "HEAD", "OPTIONS")


def init_app(app: Flask) -> None:
    """Have what people write remembered, where there is a standby that could be behind it."""
    if standby.is_there(app.config["KOMEK"]):
        app.after_request(_remember)


def by_standby(view: Callable[P, T]) -> Callable[P, T]:
    """Of a view that only reads, below everything that asks who may: a standby may answer it."""

    @wraps(view)
    def shown(*args: P.args, **kwargs: P.kwargs) -> T:
        def page(as_of: datetime | None) -> T:
            g.as_of = as_of
            return view(*args, **kwargs)

        return standby.read(page, _last())

    return shown


def moment() -> datetime:
    """Of which this page speaks."""
    found: datetime | None = g.get("as_of")
    return found if found is not None else clock.now()


def as_of() -> str:
    """In words of which moment this page speaks; empty when that is now."""
    if g.get("as_of") is None:
        return ""
    said = dates.exactly(moment(), language(), words.zone_here(), seconds=True)
    return str(gettext("as of %(moment)s", moment=said))


def _remember(response: Response) -> Response:
    if request.method not in _ASKS and g.get("person") is not None:
        wrote = standby.written()
        session[WRITTEN] = [wrote.far, int(wrote.at.timestamp())]
    return response


def _last() -> standby.Written | None:
    """What this browser's person wrote last; the cookie is signed."""
    said = session.get(WRITTEN) if g.get("person") is not None else None
    return standby.Written(said[0], datetime.fromtimestamp(said[1], UTC)) if said else None
