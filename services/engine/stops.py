"""Where an instance waits, and what it went through, in values."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal

from SpiffWorkflow.bpmn.specs.defaults import CallActivity
from SpiffWorkflow.specs.Join import Join
from SpiffWorkflow.util.task import TaskState

from services.bpmn import (
    BAD_NUMBER,
    MOST_PRIORITY,
    ROLE,
    SENDER,
    STAFF,
    Extensions,
    Start,
    by_hand,
    read_length,
    read_moment,
    read_priority,
)
from services.engine.beginning import StartEvent
from services.engine.borders import Border, Opening, around
from services.engine.conditions import condition_of
from services.engine.definition import Definition
from services.engine.errors import StopGone
from services.engine.gateways import PassedTask
from services.engine.runtime import QuickWorkflow, at
from services.engine.specs import NOTHING, OperationTask
from services.engine.step import Passed, Stop
from services.engine.thrown import Signal, name_of
from services.engine.timers import due_at
from services.expressions import ExpressionError, evaluate
from services.shown import Words


def passed(definition: Definition, task: Any) -> Passed:
    """The element that this task stands for; of several at once, every one."""
    process, element = process_of(task), task.task_spec.bpmn_id
    return Passed(element, process, definition.elements[process, element].kind)


def process_of(task: Any) -> str:
    """Id of the process that holds the element: a sub-process drawn inside counts as the process around it."""
    outer = around(task)
    if outer is None or isinstance(outer.task_spec, CallActivity):
        return str(task.workflow.spec.name)
    return process_of(outer)


def workflows(workflow: QuickWorkflow) -> list[Any]:
    """The instance, and the sub-processes and called processes that go on in it."""
    return [workflow, *(each for each in workflow.subprocesses.values() if not each.completed)]


def stopped(workflow: QuickWorkflow) -> list[Any]:
    """The tasks at which it waits for somebody or something outside."""
    found = [
        task
        for each in workflows(workflow)
        for task in each.tasks.values()
        if (task._state == TaskState.READY and task.task_spec.manual)
        or (task._state == TaskState.STARTED and isinstance(task.task_spec, OperationTask | PassedTask | StartEvent))
    ]
    return found + [task for task in workflow.event_manager.tasks.values() if _waits(task)]


def standing_still(workflow: QuickWorkflow) -> Any:
    """Of an instance that waits for nobody and nothing and has not ended: a join that waits for another way."""
    found = (task for each in workflows(workflow) for task in each.tasks.values() if task._state == TaskState.WAITING)
    return next((task for task in found if isinstance(task.task_spec, Join) and task.task_spec.bpmn_id), None)


def _waits(task: Any) -> bool:
    waits_for = due_at(task), message_of(task), signal_of(task), condition_of(task)
    return any(each is not None for each in waits_for)


def message_of(task: Any) -> Any:
    """The message it waits for, or None."""
    definition = getattr(task.task_spec, "event_definition", None)
    for each in getattr(definition, "event_definitions", [definition]):
        if each is not None and hasattr(each, "correlation_properties"):
            return each
    return None


def signal_of(task: Any) -> Signal | None:
    """The signal it waits for, or None."""
    definition = getattr(task.task_spec, "event_definition", None)
    return definition if isinstance(definition, Signal) else None


def is_offered(task: Any) -> bool:
    """Whether it is a message that people send by hand, at a border or the start of an event sub-process.

    Nobody waits for it, and it may never come.
    """
    spec = task.task_spec
    if task._state != TaskState.WAITING or not isinstance(spec, Border | Opening):
        return False
    extensions: Extensions = getattr(spec, "extensions", None) or NOTHING
    return by_hand(extensions) and message_of(task) is not None


def start_by_hand(definition: Definition, start: Start) -> Stop | None:
    """What is offered before the process begins: by a message start event that people send; None for any other."""
    if start.kind != "message" or start.properties.get(SENDER) != STAFF:
        return None
    roles = tuple(each.strip() for each in start.properties.get(ROLE, "").split(",") if each.strip())
    return Stop(
        start.element, start.element, definition.process_id, start.name, "message", start.properties.get("step"), roles,
        form=start.form, message=start.says, properties=dict(start.properties), offered=True,
    )  # fmt: skip


def waiting(workflow: QuickWorkflow, stop_id: str) -> Any:
    """The task of that stop. Raises StopGone."""
    for task in stopped(workflow):
        if task.id == stop_id:
            return task
    raise StopGone


def stops_of(workflow: QuickWorkflow) -> tuple[Stop, ...]:
    """Everything it waits for. Raises ExpressionError."""
    return tuple(_stop(task) for task in stopped(workflow))


def _stop(task: Any) -> Stop:
    with at(task):
        return _stop_at(task)


def _stop_at(task: Any) -> Stop:
    spec = task.task_spec
    extensions: Extensions = getattr(spec, "extensions", None) or NOTHING
    waits = task._state == TaskState.WAITING
    message, signal = (message_of(task), signal_of(task)) if waits else (None, None)
    process, element = process_of(task), spec.bpmn_id or spec.name
    made = partial(
        Stop,
        id=task.id,
        element=element,
        process=process,
        name=spec.bpmn_name or "",
        step=extensions.properties.get("step"),
        message=name_of(message, task) if message is not None else None,
        signal=name_of(signal, task) if signal is not None else None,
        properties=dict(extensions.properties),
    )
    if isinstance(spec, OperationTask):
        inputs = {key: evaluate(text, task.data) for key, text in extensions.inputs}
        topic = extensions.get("topic")
        return made(waits_for="operation", operation=topic, inputs=inputs, due_at=due_at(task))
    if is_offered(task):
        return made(
            waits_for="message",
            offered=True,
            interrupts=bool(getattr(spec, "cancel_activity", False)),
            groups=_listed(extensions.properties.get(ROLE), task.data),
            form=extensions.form(process, element),
            form_fields=extensions.form_fields,
        )
    if not (spec.manual or isinstance(spec, PassedTask | StartEvent)) or waits:
        return made(waits_for=_kind(task), due_at=due_at(task))
    return _for_people(made, task, extensions, extensions.form(process, element))


def _for_people(made: Callable[..., Stop], task: Any, extensions: Extensions, form: str | None) -> Stop:
    """A step that a person does: whom it is offered to, and by when it is to be done. Raises ExpressionError."""
    return made(
        waits_for="person",
        groups=_listed(extensions.get("candidateGroups"), task.data),
        users=_listed(extensions.get("candidateUsers"), task.data),
        assignee=_optional(extensions.get("assignee"), task.data),
        due_at=_moment(extensions.get("dueDate"), task),
        follow_up_at=_moment(extensions.get("followUpDate"), task),
        priority=_priority(extensions.get("priority"), task.data),
        form=form,
        form_fields=extensions.form_fields,
    )


def _kind(task: Any) -> Literal["message", "signal", "condition", "timer"]:
    if message_of(task) is not None:
        return "message"
    if signal_of(task) is not None:
        return "signal"
    return "timer" if condition_of(task) is None else "condition"


def _listed(text: str | None, data: Mapping[str, Any]) -> tuple[str, ...]:
    """Parted by commas; an expression may give a list."""
    found = evaluate(text, data) if text and ("${" in text or "#{" in text) else text
    parts = found if isinstance(found, list) else str(found or "").split(",")
    return tuple(name for part in parts if (name := str(part).strip()))


def _moment(text: str | None, task: Any) -> datetime | None:
    """A moment as ISO text; without an offset it is meant where the office is; a duration is from when the task began.

    Raises ExpressionError.
    """
    said = _optional(text, task.data)
    if said is None:
        return None
    try:
        if said.startswith("P"):
            begun = datetime.fromtimestamp(task.internal_data.get("since", task.last_state_change), UTC)
            return read_length(said).after(begun)
        return read_moment(said).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ExpressionError(text or "", Words("%(said)s is not a moment", {"said": said})) from None


def _priority(text: str | None, data: Mapping[str, Any]) -> int:
    """50 when nothing is said. Raises ExpressionError."""
    said = _optional(text, data)
    if said is None:
        return 50
    try:
        return read_priority(said)
    except ValueError:
        told = {"number": said[:40], "most": MOST_PRIORITY}
        raise ExpressionError(text or "", Words(BAD_NUMBER.text, told)) from None


def _optional(text: str | None, data: Mapping[str, Any]) -> str | None:
    """Plain text as it is, `${…}` reckoned; nothing stays nothing."""
    if not text:
        return None
    said = text
    if "${" in text or "#{" in text:
        value = evaluate(text, data)
        said = "" if value is None else str(value)
    return said.strip() or None
