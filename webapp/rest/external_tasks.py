"""External tasks: service tasks whose topic no plugin answers, fetched and reported on by programs outside."""

from collections.abc import Mapping
from typing import Any

from flask import Response, g

from services.cases.programs import external, external_queries
from services.letters import tidy
from webapp.rest import auth
from webapp.rest.instances import REHEARSAL, definition_number, number
from webapp.rest.operations import PAGE, ApiRequest, operation
from webapp.rest.shapes import (
    BOOLEAN,
    COUNT,
    MOMENT,
    MOMENT_OR_NULL,
    NULL,
    NUMBER,
    NUMBER_OR_NULL,
    STRING,
    STRING_OR_NULL,
    Shape,
    answered,
    anything,
    list_of,
    many,
    named,
    one_of,
    record,
    text,
    whole,
    yes_no,
)
from webapp.rest.typed import SENT, VARIABLES, all_typed, moment
from webapp.rest.waiting import hold

_PLAIN: dict[str, Mapping[str, Any]] = {
    "id": STRING, "topicName": STRING, "workerId": STRING_OR_NULL, "lockExpirationTime": MOMENT_OR_NULL,
    "createTime": MOMENT, "activityId": STRING, "activityInstanceId": STRING, "executionId": STRING,
    "processInstanceId": STRING, "processDefinitionId": STRING, "processDefinitionKey": STRING,
    "processDefinitionVersionTag": NULL, "businessKey": STRING_OR_NULL, "tenantId": STRING_OR_NULL,
    "priority": NUMBER, "retries": NUMBER_OR_NULL, "suspended": BOOLEAN, "errorMessage": STRING_OR_NULL,
}  # fmt: skip
EXTERNAL = answered(**_PLAIN)
LOCKED = answered(
    **_PLAIN,
    errorDetails=STRING_OR_NULL,
    variables=VARIABLES,
    extensionProperties={"type": "object", "additionalProperties": STRING},
)

#: milliseconds, as everywhere in Camunda; a lock of more than thirty days is a mistake
DURATION = whole(1, 30 * 24 * 3600 * 1000)
PAUSE = whole(0, 30 * 24 * 3600 * 1000).or_else(0)
LONGEST_WAIT_MS = 1_800_000
NAME = text(200)
WORKER = text(200, 1).needed()
TOPIC = record(
    topicName=text(200, 1).needed(), lockDuration=DURATION.needed(), variables=many(NAME),
    localVariables=yes_no().or_else(False), deserializeValues=yes_no(),
    includeExtensionProperties=yes_no().or_else(False), businessKey=NAME, processDefinitionId=text(300),
    processDefinitionIdIn=many(text(300)), processDefinitionKey=text(300), processDefinitionKeyIn=many(text(300)),
    processDefinitionVersionTag=NAME, processVariables=named(anything()).or_else({}), tenantIdIn=many(NAME),
    withoutTenantId=yes_no().or_else(False),
)  # fmt: skip
SORTING = record(sortBy=one_of("createTime"), sortOrder=one_of("asc", "desc").or_else("asc"))
FETCH = record(
    workerId=WORKER, maxTasks=whole(0, 1000).or_else(10), usePriority=yes_no(),
    asyncResponseTimeout=whole(0, LONGEST_WAIT_MS).or_else(0), sorting=many(SORTING, 1).or_else([]),
    topics=many(TOPIC, 50).or_else([]),
)  # fmt: skip
FILTERS: dict[str, Shape] = {
    "externalTaskId": NAME, "topicName": NAME, "workerId": NAME, "locked": yes_no(), "notLocked": yes_no(),
    "withRetriesLeft": yes_no(), "noRetriesLeft": yes_no(), "processInstanceId": NAME, "processDefinitionId": text(300),
}  # fmt: skip


@operation("POST", "/external-task/fetchAndLock", "Take tasks of these topics, waiting for one when there is none.",
           body=FETCH, answer=list_of(LOCKED))  # fmt: skip
def fetch_and_lock(asked: ApiRequest) -> list[dict[str, Any]]:
    """Held until a task comes or the time is over. What is locked is this account's and worker's alone until then."""
    body = asked.body
    topics = [_topic(each) for each in body["topics"] if not each["processDefinitionVersionTag"]]  # none has a tag
    newest_first = any(each["sortOrder"] == "desc" for each in body["sorting"])
    worker, most = body["workerId"], body["maxTasks"]

    def look() -> list[external_queries.External]:
        g.person = auth.still(g.person)
        return external.fetch_and_lock(topics, worker, g.person, most=most, newest_first=newest_first)

    who = (g.person.id, worker, frozenset(each.name for each in topics))
    found = hold(who, body["asyncResponseTimeout"] / 1000, look)
    return [locked(each) for each in found]


@operation("GET", "/external-task", "External tasks that wait, the oldest first.", query={**FILTERS, **PAGE},
           answer=list_of(EXTERNAL))  # fmt: skip
def several(asked: ApiRequest) -> list[dict[str, Any]]:
    found = external_queries.externals(_asking(asked), g.person, first=asked.first, most=asked.most)
    return [shown(each) for each in found]


@operation("GET", "/external-task/count", "How many external tasks wait.", query=FILTERS, answer=COUNT)
def count(asked: ApiRequest) -> dict[str, int]:
    return {"count": external_queries.count(_asking(asked), g.person)}


@operation("GET", "/external-task/<name:task_id>", "One external task.", answer=EXTERNAL)
def one(asked: ApiRequest, task_id: str) -> dict[str, Any]:
    return shown(external_queries.external(task_id, g.person))


@operation("GET", "/external-task/<name:task_id>/errorDetails", "What its last failure told in full.", answer=STRING,
           answers_as="text/plain", or_nothing=True)  # fmt: skip
def error_details(asked: ApiRequest, task_id: str) -> Response:
    found = external_queries.external(task_id, g.person).row.error_details
    return Response(found or "", status=200 if found else 204, mimetype="text/plain")


@operation("POST", "/external-task/<name:task_id>/complete", "It is done: the case goes on.",
           body=record(workerId=WORKER, variables=SENT, localVariables=SENT))  # fmt: skip
def complete(asked: ApiRequest, task_id: str) -> None:
    body = asked.body
    external.complete(task_id, body["workerId"], g.person, outputs=body["variables"], local=body["localVariables"])


@operation("POST", "/external-task/<name:task_id>/bpmnError", "It failed as the diagram knows how to treat.",
           body=record(workerId=WORKER, errorCode=text(200, 1).needed(), errorMessage=text(),
                       variables=SENT))  # fmt: skip
def bpmn_error(asked: ApiRequest, task_id: str) -> None:
    body = asked.body
    external.bpmn_error(task_id, body["workerId"], body["errorCode"], g.person, brings=body["variables"])


@operation("POST", "/external-task/<name:task_id>/failure", "It could not be done; with no retries left an incident.",
           body=record(workerId=WORKER, errorMessage=text(10_000).or_else(""), errorDetails=anything(),
                       retries=whole(-1000, 1_000_000).or_else(0), retryTimeout=PAUSE, variables=SENT,
                       localVariables=SENT))  # fmt: skip
def failure(asked: ApiRequest, task_id: str) -> None:
    """Variables of a failure are not kept: nothing happened yet."""
    body = asked.body
    details = body["errorDetails"]
    external.fail(
        task_id, body["workerId"], g.person, message=body["errorMessage"], retries=body["retries"],
        details="" if details is None else tidy(str(details)), pause_s=body["retryTimeout"] / 1000,
    )  # fmt: skip


@operation("POST", "/external-task/<name:task_id>/extendLock", "Keep it for so long from now on.",
           body=record(workerId=WORKER, newDuration=DURATION.needed()))  # fmt: skip
def extend_lock(asked: ApiRequest, task_id: str) -> None:
    external.extend_lock(task_id, asked.body["workerId"], g.person, lock_s=asked.body["newDuration"] / 1000)


@operation("POST", "/external-task/<name:task_id>/lock", "Take this one, when it is nobody's.",
           body=record(workerId=WORKER, lockDuration=DURATION.needed()))  # fmt: skip
def lock(asked: ApiRequest, task_id: str) -> None:
    external.lock(task_id, asked.body["workerId"], g.person, lock_s=asked.body["lockDuration"] / 1000)


@operation("POST", "/external-task/<name:task_id>/unlock", "Let anybody have it that has the topic.")
def unlock(asked: ApiRequest, task_id: str) -> None:
    external.unlock(task_id, g.person)


@operation("PUT", "/external-task/<name:task_id>/retries", "Let it be tried so often; none left is an incident.",
           body=record(retries=whole(0, 1_000_000).needed()))  # fmt: skip
def set_retries(asked: ApiRequest, task_id: str) -> None:
    external.set_retries(task_id, asked.body["retries"], g.person)


def _topic(said: Mapping[str, Any]) -> external_queries.Topic:
    ids = said["processDefinitionIdIn"] or ([said["processDefinitionId"]] if said["processDefinitionId"] else None)
    keys = said["processDefinitionKeyIn"] or ([said["processDefinitionKey"]] if said["processDefinitionKey"] else None)
    tenants = said["tenantIdIn"]
    rehearsal = None if tenants is None else True
    if tenants is not None and REHEARSAL not in tenants:
        ids = []
    return external_queries.Topic(
        name=said["topicName"],
        lock_s=said["lockDuration"] / 1000,
        variables=said["variables"],
        local_only=said["localVariables"],
        properties=said["includeExtensionProperties"],
        business_key=said["businessKey"],
        definition_ids=None if ids is None else [definition_number(each) or 0 for each in ids],
        definition_keys=keys,
        holds=said["processVariables"],
        rehearsal=False if said["withoutTenantId"] else rehearsal,
    )


def _asking(asked: ApiRequest) -> external_queries.ExternalsAsked:
    query = asked.query
    locked = True if query["locked"] else False if query["notLocked"] else None
    left = True if query["withRetriesLeft"] else False if query["noRetriesLeft"] else None
    instance = query["processInstanceId"]
    return external_queries.ExternalsAsked(
        task_id=query["externalTaskId"],
        topic=query["topicName"],
        worker_id=query["workerId"],
        locked=locked,
        retries_left=left,
        instance_id=number(instance) if instance is not None else None,
        definition_id=definition_number(query["processDefinitionId"]),
    )


def shown(each: external_queries.External) -> dict[str, Any]:
    """As Camunda shows it."""
    row, instance, named = each.row, str(each.instance.id), each.definition
    return {
        "id": row.task_id,
        "topicName": row.topic,
        "workerId": external_queries.worker_of(each, g.person),
        "lockExpirationTime": moment(row.locked_until),
        "createTime": moment(row.created_at),
        "activityId": each.task.element,
        "activityInstanceId": row.task_id,
        "executionId": instance,
        "processInstanceId": instance,
        "processDefinitionId": f"{named.key}:{named.version}:{named.id}",
        "processDefinitionKey": named.key,
        "processDefinitionVersionTag": None,
        "businessKey": each.business_key,
        "tenantId": REHEARSAL if row.rehearsal else None,
        "priority": 0,
        "retries": row.retries,
        "suspended": False,
        "errorMessage": row.error_message,
    }


def locked(each: external_queries.External) -> dict[str, Any]:
    """An external task for the worker that has it, with what it needs to know."""
    return {
        **shown(each),
        "errorDetails": each.row.error_details,
        "variables": all_typed(each.variables),
        "extensionProperties": dict(each.properties),
    }
