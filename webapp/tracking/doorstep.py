"""Before Flask: whoever is refused at /status whatever they ask gets the page that the first of them got, as it was.

A refusal through Flask takes many times as long, and a flood of them takes that from the people who work here.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from services import registry, tracking
from services.errors import KomekError
from webapp.doorstep import KeptAnswer, whole

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: under which a view names the refusal (a kind of error) whose answer is the same for everybody
REFUSAL = "komek.refusal"


class StatusDoorstep:
    """The middleware; behind it, views decide anew, and with what only they know."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application
        #: with the edition of the act whose call centre the page names
        self._kept: dict[tuple[str, type[KomekError]], tuple[registry.Registry, KeptAnswer]] = {}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if environ["REQUEST_METHOD"] != "POST" or not path.startswith("/status/"):
            return self._application(environ, start_response)
        refusal = _refusal(environ.get("REMOTE_ADDR", ""))
        plugins, kept = self._kept.get((path, refusal), (None, None)) if refusal else (None, None)
        if kept is None or plugins is not registry.current():
            kept = whole(self._application, environ)
            if (refusal := environ.get(REFUSAL)) is not None:
                self._kept[path, refusal] = registry.current(), kept
        return kept.give(start_response)


def _refusal(address: str) -> type[KomekError] | None:
    if tracking.is_refused(address):
        return tracking.TooManyGuesses
    return tracking.TooManyAsk if tracking.looked_up.is_used_up() else None
