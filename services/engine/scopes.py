"""Variables as BPMN has them: a scope has one set, seen by all its branches.

The instance and every called process have one: the `data` of all their tasks is the same object. A sub-process shares
the one around it. A task may have local ones before it (`Local`): what its input parameters name, the item and the
number of one of several. Whoever looks sees the nearest; whoever sets changes it where it is, else at the instance. As
in Camunda 7: docs.camunda.org/manual/7.21/user-guide/process-engine/variables, «Variable Scopes and Variable
Visibility».
"""

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.expressions import evaluate


@dataclass(frozen=True)
class VariableChange:
    """A variable that was set or taken away."""

    number: int
    scope: Any  #: the dictionary that holds it
    name: str
    kind: str  #: create, update or delete
    leaving: str | None = None  #: the task that is left: its output parameters set it


@dataclass
class Changes:
    """What has been set in an instance and not yet been shown to the conditions that wait in it."""

    count: int = 0
    shown: int = 0  #: the number of the one that is being shown
    leaving: str | None = None
    pending: list[VariableChange] = field(default_factory=list)

    def note(self, scope: dict[str, Any], name: str, kind: str) -> None:
        self.count += 1
        self.pending.append(VariableChange(self.count, scope, name, kind, self.leaving))

    def __iter__(self) -> Iterator[VariableChange]:
        while self.pending:
            change = self.pending.pop(0)
            self.shown = change.number
            yield change
        self.shown = 0


class Watched(dict[str, Any]):
    """The variables of an instance or called process in which something waits for a condition."""

    __slots__ = ("changes",)

    def __init__(self, values: Mapping[str, Any], changes: Changes) -> None:
        super().__init__(values)
        self.changes = changes

    def __setitem__(self, name: str, value: Any) -> None:
        kind = "update" if name in self else "create"
        super().__setitem__(name, value)
        self.changes.note(self, name, kind)

    def __delitem__(self, name: str) -> None:
        super().__delitem__(name)
        self.changes.note(self, name, "delete")

    def update(self, values: Mapping[str, Any], /) -> None:  # type: ignore[override]
        for name, value in values.items():
            self[name] = value


def begin(workflow: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """The variables with which an instance or a called process begins, or goes on."""
    changes = workflow.top_workflow.changes
    return dict(values) if changes is None else Watched(values, changes)


class Local(MutableMapping[str, Any]):
    """A task's own variables before those that it sees around it."""

    __slots__ = ("of", "outer", "own")

    def __init__(self, own: dict[str, Any], outer: MutableMapping[str, Any], of: str) -> None:
        self.own, self.outer, self.of = own, outer, of

    def _where(self, name: str) -> MutableMapping[str, Any]:
        return self.own if name in self.own else self.outer

    def __getitem__(self, name: str) -> Any:
        return self._where(name)[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._where(name)[name] = value
        if name in self.own and (changes := changes_of(self)) is not None:
            changes.note(self.own, name, "update")

    def __delitem__(self, name: str) -> None:
        del self._where(name)[name]

    def __contains__(self, name: object) -> bool:
        return name in self.own or name in self.outer

    def __iter__(self) -> Iterator[str]:
        yield from self.own
        yield from (name for name in self.outer if name not in self.own)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def changes_of(data: Any) -> Changes | None:
    """Where changes of these variables are noted, if anything waits for any."""
    while isinstance(data, Local):
        data = data.outer
    return data.changes if isinstance(data, Watched) else None


def own_of(task: Any) -> dict[str, Any] | None:
    """The task's own variables, if it has any."""
    data = task.data
    return data.own if type(data) is Local and data.of == task.id else None


def around(task: Any) -> MutableMapping[str, Any]:
    """What the task sees without its own variables: what comes after it begins with that."""
    data: MutableMapping[str, Any] = task.data
    return data.outer if type(data) is Local and data.of == task.id else data


def open_inputs(task: Any, inputs: Sequence[tuple[str, str]]) -> None:
    """What input parameters name is the task's own; each sees those before it. Raises ExpressionError."""
    own = own_of(task)
    if not inputs or (own is not None and inputs[0][0] in own):
        return
    if own is None:
        own = {}
        task.data = Local(own, task.data, task.id)
    for name, text in inputs:
        own[name] = evaluate(text, task.data)


def give_outputs(task: Any, outputs: Sequence[tuple[str, str]]) -> None:
    """What output parameters name is set around the task, as the task sees it. Raises ExpressionError."""
    if outputs:
        set_outputs(task, {name: evaluate(text, task.data) for name, text in outputs})


def set_outputs(task: Any, values: Mapping[str, Any]) -> None:
    """Set these around the task, as it is left."""
    outside = around(task)
    changes = changes_of(outside)
    if changes is not None:
        changes.leaving = task.id
    outside.update(values)
    if changes is not None:
        changes.leaving = None


def inherit(task: Any) -> None:
    """Let the task see what is seen where it stands."""
    if type(task.data) is Local and task.data.of == task.id:
        return
    task.data = around(task.parent)
