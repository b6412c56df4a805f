"""What differs from SpiffWorkflow's own specs: operations that wait, decisions, several at once, calls."""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from SpiffWorkflow.bpmn.script_engine import BasePythonScriptEngineEnvironment, PythonScriptEngine
from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.data_spec import TaskDataReference
from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.util.task import TaskState

from services.bpmn import MOST_AT_ONCE, CompiledDecision, Extensions
from services.engine import scopes
from services.engine.borders import call_off
from services.engine.calls import CallOfProcess
from services.engine.noting import note_decided
from services.expressions import ExpressionError, compile_expression, current_world, evaluate, names_in, seen
from services.shown import Words

NOTHING = Extensions()
HOW_MANY = Words("it is no list, or no number, of 0 to %(most)s", {"most": MOST_AT_ONCE})


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

    def __init__(
        self, wf_spec: Any, name: str, decision: CompiledDecision, *, by_name: bool, empties: bool, **kwargs: Any
    ) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.decision = decision
        self.by_name = by_name  #: where nothing says how the result is mapped, it is one, as it was before
        self.empties = empties  #: where no rule fits, its variables do not keep what an earlier answer left there

    def _run_hook(self, my_task: Any) -> bool:
        extensions: Extensions = self.extensions
        scopes.open_inputs(my_task, extensions.inputs)
        decided = self.decision.decide(my_task.data)
        variable = extensions.get("resultVariable")
        if variable is None:
            nothing: dict[str, Any] = {name: [] if self.decision.lists else None for name in self.decision.outputs}
            my_task.data.update({**(nothing if self.empties else {}), **decided.outputs})
        else:
            my_task.data[variable] = self._mapped(decided.outputs, extensions.get("mapDecisionResult"))
        note_decided(my_task, decided)
        scopes.give_outputs(my_task, extensions.outputs)
        return True

    def _mapped(self, found: Mapping[str, Any], mapping: str | None) -> Any:
        """The result as Camunda 7 maps it: where nothing says how, a list of results."""
        mapping = mapping or (None if self.by_name else "resultList")
        first = next(iter(found.values()), None)
        if mapping == "singleEntry":
            return self._only(first)
        if mapping == "collectEntries":
            return (first if self.decision.lists else [first]) if found else []
        if mapping not in ("singleResult", "resultList"):
            return dict(found)
        if mapping == "singleResult" and not found:
            return None
        names = list(found)
        rows = zip(*found.values(), strict=True) if self.decision.lists else [tuple(found.values())] if found else []
        results = [dict(zip(names, row, strict=True)) for row in rows]
        return results if mapping == "resultList" else self._only(results) if self.decision.lists else dict(found)

    def _only(self, found: Any) -> Any:
        if not self.decision.lists:
            return found
        if found is not None and len(found) > 1:
            raise ExpressionError(self.decision.name, Words("several rules fit where one result is wanted"))
        return found[0] if found else None


class Collection(TaskDataReference):
    """What several are made of: a variable, or an expression."""

    def get(self, my_task: Any) -> Any:
        return evaluate(self.bpmn_id, my_task.data)

    def exists(self, my_task: Any) -> bool:
        return True


class _Several:
    """Multi-instance: each has its item and its number for itself, all have what Camunda 7 counts of them.

    docs.camunda.org/manual/7.21/reference/bpmn20/tasks/task-markers, «Multiple Instance».
    """

    task_spec: str
    input_item: Any
    data_input: Any
    cardinality: str | None

    def _update_hook(self, my_task: Any) -> bool | None:
        around = scopes.around(my_task.parent)
        if self.cardinality is not None:
            count = evaluate(self.cardinality, around)
        else:
            found = evaluate(self.data_input.bpmn_id, around)
            count = len(found) if isinstance(found, list | dict) else None
        if type(count) is not int or not 0 <= count <= MOST_AT_ONCE:
            said = self.cardinality or self.data_input.bpmn_id
            raise ExpressionError(said, HOW_MANY, seen(names_in(said), around))
        counted = {"nrOfInstances": count, "nrOfCompletedInstances": 0, "nrOfActiveInstances": 0}
        my_task.data = scopes.Local(counted, around, my_task.id)
        return super()._update_hook(my_task)  # type: ignore[misc]

    def create_child(self, my_task: Any, item: Any, key_or_index: Any = None) -> None:
        child = my_task._add_child(my_task.workflow.spec.task_specs[self.task_spec], TaskState.WAITING)
        child.triggered = True
        mine = my_task.data.own
        number = len(my_task.internal_data["merged"]) + mine["nrOfActiveInstances"]
        own = {"loopCounter": number}
        if self.input_item is not None:
            own[self.input_item.bpmn_id] = deepcopy(item)
        mine["nrOfActiveInstances"] += 1
        child.data = scopes.Local(own, my_task.data, child.id)
        child.internal_data["item" if key_or_index is None else "key_or_index"] = (
            item if key_or_index is None else key_or_index
        )
        child.task_spec._update(child)

    def merge_child(self, workflow: Any, child: Any) -> None:
        """One is done."""
        my_task = child.parent
        my_task.internal_data["merged"].append(str(child.id))
        mine = my_task.data
        if "nrOfInstances" in (scopes.own_of(my_task) or ()):
            mine["nrOfActiveInstances"] -= 1
            mine["nrOfCompletedInstances"] += 1
        if self.check_completion_condition(my_task):  # type: ignore[attr-defined]
            for each in list(self._instances(my_task)):  # type: ignore[attr-defined]
                if each is not child and not each._state & TaskState.FINISHED_MASK:
                    call_off(each)
            my_task._set_state(TaskState.READY)
        elif self.children_complete(my_task):  # type: ignore[attr-defined]
            my_task._set_state(TaskState.READY)
        else:
            self.go_on(my_task)

    def go_on(self, my_task: Any) -> None:
        """One is done, and others are not."""


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


class EachAtOnce(_Several, defaults.ParallelMultiInstanceTask):
    """Multi-instance, all at once."""


class OneAfterAnother(_Several, defaults.SequentialMultiInstanceTask):
    """Multi-instance, one after another."""

    def go_on(self, my_task: Any) -> None:
        self.add_next_child(my_task)


class PersonTask(defaults.UserTask):
    """A person's task; what its input parameters name is its own."""

    def _update_hook(self, my_task: Any) -> Any:
        hidden = super()._update_hook(my_task)
        if any((self.extensions or NOTHING).get(name) for name in ("dueDate", "followUpDate")):
            my_task.internal_data["since"] = current_world().now.timestamp()
        scopes.open_inputs(my_task, (self.extensions or NOTHING).inputs)
        return hidden


class ScriptTask(BpmnSpecMixin, TaskSpec):
    """A script in FEEL or the Expression Language: an expression, its value in the result variable."""

    def __init__(self, wf_spec: Any, name: str, script: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.script = script

    def _run_hook(self, my_task: Any) -> bool:
        scopes.open_inputs(my_task, self.extensions.inputs)
        found, variable = evaluate(self.script, my_task.data), self.extensions.get("resultVariable")
        if variable:
            my_task.data[variable] = found
        scopes.give_outputs(my_task, self.extensions.outputs)
        return True


class CallActivity(CallOfProcess):
    """A called process: the variables that `camunda:in` and `camunda:out` name go in and out, and no others.

    docs.camunda.org/manual/7.21/reference/bpmn20/subprocesses/call-activity, «Passing Variables». A call that an
    earlier engine began hands back all of them when nothing is named.
    """

    def copy_data(self, my_task: Any, subworkflow: Any) -> None:
        scopes.open_inputs(my_task, self.extensions.inputs)
        my_task.internal_data["by_name"] = 1
        subworkflow.task_tree.data = scopes.begin(subworkflow, _passed(self.extensions.into, my_task.data))

    def hand_back(self, my_task: Any, subworkflow: Any) -> None:
        mapping = self.extensions.out_of
        if not mapping and "by_name" not in my_task.internal_data:
            mapping = (("*", "*"),)
        my_task.data.update(_passed(mapping, subworkflow.task_tree.data))


def _passed(mapping: Sequence[tuple[str, str]], data: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for source, target in mapping:
        found |= dict(data) if source == "*" else {target: evaluate(source, data)}
    return found
