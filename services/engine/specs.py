"""What differs from SpiffWorkflow's own specs: operations that wait, decisions, messages with a named payload."""

from collections.abc import Iterable, Sequence
from typing import Any

from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.bpmn.script_engine import BasePythonScriptEngineEnvironment, PythonScriptEngine
from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.specs.base import TaskSpec

from services.engine.borders import SubProcess
from services.engine.budget import MOST_AT_ONCE
from services.engine.dmn import Decision
from services.engine.errors import ExpressionError
from services.engine.expressions import compile_expression, evaluate
from services.engine.reading import Extensions

NOTHING = Extensions()


class ExpressionEnvironment(BasePythonScriptEngineEnvironment):
    """Where SpiffWorkflow would run Python: our expressions, and nothing else."""

    def __init__(self) -> None:
        super().__init__({})

    def evaluate(self, expression: str, context: dict[str, Any], external_context: dict[str, Any] | None = None) -> Any:
        return evaluate(expression, {**(external_context or {}), **context})

    def execute(self, script: str, context: dict[str, Any], external_context: dict[str, Any] | None = None) -> bool:
        raise ExpressionError(script, "scripts are not run")

    def call_service(self, context: dict[str, Any], **kwargs: Any) -> str:
        raise ExpressionError("", "services are not called from here")


class ExpressionEngine(PythonScriptEngine):
    """SpiffWorkflow's script engine, without scripts."""

    def __init__(self) -> None:
        super().__init__(ExpressionEnvironment())

    def evaluate(self, task: Any, expression: str, external_context: dict[str, Any] | None = None) -> Any:
        return self.environment.evaluate(expression, task.data, external_context)

    def validate(self, expression: str) -> None:
        compile_expression(expression)


class OperationTask(BpmnSpecMixin, TaskSpec):
    """A service task: it waits until the caller has carried it out."""

    def _run(self, my_task: Any) -> None:
        return None  # stays STARTED until `complete`


class DecisionTask(BpmnSpecMixin, TaskSpec):
    """A business rule task: one decision, its result where the designer wants it."""

    def __init__(self, wf_spec: Any, name: str, decision: Decision, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.decision = decision

    def _run_hook(self, my_task: Any) -> bool:
        found = self.decision.decide(my_task.data)
        extensions: Extensions = self.extensions
        variable = extensions.get("resultVariable")
        if variable is None:
            my_task.data.update(found)
        elif extensions.get("mapDecisionResult") == "singleEntry":
            my_task.data[variable] = next(iter(found.values()), None)
        elif extensions.get("mapDecisionResult") == "collectEntries":
            my_task.data[variable] = next(iter(found.values()), [])
        else:
            my_task.data[variable] = found
        return True


class _EachItem:
    """In front of a multi-instance task: the item in hand is each round's own, and there are not too many."""

    input_item: Any
    data_input: Any
    cardinality: str | None

    def _update_hook(self, my_task: Any) -> bool | None:
        data = my_task.parent.data  # its own comes later
        if self.cardinality is not None:
            count = evaluate(self.cardinality, data)
        else:
            found = data.get(self.data_input.bpmn_id)
            count = len(found) if isinstance(found, list | dict) else None
        if type(count) is not int or not 0 <= count <= MOST_AT_ONCE:
            said = self.cardinality or self.data_input.bpmn_id
            raise ExpressionError(said, f"it is no list, or no number, of 0 to {MOST_AT_ONCE}")
        return super()._update_hook(my_task)  # type: ignore[misc]

    def merge_child(self, workflow: Any, child: Any) -> None:
        if self.input_item is not None:
            child.data.pop(self.input_item.bpmn_id, None)
        super().merge_child(workflow, child)  # type: ignore[misc]


def connect_loops(specs: Iterable[Any]) -> None:
    """Let every loop hear when one of its tasks is done, whoever began it.

    SpiffWorkflow connects them when the loop begins, and so only in the process where it began: anywhere else, and
    after a restart, such a loop would never end.
    """
    for spec in specs:
        for each in spec.task_specs.values():
            if isinstance(each, LoopTask):
                inside = spec.task_specs[each.task_spec].completed_event
                if not inside.is_connected(each.merge_child):
                    inside.connect(each.merge_child)


class EachAtOnce(_EachItem, defaults.ParallelMultiInstanceTask):
    """Multi-instance, all at once."""


class OneAfterAnother(_EachItem, defaults.SequentialMultiInstanceTask):
    """Multi-instance, one after another."""


class MappedMessage(MessageEventDefinition):
    """A message that carries only what its input parameters name: nothing else of a case leaves its pool.

    It always goes out, to other pools: an instance never catches its own.
    """

    def __init__(
        self, name: str, correlation_properties: Any = None, payload: Sequence[tuple[str, str]] = (), **more: Any
    ):
        super().__init__(name, correlation_properties, **more)
        self.payload = tuple(payload)

    def throw(self, my_task: Any) -> None:
        said = {name: evaluate(text, my_task.data) for name, text in self.payload}
        my_task.workflow.top_workflow.bpmn_events.append(BpmnEvent(self, payload=said))


class CallActivity(SubProcess, defaults.CallActivity):
    """A called process: all variables go in and out, or those that `camunda:in` and `camunda:out` name."""

    def copy_data(self, my_task: Any, subworkflow: Any) -> None:
        start = subworkflow.get_next_task(subworkflow.task_tree, skip_subprocesses=True, spec_name="Start")
        start.data.update(_passed(self.extensions.into, my_task.data))

    def update_data(self, my_task: Any, subworkflow: Any) -> None:
        my_task.data = {**my_task.data, **self.hands_out(subworkflow.last_task.data)}

    def hands_out(self, data: dict[str, Any]) -> dict[str, Any]:
        return _passed(self.extensions.out_of, data)


def _passed(mapping: Sequence[tuple[str, str]], data: dict[str, Any]) -> dict[str, Any]:
    if not mapping:
        return dict(data)
    found: dict[str, Any] = {}
    for source, target in mapping:
        found |= data if source == "*" else {target: evaluate(source, data)}
    return found
