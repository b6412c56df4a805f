"""Messages from outside to the case that waits for them."""

from typing import Any

from flask import g

from services.cases.correlating import correlate
from webapp.rest.instances import number
from webapp.rest.operations import Asked, operation
from webapp.rest.shapes import BOOLEAN, NULL, STRING, STRING_OR_NULL, answered, list_of, record, text, yes_no
from webapp.rest.typed import SENT

MESSAGE = record(
    messageName=text(200, 1).needed(), businessKey=text(200), processInstanceId=text(200), processVariables=SENT,
    resultEnabled=yes_no().or_else(False),
)  # fmt: skip
EXECUTION = answered(id=STRING, processInstanceId=STRING, ended=BOOLEAN, tenantId=STRING_OR_NULL)
CORRELATED = answered(resultType=STRING, execution=EXECUTION, processInstance=NULL, variables=NULL)


@operation("POST", "/message", "Bring a case the message that it waits for from outside.", body=MESSAGE,
           answer=list_of(CORRELATED), or_nothing=True)  # fmt: skip
def send(asked: Asked) -> list[dict[str, Any]] | None:
    """The element that waits lets it come from outside by the extension property `sender` = `outside`."""
    body = asked.body
    instance = body["processInstanceId"]
    got = correlate(
        body["messageName"], g.person, business_key=body["businessKey"],
        instance_id=number(instance) if instance is not None else None, payload=body["processVariables"],
    )  # fmt: skip
    if not body["resultEnabled"]:
        return None
    execution = {"id": str(got.id), "processInstanceId": str(got.id), "ended": got.finished_at is not None,
                 "tenantId": "rehearsal" if got.rehearsal else None}  # fmt: skip
    return [{"resultType": "Execution", "execution": execution, "processInstance": None, "variables": None}]
