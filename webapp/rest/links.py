"""Where Camunda Modeler leads to after it deployed or started something: our own pages."""

import json

from flask import Blueprint, Response, g, jsonify, redirect, request, url_for
from flask_login import login_required
from werkzeug.wrappers import Response as AnyResponse

from services.cases.programs import records
from webapp.asked import address, number_in
from webapp.rest.instances import number

bp = Blueprint("modeler_link", __name__)


@bp.get("/.well-known/camunda-automation-platform/webapps")
def webapps() -> Response:
    """What Modeler asks for, without credentials, to make its links from."""
    here = request.host_url
    return jsonify(cockpitUrl=f"{here}modeler-link", adminUrl=f"{here}admin/", tasklistUrl=here)


@bp.get("/modeler-link/repository")
@login_required
def repository() -> AnyResponse:
    """The page of the deployment that the link names; of a link that names none, all of them."""
    wanted = _wanted()
    return redirect(url_for("designer.deployment", deployment_id=wanted) if wanted else url_for("designer.show"))


@bp.get("/modeler-link/process-instance/<instance_id>")
@login_required
def process_instance(instance_id: str) -> AnyResponse:
    """The page of the case that the instance belongs to. Raises NoSuchInstance, NotYours."""
    return redirect(url_for("case.show", case_id=records.instance(number(instance_id), g.person).case_id))


def _wanted() -> int | None:
    """`deploymentsQuery=[{"type":"id","operator":"eq","value":"7"}]`, as Modeler writes it."""
    try:
        said = json.loads(address.text("deploymentsQuery", most=4000))
        return next(number_in(str(each["value"])) for each in said if each["type"] == "id")
    except (ValueError, TypeError, KeyError, StopIteration, RecursionError):
        return None
