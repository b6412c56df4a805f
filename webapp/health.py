"""Whether this node lives (`/healthz`), and whether it can work (`/readyz`)."""

from flask import Blueprint, Response, jsonify
from sqlalchemy import text

from services import registry
from services.db import db

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> Response:
    """This process answers. Never asks the database."""
    return jsonify(status="ok")


@bp.get("/readyz")
def readyz() -> Response:
    """The database answers, and which plugins were kept out. 503 when the database is away."""
    db.session.execute(text("SELECT 1"))
    rejected = {plugin.name: plugin.reason for plugin in registry.current().rejected}
    return jsonify(status="ok", rejected_plugins=rejected)
