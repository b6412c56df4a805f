"""What is true of every request under /engine-rest: who asks, in which language, and how the address is written."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request

from webapp import errors
from webapp.asked import Text, header
from webapp.language.i18n import wanted_by_browser
from webapp.rest import auth, problems

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/engine-rest"
_SLASHES = re.compile(r"/{2,}")
#: Modeler's pages come from a file; what else a browser shows is not let read the answers
_ORIGINS = ("null", "file://")
#: what anybody may read: how to talk to us
_OPEN = ("/engine-rest/openapi.json",)
MOST_BYTES = 32 * 1024 * 1024
_LARGE = ("/engine-rest/deployment/create", "/engine-rest/komek/doctor")
#: with files among the variables
_TASKS = "/engine-rest/task/"


class Name(Text):
    """A part of an address that names something: anything but the words that stand at its place themselves."""

    regex = "(?!(?:count|create|fetchAndLock|key)(?:/|$))[^/]+"


class Addresses:
    """Before Flask sees it: double and last slashes are nothing, and no cookie comes in (so none goes out)."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = _SLASHES.sub("/", environ.get("PATH_INFO", ""))
        if path == PREFIX or path.startswith(f"{PREFIX}/"):
            environ["PATH_INFO"] = path.rstrip("/")
            environ.pop("HTTP_COOKIE", None)
        return self._application(environ, start_response)


def init_app(app: Flask) -> None:
    """Stand before every request of programs, and answer their errors."""
    # wrapping the method is how Flask wants a middleware put around it
    app.wsgi_app = Addresses(app.wsgi_app)  # type: ignore[method-assign]
    app.url_map.converters["name"] = Name
    app.before_request(_let_in)
    app.after_request(_go_out)
    errors.answer_under(PREFIX, problems.answer)


def is_ours() -> bool:
    """Whether a program asks, not a page."""
    return request.path == PREFIX or request.path.startswith(f"{PREFIX}/")


def _let_in() -> Response | None:
    if not is_ours():
        return None
    g.reading_in = wanted_by_browser()
    if request.method == "OPTIONS":
        return Response(status=204)
    if request.path in _LARGE or (request.path.startswith(_TASKS) and request.path.endswith("/complete")):
        request.max_content_length = MOST_BYTES
        request.max_form_memory_size = MOST_BYTES
    if request.path not in _OPEN:
        g.person = auth.who_asks()
    return None


def _go_out(response: Response) -> Response:
    if not is_ours():
        return response
    response.vary.update(("Accept-Language", "Origin"))
    if (origin := header("Origin")) in _ORIGINS:
        response.headers["Access-Control-Allow-Origin"] = origin
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = "GET, POST, PUT, OPTIONS"
        response.headers["Access-Control-Allow-Headers"] = "authorization, content-type, accept, accept-language"
        response.headers["Access-Control-Max-Age"] = "600"
    return response
