"""The REST API under /engine-rest: the part of Camunda 7's that Modeler, external workers and other programs need."""

from flask import Flask

from webapp.rest import (
    decisions,
    definitions,
    deployments,
    door,
    external_tasks,
    history,
    incidents,
    instances,
    links,
    messages,
    modeling,
    openapi,
    tasks,
)
from webapp.rest.operations import bp

__all__ = ["bp", "init_app"]

#: each makes its addresses known when it is loaded
_PARTS = (
    deployments, definitions, decisions, instances, tasks, external_tasks, messages, incidents, history, modeling,
    openapi,
)  # fmt: skip


def init_app(app: Flask) -> None:
    """Answer under /engine-rest, and where Modeler's links lead."""
    door.init_app(app)
    app.register_blueprint(bp)
    app.register_blueprint(links.bp)
