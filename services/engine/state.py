"""An instance as bytes: what is alive and what it needs, never the diagram. Below 2 KB, the same after fifty loops."""

from collections.abc import Mapping
from threading import local
from typing import Any

import orjson
import zstandard
from SpiffWorkflow.bpmn.specs.control import EventSplit
from SpiffWorkflow.bpmn.specs.defaults import CallActivity
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.specs.Join import Join
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from services.engine.calls import called_by
from services.engine.errors import CorruptState
from services.engine.former import share_variables
from services.engine.gateways import PassedTask
from services.engine.runtime import WAITING, QuickSubWorkflow, QuickWorkflow, needs_prediction, new_id
from services.engine.scopes import Changes, Local, around, begin, own_of
from services.engine.undoing import rename_done

MAGIC, FORMER = b"KS\x02", b"KS\x01"
LIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED
READY, STARTED = TaskState.READY, TaskState.STARTED
FINISHED = TaskState.FINISHED_MASK
NOT_YET = TaskState.PREDICTED_MASK | TaskState.FUTURE
#: what SpiffWorkflow adds to the id of an activity with events on its border; ours is added after a blank
BORDERS = (".BoundaryEventSplit", ".BoundaryEventJoin")
LEVEL = 1
LARGEST_STATE = 32 * 1024 * 1024


def dump(workflow: QuickWorkflow, *, ahead: bool = True) -> bytes:
    """The instance as bytes; `ahead`: with what it looks ahead to, where its elements look at that."""
    top, places = _dump_one(workflow, 0, ahead=ahead)
    where = dict(places)
    subs: list[dict[str, Any]] = []
    for task_id, sub in workflow.subprocesses.items():
        if task_id not in where:
            continue
        parent = workflow.get_task_from_id(task_id)
        if sub.completed and parent._state & FINISHED:
            continue  # nothing can need it any more
        said, places = _dump_one(sub, len(subs) + 1, ahead=ahead)
        said["p"] = where[task_id]
        subs.append(said)
        where |= places
    return _packed({"top": top, "subs": subs})


def load(state: bytes, spec: Any, subprocess_specs: Mapping[str, Any], engine: Any) -> QuickWorkflow:
    """The instance that these bytes are. Raises CorruptState."""
    try:
        said = _unpacked(state)
        if state[:3] == FORMER:
            share_variables(said, spec, subprocess_specs)
        return _load(said, spec, subprocess_specs, engine)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, zstandard.ZstdError) as fault:
        raise CorruptState from fault


def rename(state: bytes, moved: Mapping[str, str]) -> bytes:
    """The state with elements renamed: old id -> new id. Raises CorruptState."""
    if not moved:
        return state
    try:
        said = _unpacked(state)
    except (ValueError, zstandard.ZstdError) as fault:
        raise CorruptState from fault
    for part in (said["top"], *said["subs"]):
        part["n"] = [moved_name(name, moved) for name in part["n"]]
        rename_done(part, moved)
    return _packed(said, state[:3])


def moved_name(name: str, moved: Mapping[str, str]) -> str:
    """Under which name it is known then; what the engine adds to the id of an element stays."""
    key, blank, added = name.partition(" ")
    for ending in BORDERS if key not in moved else ():
        if key.endswith(ending):
            key, blank, added = key.removesuffix(ending), ending, ""
    return moved.get(key, key) + blank + added


class _Zstd(local):
    """What packs and unpacks: made once a thread, which is dearer than packing; not to be shared by two."""

    def __init__(self) -> None:
        self.pack = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True)
        self.unpack = zstandard.ZstdDecompressor()


_ZSTD = _Zstd()


def _packed(said: Mapping[str, Any], magic: bytes = MAGIC) -> bytes:
    written = orjson.dumps(said, option=orjson.OPT_NON_STR_KEYS)
    return magic + _ZSTD.pack.compress(written)


def _unpacked(state: bytes) -> dict[str, Any]:
    """What `_packed` wrote. Raises ValueError or ZstdError, before it unpacks what is too large."""
    if state[:3] not in (MAGIC, FORMER) or not 0 < zstandard.frame_content_size(state[3:]) <= LARGEST_STATE:
        raise ValueError("these bytes are not a state")
    said: dict[str, Any] = orjson.loads(_ZSTD.unpack.decompress(state[3:]))
    return said


# ---------------------------------------------------------------- what is worth keeping


def needed(workflow: Any) -> list[Any]:
    """The tasks of one instance, sub-process or call without which it could not go on."""
    return [task for task, _ in _kept(workflow, ahead=False)]


def _kept(workflow: Any, *, ahead: bool) -> list[tuple[Any, Any]]:
    """(task, its nearest kept ancestor) in order."""
    tasks = workflow.tasks
    if ahead and needs_prediction(workflow.spec):
        return [(task, tasks.get(task._parent)) for task in tasks.values()]
    keep = _needed(workflow)
    _keep_forks(tasks, keep)
    _drop_closed_splits(tasks, keep, workflow)
    rows = []
    for task_id, task in tasks.items():
        if task_id in keep:
            above = task._parent
            while above is not None and above not in keep:
                above = tasks[above]._parent
            rows.append((task, tasks[above] if above is not None else None))
    return rows


def _needed(workflow: Any) -> set[Any]:
    tasks, last = workflow.tasks, workflow.last_task
    live = [task for task in tasks.values() if task._state & LIVE]
    keep = {workflow.task_tree.id}
    for task in live:
        keep |= {task.id, task._parent} - {None}
        if isinstance(task.task_spec, LoopTask):
            keep |= {child for child in task._children if not tasks[child]._state & NOT_YET}
    if last is not None and last.id in tasks:
        keep.add(last.id)
    open_joins = _open_joins(live)
    for task in tasks.values():
        if not task._state & FINISHED:
            continue
        if task.task_spec.name in open_joins:
            keep |= {task.id, task._parent} - {None}
        elif isinstance(task.task_spec, EventSplit) or task.triggered:
            keep.add(task.id)
    return keep


def _open_joins(live: list[Any]) -> set[str]:
    """Joins that wait for another branch: they look at those that have arrived, and at their parents."""
    return {task.task_spec.name for task in live if isinstance(task.task_spec, Join)}


def _keep_forks(tasks: Mapping[Any, Any], keep: set[Any]) -> None:
    """A task with two kept branches below it stays: joins look for what they come from."""
    branches: dict[Any, set[Any]] = {}
    for task_id in list(keep):
        child, above = task_id, tasks[task_id]._parent
        while above is not None:
            known = branches.setdefault(above, set())
            seen = child in known
            known.add(child)
            if seen:
                break
            child, above = above, tasks[above]._parent
    for above, below in branches.items():
        if len(below) > 1:
            keep.add(above)


def _drop_closed_splits(tasks: Mapping[Any, Any], keep: set[Any], workflow: Any) -> None:
    """A boundary region is kept while something inside it is alive."""
    open_joins = _open_joins([task for task in tasks.values() if task._state & LIVE])
    alive_below: set[Any] = set()
    for task_id in list(keep):
        if tasks[task_id]._state & LIVE or tasks[task_id].task_spec.name in open_joins:
            above = tasks[task_id]._parent
            while above is not None and above not in alive_below:
                alive_below.add(above)
                above = tasks[above]._parent
    for task_id in list(keep):
        task = tasks[task_id]
        if not isinstance(task.task_spec, EventSplit):
            continue
        if task_id in alive_below:
            keep |= {child for child in task._children if not tasks[child]._state & NOT_YET}
        else:
            keep.discard(task_id)


# ---------------------------------------------------------------- writing and reading


def _dump_one(workflow: Any, number: int, *, ahead: bool) -> tuple[dict[str, Any], dict[Any, tuple[int, int]]]:
    rows = _kept(workflow, ahead=ahead)
    names: dict[str, int] = {}
    written: list[list[Any]] = []
    places: dict[Any, int] = {}
    for at, (task, above) in enumerate(rows):
        places[task.id] = at
        name = names.setdefault(task.task_spec.name, len(names))
        row = [name, -1 if above is None else places[above.id], task._state, int(task.last_state_change * 1000)]
        data = own_of(task) or 0
        more = [task.id if task._state & LIVE else 0, _internal(task) or 0, data, 1 if task.triggered else 0]
        written.append(row + more if any(more) else row)
    said: dict[str, Any] = {"n": list(names), "t": written, "r": places[workflow.task_tree.id]}
    host = getattr(workflow, "host", None)
    if host is None or isinstance(host.task_spec, CallActivity):
        said["v"] = workflow.task_tree.data
    if workflow.done:
        said["u"] = workflow.done
    if workflow.correlations:
        said["c"] = workflow.correlations
    if workflow.last_task is not None and workflow.last_task.id in places:
        said["l"] = places[workflow.last_task.id]
    if workflow.completed:
        said["done"] = 1
    if not workflow.success:
        said["fail"] = 1
    return said, {task_id: (number, at) for task_id, at in places.items()}


def _internal(task: Any) -> dict[str, Any]:
    """Without events already consumed in this step."""
    return {key: value for key, value in task.internal_data.items() if key != "seen_events"}


def _load(said: dict[str, Any], spec: Any, subprocess_specs: Mapping[str, Any], engine: Any) -> QuickWorkflow:
    workflow = QuickWorkflow(spec, subprocess_specs, script_engine=engine, deserializing=True)
    if spec.watches:
        workflow.changes = Changes()
    loaded = [_load_one(workflow, said["top"], workflow.event_manager)]
    for sub in said["subs"]:
        number, at = sub["p"]
        parent = loaded[number][at]
        made = QuickSubWorkflow(subprocess_specs[called_by(parent)], parent.id, workflow, deserializing=True)
        made.host = parent
        loaded.append(_load_one(made, sub, workflow.event_manager, parent.data))
        workflow.subprocesses[parent.id] = made
        made.completed_event.connect(parent.task_spec._on_subworkflow_completed, parent)
    return workflow


def _load_one(workflow: Any, said: dict[str, Any], manager: Any, outside: Any = None) -> list[Any]:
    variables = said.get("v", outside)
    if not isinstance(variables, dict | Local):
        raise ValueError("there are no variables")
    if "v" in said:
        variables = begin(workflow, variables)
    specs = [workflow.spec.task_specs[name] for name in said["n"]]
    loaded: list[Any] = []
    for row in said["t"]:
        name, above, state, changed_ms = row[:4]
        own: Any
        task_id, internal, own, triggered = row[4:] if len(row) > 4 else (0, 0, 0, 0)
        parent = loaded[above] if above >= 0 else None
        if state == READY and isinstance(specs[name], PassedTask):
            state = STARTED  # somebody waits there since an earlier engine
        task = Task.__new__(Task)
        task.__dict__ = {
            "id": task_id or new_id(), "workflow": workflow, "_parent": parent.id if parent is not None else None,
            "_children": [], "_state": state, "triggered": bool(triggered), "task_spec": specs[name], "thread_id": 0,
            "data": variables if parent is None else around(parent), "internal_data": internal or {},
            "last_state_change": changed_ms / 1000,
        }  # fmt: skip
        if own:
            one_of_several = triggered and parent is not None and isinstance(parent.task_spec, LoopTask)
            task.data = Local(own, parent.data if parent is not None and one_of_several else task.data, task.id)
        loaded.append(task)
        workflow.tasks[task.id] = task
        if parent is not None:
            parent._children.append(task.id)
        if state == WAITING and isinstance(task.task_spec, CatchingEvent):
            manager.add_task(task)
    workflow.task_tree = loaded[said["r"]]
    workflow.done = said.get("u")
    workflow.correlations = said.get("c", {})
    workflow.last_task = loaded[said["l"]] if "l" in said else None
    workflow.completed = "done" in said
    workflow.success = "fail" not in said
    return loaded
