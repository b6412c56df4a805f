"""Decisions: what the tables in force say to values, or those of a deployment that is only a candidate."""

import re
from typing import Any

from services import processes
from webapp.rest.operations import ApiRequest, operation
from webapp.rest.shapes import NULL, NUMBER_OR_NULL, STRING, STRING_OR_NULL, answered, list_of, record
from webapp.rest.typed import SENT, VARIABLES, all_typed

DECISION = answered(
    id=STRING, key=STRING, category=NULL, name=STRING_OR_NULL, version=NUMBER_OR_NULL, resource=STRING,
    deploymentId=STRING_OR_NULL, decisionRequirementsDefinitionId=NULL, decisionRequirementsDefinitionKey=NULL,
    tenantId=NULL, historyTimeToLive=NULL, versionTag=NULL,
)  # fmt: skip
VALUES = record(variables=SENT)
_ID = re.compile(r"([^:]+):(\d{1,18})")


def find(said: str) -> processes.DecisionVersion:
    """What such an id names, `key:deployment`; a key alone means what is in force. Raises NoSuchDecision."""
    found = _ID.fullmatch(said)
    if found is None or not found[2].isascii():
        return processes.decision_in_force(said)
    return processes.decision_of(int(found[2]), found[1])


def shown(each: processes.DecisionVersion) -> dict[str, Any]:
    """As Camunda shows it. A version is known by its deployment: that is its number here."""
    deployment = None if each.deployment_id is None else str(each.deployment_id)
    return {
        "id": f"{each.key}:{deployment}" if deployment else each.key, "key": each.key, "category": None,
        "name": each.name or None, "version": each.deployment_id, "resource": each.file, "deploymentId": deployment,
        "decisionRequirementsDefinitionId": None, "decisionRequirementsDefinitionKey": None, "tenantId": None,
        "historyTimeToLive": None, "versionTag": None,
    }  # fmt: skip


@operation("GET", "/decision-definition/key/<name:key>", "A decision as it is in force.", answer=DECISION)
def in_force(asked: ApiRequest, key: str) -> dict[str, Any]:
    return shown(processes.decision_in_force(key))


@operation("GET", "/decision-definition/<name:decision_id>", "A decision of one deployment: `key:deployment`.",
           answer=DECISION)  # fmt: skip
def one(asked: ApiRequest, decision_id: str) -> dict[str, Any]:
    return shown(find(decision_id))


@operation("POST", "/decision-definition/key/<name:key>/evaluate", "What the decision in force says to these values.",
           body=VALUES, answer=list_of(VARIABLES))  # fmt: skip
def evaluate_in_force(asked: ApiRequest, key: str) -> list[dict[str, Any]]:
    """The outputs of a decision, once for every rule that answers. Nothing is kept."""
    return _evaluated(processes.decision_in_force(key), asked)


@operation("POST", "/decision-definition/<name:decision_id>/evaluate",
           "What a decision of one deployment says to these values.", body=VALUES,
           answer=list_of(VARIABLES))  # fmt: skip
def evaluate(asked: ApiRequest, decision_id: str) -> list[dict[str, Any]]:
    """Of a candidate, too: before anybody puts it in force. Nothing is kept."""
    return _evaluated(find(decision_id), asked)


def _evaluated(decision: processes.DecisionVersion, asked: ApiRequest) -> list[dict[str, Any]]:
    return [all_typed(each) for each in processes.decide(decision, asked.body["variables"] or {})]
