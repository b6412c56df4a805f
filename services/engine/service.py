"""The moves of an instance: stored state in, `Step` out. No live object outlives a call."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import ErrorEventDefinition
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.util.task import TaskState

from services.engine import state as codec
from services.engine.definition import Definition
from services.engine.errors import CannotMigrate, ExpressionError, NoBoundary, StopGone, UnknownDecision
from services.engine.expressions import evaluate, in_world
from services.engine.reading import Extensions
from services.engine.runtime import QuickWorkflow, look_ahead
from services.engine.specs import NOTHING, ExpressionEngine, OperationTask
from services.engine.step import Passed, Step, Stop, Thrown, World
from services.engine.timers import due_at, tell

ENGINE = ExpressionEngine()
READY, STARTED, COMPLETED = TaskState.READY, TaskState.STARTED, TaskState.COMPLETED


def start(definition: Definition, variables: Mapping[str, Any], world: World) -> Step:
    """Begin an instance with these variables. Raises ExpressionError."""
    with in_world(world):
        workflow = QuickWorkflow(definition.spec, definition.subprocess_specs, script_engine=ENGINE)
        workflow.task_tree.data.update(variables)
        return _advance(definition, workflow, frozenset())


def complete(definition: Definition, state: bytes, stop_id: str, answers: Mapping[str, Any], world: World) -> Step:
    """A person's task or an operation is done. Raises StopGone, ExpressionError, CorruptState."""
    with in_world(world):
        workflow, before = _open(definition, state)
        task = _waiting(workflow, stop_id)
        if task._state not in (READY, STARTED):
            raise StopGone
        task.data.update(_results(task, answers))
        if task._state == READY:
            task.run()
        else:
            look_ahead(task)
            task.complete()
        return _advance(definition, workflow, before, [task])


def receive(definition: Definition, state: bytes, stop_id: str, payload: Mapping[str, Any], world: World) -> Step:
    """A message has come for that stop; its payload becomes variables. Raises StopGone, ExpressionError."""
    with in_world(world):
        workflow, before = _open(definition, state)
        task = _waiting(workflow, stop_id)
        message = _message_of(task)
        if message is None:
            raise StopGone
        task.data.update(payload)
        task.task_spec.catch(task, BpmnEvent(message, payload=dict(payload)))
        task.task_spec._update(task)
        return _advance(definition, workflow, before)


def wake(definition: Definition, state: bytes, stop_ids: Iterable[str], world: World) -> Step:
    """Fire these timers, and no others; one that is gone is passed over. Raises ExpressionError."""
    with in_world(world):
        workflow, before = _open(definition, state)
        for stop_id in stop_ids:
            task = workflow.event_manager.tasks.get(stop_id)
            if task is not None and due_at(task) is not None:
                tell(task)
        return _advance(definition, workflow, before)


def fail(definition: Definition, state: bytes, stop_id: str, error_code: str, world: World) -> Step:
    """An operation failed in a way the diagram treats: its boundary error event takes over.

    Raises StopGone, NoBoundary.
    """
    with in_world(world):
        workflow, before = _open(definition, state)
        task = _waiting(workflow, stop_id)
        event = BpmnEvent(ErrorEventDefinition(error_code, error_code), payload={})
        event.target = task.workflow
        catching = [
            each
            for each in workflow.event_manager.tasks.values()
            if each.parent is not None
            and each.parent is task.parent
            and isinstance(each.task_spec.event_definition, ErrorEventDefinition)
            and each.task_spec.event_definition.code in (None, error_code)
        ]
        if not catching:
            raise NoBoundary(element=task.task_spec.bpmn_name or task.task_spec.name, code=error_code)
        for each in catching[:1]:
            each.task_spec.catch(each, BpmnEvent(each.task_spec.event_definition, payload={}))
            each.task_spec._update(each)
        return _advance(definition, workflow, before)


def look(definition: Definition, state: bytes) -> tuple[Stop, ...]:
    """Everything the instance waits for. Raises CorruptState."""
    return _stops(_load(definition, state))


def variables(definition: Definition, state: bytes, stop_id: str) -> dict[str, Any]:
    """The data as it stands at that stop. Raises StopGone, CorruptState."""
    return dict(_waiting(_load(definition, state), stop_id).data)


def decide(definition: Definition, decision: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """What a decision of the definition's files says to these inputs. Raises UnknownDecision, ExpressionError."""
    if decision not in definition.decisions:
        raise UnknownDecision(decision=decision)
    return definition.decisions[decision].decide(inputs)


def migrate(old: Definition, new: Definition, state: bytes, moved: Mapping[str, str], world: World) -> Step:
    """The instance under another version: data, timers and stop ids are kept. `moved`: old element id -> new one.

    Raises CannotMigrate, naming every element it waits at that the new version does not have.
    """
    workflow = _load(old, state)
    before = frozenset(stop.id for stop in _stops(workflow))
    names = {
        task.task_spec.name for each in _workflows(workflow) for task in each.tasks.values() if task._state & codec.LIVE
    }
    known = set(new.spec.task_specs) | {name for spec in new.subprocess_specs.values() for name in spec.task_specs}
    lost = sorted(name for name in names if moved.get(name, name) not in known)
    if lost:
        raise CannotMigrate(elements=", ".join(lost))
    renamed = codec.rename(state, moved)
    with in_world(world):
        return _advance(new, _load(new, renamed), before)


# ---------------------------------------------------------------- how a move goes


def _load(definition: Definition, state: bytes) -> QuickWorkflow:
    return codec.load(state, definition.spec, definition.subprocess_specs, ENGINE)


def _open(definition: Definition, state: bytes) -> tuple[QuickWorkflow, frozenset[str]]:
    workflow = _load(definition, state)
    return workflow, frozenset(task.id for task in _stopped(workflow))


def _advance(
    definition: Definition, workflow: QuickWorkflow, before: frozenset[str], trail: list[Any] | None = None
) -> Step:
    passed = trail or []
    try:
        workflow.do_engine_steps(did_complete_task=passed.append)
    except SpiffWorkflowException as fault:
        cause = fault.__cause__ or getattr(fault, "exception", None)
        raise (
            cause if isinstance(cause, ExpressionError) else ExpressionError(str(fault), type(fault).__name__)
        ) from fault
    thrown = tuple(Thrown(each.event_definition.name, each.payload or {}) for each in workflow.get_events())
    finished = workflow.completed
    stops = () if finished else _stops(workflow)
    ids = {stop.id for stop in stops}
    trodden = tuple(_passed(task) for task in passed if task._state == COMPLETED and task.task_spec.bpmn_id)
    last = workflow.last_task
    return Step(
        state=codec.dump(workflow),
        stops=stops,
        opened=tuple(stop for stop in stops if stop.id not in before),
        closed=tuple(sorted(before - ids)),
        passed=trodden,
        thrown=thrown,
        variables=dict(last.data) if last is not None else {},
        finished=finished,
        ended_by=_ended_by(definition, trodden) if finished else None,
    )


def _ended_by(definition: Definition, trodden: tuple[Passed, ...]) -> str | None:
    ends = [each.element for each in trodden if each.process == definition.process_id and each.kind == "endEvent"]
    return ends[-1] if ends else None


def _passed(task: Any) -> Passed:
    spec = task.task_spec
    return Passed(spec.bpmn_id, task.workflow.spec.name, _kind(spec))


def _kind(spec: Any) -> str:
    """BPMN local name, from the class: EndEvent is endEvent."""
    name = type(spec).__name__
    known = {
        "OperationTask": "serviceTask",
        "DecisionTask": "businessRuleTask",
        "SafeParallelGateway": "parallelGateway",
    }
    return known.get(name) or name[0].lower() + name[1:]


def _workflows(workflow: QuickWorkflow) -> list[Any]:
    return [workflow, *(each for each in workflow.subprocesses.values() if not each.completed)]


def _stopped(workflow: QuickWorkflow) -> list[Any]:
    """The tasks at which it waits for somebody or something outside."""
    found = [
        task
        for each in _workflows(workflow)
        for task in each.tasks.values()
        if (task._state == READY and task.task_spec.manual)
        or (task._state == STARTED and isinstance(task.task_spec, OperationTask))
    ]
    return found + [task for task in workflow.event_manager.tasks.values() if _waits(task)]


def _waits(task: Any) -> bool:
    return due_at(task) is not None or _message_of(task) is not None


def _message_of(task: Any) -> Any:
    definition = getattr(task.task_spec, "event_definition", None)
    for each in getattr(definition, "event_definitions", [definition]):
        if each is not None and hasattr(each, "correlation_properties"):
            return each
    return None


def _waiting(workflow: QuickWorkflow, stop_id: str) -> Any:
    for task in _stopped(workflow):
        if task.id == stop_id:
            return task
    raise StopGone


def _stops(workflow: QuickWorkflow) -> tuple[Stop, ...]:
    return tuple(_stop(task) for task in _stopped(workflow))


def _stop(task: Any) -> Stop:
    spec = task.task_spec
    extensions: Extensions = getattr(spec, "extensions", None) or NOTHING
    message = _message_of(task)
    found = Stop(
        id=task.id,
        element=spec.bpmn_id or spec.name,
        process=task.workflow.spec.name,
        name=spec.bpmn_name or "",
        waits_for="message" if message is not None else "timer",
        step=extensions.properties.get("step"),
        message=message.name if message is not None else None,
        due_at=due_at(task),
        properties=dict(extensions.properties),
    )
    if isinstance(spec, OperationTask):
        inputs = {key: evaluate(text, task.data) for key, text in extensions.inputs}
        return replace(found, waits_for="operation", operation=extensions.get("topic"), inputs=inputs)
    if not spec.manual:
        return found
    return replace(
        found,
        waits_for="person",
        groups=_groups(extensions, task.data),
        assignee=_optional(extensions.get("assignee"), task.data),
        form=extensions.get("formKey"),
        form_fields=extensions.form_fields,
    )


def _groups(extensions: Extensions, data: Mapping[str, Any]) -> tuple[str, ...]:
    said = _optional(extensions.get("candidateGroups"), data) or ""
    return tuple(part.strip() for part in said.split(",") if part.strip())


def _optional(text: str | None, data: Mapping[str, Any]) -> str | None:
    """Plain text as it is, `${…}` reckoned; nothing stays nothing."""
    if not text:
        return None
    if "${" not in text and "#{" not in text:
        return text
    value = evaluate(text, data)
    return None if value is None or value == "" else str(value)


def _results(task: Any, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What the answers become: what the output parameters name, else all of them."""
    extensions: Extensions = getattr(task.task_spec, "extensions", None) or NOTHING
    if not extensions.outputs:
        return dict(answers)
    return {name: evaluate(text, {**task.data, **answers}) for name, text in extensions.outputs}
