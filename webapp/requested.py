"""Each request has an id, which goes back to whoever asked, and a line in the access log: what was asked for, never by
whom nor about whom."""

import logging
import sys
import time

import orjson
from flask import Flask, Response, current_app, g, request

from services import clock, spans, trail
from webapp import asked

logger = logging.getLogger("komek.access")
HEADER = "X-Request-ID"


def init_app(app: Flask) -> None:
    """To be called before all else a request begins with."""
    config = app.config["KOMEK"]
    trail.tell_slow(config.slow_ms)
    spans.send_to(config.traces_url)
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_leave)
    if config.access_log and not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(message)s"))
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False


def _begin() -> None:
    believed = current_app.config["KOMEK"].proxies > 0
    g.request_id = trail.begin(asked.header(HEADER), believed=believed)
    g.asked_at_s = time.perf_counter()
    g.span = spans.span(
        f"{request.method} {request.endpoint}" if request.endpoint else "none",
        parent=asked.header("traceparent") if believed else None,
    )
    g.span.__enter__()


def _leave(error: BaseException | None) -> None:
    if "span" in g:
        g.pop("span").__exit__(*((type(error), error, None) if error is not None else (None, None, None)))
    trail.go_on(None)


def _end(response: Response) -> Response:
    began_s = g.pop("asked_at_s", None)
    if began_s is None:
        return response
    if "Expires" not in response.headers:  # what is kept and given to others is no one request's
        response.headers[HEADER] = g.request_id
    if logger.isEnabledFor(logging.INFO):
        line = {
            "at": clock.real().isoformat(timespec="milliseconds"), "request": g.request_id,
            "endpoint": request.endpoint or "none", "method": request.method if request.endpoint else "",
            "status": response.status_code, "ms": round((time.perf_counter() - began_s) * 1000, 1),
            "bytes": response.content_length,
        }  # fmt: skip
        logger.info(orjson.dumps(line).decode())
    return response
