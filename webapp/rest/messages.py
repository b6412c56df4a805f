"""Messages from outside to the case that waits for them."""

from typing import Any

from flask import g

from services import cases
from services.cases.programs.correlating import correlate
from services.cases.programs.records import first_of
from webapp.rest.instances import INSTANCE, definition_number, number, shown
from webapp.rest.operations import ApiRequest, operation
from webapp.rest.shapes import (
    BOOLEAN,
    NULL,
    STRING,
    STRING_OR_NULL,
    UnknownName,
    answered,
    list_of,
    or_nothing,
    record,
    text,
    yes_no,
)
from webapp.rest.typed import SENT

MESSAGE = record(
    messageName=text(200, 1).needed(), businessKey=text(200), processInstanceId=text(200), processVariables=SENT,
    resultEnabled=yes_no().or_else(False),
)  # fmt: skip
EXECUTION = answered(id=STRING, processInstanceId=STRING, ended=BOOLEAN, tenantId=STRING_OR_NULL)
CORRELATED = answered(
    resultType=STRING, execution=or_nothing(EXECUTION), processInstance=or_nothing(INSTANCE), variables=NULL
)


@operation("POST", "/message", "Bring a case the message that it waits for from outside, or begin one by it.",
           body=MESSAGE, answer=list_of(CORRELATED), or_nothing=True)  # fmt: skip
def send(asked: ApiRequest) -> list[dict[str, Any]] | None:
    """The element that waits lets it come from outside by the extension property `sender` = `outside`.

    Without a business key and an instance it begins a case of the process in force with such a start event.
    """
    body = asked.body
    instance = body["processInstanceId"]
    got = correlate(
        body["messageName"], g.person, business_key=body["businessKey"],
        instance_id=number(instance) if instance is not None else None, payload=body["processVariables"],
    )  # fmt: skip
    if not body["resultEnabled"]:
        return None
    if body["businessKey"] is None and instance is None:
        return [{"resultType": "ProcessDefinition", "execution": None, "processInstance": shown(got),
                 "variables": None}]  # fmt: skip
    execution = {"id": str(got.id), "processInstanceId": str(got.id), "ended": got.finished_at is not None,
                 "tenantId": "rehearsal" if got.rehearsal else None}  # fmt: skip
    return [{"resultType": "Execution", "execution": execution, "processInstance": None, "variables": None}]


CONDITION = record(variables=SENT, businessKey=text(200), processDefinitionId=text(300))


@operation("POST", "/condition", "Begin a case by every conditional start event whose condition holds over these.",
           body=CONDITION, answer=list_of(INSTANCE))  # fmt: skip
def evaluate(asked: ApiRequest) -> list[dict[str, Any]]:
    """Of every version in force, or of the one that is named. A number is the register's to give: none is taken."""
    body = asked.body
    if body["businessKey"] is not None:
        raise UnknownName(where="businessKey")
    found = cases.begin_by_condition(body["variables"], g.person, definition_number(body["processDefinitionId"]))
    return [shown(first_of(each)) for each in found]
