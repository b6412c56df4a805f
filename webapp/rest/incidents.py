"""What waits for an administrator, as on the page of incidents."""

from typing import Any

from flask import g

from services import cases
from services.cases.programs.incidents import incident_rows
from services.errors import KomekError
from webapp.errors import message_of
from webapp.rest.instances import number
from webapp.rest.operations import PAGE, ApiRequest, operation
from webapp.rest.shapes import MOMENT, NULL, STRING, STRING_OR_NULL, answered, list_of, text
from webapp.rest.typed import moment

INCIDENT = answered(
    id=STRING, processDefinitionId=STRING_OR_NULL, processInstanceId=STRING_OR_NULL, executionId=STRING_OR_NULL,
    incidentTimestamp=MOMENT, incidentType=STRING, activityId=STRING_OR_NULL, failedActivityId=STRING_OR_NULL,
    causeIncidentId=STRING, rootCauseIncidentId=STRING, configuration=STRING, incidentMessage=STRING, tenantId=NULL,
    jobDefinitionId=NULL, annotation=NULL,
)  # fmt: skip


@operation("GET", "/incident", "What could not be done and waits for an administrator, the newest first.",
           query={"processInstanceId": text(200), **PAGE}, answer=list_of(INCIDENT))  # fmt: skip
def several(asked: ApiRequest) -> list[dict[str, Any]]:
    instance = asked.query["processInstanceId"]
    instance_id = number(instance) if instance is not None else None
    return [_shown(row) for row in incident_rows(g.person, instance_id=instance_id, first=asked.first, most=asked.most)]


def _shown(row: Any) -> dict[str, Any]:
    """As Camunda shows it; `configuration` is the job, or the external task."""
    job, task, instance, named = row
    where, of = (task.element, str(instance.id)) if task is not None else (None, None)
    external = job.kind == cases.EXTERNAL
    return {
        "id": str(job.id),
        "processDefinitionId": f"{named.key}:{named.version}:{named.id}" if named is not None else None,
        "processInstanceId": of,
        "executionId": of,
        "incidentTimestamp": moment(job.incident_at),
        "incidentType": "failedExternalTask" if external else "failedJob",
        "activityId": where,
        "failedActivityId": where,
        "causeIncidentId": str(job.id),
        "rootCauseIncidentId": str(job.id),
        "configuration": job.key if external else str(job.id),
        "incidentMessage": message_of(KomekError(job.error or "", **(job.error_details or {}))),
        "tenantId": None,
        "jobDefinitionId": None,
        "annotation": None,
    }
