"""Deploying, as Camunda Modeler does it, and looking at what was deployed."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from flask import g, request

from services import processes, registry
from services.processes.models import Deployment
from webapp.asked import files, form, number_in
from webapp.rest.definitions import DEFINITION, shown
from webapp.rest.operations import PAGE, ApiRequest, operation
from webapp.rest.shapes import LINKS, MOMENT, NULL, STRING, STRING_OR_NULL, UnknownName, answered, list_of, text
from webapp.rest.typed import moment

#: what Komek answers like: Modeler asks, and shows features by it
CAMUNDA = "7.24.0"
_PLAIN = {"id": STRING, "name": STRING_OR_NULL, "source": STRING_OR_NULL, "deploymentTime": MOMENT, "tenantId": NULL}
DEPLOYMENT = answered(links=LINKS, **_PLAIN)
DEPLOYED = answered(
    links=LINKS,
    **_PLAIN,
    deployedProcessDefinitions={"type": "object", "additionalProperties": DEFINITION},
    deployedCaseDefinitions=NULL,
    deployedDecisionDefinitions=NULL,
    deployedDecisionRequirementsDefinitions=NULL,
)
#: Modeler names each file's part after the file; any other name does as well
FILES = {
    "type": "object",
    "properties": {
        "deployment-name": {"type": "string"}, "deployment-source": {"type": "string"},
        "enable-duplicate-filtering": {"type": "string"}, "tenant-id": {"type": "string"},
        "data": {"type": "string", "format": "binary"},
    },
}  # fmt: skip
RESOURCE = answered(id=STRING, name=STRING, deploymentId=STRING)
LONGEST_NAME = 200


@operation("GET", "/version", "The version of Camunda 7 whose API this is a part of.", answer=answered(version=STRING))
def version(asked: ApiRequest) -> dict[str, str]:
    return {"version": CAMUNDA}


@operation("GET", "/deployment", "What was deployed, the newest first.", query={**PAGE, "name": text(300)},
           answer=list_of(DEPLOYMENT))  # fmt: skip
def several(asked: ApiRequest) -> list[dict[str, Any]]:
    found = processes.deployments(g.person, name=asked.query["name"], first=asked.first, most=asked.most)
    return [_shown(row) for row in found]


@operation("POST", "/deployment/create", "Deploy diagrams, decisions and forms together, as a candidate.",
           answer=DEPLOYED, files=FILES)  # fmt: skip
def create(asked: ApiRequest) -> dict[str, Any]:
    """What was deployed before is answered like what is new: Modeler starts the first definition that it is told of."""
    name = " ".join(form.text("deployment-name", most=LONGEST_NAME).split())
    source = form.text("deployment-source", most=LONGEST_NAME)
    files = files_sent()
    done = processes.deploy(
        files, registry.current(), name=name or next(iter(files), ""), source=source, person=g.person
    )
    definitions = [shown(row) for row in done.definitions]
    return {
        **_shown(done.deployment),
        "deployedProcessDefinitions": {each["id"]: each for each in definitions},
        "deployedCaseDefinitions": None,
        "deployedDecisionDefinitions": None,
        "deployedDecisionRequirementsDefinitions": None,
    }


@operation("GET", "/deployment/<name:deployment_id>", "One deployment.", answer=DEPLOYMENT)
def one(asked: ApiRequest, deployment_id: str) -> dict[str, Any]:
    return _shown(processes.deployment(_number(deployment_id), g.person))


@operation("GET", "/deployment/<name:deployment_id>/resources", "The names of its files, those that were sent first.",
           answer=list_of(RESOURCE))  # fmt: skip
def resources(asked: ApiRequest, deployment_id: str) -> list[dict[str, str]]:
    names = processes.resource_names(_number(deployment_id), g.person)
    return [{"id": name, "name": name, "deploymentId": deployment_id} for name in names]


def files_sent() -> Mapping[str, bytes]:
    """File name -> bytes, in the order in which they were sent. Raises NameTwice, UnknownName."""
    if unknown := next((name for name in form.all if name not in FILES["properties"]), None):
        raise UnknownName(where=unknown[:60])
    found: dict[str, bytes] = {}
    for field, sent in files():
        name = PurePosixPath((sent.filename or field).replace("\\", "/")).name
        if name in found:
            raise processes.NameTwice(name=name)
        found[name] = sent.read()
    return found


def _number(said: str) -> int:
    if (number := number_in(said)) is None:
        raise processes.NoSuchDeployment(id=said[:100])
    return number


def _shown(row: Deployment) -> dict[str, Any]:
    href = f"{request.host_url}engine-rest/deployment/{row.id}"
    return {
        "links": [{"method": "GET", "href": href, "rel": "self"}],
        "id": str(row.id),
        "name": row.name or None,
        "source": row.source or None,
        "deploymentTime": moment(row.deployed_at),
        "tenantId": None,
    }
