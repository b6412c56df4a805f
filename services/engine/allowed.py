"""What a diagram may contain. Everything else is refused when it is deployed, with what to do instead.

SpiffWorkflow drops some elements without a word and gets others wrong (measured); nothing of that kind gets through.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from lxml import etree

from services.engine.dmn import Decision
from services.engine.errors import ExpressionError, Problem
from services.engine.events import check_borders, check_boundaries, check_defaults, check_events
from services.engine.expressions import compile_expression
from services.engine.reading import read_extensions, strange_extensions
from services.engine.xml import B, C, in_bpmn, local_name

Fault = tuple[etree._Element, str]

FLOW_NODES = frozenset({
    "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent", "userTask", "task",
    "manualTask", "serviceTask", "businessRuleTask", "receiveTask", "callActivity", "subProcess", "exclusiveGateway",
    "inclusiveGateway", "parallelGateway", "eventBasedGateway",
})  # fmt: skip
PASSIVE = frozenset({
    "process", "collaboration", "participant", "messageFlow", "laneSet", "lane", "childLaneSet", "flowNodeRef",
    "sequenceFlow", "conditionExpression", "incoming", "outgoing", "textAnnotation", "text", "association", "group",
    "category", "categoryValue", "categoryValueRef", "documentation", "extensionElements", "definitions", "message",
    "signal", "error", "escalation", "timeDate", "timeDuration", "timeCycle", "multiInstanceLoopCharacteristics",
    "loopCardinality", "completionCondition", "standardLoopCharacteristics", "loopCondition", "dataObject",
    "dataObjectReference", "dataStoreReference", "timerEventDefinition", "messageEventDefinition",
    "signalEventDefinition", "errorEventDefinition", "escalationEventDefinition", "terminateEventDefinition",
})  # fmt: skip
INSTEAD = {
    "scriptTask": "Script tasks are never run. Use a service task whose topic is a plugin's operation.",
    "sendTask": "Use a message throw event, or a service task.",
    "transaction": "Use an ordinary sub-process with an error boundary event.",
    "adHocSubProcess": "Draw the order, or use parallel and inclusive gateways.",
    "complexGateway": "Use an inclusive or a parallel gateway.",
    "linkEventDefinition": "Join the two ends with a sequence flow.",
    "compensateEventDefinition": "Draw the way back with ordinary tasks.",
    "conditionalEventDefinition": "Use a message or a timer.",
    "cancelEventDefinition": "Use an error event.",
    "dataInputAssociation": "Use an association without direction, or a text annotation.",
    "dataOutputAssociation": "Use an association without direction, or a text annotation.",
}
CONDITIONAL = frozenset({"exclusiveGateway", "inclusiveGateway"})


def find_problems(
    resource: str,
    root: etree._Element,
    decisions: Mapping[str, Decision],
    called: frozenset[str],
    forms: frozenset[str] = frozenset(),
) -> list[Problem]:
    """Everything in this file that must not be put in force. `called` are the processes that may be called.

    `forms` are the ids of the form files beside it.
    """
    checks: tuple[Callable[[etree._Element], Iterator[Fault]], ...] = (
        _elements,
        _ids,
        _gateways,
        _flows,
        _loops,
        _expressions,
        _tasks,
        _one_form,
        _starts,
        _event_gateways,
        check_events,
        check_boundaries,
        check_defaults,
        check_borders,
    )
    faults = [fault for check in checks for fault in check(root)]
    faults += [*_references(root, decisions, called), *_form_references(root, forms)]
    return [_problem(resource, node, text) for node, text in faults]


def _problem(resource: str, node: etree._Element, text: str) -> Problem:
    carrier = node
    while carrier.get("id") is None and (above := carrier.getparent()) is not None:
        carrier = above
    line = node.sourceline if isinstance(node.sourceline, int) else None
    return Problem(resource, carrier.get("id", ""), carrier.get("name", ""), line, text)


def _elements(root: etree._Element) -> Iterator[Fault]:
    for node in root.iter():
        if not in_bpmn(node):
            continue
        name = local_name(node)
        if name not in FLOW_NODES and name not in PASSIVE:
            yield node, f"A {name} is not supported. {INSTEAD.get(name, 'Draw it another way.')}"
        if name == "subProcess" and node.get("triggeredByEvent") == "true":
            yield node, "An event sub-process is not supported. Use a boundary event on the task or sub-process."
        for strange in strange_extensions(node):
            yield node, f"camunda:{strange} is not supported. Take it away, or use a service task for it."


def _ids(root: etree._Element) -> Iterator[Fault]:
    nodes = [node for node in root.iter() if in_bpmn(node) and node.get("id")]
    counts = Counter(node.get("id") for node in nodes)
    for node in nodes:
        if counts[node.get("id")] > 1:
            yield node, f"The id {node.get('id')} is used more than once."


def _outgoing(root: etree._Element) -> dict[str, list[etree._Element]]:
    flows: dict[str, list[etree._Element]] = {}
    for flow in root.iter(f"{B}sequenceFlow"):
        flows.setdefault(flow.get("sourceRef", ""), []).append(flow)
    return flows


def _gateways(root: etree._Element) -> Iterator[Fault]:
    flows = _outgoing(root)
    for node in root.iter(*(f"{B}{kind}" for kind in CONDITIONAL)):
        out = flows.get(node.get("id", ""), [])
        if len(out) < 2:
            continue
        if not node.get("default"):
            yield (
                node,
                "The gateway has no default flow: a case would stand still when no condition holds. Mark one.",
            )
        for flow in out:
            if flow.get("id") != node.get("default") and flow.find(f"{B}conditionExpression") is None:
                yield flow, "The flow has neither a condition nor is it the default. Give it a condition."


def _flows(root: etree._Element) -> Iterator[Fault]:
    kinds = {node.get("id"): local_name(node) for node in root.iter() if in_bpmn(node)}
    for flow in root.iter(f"{B}sequenceFlow"):
        source = kinds.get(flow.get("sourceRef"), "")
        if flow.find(f"{B}conditionExpression") is not None and source in FLOW_NODES - CONDITIONAL:
            yield (
                flow,
                "A condition on a flow that does not leave an exclusive or inclusive gateway. Put a gateway there.",
            )
        if {source, kinds.get(flow.get("targetRef"), "")} & (PASSIVE | {""}):
            yield flow, "The flow does not lead from one element of the process to another."
    splitting = CONDITIONAL | {"parallelGateway", "eventBasedGateway"}
    for source, out in _outgoing(root).items():
        if len(out) > 1 and kinds.get(source) in FLOW_NODES - splitting:
            yield out[0], "Two flows leave an element that is no gateway. Put a gateway there."


def _loops(root: etree._Element) -> Iterator[Fault]:
    for loop in root.iter(f"{B}standardLoopCharacteristics"):
        if loop.get("loopMaximum") is None and loop.find(f"{B}loopCondition") is None:
            yield loop, "The loop has neither a condition nor a maximum. Give it one, or draw the loop."
    for loop in root.iter(f"{B}multiInstanceLoopCharacteristics"):
        if loop.find(f"{B}loopCardinality") is None and not loop.get(f"{C}collection"):
            yield loop, "The multi-instance marker has neither a cardinality nor a collection."


def _expressions(root: etree._Element) -> Iterator[Fault]:
    names = ("conditionExpression", "timeDate", "timeDuration", "timeCycle", "loopCondition", "loopCardinality",
             "completionCondition")  # fmt: skip
    for node in root.iter(*(f"{B}{name}" for name in names)):
        if node.get("language"):
            yield node, "Another expression language is not supported. Leave the language empty."
            continue
        yield from _expression(node, node.text or "")
    for node in root.iter():
        if not in_bpmn(node):
            continue
        extensions = read_extensions(node)
        for name in ("assignee", "candidateGroups", "dueDate"):
            if extensions.get(name):
                yield from _expression(node, extensions.get(name) or "", plain=True)
        for _, text in (*extensions.inputs, *extensions.outputs):
            yield from _expression(node, text)
        for source, _ in (*extensions.into, *extensions.out_of):
            if source != "*":
                yield from _expression(node, source)


def _expression(node: etree._Element, text: str, *, plain: bool = False) -> Iterator[Fault]:
    if plain and "${" not in text and "#{" not in text:
        return
    try:
        compile_expression(text)
    except ExpressionError as error:
        yield node, str(error)


def _tasks(root: etree._Element) -> Iterator[Fault]:
    for node in root.iter(f"{B}serviceTask"):
        extensions = read_extensions(node)
        if extensions.get("type") != "external" or not extensions.get("topic"):
            yield node, "A service task needs the implementation «External» and a topic: the plugin's operation."


def _one_form(root: etree._Element) -> Iterator[Fault]:
    """A form belongs to a person's task, and there is one."""
    for node in root.iter():
        if not in_bpmn(node):
            continue
        extensions = read_extensions(node)
        named = [name for name in ("formKey", "formRef") if extensions.get(name)]
        kinds = [*named, *(["formData"] if extensions.form_fields else [])]
        if kinds and local_name(node) != "userTask":
            yield node, f"A {local_name(node)} has a form, and nobody fills it in there. Put it on a user task."
        elif len(kinds) > 1:
            yield node, f"The task has more than one form: {', '.join(kinds)}. Keep one."
        if extensions.get("formRefBinding") == "version":
            yield (
                node,
                "The form is bound to a version of its own. A deployment holds its own form files: "
                "bind it to «latest» or «deployment».",
            )


def _starts(root: etree._Element) -> Iterator[Fault]:
    for scope in root.iter(f"{B}process", f"{B}subProcess"):
        starts = [node for node in scope if in_bpmn(node) and local_name(node) == "startEvent"]
        if scope.get("isExecutable", "true") == "true" and len(starts) != 1:
            yield scope, f"A process starts at exactly one start event; here are {len(starts)}."
        ends = [node for node in scope if in_bpmn(node) and local_name(node) == "endEvent"]
        if not ends:
            yield scope, "There is no end event."
        plain = "Only a plain start event is supported here; another pool may begin with a message."
        for start in starts:
            kinds = [local_name(each) for each in start if in_bpmn(each)]
            begun = [kind for kind in kinds if kind.endswith("EventDefinition")]
            if begun and (begun != ["messageEventDefinition"] or local_name(scope) != "process"):
                yield start, plain


def _event_gateways(root: etree._Element) -> Iterator[Fault]:
    nodes = {node.get("id"): node for node in root.iter() if in_bpmn(node)}
    flows = _outgoing(root)
    for gateway in root.iter(f"{B}eventBasedGateway"):
        targets = [nodes.get(flow.get("targetRef")) for flow in flows.get(gateway.get("id", ""), [])]
        timers = [each for each in targets if each is not None and each.find(f"{B}timerEventDefinition") is not None]
        if len(timers) > 1:
            yield gateway, "Two timers behind one event gateway: only the earlier can ever fire. Keep one."


def _references(root: etree._Element, decisions: Mapping[str, Decision], called: frozenset[str]) -> list[Fault]:
    faults: list[Fault] = []
    for node in root.iter(f"{B}businessRuleTask"):
        wanted = node.get(f"{C}decisionRef")
        if wanted not in decisions:
            faults.append(
                (node, f"There is no decision {wanted!r} among the files. Deploy the .dmn file with the diagram.")
            )
    for node in root.iter(f"{B}callActivity"):
        wanted = node.get("calledElement")
        if wanted not in called:
            faults.append((node, f"There is no process {wanted!r} among the files. Deploy its diagram with this one."))
    return faults


def _form_references(root: etree._Element, forms: frozenset[str]) -> list[Fault]:
    return [
        (node, f"There is no form {wanted!r} among the files. Deploy the .form file with the diagram.")
        for node in root.iter()
        if in_bpmn(node) and (wanted := node.get(f"{C}formRef")) and wanted not in forms
    ]


def find_circles(roots: Mapping[str, etree._Element]) -> list[Problem]:
    """Call activities by which a process calls itself, however far around."""
    calls: dict[str, list[tuple[str, etree._Element, str]]] = {}
    for resource, root in roots.items():
        for process in root.iter(f"{B}process"):
            found = [(resource, node, node.get("calledElement", "")) for node in process.iter(f"{B}callActivity")]
            calls.setdefault(process.get("id", ""), []).extend(found)
    return [
        _problem(resource, node, f"By this call the process {process} calls itself, for ever. Draw a loop instead.")
        for process, made in calls.items()
        for resource, node, called in made
        if process in _reached(called, calls)
    ]


def _reached(process: str, calls: Mapping[str, list[tuple[str, etree._Element, str]]]) -> set[str]:
    reached, ahead = set(), [process]
    while ahead:
        here = ahead.pop()
        if here not in reached:
            reached.add(here)
            ahead += [called for _, _, called in calls.get(here, [])]
    return reached
