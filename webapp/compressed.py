"""All that is text goes compressed, but for answers that repeat what stands in their address.

Beside such words the length of a compressed page tells what else stands on it (BREACH). So a page of people goes
compressed only when its address asks nothing, and with some bytes more or less each time (docs/decisions/0033).
What everybody gets alike is packed once a process.
"""

import io
import secrets
from functools import lru_cache
from gzip import GzipFile

from flask import Flask, Response, request
from werkzeug.http import parse_accept_header

from webapp.asked import address, header

#: beside `text/…`; fonts, photographs, PDF and tables of Excel are compressed by themselves
KINDS = frozenset({
    "application/javascript", "application/json", "application/manifest+json", "application/wasm", "application/xml",
    "image/svg+xml",
})  # fmt: skip
#: less is not worth the words around it
LEAST_BYTES = 1000
#: how hard: for what is packed once, and for what is packed with each request
ONCE, EACH_TIME = 9, 6
#: so many bytes at most are added to what is one reader's own
MOST_ADDED = 100


def init_app(app: Flask) -> None:
    """Compress what may be, for whoever says that they can read it."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    of_everybody = request.endpoint == "static" or response.cache_control.public is True
    if not _is_text(response.mimetype) or not (of_everybody or _asks_nothing()):
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code != 200 or "Content-Encoding" in response.headers or not _wanted():
        return response
    if not (response.is_sequence or of_everybody):  # what goes out piece by piece goes on so
        return response
    response.direct_passthrough = False
    plain = response.get_data()
    if len(plain) < LEAST_BYTES:
        return response
    response.set_data(_once(plain) if of_everybody else _packed(plain, EACH_TIME, secrets.randbelow(MOST_ADDED)))
    response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("Accept-Ranges", None)
    etag, _ = response.get_etag()
    if etag:
        response.set_etag(etag, weak=True)  # the same file in other bytes
    return response


def _is_text(kind: str | None) -> bool:
    return kind is not None and (kind.startswith("text/") or kind in KINDS)


def _asks_nothing() -> bool:
    """Whether nothing in it can be somebody else's words: a link with a question is anybody's to write."""
    return request.method in ("GET", "HEAD") and not address.all


def _wanted() -> bool:
    return request.method in ("GET", "HEAD") and reads_gzip(header("Accept-Encoding"))


@lru_cache(maxsize=500)
def reads_gzip(accepted: str) -> bool:
    """Whether that header of a request (empty: there is none) takes gzip."""
    return parse_accept_header(accepted).quality("gzip") > 0


@lru_cache(maxsize=128)
def _once(plain: bytes) -> bytes:
    return _packed(plain, ONCE, 0)


def _packed(plain: bytes, level: int, added: int) -> bytes:
    """With a file's name of so many letters, which nobody reads."""
    packed = io.BytesIO()
    with GzipFile("a" * added, "wb", level, packed, mtime=0) as file:
        file.write(plain)
    return packed.getvalue()
