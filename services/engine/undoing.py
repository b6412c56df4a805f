"""Compensation: what was completed is undone, once, in the reverse order (BPMN 2.0.2, 10.7 and 13.5.5).

A process, and each sub-process, keeps a list of what was completed in it and can be undone: `workflow.done`. It holds
{"a": activity, "x": how often in a row, "l": its own variables then, "in": what was completed in a sub-process, "each":
the entries of several, "seq": they were one after another}. What throws compensation takes entries from the list and
has them undone, one after another; those of several at once, at once. A sub-process is opened again as it was left.
"""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.control import SimpleBpmnTask
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.util.task import TaskState

from services.bpmn import Extensions
from services.engine import scopes
from services.engine.borders import SubProcess, around, call_off, call_off_others, take_over
from services.engine.budget import MOST_UNDONE
from services.engine.errors import CannotGoOn
from services.engine.joins import Ending
from services.engine.runtime import needs_prediction
from services.shown import Words

Entry = dict[str, Any]
INTERNAL = 5  #: where a stored row has what a task keeps for itself
QUEUE, BY, ENTRY, EACH = "undo", "undo_by", "undo_entry", "undo_each"
#: what is put into a process that has something to undo, and is not drawn: no id in XML has a blank
UNDONE, UNDO_ALL, AGAIN = "undone ", "all ", " undo"
CHILD = " [child]"  #: SpiffWorkflow's name for one of several
TOO_MUCH = Words(
    "more has been done here that may have to be undone than is kept: %(most)s times", {"most": MOST_UNDONE}
)


# ---------------------------------------------------------------- what was done


def prepare(specs: Iterable[Any], by_name: dict[str, Any]) -> None:
    """Let the processes note what can be undone. `by_name`: every sub-process by the name under which it is known."""
    for spec in specs:
        for name, each in [*spec.task_specs.items()]:
            inside = by_name.get(each.spec) if type(each) is SubProcess else None
            if inside is not None and undoable(inside, by_name):
                _open_again(spec, name.removesuffix(CHILD), each.spec, inside)
        names = set(spec.undone_by) | {name.removesuffix(AGAIN) for name in spec.task_specs if name.endswith(AGAIN)}
        for name in (names & spec.task_specs.keys()) - spec.handlers:
            each = spec.task_specs[name]
            for told in (each, spec.task_specs[each.task_spec]) if isinstance(each, LoopTask) else (each,):
                if not told.completed_event.is_connected(_note):
                    told.completed_event.connect(_note)


def undoable(spec: Any, by_name: dict[str, Any]) -> bool:
    """Whether anything in the process can be undone, however deep within."""
    inside = (by_name.get(each.spec) for each in spec.task_specs.values() if type(each) is SubProcess)
    return bool(spec.undone_by or spec.undo_start) or any(
        undoable(each, by_name) for each in inside if each is not None
    )


def _open_again(spec: Any, name: str, key: str, inside: Any) -> None:
    if name + AGAIN in spec.task_specs:
        return
    again = Again(spec, name + AGAIN, subworkflow_spec=key)
    again.bpmn_id, again.extensions = None, Extensions()
    sink_of(spec).connect_from(again)
    if UNDO_ALL not in inside.task_specs:
        every = UndoAll(inside, UNDO_ALL)
        every.connect(inside.end)
        every._inputs.append(inside.start.name)
        inside.undoes = True


def sink_of(spec: Any) -> "Undone":
    """Where what undoes leads to."""
    found = spec.task_specs.get(UNDONE)
    return found if found is not None else Undone(spec, UNDONE)


def begun_by_itself(spec: Any, first: Any) -> None:
    """What no flow leads to and yet begins: SpiffWorkflow asks of everything what comes before it."""
    if not first._inputs:
        first._inputs.append(sink_of(spec).name)


def _note(workflow: Any, task: Any) -> None:
    spec, parent = task.task_spec, task.parent
    one_of_several = isinstance(parent.task_spec, LoopTask) and parent.task_spec.task_spec == spec.name
    name = parent.task_spec.name if one_of_several else spec.name
    if isinstance(spec, LoopTask):
        each = task.internal_data.pop(EACH, [])
        sequential = not isinstance(spec, defaults.ParallelMultiInstanceTask)
        _add(workflow, {"a": name, "each": each, **({"seq": 1} if sequential else {})} if each else None)
        return
    entry = _entry(name, task, workflow.spec)
    if not one_of_several:
        _add(workflow, entry)
    elif entry is not None:
        parent.internal_data.setdefault(EACH, []).append(entry)


def _entry(name: str, task: Any, spec: Any) -> Entry | None:
    entry: Entry = {"a": name}
    inside = task.workflow.top_workflow.subprocesses.get(task.id)
    own = dict(scopes.own_of(task) or {})
    if type(task.task_spec) is SubProcess and name not in spec.undone_by:
        if inside is None or not (inside.done or inside.spec.undo_start):
            return None
        entry |= {"in": inside.done} if inside.done else {}
    else:  # what undoes it stands beside it: it has the number and the item, not the inputs
        own = {key: value for key, value in own.items() if key not in dict(task.task_spec.extensions.inputs)}
    return entry | ({"l": deepcopy(own)} if own else {})


def _add(workflow: Any, entry: Entry | None) -> None:
    if entry is None:
        return
    done = workflow.done = workflow.done or []
    if done and {**done[-1], "x": 1} == {**entry, "x": 1}:
        done[-1]["x"] = done[-1].get("x", 1) + 1
    elif len(done) < MOST_UNDONE:
        done.append(entry)
    else:
        raise CannotGoOn(TOO_MUCH)


def rename_done(part: dict[str, Any], moved: Mapping[str, str]) -> None:
    """In a stored part of a state, the activities on its lists get their new names."""
    lists = [part.get("u")]
    for row in part["t"]:
        if len(row) > INTERNAL and row[INTERNAL]:
            lists += [row[INTERNAL].get(QUEUE), row[INTERNAL].get(EACH)]
    ahead = [entry for each in lists for entry in each or ()]
    while ahead:
        entry = ahead.pop()
        for key in ("a", "how"):
            if key in entry:
                entry[key] = moved.get(entry[key], entry[key])
        ahead += [*entry.get("in", ()), *entry.get("each", ())]


# ---------------------------------------------------------------- what undoes it


class Undone(SimpleBpmnTask):
    """Something has been undone: nothing follows here."""

    def connect_from(self, spec: Any) -> None:
        spec.connect(self)
        if not spec._inputs:
            spec._inputs.append(self.name)


class _Undoes(BpmnSpecMixin, TaskSpec):
    """A compensation: waits until what it takes from the lists has been undone."""

    def gather(self, my_task: Any) -> list[Entry]:
        """What is to be undone, the first one last. Each has `up`: how many sub-processes around it was done in."""
        return _taken(my_task, None)

    def _run_hook(self, my_task: Any) -> bool | None:
        my_task.internal_data[QUEUE] = self.gather(my_task)
        return True if not _begin_next(my_task) else None

    def undo_on(self, my_task: Any) -> bool | None:
        """Whether everything is undone, and not only the next begun; None while it waits for that."""
        for host in _hosts(my_task):
            for each in [child for child in host.children if child.internal_data.get(BY) == my_task.id]:
                if _alive(each):
                    return None
                call_off(each)
                host.workflow._remove_task(each.id)
        return not _begin_next(my_task)


class UndoThrow(_Undoes):
    """A compensation throw or end event: all that was done in its scope, or one activity."""

    def __init__(self, wf_spec: Any, name: str, only: str | None = None, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.only = only

    def gather(self, my_task: Any) -> list[Entry]:
        return _taken(my_task, self.only)


class UndoAll(_Undoes):
    """A sub-process that has been opened again: what it draws for that, or all that was done in it."""

    def __init__(self, wf_spec: Any, name: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.bpmn_id = None

    def gather(self, my_task: Any) -> list[Entry]:
        start = my_task.workflow.spec.undo_start
        return [{"a": start, "how": start, "up": 0}] if start else _taken(my_task, None)


class CancelEnd(_Undoes):
    """The cancel end event: all else in the transaction ends, what was done in it is undone, its cancel border goes on.

    Of a transaction several times over all are cancelled (BPMN 2.0.2, 10.5.6; Camunda 7, TransactionSubProcessTest).
    """

    def gather(self, my_task: Any) -> list[Entry]:
        host = around(my_task)
        found = [entry | {"up": 1} for entry in _cancelled_with(host)]
        call_off_others(my_task)
        return found + _taken(my_task, None)

    def _on_complete_hook(self, my_task: Any) -> None:
        super()._on_complete_hook(my_task)
        border = _cancel_border(around(my_task))
        if border is not None:
            take_over(border, None, {})


class Cancelled(EventDefinition):
    """A transaction has been cancelled."""

    code_variable = None


class Again(SubProcess):
    """A sub-process opened again to undo what was done in it, with the variables that it had."""

    def start_workflow(self, my_task: Any) -> None:
        top, entry = my_task.workflow.top_workflow, my_task.internal_data.pop(ENTRY)
        inside = top.create_subprocess(my_task, self.spec)
        inside.completed_event.connect(self._on_subworkflow_completed, my_task)
        inside.done = entry.get("in")
        root = inside.task_tree
        root._drop_children(force=True)
        root.data = my_task.data
        root._set_state(TaskState.COMPLETED)
        _put(root, inside.spec.task_specs[UNDO_ALL])


def _put(parent: Any, spec: Any, own: dict[str, Any] | None = None, **kept: Any) -> None:
    """Below the parent, something that is on no flow."""
    child = parent._add_child(spec, TaskState.FUTURE)
    child.triggered = True
    child.internal_data.update(kept)
    child._inherit_data()
    if own:
        child.data = scopes.Local(own, child.data, child.id)
    if needs_prediction(parent.workflow.spec):
        spec._predict(child, mask=TaskState.NOT_FINISHED_MASK)
    spec._update(child)


def _taken(my_task: Any, only: str | None) -> list[Entry]:
    """What was done in its scope; within an event sub-process, in the scope around that, too. It is on no list then."""
    found: list[Entry] = []
    for up, host in enumerate(_scopes(my_task)):
        workflow = host.workflow
        wanted = [each for each in workflow.done or () if only in (None, each["a"])]
        workflow.done = [each for each in workflow.done or () if each not in wanted] or None
        found = [each | {"up": up} for each in wanted] + found
    return found


def _scopes(my_task: Any) -> Iterator[Any]:
    """What throws, then each event sub-process around it: it undoes what was done beside these."""
    yield my_task
    host = around(my_task)
    while host is not None and host.task_spec.aside:
        yield host
        host = around(host)


def _hosts(my_task: Any) -> Iterator[Any]:
    """Below these, what undoes takes place."""
    return iter((my_task, around(my_task))) if isinstance(my_task.task_spec, CancelEnd) else _scopes(my_task)


def _begin_next(my_task: Any) -> bool:
    """Whether there was something more to undo."""
    queue: list[Entry] = my_task.internal_data[QUEUE]
    while queue:
        entry = queue.pop()
        if entry.get("x", 1) > 1:
            queue.append({**entry, "x": entry["x"] - 1})
        several = [each | {"up": entry["up"]} for each in entry.get("each", ())]
        if "seq" in entry:
            queue += several
        else:
            begun = [_begin(my_task, each) for each in (several if "each" in entry else [entry])]
            if any(begun):
                return True
    del my_task.internal_data[QUEUE]
    return False


def _begin(my_task: Any, entry: Entry) -> bool:
    """Begin to undo it; False where the diagram, another one meanwhile, says no more how."""
    host = next(each for up, each in enumerate(_hosts(my_task)) if up == entry["up"])
    specs, name = host.workflow.spec.task_specs, entry["a"]
    handler = entry.get("how") or host.workflow.spec.undone_by.get(name)
    key = name + AGAIN if handler is None else handler
    spec = specs.get(f"{key}.BoundaryEventSplit") or specs.get(key)
    if spec is None:
        return False
    again = {ENTRY: {"in": entry["in"]} if "in" in entry else {}} if isinstance(spec, Again) else {}
    _put(host, spec, entry.get("l"), **{BY: my_task.id}, **again)
    return True


def _alive(task: Any) -> bool:
    """Whether anything goes on below; what waits for the end of all does not."""
    if not task._state & TaskState.FINISHED_MASK:
        return not isinstance(task.task_spec, Ending)
    return any(_alive(each) for each in task.children)


def _cancelled_with(host: Any) -> list[Entry]:
    """The other instances of a transaction end too: what is to be undone of them, whether they were done or not."""
    wrapper = host.parent
    if not isinstance(wrapper.task_spec, LoopTask):
        return []
    found: list[Entry] = wrapper.internal_data.pop(EACH, [])
    for each in wrapper.children:
        inside = host.workflow.top_workflow.subprocesses.get(each.id)
        if each is host or each._state & TaskState.FINISHED_MASK or inside is None:
            continue
        if inside.done:
            found.append({"a": wrapper.task_spec.name, "in": inside.done, "l": dict(scopes.own_of(each) or {})})
        call_off(each)
    return found


def _cancel_border(host: Any) -> Any:
    at = host
    while isinstance(at.parent.task_spec, LoopTask):
        at = at.parent
    for waits in host.workflow.top_workflow.event_manager.tasks.values():
        if waits.workflow is at.workflow and waits.parent is at.parent and _is_cancel(waits):
            return waits
    return None


def _is_cancel(task: Any) -> bool:
    return isinstance(task.task_spec.event_definition, Cancelled)
