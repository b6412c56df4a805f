"""Running process instances of the cases that the person may see."""

from typing import Any

from flask import g, request

from services import cases
from services.cases.programs import records
from webapp.asked import number_in
from webapp.rest.operations import PAGE, ApiRequest, operation
from webapp.rest.shapes import BOOLEAN, LINKS, NULL, STRING, STRING_OR_NULL, Shape, answered, list_of, text

_PLAIN = {
    "id": STRING, "definitionId": STRING, "definitionKey": STRING, "businessKey": STRING_OR_NULL,
    "caseInstanceId": NULL, "ended": BOOLEAN, "suspended": BOOLEAN, "tenantId": STRING_OR_NULL,
}  # fmt: skip
INSTANCE = answered(links=LINKS, **_PLAIN)
INSTANCE_STARTED = INSTANCE
FILTERS: dict[str, Shape] = {
    "businessKey": text(200),
    "processDefinitionKey": text(300),
    "processDefinitionId": text(300),
    "processInstanceIds": text(2000),
}
#: tenant of rehearsals, so that a program can tell them from people's cases
REHEARSAL = "rehearsal"


@operation("GET", "/process-instance", "Running process instances, the newest first.", query={**FILTERS, **PAGE},
           answer=list_of(INSTANCE))  # fmt: skip
def several(asked: ApiRequest) -> list[dict[str, Any]]:
    query = asked.query
    asking = records.RecordsAsked(
        business_key=query["businessKey"],
        definition_key=query["processDefinitionKey"],
        definition_id=definition_number(query["processDefinitionId"]),
        instance_ids=_numbers(query["processInstanceIds"]),
    )
    return [shown(each) for each in records.instances(asking, g.person, first=asked.first, most=asked.most)]


@operation("GET", "/process-instance/<name:instance_id>", "One process instance, running or ended.", answer=INSTANCE)
def one(asked: ApiRequest, instance_id: str) -> dict[str, Any]:
    return shown(records.instance(number(instance_id), g.person))


def started(case_id: int) -> dict[str, Any]:
    """The instance that a case began with."""
    return shown(records.first_instance(case_id, g.person))


def shown(each: records.InstanceRecord) -> dict[str, Any]:
    """As Camunda shows it."""
    href = f"{request.host_url}engine-rest/process-instance/{each.id}"
    row = each.definition
    return {
        "links": [{"method": "GET", "href": href, "rel": "self"}],
        "id": str(each.id),
        "definitionId": f"{row.key}:{row.version}:{row.id}",
        "definitionKey": row.key,
        "businessKey": each.business_key,
        "caseInstanceId": None,
        "ended": each.finished_at is not None,
        "suspended": False,
        "tenantId": REHEARSAL if each.rehearsal else None,
    }


def number(said: str) -> int:
    """The id of an instance. Raises NoSuchInstance."""
    if (found := number_in(said)) is None:
        raise cases.NoSuchInstance(id=said[:100])
    return found


def definition_number(said: str | None) -> int | None:
    """The last part of key:version:id; what is no such id finds nothing."""
    if said is None:
        return None
    return number_in(said.rpartition(":")[2]) or 0


def _numbers(said: str | None) -> list[int] | None:
    return [number(each.strip()) for each in said.split(",")] if said else None
