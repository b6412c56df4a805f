"""Deploying from the browser, as Modeler would."""

from flask import g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from services import processes, registry
from webapp import asked
from webapp.designer import doctor
from webapp.designer.rooms import bp, designers


@bp.get("/upload")
@designers
def upload() -> str:
    """Where files are dropped."""
    return render_template("designer/upload.html", typed={}, deploys=processes.DESIGNER in g.person.roles())


@bp.post("/upload")
@designers
def take() -> Response | tuple[str, int]:
    """Deploy what was dropped; when it cannot be deployed, nothing is kept, and the doctor says why."""
    files = doctor.uploaded()
    name = " ".join(asked.form.text("name", most=doctor.LONGEST_NAME).split()) or next(iter(files), "")
    try:
        done = processes.deploy(files, registry.current(), name=name, source="Komek", person=g.person)
    except processes.NotDeployable:
        return doctor.page_of(files), 422
    return redirect(url_for("designer.deployment", deployment_id=done.deployment.id), 303)
