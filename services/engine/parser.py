"""From Modeler's files to SpiffWorkflow's specs, with Camunda's extensions."""

from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser import event_parsers, task_parsers
from SpiffWorkflow.bpmn.parser.BpmnParser import DEFAULT_NSMAP, BpmnParser, full_tag
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask

from services.bpmn import (
    ASIDE,
    CAMUNDA,
    IDS_OF_A_FILE,
    NO_RULE_EMPTIES,
    OPENING,
    RESULTS_ARE_LISTS,
    SPLIT,
    UNDO_START,
    UNDONE_BY,
    B,
    C,
    CompiledDecision,
    begun_plainly,
    id_as_drawn,
    is_handler,
    local_name,
    starts_of,
)
from services.engine.beginning import Begin, StartEvent
from services.engine.borders import Border, CodedError, Opening, SubProcess
from services.engine.gateways import (
    CatchEvent,
    EventGateway,
    ExclusiveGateway,
    InclusiveGateway,
    PassedTask,
    ReceiveTask,
    Split,
)
from services.engine.in_front import Ours
from services.engine.joins import BoundaryJoin, Ending, SafeParallelGateway
from services.engine.specs import (
    CallActivity,
    DecisionTask,
    OperationTask,
    PersonTask,
    ScriptTask,
)
from services.engine.undoing import UNDO_ALL, CancelEnd, UndoThrow, begun_by_itself, sink_of
from services.expressions import is_reckoned

#: where SpiffWorkflow keeps what such an id stands for, of all files
DECLARED = ("messages", "signals", "errors", "escalations")


class _Decision(Ours, TaskParser):
    def create_task(self) -> DecisionTask:
        decision = self.process_parser.parser.decisions[self.node.get(f"{C}decisionRef")]
        reading = self.process_parser.parser.reading
        ways = {"by_name": reading < RESULTS_ARE_LISTS, "empties": reading >= NO_RULE_EMPTIES}
        return DecisionTask(self.spec, self.bpmn_id, decision, **ways, **self.bpmn_attributes)


class _SubProcess(Ours, TaskParser):
    """A sub-process is known by its process and its id: two processes may each have one of that id."""

    def create_task(self) -> SubProcess:
        above, parser = self.process_parser, self.process_parser.parser
        process = next(each for each in self.node.iterancestors(f"{B}process")).get("id")
        key = f"{process}/{self.bpmn_id}"
        inside = parser.PROCESS_PARSER_CLASS(
            parser, self.node, self.nsmap, parser.data_stores, filename=self.filename, lane=self.lane
        )
        inside.parent = above
        parser.process_parsers[key] = inside
        made = self.spec_class(self.spec, self.bpmn_id, subworkflow_spec=key, **self.bpmn_attributes)
        made.aside = self.node.get(ASIDE) == "true"
        return made


class _Opening(Ours, event_parsers.BoundaryEventParser):
    def create_task(self) -> Opening:
        definition = self.get_event_definition([
            event_parsers.ERROR_EVENT_XPATH, event_parsers.ESCALATION_EVENT_XPATH, event_parsers.MESSAGE_EVENT_XPATH,
            event_parsers.TIMER_EVENT_XPATH, event_parsers.CONDITIONAL_EVENT_XPATH,
        ])  # fmt: skip
        interrupts = self.node.get("isInterrupting") != "false" or isinstance(definition, CodedError)
        return Opening(self.spec, self.bpmn_id, definition, interrupts, **self.bpmn_attributes)


class _Split(Ours, task_parsers.GatewayParser):
    def connect_outgoing(self, outgoing_task: Any, sequence_flow_node: etree._Element, is_default: bool) -> None:
        self.task.connect_flow(outgoing_task, self.parse_condition(sequence_flow_node), default=is_default)


class _Process(ProcessParser):
    """A process or sub-process. What leads nowhere ends there (BPMN 2.0.2, 13.2.1)."""

    def add_tasks(self) -> None:
        self.spec.end.__class__, self.spec.start.__class__ = Ending, Begin
        self.spec.start.at = self._begun_plainly()
        for start in self.node.iterchildren(f"{B}startEvent"):
            self.parse_node(start)
        for opening in self.node.iterchildren(f"{B}{OPENING}"):
            self.spec.start.connect(self.parse_node(opening))
        handlers = [each for each in self.node.iterchildren(etree.Element) if is_handler(each)]
        for handler in handlers:
            self.parse_node(handler)
        self.spec.handlers = frozenset(each.get("id") for each in handlers)
        self.spec.undone_by = {
            each.get("id"): each.get(UNDONE_BY) for each in self.node.iterchildren(etree.Element) if each.get(UNDONE_BY)
        }
        self.spec.undo_start = self.node.get(UNDO_START)
        self.spec.undoes = bool(self.spec.task_specs.keys() & {UNDO_ALL}) or any(
            isinstance(each, UndoThrow | CancelEnd) for each in self.spec.task_specs.values()
        )

    def _begun_plainly(self) -> str | None:
        return begun_plainly(starts_of(self.node.getroottree().getroot(), self.node))

    def _parse(self) -> None:
        super()._parse()
        specs = self.spec.task_specs
        for name in self.spec.handlers:
            split = specs.get(f"{name}.BoundaryEventSplit")
            for border in split.outputs if split is not None else ():
                if border.name != name and all(isinstance(after, BoundaryJoin) for after in border.outputs):
                    border.connect(sink_of(self.spec))
            sink_of(self.spec).connect_from(specs[name])
            if split is not None:
                begun_by_itself(self.spec, split)
        inside_loops = {each.task_spec for each in specs.values() if isinstance(each, LoopTask)}
        for each in [*specs.values()]:
            if getattr(each, "bpmn_id", None) is None:
                continue
            each.bpmn_id = id_as_drawn(each.bpmn_id)
            if each.name not in inside_loops and all(isinstance(after, BoundaryJoin) for after in each.outputs):
                each.connect(self.spec.end)


class _Script(Ours, TaskParser):
    def create_task(self) -> ScriptTask:
        script = (self.node.findtext(f"{B}script") or "").strip()
        if self.node.get("scriptFormat", "").lower() == "feel" and not script.startswith("="):
            script = f"={script}"
        return ScriptTask(self.spec, self.bpmn_id, script, **self.bpmn_attributes)


class _Thrown(Ours, event_parsers.IntermediateThrowEventParser):
    """A message that a worker sends is a place where the case waits for the worker."""

    def create_task(self) -> Any:
        undoes = self.node.find(f"{B}compensateEventDefinition")
        if undoes is not None:
            return self._ended(UndoThrow(self.spec, self.bpmn_id, undoes.get("activityRef"), **self.bpmn_attributes))
        if self.node.find(f"{B}cancelEventDefinition") is not None:
            return self._ended(CancelEnd(self.spec, self.bpmn_id, **self.bpmn_attributes))
        said = self.node.find(f"{B}messageEventDefinition")
        if said is None or said.get(f"{C}type") != "external":
            return self.thrown()
        return self._ended(OperationTask(self.spec, self.bpmn_id, **self.bpmn_attributes))

    def _ended(self, task: Any) -> Any:
        if local_name(self.node) == "endEvent":
            task.connect(self.spec.end)
        return task

    def thrown(self) -> Any:
        return super().create_task()


class _Ends(_Thrown):
    def thrown(self) -> Any:
        return event_parsers.EndEventParser.create_task(self)


class _SentTask(Ours, event_parsers.SendTaskParser):
    """A send task throws its message, or waits for a worker who sends it."""

    def create_task(self) -> Any:
        if self.node.get(f"{C}type") == "external":
            return OperationTask(self.spec, self.bpmn_id, **self.bpmn_attributes)
        return super().create_task()


def _with_ours(parser: type) -> type:
    return type(f"Our{parser.__name__}", (Ours, parser), {})


class ModelerParser(BpmnParser):
    """Reads what Camunda Modeler saves; what is not listed here is refused before it gets this far."""

    OVERRIDE_PARSER_CLASSES = {  # noqa: RUF012
        full_tag("userTask"): (_with_ours(TaskParser), PersonTask),
        full_tag("task"): (_with_ours(TaskParser), PassedTask),
        full_tag("manualTask"): (_with_ours(TaskParser), PassedTask),
        full_tag("serviceTask"): (_with_ours(TaskParser), OperationTask),
        full_tag("businessRuleTask"): (_Decision, DecisionTask),
        full_tag("callActivity"): (_with_ours(task_parsers.CallActivityParser), CallActivity),
        full_tag("subProcess"): (_SubProcess, SubProcess),
        full_tag("exclusiveGateway"): (_with_ours(task_parsers.ConditionalGatewayParser), ExclusiveGateway),
        full_tag("inclusiveGateway"): (_with_ours(task_parsers.ConditionalGatewayParser), InclusiveGateway),
        full_tag("parallelGateway"): (_with_ours(task_parsers.GatewayParser), SafeParallelGateway),
        full_tag("startEvent"): (_with_ours(event_parsers.StartEventParser), StartEvent),
        full_tag("endEvent"): (_Ends, defaults.EndEvent),
        full_tag("scriptTask"): (_Script, ScriptTask),
        full_tag("sendTask"): (_SentTask, defaults.SendTask),
        full_tag("intermediateCatchEvent"): (
            _with_ours(event_parsers.IntermediateCatchEventParser),
            CatchEvent,
        ),
        full_tag("intermediateThrowEvent"): (_Thrown, defaults.IntermediateThrowEvent),
        full_tag("boundaryEvent"): (_with_ours(event_parsers.BoundaryEventParser), Border),
        full_tag("receiveTask"): (_with_ours(event_parsers.ReceiveTaskParser), ReceiveTask),
        full_tag("eventBasedGateway"): (_with_ours(event_parsers.EventBasedGatewayParser), EventGateway),
        full_tag(SPLIT): (_Split, Split),
        full_tag(OPENING): (_Opening, Opening),
    }
    PROCESS_PARSER_CLASS = _Process

    def __init__(
        self, decisions: Mapping[str, CompiledDecision], callable_processes: Sequence[str], *, reading: int
    ) -> None:
        super().__init__(namespaces={**DEFAULT_NSMAP, "camunda": CAMUNDA})
        self.reading = reading
        self.decisions, self.callable = decisions, tuple(callable_processes)
        #: file, by its root -> id -> what it stands for, by kind
        self._declared: dict[etree._Element, tuple[dict[str, Any], ...]] = {}
        self._of_all: tuple[dict[str, Any], ...] = ({}, {}, {}, {})

    def add_bpmn_xml(self, bpmn: etree._Element, filename: str | None = None) -> None:
        """One file more, whose ids are its own."""
        known = [getattr(self, kind) for kind in DECLARED]
        for kind in DECLARED:
            setattr(self, kind, {})
        super().add_bpmn_xml(bpmn, filename)
        own = tuple(getattr(self, kind) for kind in DECLARED)
        self._declared[bpmn.getroottree().getroot()] = own
        for kind, before, here in zip(DECLARED, known, own, strict=True):
            setattr(self, kind, {**before, **here})
        self._of_all = tuple(getattr(self, kind) for kind in DECLARED)

    def read_in(self, root: etree._Element) -> None:
        """What is looked up from here on stands in that file; what it does not say, in another one."""
        if self.reading >= IDS_OF_A_FILE:
            for kind, all_files, own in zip(DECLARED, self._of_all, self._declared.get(root, ()), strict=False):
                setattr(self, kind, {**all_files, **own})

    def get_subprocess_specs(self, name: str, specs: Any = None, require_call_activity_specs: bool = True) -> Any:
        """Of all that is called from there; by an expression, any process may be."""
        used: dict[str, Any] = {} if specs is None else specs
        for each in self.get_spec(name).task_specs.values():
            if isinstance(each, SubWorkflowTask):
                for called in self.callable if is_reckoned(each.spec) else (each.spec,):
                    if called not in used:
                        used[called] = self.get_spec(called)
                        self.get_subprocess_specs(called, used)
        return used

    def _get_parser_class(self, tag: str) -> tuple[Any, Any]:
        found: tuple[Any, Any] = self.OVERRIDE_PARSER_CLASSES.get(tag, (None, None))
        return found
