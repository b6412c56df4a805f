"""Deploying from the browser, as Modeler would."""

from collections.abc import Mapping
from pathlib import PurePosixPath

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services import engine, processes, registry
from services.errors import Invalid, KomekError
from webapp.designer.rooms import bp, designers
from webapp.errors import message_of

LONGEST_NAME = 200


@bp.get("/upload")
@designers
def upload() -> str:
    """Where files are dropped."""
    return _page({}, ())


@bp.post("/upload")
@designers
def take() -> Response | tuple[str, int]:
    """Deploy what was dropped; when it cannot be deployed, nothing is kept."""
    files = uploaded()
    try:
        name = " ".join(request.form.get("name", "").split())[:LONGEST_NAME] or next(iter(files), "")
        done = processes.deploy(files, registry.current(), name=name, source="Komek", person=g.person)
    except Invalid as error:
        return _page(request.form.to_dict(), _faults(error)), 422
    return redirect(url_for("designer.deployment", deployment_id=done.deployment.id), 303)


def uploaded() -> dict[str, bytes]:
    """File name -> bytes of every file that was sent."""
    sent = [(PurePosixPath(file.filename or "").name, file.read()) for file in request.files.getlist("files")]
    return {name: content for name, content in sent if name}


def _faults(error: KomekError) -> list[str]:
    if isinstance(error, engine.BadDiagram):
        return [str(problem).removeprefix("* ") for problem in error.problems]
    return [message_of(error)]


def _page(typed: Mapping[str, str], faults: object) -> str:
    return render_template("designer/upload.html", typed=typed, faults=faults)
