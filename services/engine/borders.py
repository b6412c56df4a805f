"""Errors and escalations: which border event treats them, and what it takes away.

BPMN 2.0.2, 10.5.7 and 13.5.4: from where it happens outwards, the nearest scope with an event sub-process that begins
with it, or activity with an event on its border that catches it; one for that very code before one for any; once. Other
branches, and what goes on in them, are not asked.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import (
    CodeEventDefinition,
    ErrorEventDefinition,
    EscalationEventDefinition,
)
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.util.task import TaskState

from services.engine import scopes
from services.engine.conditions import Condition, begin
from services.engine.runtime import needs_prediction


def around(task: Any) -> Any:
    """The call activity or sub-process whose inside holds the task; None for one of the instance itself."""
    return getattr(task.workflow, "host", None)


def treats(task: Any, kind: type["_Coded"], code: str | None) -> Any:
    """The waiting event that catches what happens at that task, the nearest one; None when nothing does."""
    for catching in _outwards(task):
        fitting = [
            waits
            for waits in catching
            if type(waits.task_spec.event_definition) is kind and waits.task_spec.event_definition.code in (None, code)
        ]
        if fitting:
            return min(fitting, key=lambda waits: waits.task_spec.event_definition.code is None)
    return None


def _outwards(task: Any) -> Iterator[list[Any]]:
    """What waits on its border, in its scope, on the border of that, and so on; of several at once, all together."""
    waiting = list(task.workflow.top_workflow.event_manager.tasks.values())
    at = task
    while at is not None:
        yield [each for each in waiting if each.workflow is at.workflow and each.parent is at.parent]
        if isinstance(at.parent.task_spec, LoopTask):
            at = at.parent
            continue
        within = _opened_above(at)
        yield [each for each in waiting if each.workflow is at.workflow and isinstance(each.task_spec, Opening)
               and each.task_spec not in within]  # fmt: skip
        at = around(at)


def _opened_above(task: Any) -> set[Any]:
    """The starts of the event sub-processes that it stands in: what happens there they do not catch."""
    found = set()
    while task is not None:
        if isinstance(task.task_spec, Opening):
            found.add(task.task_spec)
        task = task.parent
    return found


def take_over(border: Any, code: str | None, payload: Mapping[str, Any]) -> None:
    """The event on the border goes on instead of what it interrupts, or beside it."""
    spec = border.task_spec
    said = dict(payload)
    for variable in [spec.event_definition.code_variable] if spec.event_definition.code_variable else ():
        said[variable] = code
    border.data.update(said)
    if spec.cancel_activity and isinstance(spec, Border):
        call_off_host(border)
    spec.catch(border, BpmnEvent(spec.event_definition, payload={}))
    spec._update(border)


def call_off_host(border: Any) -> None:
    """Cancel the activity on whose border the event is."""
    for beside in border.parent.children:
        if not isinstance(beside.task_spec, defaults.BoundaryEvent):
            call_off(beside)


def call_off(task: Any) -> None:
    """Cancel an activity and all that goes on in it."""
    manager = task.workflow.top_workflow.event_manager
    for each in [task, *below(task)]:
        manager.remove_task(each)
        inside = task.workflow.top_workflow.subprocesses.pop(each.id, None)
        if inside is not None and not inside.completed:
            inside.completed = True
            for root in inside.task_tree.children:
                call_off(root)
    task.cancel()


def call_off_others(task: Any) -> None:
    """Cancel all that goes on in the same process or sub-process, but for the task and what follows it."""
    own = {each.id for each in [task, *below(task)]}
    for each in [*task.workflow.tasks.values()]:
        if each.id not in own and not each._state & TaskState.FINISHED_MASK:
            call_off(each)


def below(task: Any) -> list[Any]:
    """All that comes after it."""
    found: list[Any] = []
    ahead = list(task.children)
    while ahead:
        each = ahead.pop()
        found.append(each)
        ahead += each.children
    return found


def _hand_out(task: Any, catching: Any) -> None:
    """What goes out of calls through which it passes on its way to what catches it."""
    while task.workflow is not catching.workflow:
        task = around(task)
        task.task_spec.hand_back(task, task.workflow.top_workflow.subprocesses[task.id])


def _wait_again(task: Any) -> None:
    """Beside an event that has come, one that waits for the next of its kind."""
    spec = task.task_spec
    following = task.parent._add_child(spec, TaskState.FUTURE)
    if isinstance(spec.event_definition, Condition):
        begin(following)
    if needs_prediction(task.workflow.spec):  # what is not predicted there leads nowhere
        spec._predict(following, mask=TaskState.NOT_FINISHED_MASK)
    spec._update(following)


class _Coded(CodeEventDefinition):
    """What is thrown goes outwards, to the nearest that catches it; when nothing does, its way just ends."""

    def __init__(self, name: str, code: str | None = None, code_variable: str | None = None, **kwargs: Any) -> None:
        super().__init__(name, code, **kwargs)
        self.code_variable = code_variable

    def throw(self, my_task: Any) -> None:
        border = treats(my_task, type(self), self.code)
        if border is not None:
            _hand_out(my_task, border)
            take_over(border, self.code, {})


class CodedError(_Coded, ErrorEventDefinition):
    """An error."""


class CodedEscalation(_Coded, EscalationEventDefinition):
    """An escalation."""


class Border(defaults.BoundaryEvent):
    """An event on a border. One that does not interrupt waits on, as often as it happens (BPMN 2.0.2, 13.5.3)."""

    def catch(self, my_task: Any, event: Any) -> None:
        super().catch(my_task, event)
        if not self.cancel_activity and not isinstance(self.event_definition, TimerEventDefinition):
            _wait_again(my_task)

    def _on_ready_hook(self, my_task: Any) -> None:
        super()._on_ready_hook(my_task)
        if self.cancel_activity and isinstance(self.event_definition, Condition):
            call_off_host(my_task)  # at once, also where the condition holds as the activity is entered


class Opening(CatchingEvent, BpmnSpecMixin):
    """The start of an event sub-process: it waits as long as its scope goes on (BPMN 2.0.2, 13.5.4).

    One that interrupts ends everything else in the scope; one that does not waits on, as often as it happens.
    """

    def __init__(self, wf_spec: Any, name: str, event_definition: Any, cancel_activity: bool, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, event_definition=event_definition, **kwargs)
        self.cancel_activity = cancel_activity

    def catch(self, my_task: Any, event: Any) -> None:
        super().catch(my_task, event)
        if not self.cancel_activity and not isinstance(self.event_definition, TimerEventDefinition):
            _wait_again(my_task)

    def _on_ready_hook(self, my_task: Any) -> None:
        super()._on_ready_hook(my_task)
        if self.cancel_activity:
            call_off_others(my_task)


class SubProcess(defaults.SubWorkflowTask):
    """A sub-process; one that was called off does not come back when something in it is done."""

    aside = False  #: an event sub-process: what undoes within it undoes what was done around it, too

    def copy_data(self, my_task: Any, subworkflow: Any) -> None:
        scopes.open_inputs(my_task, self.extensions.inputs)
        subworkflow.task_tree.data = my_task.data

    def hand_back(self, my_task: Any, subworkflow: Any) -> None:
        """Nothing: what came is there already, inside and outside are one scope."""

    def update_data(self, my_task: Any, subworkflow: Any) -> None:
        self.hand_back(my_task, subworkflow)
        scopes.give_outputs(my_task, self.extensions.outputs)

    def _on_subworkflow_completed(self, subworkflow: Any, my_task: Any) -> None:
        if not my_task._state & TaskState.FINISHED_MASK:
            super()._on_subworkflow_completed(subworkflow, my_task)
