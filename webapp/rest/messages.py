"""Messages from outside to the case that waits for them."""

from typing import Any

from flask import g

from services.cases.correlating import correlate
from webapp.rest.instances import INSTANCE, number, shown
from webapp.rest.operations import Asked, operation
from webapp.rest.shapes import (
    BOOLEAN,
    NULL,
    STRING,
    STRING_OR_NULL,
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
def send(asked: Asked) -> list[dict[str, Any]] | None:
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
