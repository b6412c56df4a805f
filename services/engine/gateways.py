"""Where the way parts: gateways, and several flows out of one activity or event.

BPMN 2.0.2, 13.3. That no condition holds and there is no default is an error of the case, in words.
"""

from collections.abc import Iterable
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.util.task import TaskState

from services.engine.borders import call_off
from services.engine.errors import CannotGoOn
from services.expressions import holds, names_in, seen
from services.shown import Words

#: of a token that a join has consumed
JOINED = "joined"
NO_WAY = Words("no condition of its flows holds, and none of them is the default")


def no_way(task: Any, conditions: Iterable[str | None]) -> CannotGoOn:
    """At that element the case cannot go on."""
    read = {name for each in conditions if each is not None for name in names_in(each)}
    return CannotGoOn(NO_WAY, seen(read, task.data), task)


def _said(gateway: Any) -> list[str]:
    return [condition.args[0] for condition, _ in gateway.cond_task_specs if condition is not None]


def go(task: Any, outputs: list[Any]) -> None:
    """On those ways."""
    task._sync_children(outputs, TaskState.FUTURE)
    for child in task.children:
        child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)


class ExclusiveGateway(defaults.ExclusiveGateway):
    """The first flow whose condition holds."""

    def _run_hook(self, my_task: Any) -> bool:
        specs = my_task.workflow.spec.task_specs
        for condition, name in self.cond_task_specs:
            if condition is not None and holds(condition.args[0], my_task.data):
                go(my_task, [specs[name]])
                return True
        if self.default_task_spec is None:
            raise no_way(my_task, _said(self))
        go(my_task, [specs[self.default_task_spec]])
        return True


class InclusiveGateway(defaults.InclusiveGateway):
    """Every flow whose condition holds; what comes together waits for all that can still come (BPMN 2.0.2, 13.3.4).

    It fires when every token that can get to one of its empty incoming flows, without passing it, can also get to one
    that has a token. Tokens of a round are consumed by it: in a loop the next round begins anew.
    """

    def _check_threshold_unstructured(self, my_task: Any) -> bool:
        filled = {task.parent.task_spec.name for task in self._arrived(my_task)}
        empty = [each for each in self.inputs if each.name not in filled]
        if not empty:
            return True
        to_empty = set().union(*(self._leading_to(each) for each in empty))
        to_filled = set().union(*(self._leading_to(each) for each in self.inputs if each.name in filled))
        waited_for = to_empty - to_filled
        return not any(
            task.task_spec.name in waited_for and _has_token(task) for task in my_task.workflow.tasks.values()
        )

    def _arrived(self, my_task: Any) -> list[Any]:
        """The tokens of this round that came before."""
        kept = TaskState.WAITING | TaskState.CANCELLED
        return [
            task
            for task in my_task.workflow.tasks.values()
            if task is my_task or (task.task_spec is self and task._state & kept and JOINED not in task.internal_data)
        ]

    def _leading_to(self, spec: Any) -> frozenset[str]:
        """The element, and every one from which a token can come to it without passing this gateway."""
        known: dict[str, frozenset[str]] = self.__dict__.setdefault("ways", {})
        if spec.name not in known:
            seen, ahead = {self.name}, [spec]
            while ahead:
                each = ahead.pop()
                if each.name not in seen:
                    seen.add(each.name)
                    ahead += each.inputs
            known[spec.name] = frozenset(seen - {self.name})
        return known[spec.name]

    def _run_hook(self, my_task: Any) -> bool:
        for task in self._arrived(my_task):
            if task is not my_task:
                task.internal_data[JOINED] = 1
        my_task._inherit_data()
        matches, default = self._get_matching_outputs(my_task)
        go(my_task, matches or default)
        return True

    def _get_matching_outputs(self, my_task: Any) -> tuple[list[Any], list[Any]]:
        specs = my_task.workflow.spec.task_specs
        matches = [specs[name] for condition, name in self.cond_task_specs
                   if condition is not None and holds(condition.args[0], my_task.data)]  # fmt: skip
        default = [specs[name] for condition, name in self.cond_task_specs if condition is None]
        if not matches and not default:
            raise no_way(my_task, _said(self))
        return matches, default


def _has_token(task: Any) -> bool:
    """Whether something goes on there, or is about to."""
    if task._state & (TaskState.READY | TaskState.WAITING | TaskState.STARTED):
        return True
    return bool(task._state & TaskState.FUTURE) and task.parent._state == TaskState.COMPLETED


class Split(BpmnSpecMixin, TaskSpec):
    """The flows out of an activity or event: those without a condition, those whose condition holds; else the default.

    It is not drawn.
    """

    def __init__(self, wf_spec: Any, name: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.flows: list[tuple[str | None, str]] = []
        self.default: str | None = None

    def connect_flow(self, target: Any, condition: str | None, *, default: bool) -> None:
        self.connect(target)
        if default:
            self.default = target.name
        else:
            self.flows.append((condition, target.name))

    def _predict_hook(self, my_task: Any) -> None:
        my_task._sync_children(self.outputs, TaskState.MAYBE)

    def _run_hook(self, my_task: Any) -> bool:
        specs = my_task.workflow.spec.task_specs
        taken = [specs[name] for condition, name in self.flows if condition is None or holds(condition, my_task.data)]
        if not taken:
            if self.default is None:
                raise no_way(my_task, [condition for condition, _ in self.flows])
            taken = [specs[self.default]]
        go(my_task, taken)
        return True


class EventGateway(defaults.EventBasedGateway):
    """All the events behind it are waited for; the first that comes calls off the others (BPMN 2.0.2, 13.3.5).

    In states of earlier engines the gateway itself waits.
    """

    def connect(self, child: Any) -> None:
        TaskSpec.connect(self, child)
        self.event_definition.event_definitions.append(child.event_definition)

    def _update_hook(self, my_task: Any) -> Any:
        if my_task._state == TaskState.WAITING:
            return super()._update_hook(my_task)
        my_task._inherit_data()
        return True

    def _run_hook(self, my_task: Any) -> bool:
        if "seen_events" in my_task.internal_data:
            super()._run_hook(my_task)
            for child in my_task.children:
                child.internal_data["event_fired"] = True
        else:
            my_task._sync_children(self.outputs, TaskState.FUTURE)
        return True


class _First:
    """An event that may stand behind an event gateway."""

    def _on_ready_hook(self, my_task: Any) -> None:
        super()._on_ready_hook(my_task)  # type: ignore[misc]
        if isinstance(my_task.parent.task_spec, EventGateway):
            for other in my_task.parent.children:
                if other is not my_task and not other._state & TaskState.FINISHED_MASK:
                    call_off(other)


class CatchEvent(_First, defaults.IntermediateCatchEvent):
    """An event that is waited for."""


class ReceiveTask(_First, defaults.ReceiveTask):
    """A task that waits for a message."""


class PassedTask(BpmnSpecMixin, TaskSpec):
    """A task that says nothing, or is done outside of any engine: the case goes on (BPMN 2.0.2, 13.2.3).

    In states of earlier engines somebody waits there.
    """
