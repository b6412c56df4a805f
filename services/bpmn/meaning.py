"""What every attribute and element of BPMN 2.0 and of Camunda 7 means here: honoured, told, or refused.

There is no fourth kind. The reader, the doctor and the designers' guide ask this table, and a test holds it against
the descriptors of bpmn-moddle and camunda-bpmn-moddle. «Honoured» is also what by the specification says nothing to an
engine, such as a name or a colour. A «told» one is a rule that the doctor speaks out where it stands; of these, values
that come to the same as the attribute's absence are let be.
"""

from typing import Final

from services.bpmn import lenient_rules
from services.bpmn.rules import Rule

HONOURED: Final = "honoured"
REFUSED: Final = "refused"
Meaning = str | Rule  #: HONOURED, REFUSED, or the rule that tells

PEOPLE, ANYWHERE = "userTask", "*"
MAPS_IN = (
    "serviceTask",
    "userTask",
    "businessRuleTask",
    "scriptTask",
    "sendTask",
    "subProcess",
    "callActivity",
    "intermediateThrowEvent",
    "endEvent",
    "messageEventDefinition",
)
MAPS_OUT = ("serviceTask", "userTask", "businessRuleTask", "scriptTask", "subProcess", "callActivity")

#: camunda attribute -> where it is honoured (or told, or refused), in the order in which they are asked
_CAMUNDA: dict[str, dict[str, Meaning]] = {
    "assignee": {PEOPLE: HONOURED},
    "candidateGroups": {PEOPLE: HONOURED},
    "dueDate": {PEOPLE: HONOURED},
    "candidateUsers": {PEOPLE: HONOURED},
    "followUpDate": {PEOPLE: HONOURED},
    "priority": {PEOPLE: HONOURED},
    "formKey": {PEOPLE: HONOURED, "startEvent": HONOURED},
    "formRef": {PEOPLE: HONOURED, "startEvent": HONOURED},
    "formRefBinding": {PEOPLE: HONOURED, "startEvent": HONOURED},
    "formRefVersion": {PEOPLE: HONOURED, "startEvent": HONOURED},
    "formHandlerClass": {ANYWHERE: REFUSED},
    "type": {"serviceTask": HONOURED, "businessRuleTask": REFUSED, "messageEventDefinition": HONOURED,
             "sendTask": HONOURED},
    "topic": {"serviceTask": HONOURED, "businessRuleTask": REFUSED, "messageEventDefinition": HONOURED,
              "sendTask": HONOURED},
    "class": {ANYWHERE: REFUSED},
    "expression": {ANYWHERE: REFUSED},
    "delegateExpression": {ANYWHERE: REFUSED},
    "resultVariable": {"businessRuleTask": HONOURED, "scriptTask": HONOURED},
    "decisionRef": {"businessRuleTask": HONOURED},
    "decisionRefBinding": {"businessRuleTask": HONOURED},
    "decisionRefVersion": {"businessRuleTask": REFUSED},
    "decisionRefVersionTag": {"businessRuleTask": REFUSED},
    "mapDecisionResult": {"businessRuleTask": HONOURED},
    "decisionRefTenantId": {"businessRuleTask": lenient_rules.NO_TENANTS},
    "calledElementBinding": {"callActivity": HONOURED},
    "calledElementVersion": {"callActivity": REFUSED},
    "calledElementVersionTag": {"callActivity": REFUSED},
    "calledElementTenantId": {"callActivity": lenient_rules.NO_TENANTS},
    "caseRef": {ANYWHERE: REFUSED},
    "caseBinding": {ANYWHERE: REFUSED},
    "caseVersion": {ANYWHERE: REFUSED},
    "caseTenantId": {ANYWHERE: REFUSED},
    "variableMappingClass": {ANYWHERE: REFUSED},
    "variableMappingDelegateExpression": {ANYWHERE: REFUSED},
    "collection": {"multiInstanceLoopCharacteristics": HONOURED},
    "elementVariable": {"multiInstanceLoopCharacteristics": HONOURED},
    "initiator": {"startEvent": lenient_rules.VARIABLE_NOT_SET},
    "errorCodeVariable": {"errorEventDefinition": HONOURED},
    "errorMessageVariable": {"errorEventDefinition": lenient_rules.VARIABLE_NOT_SET},
    "errorMessage": {"error": lenient_rules.MESSAGE_NOT_GIVEN},
    "escalationCodeVariable": {"escalationEventDefinition": HONOURED},
    "candidateStarterGroups": {"process": lenient_rules.STARTERS},
    "candidateStarterUsers": {"process": lenient_rules.STARTERS},
    "isStartableInTasklist": {"process": lenient_rules.STARTERS},
    "versionTag": {"process": lenient_rules.TAG_NOT_SHOWN},
    "historyTimeToLive": {"process": lenient_rules.HISTORY_STAYS},
    "jobPriority": {ANYWHERE: lenient_rules.ONE_AT_A_TIME},
    "taskPriority": {ANYWHERE: lenient_rules.ONE_AT_A_TIME},
    "async": {ANYWHERE: lenient_rules.ONE_TRANSACTION},
    "asyncBefore": {ANYWHERE: lenient_rules.ONE_TRANSACTION},
    "asyncAfter": {ANYWHERE: lenient_rules.ONE_TRANSACTION},
    "exclusive": {ANYWHERE: lenient_rules.ONE_TRANSACTION},
    "jobRetryTimeCycle": {ANYWHERE: lenient_rules.RETRIES},
    "resource": {ANYWHERE: REFUSED},
    "variableName": {"conditionalEventDefinition": HONOURED},
    "variableEvents": {"conditionalEventDefinition": HONOURED},
    "diagramRelationId": {"definitions": HONOURED},
    "modelerTemplate": {ANYWHERE: HONOURED},
    "modelerTemplateVersion": {ANYWHERE: HONOURED},
    "modelerTemplateIcon": {ANYWHERE: HONOURED},
}  # fmt: skip

#: in what a list or a map may stand
MAPPED = ("inputParameter", "outputParameter", "entry", "list")
#: extension element of Camunda -> where
_CAMUNDA_ELEMENTS: dict[str, dict[str, Meaning]] = {
    "properties": {ANYWHERE: HONOURED},
    "property": {ANYWHERE: HONOURED},
    "formData": {PEOPLE: HONOURED, "startEvent": HONOURED},
    "formField": {ANYWHERE: HONOURED},
    "validation": {ANYWHERE: HONOURED},
    "constraint": {ANYWHERE: HONOURED},
    "value": {**dict.fromkeys(("formField", "list"), HONOURED), ANYWHERE: REFUSED},
    "inputOutput": {ANYWHERE: HONOURED},
    "inputParameter": {**dict.fromkeys(MAPS_IN, HONOURED), ANYWHERE: lenient_rules.INPUT_NOT_READ},
    "outputParameter": {**dict.fromkeys(MAPS_OUT, HONOURED), ANYWHERE: lenient_rules.OUTPUT_NOT_READ},
    "in": {"callActivity": HONOURED, "signalEventDefinition": HONOURED, ANYWHERE: lenient_rules.INPUT_NOT_READ},
    "out": {"callActivity": HONOURED, ANYWHERE: lenient_rules.OUTPUT_NOT_READ},
    "failedJobRetryTimeCycle": {ANYWHERE: lenient_rules.RETRIES},
    "list": {**dict.fromkeys(MAPPED, HONOURED), ANYWHERE: REFUSED},
    "map": {**dict.fromkeys(MAPPED, HONOURED), ANYWHERE: REFUSED},
    "entry": {"map": HONOURED, ANYWHERE: REFUSED},
    "script": {ANYWHERE: REFUSED},
    "connector": {ANYWHERE: REFUSED},
    "connectorId": {ANYWHERE: REFUSED},
    "field": {ANYWHERE: REFUSED},
    "string": {ANYWHERE: REFUSED},
    "expression": {ANYWHERE: REFUSED},
    "executionListener": {ANYWHERE: REFUSED},
    "taskListener": {ANYWHERE: REFUSED},
    "formProperty": {ANYWHERE: REFUSED},
    "potentialStarter": {ANYWHERE: REFUSED},
    "errorEventDefinition": {ANYWHERE: REFUSED},
}

#: attribute inside an extension element
_CAMUNDA_INSIDE: dict[str, dict[str, Meaning]] = {
    "in": {"source": HONOURED, "sourceExpression": HONOURED, "target": HONOURED, "variables": HONOURED,
           "businessKey": lenient_rules.NUMBER_OF_THE_REGISTER, "local": lenient_rules.LOCAL_TOO},
    "out": {"source": HONOURED, "sourceExpression": HONOURED, "target": HONOURED, "variables": HONOURED,
            "businessKey": lenient_rules.MEANS_NOTHING, "local": lenient_rules.LOCAL_TOO},
    "property": {"id": HONOURED, "name": HONOURED, "value": HONOURED},
    "formData": {"businessKey": HONOURED},
    "formField": {"id": HONOURED, "label": HONOURED, "type": HONOURED, "defaultValue": HONOURED,
                  "datePattern": lenient_rules.DATES_AS_EVERYWHERE},
    "value": {"id": HONOURED, "name": HONOURED},
    "constraint": {"name": HONOURED, "config": HONOURED},
    "inputParameter": {"name": HONOURED},
    "entry": {"key": HONOURED},
    "outputParameter": {"name": HONOURED},
}  # fmt: skip

#: elements of BPMN that only describe: taken along, and told
DESCRIBES = frozenset({
    "ioSpecification", "ioBinding", "property", "dataInput", "dataOutput", "dataInputAssociation",
    "dataOutputAssociation", "inputSet", "outputSet", "dataState", "dataStore", "itemDefinition", "import",
    "interface", "operation", "endPoint", "auditing", "monitoring", "relationship", "partnerEntity", "partnerRole",
    "resource", "resourceRole", "performer", "humanPerformer", "potentialOwner", "rendering", "operationRef",
    "correlationProperty", "correlationKey", "correlationSubscription", "conversation", "subConversation",
    "callConversation", "conversationLink", "conversationAssociation", "participantAssociation",
    "messageFlowAssociation", "participantMultiplicity", "interfaceRef", "endPointRef", "endPointRefs",
    "supportedInterfaceRef", "supports", "loopDataOutputRef", "outputDataItem", "globalConversation",
})  # fmt: skip
#: BPMN attribute -> the values that come to the same as its absence; None: it says nothing to an engine, or is honoured
_PLAIN: dict[str, Meaning] = dict.fromkeys((
    "id", "name", "targetNamespace", "exporter", "exporterVersion", "processType", "isClosed", "textFormat",
    "definitionalCollaborationRef", "gatewayDirection", "associationDirection", "categoryValueRef", "value",
    "partitionElementRef", "evaluatesToTypeRef", "isImmediate", "isCollection", "dataObjectRef", "dataStoreRef",
    "processRef", "messageRef", "sourceRef", "targetRef", "default", "isExecutable", "attachedToRef",
    "cancelActivity", "signalRef", "errorRef", "escalationRef", "errorCode", "escalationCode", "isSequential",
    "testBefore", "loopMaximum", "calledElement", "triggeredByEvent", "itemSubjectRef", "structureRef", "itemRef",
    "schemaLocation", "choreographyRef", "scriptFormat", "isInterrupting", "isForCompensation", "activityRef",
), HONOURED)  # fmt: skip
#: attribute -> (what it is when it says more, the values that say nothing)
_VALUED: dict[str, tuple[Meaning, frozenset[str]]] = {
    "expressionLanguage": (lenient_rules.MEANS_NOTHING, frozenset({"http://www.w3.org/1999/XPath"})),
    "typeLanguage": (lenient_rules.MEANS_NOTHING, frozenset({"http://www.w3.org/2001/XMLSchema"})),
    "waitForCompletion": (lenient_rules.WAITS_ANYWAY, frozenset({"true"})),
    "method": (lenient_rules.MEANS_NOTHING, frozenset({"##Compensate", "##compensate", "compensate"})),
    "startQuantity": (REFUSED, frozenset({"1"})),
    "completionQuantity": (REFUSED, frozenset({"1"})),
    "parallelMultiple": (lenient_rules.MEANS_NOTHING, frozenset({"false"})),
    "behavior": (REFUSED, frozenset({"All"})),
    "oneBehaviorEventRef": (REFUSED, frozenset()),
    "noneBehaviorEventRef": (REFUSED, frozenset()),
    "instantiate": (REFUSED, frozenset({"false"})),
    "eventGatewayType": (REFUSED, frozenset({"Exclusive"})),
    "implementation": (lenient_rules.MEANS_NOTHING, frozenset({"##unspecified", "##WebService", "##Unspecified", ""})),
    "operationRef": (lenient_rules.MEANS_NOTHING, frozenset({""})),
    "language": (REFUSED, frozenset({""})),
}


def of_camunda(attribute: str, element: str) -> Meaning:
    """What `camunda:attribute` means at that element of BPMN."""
    known = _CAMUNDA.get(attribute)
    if known is None:
        return REFUSED
    return known.get(element) or known.get(ANYWHERE) or lenient_rules.MEANS_NOTHING


def of_extension(extension: str, element: str) -> Meaning:
    """What an extension element of Camunda means inside that element."""
    known = _CAMUNDA_ELEMENTS.get(extension)
    if known is None:
        return REFUSED
    return known.get(element) or known.get(ANYWHERE) or lenient_rules.MEANS_NOTHING


def inside_extension(extension: str, attribute: str) -> Meaning:
    """What an attribute of an extension element of Camunda means."""
    return _CAMUNDA_INSIDE.get(extension, {}).get(attribute, lenient_rules.MEANS_NOTHING)


def of_bpmn(attribute: str, value: str | None = None) -> Meaning:
    """What an attribute of BPMN's own means, with that value; None: with one that says something."""
    if attribute in _PLAIN:
        return HONOURED
    meaning, nothing = _VALUED.get(attribute, (lenient_rules.MEANS_NOTHING, frozenset()))
    return HONOURED if value is not None and value in nothing else meaning
