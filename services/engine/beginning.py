"""Where an instance begins: at one of the start events of its process."""

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.control import BpmnStartTask
from SpiffWorkflow.util.task import TaskState


class Begin(BpmnStartTask):
    """What is before the start events: the instance begins at one of them."""

    at: str | None  #: where it begins when the workflow does not say

    def _begun(self, my_task: Any) -> Iterator[Any]:
        at = getattr(my_task.workflow, "at", None) or self.at
        for each in self.outputs:
            if not isinstance(each, StartEvent) or each.name == at:
                yield each

    def _predict_hook(self, my_task: Any) -> None:
        ahead = TaskState.FUTURE if my_task.has_state(TaskState.DEFINITE_MASK) else my_task.state
        my_task._sync_children([*self._begun(my_task)], ahead)


class StartEvent(defaults.StartEvent):
    """A start event: where an instance begins it has come already, whatever it is.

    One with a form waits for whoever begins there by hand. In states of earlier engines a message is waited for.
    """

    def _update_hook(self, my_task: Any) -> Any:
        if my_task._state == TaskState.WAITING:
            return super()._update_hook(my_task)
        my_task._inherit_data()
        return True

    def _run(self, my_task: Any) -> Any:
        if getattr(my_task.workflow, "asks", False) and self.extensions.form("", self.name):
            return None  # stays STARTED until `complete`
        return super()._run(my_task)

    def _predict_hook(self, my_task: Any) -> None:
        """Behind a cycle, too: it has come when the instance begins."""
        ahead = TaskState.FUTURE if my_task.has_state(TaskState.DEFINITE_MASK) else my_task.state
        my_task._sync_children(self.outputs, ahead)
