"""Whether this node lives (`/healthz`), and whether it can work (`/readyz`)."""

from flask import Blueprint, Response, jsonify, redirect, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response as AnyResponse

from services import directory, jobs, migrations, registry, soundness
from services.db import let_go
from webapp.errors import AGAIN_S, ReadOnly, state_of

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> Response:
    """Says that the process answers. Never asks the database."""
    return jsonify(status="ok")


@bp.get("/favicon.ico")
def favicon() -> AnyResponse:
    """Browsers ask for it beside pages that name none: papers, data."""
    return redirect(url_for("static", filename="komek.svg"), 301)


@bp.get("/readyz")
def readyz() -> Response:
    """200 when the database takes writes, its tables serve this code and its region is ours, else 503 and why.

    Beside it which plugins were kept out, what is wrong with the tables in force, whether a worker runs, and whether
    this node works as the tables' owner, who could rewrite the journal: no reason to take the node away.
    """
    rejected = {plugin.name: plugin.reason for plugin in registry.current().rejected}
    try:
        tables = migrations.standing()
        worker = _worker() if tables.usable else None
        kept = directory.kept_region() if tables.usable else ""
        role = "owner" if tables.usable and migrations.application_owns() else "application"
    except SQLAlchemyError as fault:
        let_go()
        return _not_ready(database="read-only" if state_of(fault) is ReadOnly else "away", rejected_plugins=rejected)
    said = {"found": tables.found or None, "needed": tables.needed, "state": tables.state}
    if not tables.usable:
        return _not_ready(database="ok", tables=said, rejected_plugins=rejected)
    if kept not in ("", named := registry.current().region):
        return _not_ready(database="ok", tables=said, region={"kept": kept, "named": named}, rejected_plugins=rejected)
    told = {
        "rejected_plugins": rejected,
        "region_faults": [str(each) for each in soundness.standing(registry.current())],
    }
    return jsonify(status="ok", database="ok", tables=said, role=role, worker=worker, **told)


def _worker() -> dict[str, object]:
    seen_at, since = jobs.last_seen(), jobs.waiting_since()
    return {
        "running": not jobs.is_silent(seen_at),
        "seen_at": seen_at.isoformat() if seen_at else None,
        "waiting_since": since.isoformat() if since else None,
    }


def _not_ready(**told: object) -> Response:
    answer = jsonify(status="unavailable", **told)
    answer.status_code = 503
    answer.headers["Retry-After"] = str(AGAIN_S)
    return answer
