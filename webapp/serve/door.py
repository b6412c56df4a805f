"""The door of several regions: each request goes, as it came, to the pages of the region whose host it names.

It knows no session and no database. Whoever comes by no region's name is shown which there are; where a region does
not answer, its visitors are told so, and the others notice nothing.
"""

import http.client
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Flask, Response, jsonify, render_template, request
from flask_babel import Babel, force_locale
from werkzeug.datastructures import EnvironHeaders
from werkzeug.http import is_hop_by_hop_header
from werkzeug.wsgi import get_input_stream

from services.config import ROOT, Config
from services.regions import Neighbourhood, Region, read
from webapp.language.i18n import language_of_browser

#: a program that waits for external tasks is answered within a minute; no page takes longer
LONGEST_S = 90
#: of one region, when it is asked whether it can work
READY_S = 5
PIECE = 64 * 1024
AGAIN_S = 5
#: what the door says itself of a request, or what only concerns one hop
NOT_HANDED_ON = frozenset({"host", "content-length", "expect", "x-forwarded-for", "x-forwarded-proto"})
AWAY = "komek.region_away"


def door(config: Config) -> Any:
    """What gunicorn serves in front of all regions. Raises BadRegions."""
    street = read(Path(config.regions))
    by_host = {region.host: region for region in street.regions.values()}
    pages = _pages(street)

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        region = by_host.get(environ.get("HTTP_HOST", "").lower())
        if region is None:
            return pages.wsgi_app(environ, start_response)
        try:
            answered = _asked(environ, region)
        except (OSError, http.client.HTTPException, ValueError):
            environ[AWAY] = region
            return pages.wsgi_app(environ, start_response)
        start_response(f"{answered.status} {answered.reason}", _headers_of(answered))
        return _pieces(answered)

    return answer


def _asked(environ: dict[str, Any], region: Region) -> http.client.HTTPResponse:
    """What the region's pages answer. Raises OSError, HTTPException, ValueError."""
    connection = http.client.HTTPConnection(region.machine, region.port, timeout=LONGEST_S)
    try:
        connection.putrequest(environ["REQUEST_METHOD"], _target(environ), skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", environ["HTTP_HOST"])
        for name, value in EnvironHeaders(environ).items():
            if not is_hop_by_hop_header(name) and name.lower() not in NOT_HANDED_ON:
                connection.putheader(name, value.encode("latin-1"))
        for name, own in (("X_FORWARDED_FOR", environ.get("REMOTE_ADDR", "")),
                          ("X_FORWARDED_PROTO", environ["wsgi.url_scheme"])):  # fmt: skip
            before = environ.get(f"HTTP_{name}")
            connection.putheader(name.replace("_", "-"), f"{before}, {own}" if before else own)
        body = get_input_stream(environ).read()  # it has come whole: services/patient.py
        if body or environ["REQUEST_METHOD"] in ("POST", "PUT", "PATCH"):
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body or None)
        return connection.getresponse()
    except BaseException:
        connection.close()
        raise


def _target(environ: dict[str, Any]) -> str:
    """Path and query letter by letter as they were asked for: `%2F` is no slash."""
    asked_for = str(environ["RAW_URI"])
    if not asked_for.startswith("/") and "://" in asked_for:
        parts = urlsplit(asked_for)
        asked_for = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    return quote(asked_for.encode("latin-1"), safe="".join(map(chr, range(0x21, 0x7F))))


def _headers_of(answered: http.client.HTTPResponse) -> list[tuple[str, str]]:
    return [(name, value) for name, value in answered.getheaders() if not is_hop_by_hop_header(name)]


def _pieces(answered: http.client.HTTPResponse) -> Iterator[bytes]:
    """Piece by piece as it comes: a desk that listens is told at once."""
    try:
        while piece := answered.read1(PIECE):
            yield piece
    finally:
        answered.close()


def _pages(street: Neighbourhood) -> Flask:
    """What the door says itself."""
    app = Flask(__name__, static_folder=ROOT / "webapp" / "static", static_url_path="/static")
    app.config.update(BABEL_DEFAULT_LOCALE="kk", BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "webapp" / "translations"))
    Babel(app, locale_selector=language_of_browser)

    @app.before_request
    def tell_that_it_is_away() -> Response | None:
        region = request.environ.get(AWAY)
        if region is None or request.endpoint == "static":
            return None
        answer = Response(_said(region=region), 503)
        answer.headers["Retry-After"] = str(AGAIN_S)
        return answer

    @app.get("/")
    @app.get("/<any(kk, ru, en):chosen>")
    def show(chosen: str = "") -> str:
        return _said(chosen, regions=list(street.regions.values()))

    @app.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="ok")

    @app.get("/readyz")
    def readyz() -> Response:
        with ThreadPoolExecutor(max_workers=8) as asking:
            told = dict(asking.map(_readiness, street.regions.values()))
        answer = jsonify(regions=told)
        answer.status_code = 200 if "ok" in told.values() else 503
        return answer

    @app.errorhandler(404)
    def nothing(_: Exception) -> tuple[str, int]:
        return _said(regions=list(street.regions.values())), 404

    app.after_request(_protect)
    return app


def _said(chosen: str = "", **told: Any) -> str:
    language = chosen or language_of_browser()
    with force_locale(language):
        return render_template("door.html", language=language, again_s=AGAIN_S, **told)


def _readiness(region: Region) -> tuple[str, str]:
    """Key of the region, and `ok`, `unavailable`, or `away` when nothing answers."""
    connection = http.client.HTTPConnection(region.machine, region.port, timeout=READY_S)
    try:
        connection.request("GET", "/readyz", headers={"Host": region.host})
        return region.key, "ok" if connection.getresponse().status == 200 else "unavailable"
    except (OSError, http.client.HTTPException):
        return region.key, "away"
    finally:
        connection.close()


def _protect(response: Response) -> Response:
    """The door's own pages load our own styles and nothing else, and nobody keeps them."""
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
        response.headers["Content-Language"] = language_of_browser()
        response.vary.update(("Accept-Language", "Cookie"))
    return response
