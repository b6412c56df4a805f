"""Which process a call activity calls: the one it names, or the one that an expression comes to when the case is there.

Camunda 7: CallActivityTest#testCallSimpleSubProcessWithExpressions. Here it is always one of the deployment: what is in
force when a file is deployed that calls by an expression is deployed with it.
"""

from typing import Any

from SpiffWorkflow.bpmn.specs import defaults

from services.engine import scopes
from services.engine.borders import SubProcess, around
from services.expressions import ExpressionError, evaluate, is_reckoned
from services.shown import Words

CALLED = "called"
NO_NAME = Words("it names no process")


def called_by(task: Any) -> str:
    """The process that goes on in a call activity."""
    return str(task.internal_data.get(CALLED, task.task_spec.spec))


class CallOfProcess(SubProcess, defaults.CallActivity):
    """A call activity: begins what it calls."""

    def start_workflow(self, my_task: Any) -> None:
        scopes.open_inputs(my_task, self.extensions.inputs)
        top = my_task.workflow.top_workflow
        if is_reckoned(self.spec):
            my_task.internal_data[CALLED] = self._reckoned(my_task, top.subprocess_specs)
        inside = top.create_subprocess(my_task, called_by(my_task))
        inside.completed_event.connect(self._on_subworkflow_completed, my_task)
        self.copy_data(my_task, inside)
        inside.task_tree.run()

    def _reckoned(self, my_task: Any, known: Any) -> str:
        """Raises ExpressionError for what is no process, or goes on around this call."""
        found = evaluate(self.spec, my_task.data)
        if not isinstance(found, str) or not found:
            raise ExpressionError(self.spec, NO_NAME)
        if found not in known or "/" in found:
            raise ExpressionError(
                self.spec, Words("there is no process %(process)s among the files", {"process": found})
            )
        outer: Any = my_task
        while outer is not None:
            if outer.workflow.spec.name == found:
                raise ExpressionError(
                    self.spec, Words("by it the process %(process)s calls itself", {"process": found})
                )
            outer = around(outer)
        return found
