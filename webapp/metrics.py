"""`/metrics` for Prometheus: off until a token is set, and shown to nobody without it."""

import hmac
import os
import time

from flask import Blueprint, Flask, Response, abort, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from services import metrics
from services.config import COUNTED_IN
from webapp import asked

bp = Blueprint("metrics", __name__)


def watch(app: Flask) -> None:
    """Count requests where somebody may ask for the figures. To be called before all else a request begins with."""
    if app.config["KOMEK"].metrics_token:
        app.extensions["standing"] = CollectorRegistry()
        app.extensions["standing"].register(metrics.DatabaseFigures(app.config["KOMEK"].backups))
        app.before_request(_begin)
        app.after_request(_count)


@bp.get("/metrics")
def show() -> Response:
    """The figures of this node's processes and of the database, for the bearer of the token; else 404 or 401."""
    token = current_app.config["KOMEK"].metrics_token
    if not token:
        abort(404)
    if not hmac.compare_digest(asked.header("Authorization").encode(), f"Bearer {token}".encode()):
        return Response("", 401, {"WWW-Authenticate": 'Bearer realm="komek"'})
    of_processes: CollectorRegistry = REGISTRY
    if os.environ.get(COUNTED_IN):
        of_processes = CollectorRegistry()
        MultiProcessCollector(of_processes)  # type: ignore[no-untyped-call]
    text = generate_latest(of_processes) + generate_latest(current_app.extensions["standing"])
    return Response(text, content_type=CONTENT_TYPE_LATEST)


def _begin() -> None:
    g.began_s = time.perf_counter()


def _count(response: Response) -> Response:
    began_s = g.pop("began_s", None)
    if began_s is not None:
        what = request.endpoint or "none"
        counted = metrics.REQUESTS.labels(what, request.method if what != "none" else "", response.status_code // 100)
        counted.observe(time.perf_counter() - began_s)
    return response
