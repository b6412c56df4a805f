"""An open case under another version of its diagram.

What it waits at must stand there in the same place and be of the same kind; nothing is remembered of where the former
version would have gone. What is new around a place where it waits begins to wait as the case comes over: events on a
border, starts of event sub-processes, events behind an event gateway. So Camunda 7, user guide, «Process Instance
Migration».
"""

from collections.abc import Iterator, Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.util.task import TaskState

from services.engine import state as codec
from services.engine.borders import Border, Opening, below
from services.engine.calls import CALLED
from services.engine.errors import CannotMigrate
from services.engine.gateways import EventGateway
from services.engine.runtime import needs_prediction
from services.engine.stops import workflows
from services.engine.undoing import Again

SPLIT = ".BoundaryEventSplit"


def check(workflow: Any, new: Any, moved: Mapping[str, str]) -> None:
    """Raises CannotMigrate, naming everything the case needs that is missing, elsewhere or of another kind there."""
    missed: set[str] = set()
    hosts: set[str] = set()
    for each, spec in _beside(workflow, new, moved):
        for task in codec.needed(each):
            live, name = task._state & codec.LIVE, task.task_spec.name
            found = spec.task_specs.get(codec.moved_name(name, moved)) if spec is not None else None
            if name.endswith(SPLIT) and found is None:
                hosts.add(name.removesuffix(SPLIT))
            elif (found is None and (live or spec is not None)) or (live and _kind(found) != _kind(task.task_spec)):
                missed.add(task.task_spec.bpmn_id or name)
    if missed or hosts:
        raise CannotMigrate(elements=", ".join(sorted(missed or hosts)))


def _beside(workflow: Any, new: Any, moved: Mapping[str, str]) -> Iterator[tuple[Any, Any]]:
    """The instance and each sub-process and call in it, with what it is drawn as in the new version; None: nothing."""
    specs = {workflow: new.spec}
    for each in workflows(workflow):
        if each is not workflow:
            around = specs.get(each.host.workflow)
            name = codec.moved_name(each.host.task_spec.name, moved)
            host = around.task_specs.get(name) if around is not None else None
            inside = host.spec if isinstance(host, SubWorkflowTask) else None
            specs[each] = new.subprocess_specs.get(each.host.internal_data.get(CALLED, inside))
        yield each, specs[each]


def _kind(spec: Any) -> tuple[type, type]:
    return type(spec), type(getattr(spec, "event_definition", None))


def settle(moved_in: Any, before: Any, moved: Mapping[str, str]) -> None:
    """In the instance as it is read under the new version: look ahead, and let what is new begin to wait."""
    former = {each.host.id if each is not before else None: each.spec for each in workflows(before)}
    for each in workflows(moved_in):
        was = former[None if each is moved_in else each.host.id]
        known = {codec.moved_name(name, moved) for name in was.task_specs}
        live = [task for task in each.tasks.values() if task._state & codec.LIVE]
        if needs_prediction(each.spec):
            for task in live:
                task.task_spec._predict(task, mask=TaskState.NOT_FINISHED_MASK)
        for parent, spec in [*_new_around(each, live, known)]:
            child = parent._add_child(spec, TaskState.FUTURE)
            child._inherit_data()
            if needs_prediction(each.spec):
                spec._predict(child, mask=TaskState.NOT_FINISHED_MASK)
            spec._update(child)


def _new_around(workflow: Any, live: list[Any], known: set[str]) -> Iterator[tuple[Any, Any]]:
    """(below what, the event) of the events that the former version did not have and that belong where it waits."""
    specs = workflow.spec.task_specs
    added = [each for each in specs.values() if each.name not in known]
    if not isinstance(getattr(getattr(workflow, "host", None), "task_spec", None), Again):
        yield from ((workflow.task_tree, each) for each in added if isinstance(each, Opening))
    gateways = {}
    for task in live:
        split = specs.get(task.task_spec.name + SPLIT)
        borders = [each for each in added if isinstance(each, Border) and split is not None and each in split.outputs]
        if borders:
            above = _split_above(task, split)
            yield from ((above, each) for each in borders)
        if isinstance(task.parent.task_spec, EventGateway):
            gateways[task.parent.id] = task.parent
    for gateway in gateways.values():
        yield from ((gateway, each) for each in gateway.task_spec.outputs if each.name not in known)


def _split_above(task: Any, split: Any) -> Any:
    """What holds an activity and the events on its border; the activity had none until now, perhaps."""
    parent = task.parent
    if parent.task_spec is split:
        return parent
    if task.triggered:  # it undoes something: who waits for it looks for it where it is
        raise CannotMigrate(elements=task.task_spec.bpmn_id or task.task_spec.name)
    made = parent._add_child(split, TaskState.COMPLETED)
    made._inherit_data()
    parent._children.remove(task.id)
    made._children.append(task.id)
    task._parent = made.id
    for each in [task, *below(task)]:  # what is above stands before what is below
        task.workflow.tasks[each.id] = task.workflow.tasks.pop(each.id)
    return made
