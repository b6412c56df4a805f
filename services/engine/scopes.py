"""Variables as BPMN has them: a scope has one set, seen by all its branches.

The instance and every called process have one: the `data` of all their tasks is the same object. A sub-process shares
the one around it. A task may have local ones before it (`Local`): what its input parameters name, the item and the
number of one of several. Whoever looks sees the nearest; whoever sets changes it where it is, else at the instance. As
in Camunda 7: docs.camunda.org/manual/7.21/user-guide/process-engine/variables, «Variable Scopes and Variable
Visibility».
"""

from collections.abc import Iterator, MutableMapping, Sequence
from typing import Any

from services.engine.expressions import evaluate


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

    def __delitem__(self, name: str) -> None:
        del self._where(name)[name]

    def __contains__(self, name: object) -> bool:
        return name in self.own or name in self.outer

    def __iter__(self) -> Iterator[str]:
        yield from self.own
        yield from (name for name in self.outer if name not in self.own)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def own_of(task: Any) -> dict[str, Any] | None:
    """The task's own variables, if it has any."""
    data = task.data
    return data.own if type(data) is Local and data.of == task.id else None


def around(task: Any) -> MutableMapping[str, Any]:
    """What the task sees without its own variables: what comes after it begins with that."""
    data: MutableMapping[str, Any] = task.data
    return data.outer if isinstance(data, Local) and data.of == task.id else data


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
        around(task).update({name: evaluate(text, task.data) for name, text in outputs})


def inherit(task: Any) -> None:
    """Let the task see what is seen where it stands."""
    if type(task.data) is Local and task.data.of == task.id:
        return
    task.data = around(task.parent)
