"""Whether this node lives (`/healthz`), and whether it can work (`/readyz`)."""

from flask import Blueprint, Response, jsonify, redirect, url_for
from sqlalchemy import text
from werkzeug.wrappers import Response as AnyResponse

from services import jobs, registry
from services.db import db

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> Response:
    """This process answers. Never asks the database."""
    return jsonify(status="ok")


@bp.get("/favicon.ico")
def favicon() -> AnyResponse:
    """Browsers ask for it beside pages that name none: papers, data."""
    return redirect(url_for("static", filename="komek.svg"), 301)


@bp.get("/readyz")
def readyz() -> Response:
    """The database answers; which plugins were kept out, and whether a worker runs. 503 when the database is away."""
    db.session.execute(text("SELECT 1"))
    seen_at = jobs.last_seen()
    worker = {"running": not jobs.is_silent(seen_at), "seen_at": seen_at.isoformat() if seen_at else None}
    worker["waiting_since"] = since.isoformat() if (since := jobs.waiting_since()) else None
    rejected = {plugin.name: plugin.reason for plugin in registry.current().rejected}
    return jsonify(status="ok", rejected_plugins=rejected, worker=worker)
