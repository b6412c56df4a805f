"""The moves of an instance: stored state in, `Step` out. No live object outlives a call."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from operator import itemgetter
from typing import Any

from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.util.task import TaskState

from services.bpmn import Extensions, engine_name
from services.engine import moving, scopes
from services.engine import state as codec
from services.engine.borders import CodedError, take_over, treats
from services.engine.budget import MOST_STATE, MOST_STEPS, MOST_WAITING, TOO_LARGE, TOO_MANY, spending
from services.engine.conditions import show_changes
from services.engine.definition import Definition
from services.engine.errors import (
    CannotGoOn,
    NoBoundary,
    NoPlainStart,
    NoSuchStart,
    StopGone,
)
from services.engine.noting import decided, noting
from services.engine.runtime import QuickWorkflow, look_ahead
from services.engine.runtime import at as placed
from services.engine.specs import NOTHING, ExpressionEngine
from services.engine.step import Asked, Passed, Shouted, Step, Stop, Thrown
from services.engine.stops import (
    is_offered,
    message_of,
    passed,
    process_of,
    signal_of,
    standing_still,
    stopped,
    stops_of,
    waiting,
)
from services.engine.thrown import hear, new_to_hearing
from services.engine.timers import due_at, tell
from services.expressions import ExpressionError, World, evaluate, in_world
from services.shown import Words

ENGINE = ExpressionEngine()
CANNOT = Words("what is drawn there cannot be carried out")
FAILED = Words("the engine failed, and the administrator sees in the log at what")
NOTHING_COMES = Words("nothing more can come to it, and the case waits for nothing else")
ROUND_AND_ROUND = Words("the case goes round and round here and waits for nobody")
#: what comes out of the engine's library where nobody foresaw it
OF_THE_ENGINE = (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
logger = logging.getLogger("komek.engine")
READY, STARTED, COMPLETED = TaskState.READY, TaskState.STARTED, TaskState.COMPLETED


def start(
    definition: Definition,
    variables: Mapping[str, Any],
    world: World,
    *,
    at: str | None = None,
    asks: bool = False,
) -> Step:
    """Begin an instance with these variables, at that start event: it has come.

    Without one it begins where a person begins it. `asks`: where the start event has a form, somebody fills it in
    first. Raises NoPlainStart, NoSuchStart, ExpressionError.
    """
    at = at or definition.begins_at
    if at is None:
        raise NoPlainStart(process=definition.name, starts=", ".join(each.element for each in definition.starts))
    if at not in {each.element for each in definition.starts}:
        raise NoSuchStart(element=at, process=definition.name)
    with _moving(definition, world):
        given = definition.spec, definition.subprocess_specs
        workflow = QuickWorkflow(*given, script_engine=ENGINE, at=engine_name(at), asks=asks)
        if definition.spec.watches:
            workflow.changes = scopes.Changes()
        workflow.task_tree.data = scopes.begin(workflow, variables)
        return _advance(definition, workflow, frozenset())


def complete(
    definition: Definition,
    state: bytes,
    stop_id: str,
    answers: Mapping[str, Any],
    world: World,
    *,
    local: Mapping[str, Any] | None = None,
) -> Step:
    """A person's task or an operation is done; `local` answers are seen by its output parameters only.

    Raises StopGone, ExpressionError, CorruptState.
    """
    with _moving(definition, world):
        workflow, before = _open(definition, state)
        task = waiting(workflow, stop_id)
        if task._state not in (READY, STARTED):
            raise StopGone
        _take(task, answers, local or {})
        if task._state == READY:
            task.run()
        else:
            look_ahead(task)
            with placed(task):
                task.complete()
        return _advance(definition, workflow, before, [task])


def receive(definition: Definition, state: bytes, stop_id: str, payload: Mapping[str, Any], world: World) -> Step:
    """A message or signal has come for that stop; its payload becomes variables. Raises StopGone, ExpressionError."""
    with _moving(definition, world):
        workflow, before = _open(definition, state)
        task = waiting(workflow, stop_id)
        message = message_of(task)
        if signal_of(task) is not None:
            hear(workflow, task.id, payload)
        elif message is None:
            raise StopGone
        else:
            task.data.update(payload)
            task.task_spec.catch(task, BpmnEvent(message, payload=dict(payload)))
            task.task_spec._update(task)
        return _advance(definition, workflow, before)


def wake(definition: Definition, state: bytes, stop_ids: Iterable[str], world: World) -> Step:
    """Fire these timers and no others, the earliest first; one that is gone, or goes meanwhile, is passed over.

    Raises ExpressionError, CorruptState.
    """
    with _moving(definition, world):
        workflow, before = _open(definition, state)
        trail: list[Any] = []
        wanted = set(stop_ids)
        told = [(due, task) for task in stopped(workflow) if task.id in wanted and (due := due_at(task)) is not None]
        for _, task in sorted(told, key=itemgetter(0)):
            if task.id in workflow.event_manager.tasks:
                tell(task)
                _run(workflow, trail)
        return _advance(definition, workflow, before, trail)


def fail(
    definition: Definition,
    state: bytes,
    stop_id: str,
    error_code: str,
    world: World,
    brings: Mapping[str, Any] | None = None,
) -> Step:
    """An operation failed in a way the diagram treats: the nearest boundary error event around it takes over.

    What it `brings` becomes variables on the way from there.
    Raises StopGone, NoBoundary, CorruptState.
    """
    with _moving(definition, world):
        workflow, before = _open(definition, state)
        task = waiting(workflow, stop_id)
        border = treats(task, CodedError, error_code)
        if border is None:
            raise NoBoundary(element=task.task_spec.bpmn_name or task.task_spec.name, code=error_code)
        take_over(border, error_code, brings or {})
        return _advance(definition, workflow, before)


def look(definition: Definition, state: bytes) -> tuple[Stop, ...]:
    """Everything the instance waits for. Raises CorruptState."""
    return stops_of(_load(definition, state))


def variables(definition: Definition, state: bytes, stop_id: str) -> dict[str, Any]:
    """The data as it stands at that stop. Raises StopGone, CorruptState."""
    return dict(waiting(_load(definition, state), stop_id).data)


def known(definition: Definition, state: bytes) -> dict[str, Any]:
    """The variables of the instance itself, wherever it waits. Raises CorruptState."""
    return dict(_load(definition, state).task_tree.data)


def change(definition: Definition, state: bytes, values: Mapping[str, Any], world: World) -> Step:
    """Set variables of the instance by hand; the others stay. Raises ExpressionError, CorruptState."""
    with _moving(definition, world):
        workflow, before = _open(definition, state)
        workflow.task_tree.data.update(values)
        return _advance(definition, workflow, before)


def drawing_of(definition: Definition, decision: str) -> bytes | None:
    """The file in which a decision is drawn; None for one that it does not have."""
    found = definition.decisions.get(decision)
    return definition.resources[found.file] if found is not None else None


def migrate(old: Definition, new: Definition, state: bytes, moved: Mapping[str, str], world: World) -> Step:
    """The instance under another version: data, timers and stop ids are kept. `moved`: old element id -> new one.

    What is new around where it waits begins to wait, too. Raises CannotMigrate, naming every element it needs that the
    new version does not have, has elsewhere or of another kind; ExpressionError.
    """
    workflow = _load(old, state)
    moving.check(workflow, new, moved)
    before = frozenset(stop.id for stop in stops_of(workflow) if not stop.offered)
    renamed = codec.rename(codec.dump(workflow, ahead=False), moved)
    with _moving(new, world):
        loaded = _load(new, renamed)
        moving.settle(loaded, workflow, moved)
        return _advance(new, loaded, before)


# ---------------------------------------------------------------- how a move goes


def _load(definition: Definition, state: bytes) -> QuickWorkflow:
    return codec.load(state, definition.spec, definition.subprocess_specs, ENGINE)


def _open(definition: Definition, state: bytes) -> tuple[QuickWorkflow, frozenset[str]]:
    workflow = _load(definition, state)
    return workflow, frozenset(
        task.id for task in stopped(workflow) if not new_to_hearing(task) and not is_offered(task)
    )


@contextmanager
def _moving(definition: Definition, world: World) -> Iterator[None]:
    """In this world, within one budget; whatever cannot be done with the diagram or the data names where, in words."""
    with in_world(world), noting(), spending():
        try:
            yield
        except ExpressionError as fault:
            raise (fault if fault.task is None else fault.at(_where(definition, fault.task))) from fault.__cause__
        except SpiffWorkflowException as fault:
            task = getattr(fault, "task", None)
            refusal = CannotGoOn(CANNOT, task=task)
            raise (refusal.at(_where(definition, task)) if task is not None else refusal) from fault
        except OF_THE_ENGINE as fault:
            logger.exception("the engine failed in %s", definition.process_id)
            raise CannotGoOn(FAILED) from fault


def _where(definition: Definition, task: Any) -> str:
    """What stands in the drawing there: its name, or its id."""
    element = (
        task.task_spec.bpmn_id or task.task_spec.name.partition(" ")[0]
    )  # what is not drawn is called by what it belongs to
    drawn = definition.elements.get((process_of(task), element))
    return (drawn.name if drawn is not None else "") or str(element)


def _run(workflow: QuickWorkflow, trail: list[Any]) -> None:
    """As far as it goes without anybody; every task done is added to the trail."""

    def note(task: Any) -> None:
        trail.append(task)
        show_changes(workflow)
        if len(trail) > MOST_STEPS:
            raise CannotGoOn(ROUND_AND_ROUND, task=task)

    show_changes(workflow)
    workflow.do_engine_steps(did_complete_task=note)


def _advance(
    definition: Definition, workflow: QuickWorkflow, before: frozenset[str], trail: list[Any] | None = None
) -> Step:
    trail = [] if trail is None else trail
    _run(workflow, trail)
    thrown = workflow.get_events()
    finished = workflow.completed
    stops = () if finished else stops_of(workflow)
    if not stops and not finished:
        raise CannotGoOn(NOTHING_COMES, task=standing_still(workflow))
    if len(stops) > max(MOST_WAITING, len(before)):
        raise CannotGoOn(TOO_MANY)
    ids = {stop.id for stop in stops}
    state = codec.dump(workflow)
    if len(state) > MOST_STATE:
        raise CannotGoOn(TOO_LARGE)
    trodden = tuple(passed(definition, task) for task in trail if task._state == COMPLETED and task.task_spec.bpmn_id)
    return Step(
        state=state,
        stops=stops,
        opened=tuple(stop for stop in stops if stop.id not in before and not stop.offered),
        closed=tuple(sorted(before - ids)),
        passed=trodden,
        thrown=tuple(each for each in thrown if isinstance(each, Thrown)),
        signals=tuple(each for each in thrown if isinstance(each, Shouted)),
        variables=dict(workflow.task_tree.data),
        decided=tuple(Asked(task.task_spec.bpmn_id, process_of(task), each) for task, each in decided()),
        finished=finished,
        ended_by=_ended_by(definition, trodden) if finished else None,
    )


def _ended_by(definition: Definition, trodden: tuple[Passed, ...]) -> str | None:
    ends = [each.element for each in trodden if each.process == definition.process_id and each.kind == "endEvent"]
    return ends[-1] if ends else None


def _take(task: Any, answers: Mapping[str, Any], local: Mapping[str, Any]) -> None:
    """What the answers become: what the output parameters name, around the task; else all but the local ones."""
    extensions: Extensions = getattr(task.task_spec, "extensions", None) or NOTHING
    if not extensions.outputs:
        task.data.update(answers)
        return
    seen = {**task.data, **local, **answers}
    with placed(task):
        scopes.set_outputs(task, {name: evaluate(text, seen) for name, text in extensions.outputs})
