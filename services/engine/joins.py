"""Joins that lose nothing.

SpiffWorkflow's parallel join counts branches of earlier rounds inside a loop. This one looks only below its own last
round. And when a task ends, what a repeated timer on it began goes on.
"""

from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.bpmn.specs.mixins.parallel_gateway import ParallelGateway
from SpiffWorkflow.util.task import TaskState

from services.engine.borders import Opening, call_off
from services.engine.timers import Every

NOT_BEGUN = TaskState.PREDICTED_MASK | TaskState.FUTURE


class SafeParallelGateway(ParallelGateway, BpmnSpecMixin):
    """Fork and join."""

    def _last_round(self, my_task: Any) -> Any:
        above = my_task.parent
        while above is not None:
            if above.task_spec is self and above.state == TaskState.COMPLETED:
                return above
            above = above.parent
        return None

    def _check_threshold_unstructured(self, my_task: Any) -> bool:
        last_round = self._last_round(my_task)
        waiting = set(self._inputs)
        for task in my_task.workflow.tasks.values():
            if task.task_spec is not self or (task is not my_task and my_task.is_descendant_of(task)):
                continue
            if last_round is not None and not task.is_descendant_of(last_round):
                continue
            self._count(task, my_task, waiting)
        return not waiting

    @staticmethod
    def _count(task: Any, my_task: Any, waiting: set[str]) -> None:
        parent = task.parent
        if not task.is_descendant_of(my_task):
            if parent is not None and parent.state == TaskState.COMPLETED:
                waiting.discard(parent.task_spec.name)
            return
        while parent is not None:  # a way back into this very join cannot arrive before it has fired
            if parent.task_spec.name in waiting:
                waiting.discard(parent.task_spec.name)
                return
            parent = parent.parent

    def _run_hook(self, my_task: Any) -> bool:
        for other in self._arrived(my_task):
            if other.state == TaskState.COMPLETED:
                other._drop_children(force=True)
        my_task._inherit_data()
        return True

    def _arrived(self, my_task: Any) -> list[Any]:
        last_round = self._last_round(my_task)
        return [
            task
            for task in my_task.workflow.tasks.values()
            if task.task_spec is self
            and task is not my_task
            and task.has_state(TaskState.FINISHED_MASK)
            and not my_task.is_descendant_of(task)
            and (last_round is None or task.is_descendant_of(last_round))
        ]


class Ending(_EndJoin):
    """The end of a process or sub-process: nothing goes on in it. What could have begun in it waits no longer."""

    def _check_threshold_unstructured(self, my_task: Any) -> bool:
        ahead = [my_task.workflow.task_tree]
        while ahead:
            task = ahead.pop()
            if task is my_task:
                continue
            if isinstance(task.task_spec, Opening) and task._state == TaskState.WAITING:
                ahead += [below for below in task.children if not below._state & NOT_BEGUN]
                continue
            if task._state & TaskState.NOT_FINISHED_MASK:
                return False
            if task.task_spec is not self:
                ahead += task.children
        return True

    def _run_hook(self, my_task: Any) -> Any:
        for task in [*my_task.workflow.tasks.values()]:
            if isinstance(task.task_spec, Opening) and task._state == TaskState.WAITING:
                call_off(task)
        return super()._run_hook(my_task)


class BoundaryJoin(BoundaryEventJoin):
    """Where a task and the events on it meet: those that still wait are taken away, not what they have begun."""

    def _check_threshold_structured(self, my_task: Any) -> tuple[bool, list[Any]]:
        finished, cancelled = super()._check_threshold_structured(my_task)
        begun = [task for task in cancelled if _goes_on(task)]
        for task in begun:
            task.workflow.top_workflow.event_manager.remove_task(task)
            task._set_state(TaskState.COMPLETED)
        for task in cancelled:
            if task not in begun:
                call_off(task)
        return finished, []


def _goes_on(task: Any) -> bool:
    """A repeated timer waits above the branches that it began; here one of them is not at its end."""
    repeats = isinstance(getattr(task.task_spec, "event_definition", None), Every)
    return repeats and any(below._state & TaskState.NOT_FINISHED_MASK for below in task if below is not task)
