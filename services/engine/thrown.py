"""Messages and signals: what is thrown, and what is waited for under which name.

A name may be an expression; it is reckoned when the case comes there.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import SignalEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition

from services.engine.step import Shouted, Thrown
from services.expressions import ExpressionError, evaluate
from services.shown import Words

NAME = "name"
NO_NAME = Words("the name of a message or signal comes to no text")


def name_of(definition: Any, task: Any) -> str:
    """Under which name that task waits."""
    return str(task.internal_data.get(NAME, definition.name))


def new_to_hearing(task: Any) -> bool:
    """Whether it waits for a signal since an earlier engine, for which that was no place where a case waits."""
    definition = getattr(task.task_spec, "event_definition", None)
    if not isinstance(definition, Signal) or NAME in task.internal_data:
        return False
    definition.update_task(task)
    return True


class _Named:
    """What has a name that may be an expression."""

    name: str
    reckons: bool  #: whether the name is an expression

    def update_task(self, my_task: Any) -> None:
        """Lets the task wait."""
        if NAME not in my_task.internal_data and (self.reckons or isinstance(self, Signal)):
            my_task.internal_data[NAME] = self.reckoned(my_task)

    def reckoned(self, my_task: Any) -> str:
        """The name there. Raises ExpressionError for what comes to no text."""
        if not self.reckons:
            return self.name
        found = evaluate(self.name, my_task.data)
        if not isinstance(found, str) or not found:
            raise ExpressionError(self.name, NO_NAME)
        return found


class MappedMessage(_Named, MessageEventDefinition):
    """A message that carries only what its input parameters name: nothing else of a case leaves its pool.

    It always goes out, to other pools: an instance never catches its own.
    """

    def __init__(
        self, name: str, correlation_properties: Any, payload: Sequence[tuple[str, str]], reckons: bool, **more: Any
    ):
        super().__init__(name, correlation_properties, **more)
        self.payload, self.reckons = tuple(payload), reckons

    def throw(self, my_task: Any) -> None:
        said = {name: evaluate(text, my_task.data) for name, text in self.payload}
        my_task.workflow.top_workflow.bpmn_events.append(Thrown(self.reckoned(my_task), said))


class Signal(_Named, SignalEventDefinition):
    """A signal: everything of the case that waits for it hears it, once, and what is thrown goes out to all cases."""

    def __init__(self, name: str, payload: Sequence[tuple[str, str]], reckons: bool, **more: Any) -> None:
        super().__init__(name, **more)
        self.payload, self.reckons = tuple(payload), reckons

    def throw(self, my_task: Any) -> None:
        top, name = my_task.workflow.top_workflow, self.reckoned(my_task)
        said = {variable: evaluate(text, my_task.data) for variable, text in self.payload}
        top.bpmn_events.append(Shouted(name, said))
        for task in [*top.event_manager.tasks.values()]:
            definition = task.task_spec.event_definition
            if isinstance(definition, Signal) and name_of(definition, task) == name:
                hear(top, task.id, said)


def hear(top: Any, stop_id: str, payload: Mapping[str, Any]) -> None:
    """The one that waits for a signal under that id goes on, if it is still there."""
    task = top.event_manager.tasks.get(stop_id)
    if task is not None:  # what heard it before may have called it off
        definition = task.task_spec.event_definition
        task.data.update(payload)
        task.task_spec.catch(task, BpmnEvent(definition, payload={}))
        task.task_spec._update(task)
