"""SpiffWorkflow made quick for short moves: what differs is proven by random walks, but for what stock gets wrong.

Some of its methods are replaced, and only for workflows of ours: variables are shared (scopes.py), it looks ahead one
element instead of to the end, walks flat lists instead of trees, gives tasks short text ids, and writes no log line for
every change of state.
"""

import base64
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

import SpiffWorkflow.task as spiff_task
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from services.engine import scopes
from services.engine.budget import one_more
from services.expressions import ExpressionError

PINNED = "3.2.0"
READY, WAITING, PREDICTED = TaskState.READY, TaskState.WAITING, TaskState.PREDICTED_MASK


def needs_prediction(spec: Any) -> bool:
    """Whether its elements look at tasks that are only predicted: loops, multi-instance."""
    known = spec.__dict__.get("_needs_prediction")
    if known is None:
        kinds = spec.task_specs.values()
        known = spec._needs_prediction = any(isinstance(each, LoopTask) for each in kinds)
    return bool(known)


class _Quick:
    """What our workflows share."""

    tasks: dict[Any, Any]
    spec: Any
    done: list[dict[str, Any]] | None = None  #: what was completed here and can be undone (undoing.py)

    def update_waiting_tasks(self) -> None:
        for task in [task for task in self.tasks.values() if task._state == WAITING]:
            task.task_spec._update(task)


class QuickSubWorkflow(_Quick, BpmnSubWorkflow):
    """A sub-process or called process."""

    host: Any  #: the task whose inside it is


class QuickWorkflow(_Quick, BpmnWorkflow):
    """A process instance; it begins at that start event, and asks there, when there is a form and it is `asks`."""

    def __init__(self, *args: Any, at: str | None = None, asks: bool = False, **kwargs: Any) -> None:
        self.at, self.asks = at, asks
        super().__init__(*args, **kwargs)

    changes: scopes.Changes | None = None  #: where something in it waits for a condition

    def create_subprocess(self, my_task: Any, spec_name: str) -> QuickSubWorkflow:
        spec = self.subprocess_specs[spec_name]
        made = QuickSubWorkflow(spec, parent_task_id=my_task.id, top_workflow=self)
        made.host = my_task
        self.subprocesses[my_task.id] = made
        return made

    def refresh_timers(self) -> None:
        """Never by itself: the job row is the authority on time."""

    def _do_engine_steps(self, will_complete_task: Any = None, did_complete_task: Any = None) -> bool:
        done, before = 0, len(self.subprocesses)
        active = [each for each in self.subprocesses.values() if not each.completed]
        active.sort(key=lambda each: each.depth, reverse=True)
        for workflow in (*active, self):
            if workflow.completed and workflow is not self:
                continue  # called off meanwhile
            done += self._run_ready(workflow, did_complete_task)
            if workflow.spec.undoes:
                done += self._undo_on(workflow, did_complete_task)
            if workflow is not self and workflow.parent_task_id in self.subprocesses:
                workflow.host.task_spec._update(workflow.host)
        return done > 0 or len(self.subprocesses) != before

    @staticmethod
    def _run_ready(workflow: Any, did_complete_task: Any) -> int:
        done = 0
        while ready := [t for t in workflow.tasks.values() if t._state == READY and not t.task_spec.manual]:
            for task in ready:
                if task._state == READY:
                    task.run()
                    done += 1
                    if did_complete_task is not None and task._state != TaskState.STARTED:
                        did_complete_task(task)
        return done

    @staticmethod
    def _undo_on(workflow: Any, did_complete_task: Any) -> int:
        """What throws compensation and waits: the next is undone, or it is done."""
        waiting = [
            t for t in workflow.tasks.values() if t._state == TaskState.STARTED and hasattr(t.task_spec, "undo_on")
        ]
        moved = [(task, through) for task in waiting if (through := task.task_spec.undo_on(task)) is not None]
        for task in [task for task, through in moved if through]:
            look_ahead(task)
            task.complete()
            if did_complete_task is not None:
                did_complete_task(task)
        return len(moved)


def new_id() -> str:
    """A task's id: short, random, safe in an address. Raises CannotGoOn when one task more is one too many."""
    one_more()
    return base64.urlsafe_b64encode(os.urandom(12)).decode()


_predict, _run, _inherit, _join = TaskSpec._predict, Task.run, Task._inherit_data, UnstructuredJoin._run_hook
_update = TaskSpec._update


def _set_state(self: Any, value: int) -> None:
    if value != self._state:
        self.last_state_change = time.time()
        self._state = value


def _predict_one(self: Any, my_task: Any, seen: Any = None, looked_ahead: int = 0, mask: int = PREDICTED) -> Any:
    if not isinstance(my_task.workflow, _Quick) or needs_prediction(self._wf_spec):
        return _predict(self, my_task, seen, looked_ahead, mask)
    if my_task._state & mask:
        self._predict_hook(my_task)
    return None


def look_ahead(task: Any) -> None:
    """Predict what comes directly after a task that is about to run or to be completed."""
    quick = isinstance(task.workflow, _Quick) and not needs_prediction(task.workflow.spec)
    if quick and not task._children and task.task_spec._outputs and task._state & TaskState.NOT_FINISHED_MASK:
        task.task_spec._predict(task, mask=TaskState.NOT_FINISHED_MASK)


@contextmanager
def at(task: Any) -> Iterator[None]:
    """What cannot be reckoned inside could not be at that task, unless it says where."""
    try:
        yield
    except ExpressionError as fault:
        fault.task = fault.task or task
        raise


def _run_predicted(self: Any) -> Any:
    look_ahead(self)
    try:
        return _run(self)
    except ExpressionError as fault:
        fault.task = fault.task or self
        raise


def _update_placed(self: Any, my_task: Any) -> Any:
    try:
        return _update(self, my_task)
    except ExpressionError as fault:
        fault.task = fault.task or my_task
        raise


def _inherit_shared(self: Any) -> None:
    if isinstance(self.workflow, _Quick):
        scopes.inherit(self)
    else:
        _inherit(self)


def _join_shared(self: Any, my_task: Any) -> Any:
    """Without merging what is one anyway."""
    if not isinstance(my_task.workflow, _Quick):
        return _join(self, my_task)
    for task in list(my_task.workflow.tasks.values()):
        if task.task_spec is self and task._state == TaskState.COMPLETED and not my_task.is_descendant_of(task):
            task._drop_children(force=True)
    my_task._inherit_data()
    return True


if version("SpiffWorkflow") != PINNED:
    raise ImportError(f"the engine is proven with SpiffWorkflow {PINNED}, not {version('SpiffWorkflow')}")
Task._set_state = _set_state
Task.run = _run_predicted
TaskSpec._predict = _predict_one
TaskSpec._update = _update_placed
Task._inherit_data = _inherit_shared
UnstructuredJoin._run_hook = _join_shared
spiff_task.uuid4 = new_id
