"""Versions of processes: looked at, fetched as the diagram they were drawn as, begun as rehearsals."""

import re
from typing import Any

from flask import g

from services import cases, processes
from services.answers import as_form
from services.processes.models import ProcessDefinition
from webapp.rest.instances import INSTANCE_STARTED, started
from webapp.rest.operations import PAGE, ApiRequest, operation
from webapp.rest.shapes import (
    BOOLEAN,
    COUNT,
    NULL,
    NUMBER,
    STRING,
    STRING_OR_NULL,
    Shape,
    answered,
    list_of,
    many,
    one_of,
    record,
    text,
    whole,
    yes_no,
)
from webapp.rest.tasks import rows_checked, typed_fields
from webapp.rest.typed import SENT, VARIABLES

DEFINITION = answered(
    id=STRING, key=STRING, category=NULL, description=NULL, name=STRING_OR_NULL, version=NUMBER, resource=STRING,
    deploymentId=STRING, diagram=NULL, suspended=BOOLEAN, tenantId=NULL, versionTag=NULL, historyTimeToLive=NULL,
    startableInTasklist=BOOLEAN,
)  # fmt: skip
#: where it begins: at a start event of the process, and nowhere else
INSTRUCTION = record(type=one_of("startBeforeActivity").needed(), activityId=text(300, 1).needed())
START = record(businessKey=text(200), variables=SENT, startInstructions=many(INSTRUCTION, 1))
FILLED_IN = record(businessKey=text(200), variables=SENT)
START_FORM = answered(key=STRING_OR_NULL, contextPath=NULL, camundaFormRef=NULL)
FILTERS: dict[str, Shape] = {
    "key": text(300),
    "version": whole(1),
    "deploymentId": whole(1, 2**63 - 1),
    "latestVersion": yes_no().or_else(False),
}
_ID = re.compile(r"(.+):(\d{1,10}):(\d{1,18})")


def public_id(row: ProcessDefinition) -> str:
    """key:version:id, which goes into addresses as it is."""
    return f"{row.key}:{row.version}:{row.id}"


def find(said: str) -> ProcessDefinition:
    """The row that such an id names. Raises NoSuchDefinition."""
    found = _ID.fullmatch(said)
    if found is None or not said.isprintable():
        raise processes.NoSuchDefinition(id=said[:100])
    return processes.find_definition(int(found[3]), found[1], int(found[2]))


def shown(row: ProcessDefinition) -> dict[str, Any]:
    """As Camunda shows it."""
    return {
        "id": public_id(row), "key": row.key, "category": None, "description": None, "name": row.name or None,
        "version": row.version, "resource": row.resource, "deploymentId": str(row.deployment_id), "diagram": None,
        "suspended": False, "tenantId": None, "versionTag": None, "historyTimeToLive": None,
        "startableInTasklist": True,
    }  # fmt: skip


def _wanted(asked: ApiRequest) -> processes.Wanted:
    query = asked.query
    return processes.Wanted(query["key"], query["version"], query["deploymentId"], query["latestVersion"])


@operation("GET", "/process-definition", "Versions of processes.", answer=list_of(DEFINITION),
           query={**FILTERS, **PAGE})  # fmt: skip
def several(asked: ApiRequest) -> list[dict[str, Any]]:
    """By key, the newest version of each first: the one order there is."""
    return [shown(row) for row in processes.definitions(_wanted(asked), first=asked.first, most=asked.most)]


@operation("GET", "/process-definition/count", "How many versions of processes there are.", query=FILTERS, answer=COUNT)
def count(asked: ApiRequest) -> dict[str, int]:
    return {"count": processes.count_definitions(_wanted(asked))}


@operation("GET", "/process-definition/key/<name:key>", "The version of a process that was deployed last.",
           answer=DEFINITION)  # fmt: skip
def newest(asked: ApiRequest, key: str) -> dict[str, Any]:
    return shown(processes.latest_definition(key))


@operation("GET", "/process-definition/<name:definition_id>", "One version of a process.", answer=DEFINITION)
def one(asked: ApiRequest, definition_id: str) -> dict[str, Any]:
    return shown(find(definition_id))


@operation("GET", "/process-definition/<name:definition_id>/xml", "The diagram of that version, byte for byte.",
           answer=answered(id=STRING, bpmn20Xml=STRING))  # fmt: skip
def xml(asked: ApiRequest, definition_id: str) -> dict[str, str]:
    row = find(definition_id)
    return {"id": definition_id, "bpmn20Xml": processes.diagram_file(row).decode("utf-8", "replace")}


@operation("POST", "/process-definition/<name:definition_id>/start", "Begin a rehearsal under it.", body=START,
           answer=INSTANCE_STARTED)  # fmt: skip
def start(asked: ApiRequest, definition_id: str) -> dict[str, Any]:
    return _start(find(definition_id), asked)


@operation("POST", "/process-definition/key/<name:key>/start", "Begin a rehearsal under the version deployed last.",
           body=START, answer=INSTANCE_STARTED)  # fmt: skip
def start_newest(asked: ApiRequest, key: str) -> dict[str, Any]:
    return _start(processes.latest_definition(key), asked)


def _start(row: ProcessDefinition, asked: ApiRequest) -> dict[str, Any]:
    """Always a rehearsal: people's applications are taken in at a counter, never by a program.

    A variable `office` says which office it plays. A form at the start event is not asked: the variables are there.
    """
    office, variables = _office(asked)
    told = asked.body["startInstructions"] or []
    at = told[0]["activityId"] if told else None
    return started(cases.rehearse(row.id, g.person, office_key=office, variables=variables, at=at, asks=False))


def _office(asked: ApiRequest) -> tuple[str | None, dict[str, Any]]:
    variables = dict(asked.body["variables"])
    office = variables.pop("office", None)
    return str(office) if office else None, variables


@operation("POST", "/process-definition/<name:definition_id>/submit-form",
           "Begin a rehearsal with the answers of the form at its start event.", body=FILLED_IN,
           answer=INSTANCE_STARTED)  # fmt: skip
def submit_form(asked: ApiRequest, definition_id: str) -> dict[str, Any]:
    return _submit(find(definition_id), asked)


@operation("POST", "/process-definition/key/<name:key>/submit-form",
           "The same, of the version deployed last.", body=FILLED_IN, answer=INSTANCE_STARTED)  # fmt: skip
def submit_form_newest(asked: ApiRequest, key: str) -> dict[str, Any]:
    return _submit(processes.latest_definition(key), asked)


def _submit(row: ProcessDefinition, asked: ApiRequest) -> dict[str, Any]:
    """The form checks the answers as on the page; where there is none, they are the first variables."""
    office, variables = _office(asked)
    given = as_form(rows_checked(variables))
    asks = cases.start_form(row.id, g.person, office) is not None
    return started(cases.rehearse_filled_in(row.id, g.person, given if asks else variables, office_key=office))


@operation("GET", "/process-definition/<name:definition_id>/form-variables",
           "The fields of the form at its start event, with what stands in them.", answer=VARIABLES)  # fmt: skip
def form_variables(asked: ApiRequest, definition_id: str) -> dict[str, Any]:
    form = cases.start_form(find(definition_id).id, g.person)
    return typed_fields(form.fields, form.initial) if form is not None else {}


@operation("GET", "/process-definition/<name:definition_id>/startForm", "Which form is at its start event.",
           answer=START_FORM)  # fmt: skip
def which_form(asked: ApiRequest, definition_id: str) -> dict[str, Any]:
    definition = processes.definition(find(definition_id).id)
    form = next((each.form for each in definition.starts if each.element == definition.begins_at), None)
    return {"key": form, "contextPath": None, "camundaFormRef": None}
