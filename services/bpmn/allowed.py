"""What a diagram may contain. Everything else is refused when it is deployed, with what to do instead.

SpiffWorkflow drops some elements without a word and gets others wrong (measured); nothing of that kind gets through.
"""

from collections import Counter
from collections.abc import Callable, Container, Mapping
from datetime import UTC, datetime

from lxml import etree

from services.bpmn import lenient_rules, rules
from services.bpmn.errors import Problem
from services.bpmn.events import faults_in_borders, faults_in_boundaries, faults_in_defaults, faults_in_events
from services.bpmn.expressed import SCRIPTS, faults_in_expressions, faults_of_expression
from services.bpmn.followed import (
    faults_in_asking,
    faults_in_catching,
    faults_in_choosing,
    faults_in_direction,
    faults_in_interrupting,
    faults_in_message_flows,
    faults_in_numbers,
    faults_in_waiting,
)
from services.bpmn.meaning import DESCRIBES
from services.bpmn.once import faults_in_saying
from services.bpmn.promised import faults_in_promises
from services.bpmn.reading import by_hand, read_extensions
from services.bpmn.redrawn import links_of, outgoing_of, without_condition
from services.bpmn.rules import Fault, Faults
from services.bpmn.said import not_honoured, of_bpmn_proper
from services.bpmn.sizes import faults_in_sizes
from services.bpmn.starts import KINDS, Start, begins_process, begun_plainly, starts_of
from services.bpmn.times import is_time
from services.bpmn.undone import faults_in_transactions, faults_in_undoing
from services.bpmn.walks import circles_of
from services.bpmn.xml import TRUTHS, B, C, in_bpmn, local_name
from services.expressions import ISO, ExpressionError, World, evaluate, in_world, is_reckoned, names_in

FLOW_NODES = frozenset({
    "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent", "userTask", "task",
    "manualTask", "serviceTask", "businessRuleTask", "receiveTask", "sendTask", "scriptTask", "callActivity",
    "subProcess", "transaction", "exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway",
})  # fmt: skip
PASSIVE = frozenset({
    "process", "collaboration", "participant", "messageFlow", "laneSet", "lane", "childLaneSet", "flowNodeRef",
    "sequenceFlow", "conditionExpression", "incoming", "outgoing", "textAnnotation", "text", "association", "group",
    "category", "categoryValue", "categoryValueRef", "documentation", "extensionElements", "definitions", "message",
    "signal", "error", "escalation", "timeDate", "timeDuration", "timeCycle", "multiInstanceLoopCharacteristics",
    "loopCardinality", "completionCondition", "standardLoopCharacteristics", "loopCondition", "dataObject",
    "dataObjectReference", "dataStoreReference", "timerEventDefinition", "messageEventDefinition",
    "signalEventDefinition", "errorEventDefinition", "escalationEventDefinition", "terminateEventDefinition",
    "linkEventDefinition", "conditionalEventDefinition", "condition", "script",
    "compensateEventDefinition", "cancelEventDefinition",
})  # fmt: skip
KNOWN = FLOW_NODES | PASSIVE
CONDITIONAL = frozenset({"exclusiveGateway", "inclusiveGateway"})
#: what an event sub-process may begin with
OPENS = frozenset({
    "messageEventDefinition", "timerEventDefinition", "signalEventDefinition", "errorEventDefinition",
    "escalationEventDefinition", "conditionalEventDefinition", "compensateEventDefinition",
})  # fmt: skip
SUB_PROCESSES = (f"{B}subProcess", f"{B}transaction")
UNCONDITIONAL = frozenset({"parallelGateway", "eventBasedGateway"})


def find_problems(
    resource: str,
    root: etree._Element,
    decisions: Container[str],
    called: frozenset[str],
    forms: Container[str] = frozenset(),
) -> list[Problem]:
    """Everything in this file that must not be put in force. `called` are the processes that may be called.

    `forms` are the ids of the form files beside it.
    """
    faults = [fault for check in _checks() for fault in check(root)]
    faults += [*_references(root, decisions, called), *_form_references(root, forms)]
    return [problem_of(resource, fault) for fault in faults]


def _checks() -> tuple[Callable[[etree._Element], Faults], ...]:
    """Everything that is looked at in one file by itself."""
    return (
        _elements, _ids, _gateways, _flows, _loops, _results, faults_in_sizes, faults_in_expressions, _tasks,
        _messages_sent, _one_form, _starts, _links, _truths, faults_in_events, faults_in_boundaries,
        faults_in_undoing, faults_in_transactions, faults_in_defaults, faults_in_borders, faults_in_direction,
        faults_in_interrupting, faults_in_catching, faults_in_waiting, faults_in_asking, faults_in_numbers,
        faults_in_message_flows, faults_in_saying, faults_in_promises, faults_in_choosing,
    )  # fmt: skip


def problem_of(resource: str, fault: Fault) -> Problem:
    """The fault, with the id, name and line of the element that carries it."""
    node, rule, details = fault
    carrier = node
    while carrier.get("id") is None and (above := carrier.getparent()) is not None:
        carrier = above
    line = node.sourceline if isinstance(node.sourceline, int) else None
    return Problem(resource, carrier.get("id", ""), carrier.get("name", ""), line, rule, details)


def _elements(root: etree._Element) -> Faults:
    for node in of_bpmn_proper(root):
        name = local_name(node)
        if name not in KNOWN | DESCRIBES and not _within_unknown(node):
            yield Fault(node, rules.INSTEAD.get(name, rules.NOT_SUPPORTED), {"kind": name})
        yield from not_honoured(node)


def _within_unknown(node: etree._Element) -> bool:
    """Whether what stands around it is refused already."""
    around = node.getparent()
    return around is not None and in_bpmn(around) and local_name(around) not in KNOWN


def _truths(root: etree._Element) -> Faults:
    """BPMN's yes and no: the reader has made `true` and `false` of `1` and `0`."""
    for node in of_bpmn_proper(root):
        for name in sorted(TRUTHS & set(node.attrib)):
            if node.get(name) not in ("true", "false"):
                yield Fault(node, rules.BAD_TRUTH, {"attribute": name, "value": str(node.get(name))[:100]})


#: what events refer to, by id
NAMED = frozenset({"message", "error", "signal", "escalation"})


def _ids(root: etree._Element) -> Faults:
    nodes = [node for node in of_bpmn_proper(root) if node.get("id")]
    counts = Counter(node.get("id") for node in nodes)
    for node in nodes:
        if counts[node.get("id")] > 1:
            yield Fault(node, rules.ID_TWICE, {"id": node.get("id")})
    for node in root:
        if in_bpmn(node) and local_name(node) in NAMED and not node.get("id"):
            yield Fault(node, rules.ID_MISSING, {"kind": local_name(node)})


def _gateways(root: etree._Element) -> Faults:
    flows = outgoing_of(root)
    for node in root.iter(*(f"{B}{kind}" for kind in CONDITIONAL)):
        out = flows.get(node.get("id", ""), [])
        if len(out) < 2:
            continue
        free = without_condition(node, out)
        inclusive, default = local_name(node) == "inclusiveGateway", node.get("default")
        if not default and not (inclusive and free):
            yield Fault(node, rules.NO_DEFAULT)
        if inclusive or default or len(free) > 1:
            yield from (Fault(flow, rules.ALWAYS_TAKEN if inclusive else rules.NO_CONDITION) for flow in free)


def _flows(root: etree._Element) -> Faults:
    kinds = {
        node.get("id"): local_name(node)
        for node in root.iter()
        if in_bpmn(node) and node.get("triggeredByEvent") != "true"
    }
    for flow in root.iter(f"{B}sequenceFlow"):
        source = kinds.get(flow.get("sourceRef"), "")
        if flow.find(f"{B}conditionExpression") is not None and source in UNCONDITIONAL:
            yield Fault(flow, rules.CONDITION_ELSEWHERE)
        if {source, kinds.get(flow.get("targetRef"), "")} & (PASSIVE | {""}):
            yield Fault(flow, rules.FLOW_TO_NOWHERE)
    for source, out in outgoing_of(root).items():
        if len(out) > 1 and kinds.get(source) in FLOW_NODES - CONDITIONAL - UNCONDITIONAL:
            yield Fault(out[0], rules.IMPLICIT_SPLIT)


def _results(root: etree._Element) -> Faults:
    for task in root.iter(f"{B}businessRuleTask"):
        if (variable := task.get(f"{C}resultVariable")) and not task.get(f"{C}mapDecisionResult"):
            yield Fault(task, rules.RESULT_LIST, {"variable": variable[:100]})


def _loops(root: etree._Element) -> Faults:
    for loop in root.iter(f"{B}standardLoopCharacteristics"):
        if loop.get("loopMaximum") is None and loop.find(f"{B}loopCondition") is None:
            yield Fault(loop, rules.ENDLESS_LOOP)
    for loop in root.iter(f"{B}multiInstanceLoopCharacteristics"):
        if loop.find(f"{B}loopCardinality") is None and not loop.get(f"{C}collection"):
            yield Fault(loop, rules.HOW_MANY)


def _tasks(root: etree._Element) -> Faults:
    for node in root.iter(f"{B}serviceTask"):
        if not _is_external(node):
            yield Fault(node, rules.NO_TOPIC)
    for node in root.iter(f"{B}scriptTask"):
        if node.get("scriptFormat", "").lower() not in SCRIPTS:
            yield Fault(node, rules.INSTEAD["scriptTask"])
    for node in root.iter(f"{B}callActivity"):
        extensions = read_extensions(node)
        if not extensions.into and not extensions.out_of:
            yield Fault(node, rules.CALL_ALONE)


def _messages_sent(root: etree._Element) -> Faults:
    for node in root.iter(f"{B}messageEventDefinition"):
        if node.get(f"{C}type") is not None and not _is_external(node):
            yield Fault(node, rules.NO_TOPIC)
    for node in root.iter(f"{B}sendTask"):
        if not node.get("messageRef") and not _is_external(node):
            yield Fault(node, rules.INSTEAD["sendTask"])


def _is_external(node: etree._Element) -> bool:
    return node.get(f"{C}type") == "external" and bool(node.get(f"{C}topic"))


def _one_form(root: etree._Element) -> Faults:
    """A form belongs to a person's task, or to where a person begins a process, and there is one."""
    for node in root.iter():
        if not in_bpmn(node):
            continue
        extensions = read_extensions(node)
        named = [name for name in ("formKey", "formRef") if extensions.get(name)]
        kinds = [*named, *(["formData"] if extensions.form_fields else [])]
        if kinds and local_name(node) == "startEvent" and not begins_process(node) and not by_hand(extensions):
            yield Fault(node, lenient_rules.START_FORM, {"what": f"camunda:{kinds[0]}"})
        elif kinds and local_name(node) not in ("userTask", "startEvent"):
            yield Fault(node, rules.FORM_ELSEWHERE, {"kind": local_name(node)})
        elif len(kinds) > 1:
            yield Fault(node, rules.FORMS, {"kinds": ", ".join(kinds)})
        if extensions.get("formRefBinding") == "version":
            yield Fault(node, rules.FORM_VERSION)


def _starts(root: etree._Element) -> Faults:
    for scope in root.iter(f"{B}process", *SUB_PROCESSES):
        starts = [*scope.iterchildren(f"{B}startEvent")]
        executable, process = scope.get("isExecutable", "true") == "true", scope.tag == f"{B}process"
        if executable and (not starts or (len(starts) > 1 and not process)):
            yield Fault(scope, rules.ONE_START, {"count": len(starts)})
        if process and executable:
            yield from _several_starts(root, scope)
        ends = [node for node in scope if in_bpmn(node) and local_name(node) == "endEvent"]
        if not ends:
            yield Fault(scope, rules.NO_END)
        for start in starts:
            kinds = [local_name(each) for each in start if in_bpmn(each)]
            begun = [kind for kind in kinds if kind.endswith("EventDefinition")]
            if scope.get("triggeredByEvent") == "true":
                if len(begun) != 1 or begun[0] not in OPENS:
                    yield Fault(scope, rules.EVENT_SUB_PROCESS)
            elif begun and not (process and begun[0] in KINDS):
                yield Fault(start, rules.START_KIND)


def _several_starts(root: etree._Element, process: etree._Element) -> Faults:
    """Which of several begins a case must be plain; and before it begins there is nothing to look at.

    Camunda 7 refuses a second subscription of one name, and expressions in the names of start messages.
    """
    starts = starts_of(root, process)
    if (count := sum(each.kind == "plain" for each in starts)) > 1:
        yield Fault(process, rules.PLAIN_STARTS, {"count": count})
    seen: set[tuple[str, str]] = set()
    for each, node in zip(starts, process.iterchildren(f"{B}startEvent"), strict=True):
        if each.kind in ("message", "signal") and each.says:
            if (each.kind, each.says) in seen:
                yield Fault(node, rules.START_TWICE, {"name": each.says})
            if is_reckoned(each.says):
                yield Fault(node, rules.START_LOOKS, {"text": each.says})
            seen.add((each.kind, each.says))
        elif each.kind == "timer" and not ISO.fullmatch(each.says):
            if names_in(each.says):
                yield Fault(node, rules.START_LOOKS, {"text": each.says})
            elif not _comes_to_a_time(each):
                yield Fault(node, rules.BAD_TIME, {"time": each.says[:100]})


def _comes_to_a_time(start: Start) -> bool:
    """Of an expression that looks at nothing."""
    try:
        with in_world(World(datetime.now(UTC), lambda step, since: since)):
            found = evaluate(start.says, {})
        return isinstance(found, str) and is_time(start.timed, found)
    except ExpressionError:
        return True  # said where expressions are looked at, or known only at its office


def _links(root: etree._Element) -> Faults:
    """Of one name in one process or sub-process one event is where the links lead."""
    for scope in root.iter(f"{B}process", *SUB_PROCESSES):
        for link in scope.iterfind(f"*/{B}linkEventDefinition"):
            if not link.get("name", "").strip():
                yield Fault(link, rules.NAMELESS, {"what": "linkEventDefinition", "attribute": "name"})
        throws, catches = links_of(scope)
        for throw, name in throws:
            if len(catches.get(name, [])) != 1:
                yield Fault(throw, rules.LINK_NOWHERE, {"name": name, "count": len(catches.get(name, []))})


def _references(root: etree._Element, decisions: Container[str], called: frozenset[str]) -> list[Fault]:
    faults: list[Fault] = []
    for node in root.iter(f"{B}businessRuleTask"):
        wanted = node.get(f"{C}decisionRef")
        if wanted not in decisions:
            faults.append(Fault(node, rules.NO_DECISION, {"decision": wanted or ""}))
    for node in root.iter(f"{B}callActivity"):
        wanted = node.get("calledElement", "")
        if is_reckoned(wanted):
            faults += [*faults_of_expression(node, wanted), Fault(node, rules.CALLED_RECKONED)]
        elif wanted not in called:
            faults.append(Fault(node, rules.NO_CALLED, {"process": wanted or ""}))
    return faults


def _form_references(root: etree._Element, forms: Container[str]) -> list[Fault]:
    return [
        Fault(node, rules.NO_FORM, {"form": wanted})
        for node in root.iter()
        if in_bpmn(node)
        and (wanted := node.get(f"{C}formRef"))
        and wanted not in forms
        and (local_name(node) != "startEvent" or begins_process(node) or by_hand(read_extensions(node)))
    ]


def find_uncallable(roots: Mapping[str, etree._Element]) -> list[Problem]:
    """Call activities whose process does not begin plainly: where it would begin is not to be known."""
    begins = {
        process.get("id", ""): begun_plainly(starts_of(root, process)) is not None
        for root in roots.values()
        for process in root.iter(f"{B}process")
        if process.find(f"{B}startEvent") is not None
    }
    return [
        problem_of(resource, Fault(node, rules.NO_PLAIN_START, {"process": called}))
        for resource, root in roots.items()
        for node in root.iter(f"{B}callActivity")
        if not begins.get(called := node.get("calledElement", ""), True)
    ]


def find_circles(roots: Mapping[str, etree._Element]) -> list[Problem]:
    """Call activities by which a process calls itself, however far around."""
    calls: dict[str, list[tuple[str, etree._Element, str]]] = {}
    for resource, root in roots.items():
        for process in root.iter(f"{B}process"):
            found = [(resource, node, node.get("calledElement", "")) for node in process.iter(f"{B}callActivity")]
            calls.setdefault(process.get("id", ""), []).extend(found)
    around = circles_of({process: [called for _, _, called in made] for process, made in calls.items()})
    return [
        problem_of(resource, Fault(node, rules.CALLS_ITSELF, {"process": process}))
        for process, made in calls.items()
        for resource, node, called in made
        if process in around and around[process] == around.get(called)
    ]
