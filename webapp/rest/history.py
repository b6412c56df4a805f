"""What happened in a process instance: where it waited, and what it went through."""

from typing import Any

from flask import g

from services.cases.programs import records
from webapp.language.words import t
from webapp.rest.instances import REHEARSAL, number
from webapp.rest.operations import PAGE, ApiRequest, operation
from webapp.rest.shapes import (
    BOOLEAN,
    MOMENT_OR_NULL,
    NULL,
    NUMBER_OR_NULL,
    STRING,
    STRING_OR_NULL,
    answered,
    list_of,
    text,
    yes_no,
)
from webapp.rest.typed import moment

ACTIVITY = answered(
    id=STRING, parentActivityInstanceId=STRING, activityId=STRING, activityName=STRING_OR_NULL, activityType=STRING,
    processDefinitionKey=STRING, processDefinitionId=STRING, processInstanceId=STRING, executionId=STRING,
    taskId=STRING_OR_NULL, assignee=STRING_OR_NULL, calledProcessInstanceId=NULL, calledCaseInstanceId=NULL,
    startTime=MOMENT_OR_NULL, endTime=MOMENT_OR_NULL, durationInMillis=NUMBER_OR_NULL, canceled=BOOLEAN,
    completeScope=BOOLEAN, tenantId=STRING_OR_NULL, removalTime=NULL, rootProcessInstanceId=STRING,
)  # fmt: skip


@operation("GET", "/history/activity-instance", "What happened in one process instance, in its order.",
           query={"processInstanceId": text(200, 1).needed(), "activityId": text(300), "activityType": text(100),
                  "finished": yes_no(), "unfinished": yes_no(), **PAGE}, answer=list_of(ACTIVITY))  # fmt: skip
def activities(asked: ApiRequest) -> list[dict[str, Any]]:
    """First where it waited; then what it only passed through, of which no moment is kept."""
    query = asked.query
    record, found = records.activities(number(query["processInstanceId"]), g.person)
    wanted = [each for each in found if _is_wanted(each, query)]
    return [_shown(each, record) for each in wanted[asked.first : asked.first + asked.most]]


def _is_wanted(each: records.Activity, query: Any) -> bool:
    ended = each.task is None or each.task.closed_at is not None
    return (
        query["activityId"] in (None, each.element)
        and query["activityType"] in (None, each.kind)
        and not (query["finished"] and not ended)
        and not (query["unfinished"] and ended)
    )


def _shown(each: records.Activity, record: records.InstanceRecord) -> dict[str, Any]:
    task, row, instance = each.task, record.definition, str(record.id)
    began, ended = (task.opened_at, task.closed_at) if task is not None else (None, None)
    return {
        "id": task.id if task is not None else f"{instance}.{each.process}.{each.element}",
        "parentActivityInstanceId": instance,
        "activityId": each.element,
        "activityName": t(each.name) or None,
        "activityType": each.kind,
        "processDefinitionKey": row.key,
        "processDefinitionId": f"{row.key}:{row.version}:{row.id}",
        "processInstanceId": instance,
        "executionId": instance,
        "taskId": task.id if task is not None and task.waits_for == "person" else None,
        "assignee": each.assignee,
        "calledProcessInstanceId": None,
        "calledCaseInstanceId": None,
        "startTime": moment(began),
        "endTime": moment(ended),
        "durationInMillis": round((ended - began).total_seconds() * 1000) if began and ended else None,
        "canceled": task is not None and task.closed_at is not None and task.done_at is None,
        "completeScope": False,
        "tenantId": REHEARSAL if record.rehearsal else None,
        "removalTime": None,
        "rootProcessInstanceId": instance,
    }
