"""Conditional events: what waits until a condition holds over the variables that it sees.

docs.camunda.org/manual/7.21/reference/bpmn20/events/conditional-events: a condition is asked when the case comes there,
and again each time that a variable is created, changed or taken away that is seen from there; one that does not
interrupt as often as it holds then. `variableName` and `variableEvents` say which changes count; they mean nothing on
arrival.
"""

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent

from services.engine.scopes import Changes, Local, VariableChange
from services.expressions import ExpressionError, holds

ASKED = "asked"


class Condition(EventDefinition):
    """What is waited for."""

    def __init__(self, name: str, condition: str, variable: str | None, events: frozenset[str], **more: Any) -> None:
        super().__init__(name, **more)
        self.condition, self.variable, self.events = condition, variable, events

    def has_fired(self, my_task: Any) -> bool:
        """On arrival the condition is asked; later only when something has changed. Raises ExpressionError."""
        if ASKED not in my_task.internal_data:
            begin(my_task)
            if _holds(self, my_task):
                my_task.task_spec.catch(my_task, BpmnEvent(self, payload={}))
        return bool(my_task.internal_data.get("event_fired"))

    def concerns(self, change: VariableChange) -> bool:
        """Whether a change of that kind, of that variable, counts."""
        return self.variable in (None, change.name) and (not self.events or change.kind in self.events)


def condition_of(task: Any) -> Condition | None:
    """The condition it waits for, or None."""
    definition = getattr(task.task_spec, "event_definition", None)
    return definition if isinstance(definition, Condition) else None


def begin(task: Any) -> None:
    """From now on it looks at changes, not at those before."""
    task.internal_data[ASKED] = 1
    changes: Changes | None = task.workflow.top_workflow.changes
    if changes is not None:
        task.since = changes.shown or changes.count


def waits_for_conditions(specs: Any) -> bool:
    """Whether anything in these processes waits for a condition."""
    return any(
        isinstance(each, CatchingEvent) and isinstance(each.event_definition, Condition)
        for spec in specs
        for each in spec.task_specs.values()
    )


def show_changes(top: Any) -> None:
    """Let everything that waits for a condition see what has been set since the last time. Raises ExpressionError."""
    changes: Changes | None = top.changes
    if changes is None:
        return
    for change in changes:
        for task in [*top.event_manager.tasks.values()]:
            definition = condition_of(task)
            if definition is None or task.id not in top.event_manager.tasks or not definition.concerns(change):
                continue
            if _sees(task, change) and _holds(definition, task):
                task.task_spec.catch(task, BpmnEvent(definition, payload={}))
                task.task_spec._update(task)


def _holds(definition: Condition, task: Any) -> bool:
    try:
        return holds(definition.condition, _seen_from(task))
    except ExpressionError as fault:  # it is not what runs just now that is at fault
        fault.task = task
        raise


def about_to_leave(workflow: Any, task: Any) -> None:
    """What was set in an activity with a condition on its border is seen there before it is left."""
    show_changes(workflow.top_workflow)


def _sees(task: Any, change: VariableChange) -> bool:
    if getattr(task, "since", 0) >= change.number:
        return False
    host = _host(task)
    if host is not None and change.leaving == host.id:
        return False  # what an activity's output parameters set comes about when it has been left
    return any(scope is change.scope for scope in _scopes(_seen_from(task)))


def _scopes(data: Any) -> Iterator[Any]:
    while isinstance(data, Local):
        yield data.own
        data = data.outer
    yield data


def _seen_from(task: Any) -> Any:
    """A condition on a border sees what the activity has of its own, too."""
    host = _host(task)
    return task.data if host is None else host.data


def _host(task: Any) -> Any:
    if not isinstance(task.task_spec, BoundaryEvent):
        return None
    return next((each for each in task.parent.children if not isinstance(each.task_spec, BoundaryEvent)), None)
