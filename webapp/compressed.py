"""What is the same for everybody goes compressed: scripts, styles, the decoder; and diagrams, which hold no secret.

Pages go as they are: beside what somebody else may have written they hold the key of a form, and the length of a
compressed page tells of both (docs/decisions/0033).
"""

import gzip
from functools import lru_cache

from flask import Flask, Response, request

#: kinds that are worth it; fonts and pictures are compressed by themselves
KINDS = frozenset({"text/css", "text/javascript", "application/javascript", "application/wasm", "image/svg+xml"})
DIAGRAM = "application/xml"
#: less is not worth the words around it
LEAST_BYTES = 1000


def init_app(app: Flask) -> None:
    """Compress what may be, for whoever says that they can read it."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    of_files = request.endpoint == "static" and response.mimetype in KINDS
    if not of_files and response.mimetype != DIAGRAM:
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code != 200 or "Content-Encoding" in response.headers or not _reads_gzip():
        return response
    response.direct_passthrough = False
    plain = response.get_data()
    if len(plain) < LEAST_BYTES:
        return response
    response.set_data(_of_file(plain) if of_files else _packed(plain))
    response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("Accept-Ranges", None)
    etag, _ = response.get_etag()
    if etag:
        response.set_etag(etag, weak=True)  # the same file in other bytes
    return response


def _reads_gzip() -> bool:
    return request.accept_encodings.quality("gzip") > 0 and request.method in ("GET", "HEAD")


@lru_cache(maxsize=64)
def _of_file(plain: bytes) -> bytes:
    """Packed once a process."""
    return _packed(plain)


def _packed(plain: bytes) -> bytes:
    return gzip.compress(plain, 6, mtime=0)
