"""States saved before a scope had one set of variables: every task had a copy then, stored as changes to the one above.

What each of them changed, in the order in which it was, is what the scope knows now.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import CallActivity
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import MultiInstanceTask

ABOVE, STATE, CHANGED, INTERNAL, DATA = 1, 2, 3, 5, 6
Data = dict[str, Any]


def share_variables(said: Data, spec: Any, subprocess_specs: Mapping[str, Any]) -> None:
    """Change what was stored into how it is stored now. Raises KeyError, IndexError, TypeError for what is no state."""
    parts: list[_Part] = [_Part(said["top"], spec, None)]
    for sub in said["subs"]:
        number, at = sub["p"]
        host = parts[number]
        parts.append(_Part(sub, subprocess_specs[host.spec_of(at).spec], (host, at)))
    for part in parts:
        if part.owner is part:
            changes = sorted((each for inner in parts if inner.owner is part for each in inner.changes), key=_when)
            part.said["v"] = {name: value for _, changed in changes for name, value in changed.items()}
        part.said.pop("d", None)
    for part in parts:
        part.rewrite()


def _when(change: tuple[int, Data]) -> int:
    return change[0]


class _Part:
    """The instance, or a sub-process or called process in it."""

    def __init__(self, said: Data, spec: Any, host: "tuple[_Part, int] | None") -> None:
        self.said, self.spec = said, spec
        called = host is not None and isinstance(host[0].spec_of(host[1]), CallActivity)
        self.owner: _Part = self if host is None or called else host[0].owner
        self.whole: list[Data] = []
        self.changes: list[tuple[int, Data]] = []
        around = {} if self.owner is self or host is None else host[0].whole[host[1]]
        for row in said["t"]:
            self._read(row, around)

    def spec_of(self, at: int) -> Any:
        return self.spec.task_specs[self.said["n"][self.said["t"][at][0]]]

    def _read(self, row: list[Any], around: Data) -> None:
        above = row[ABOVE]
        stored: Any = row[DATA] if len(row) > DATA else 0
        data, changed = (self.whole[above] if above >= 0 else {}), {}
        if stored == 0:
            data = {}
        elif stored != 1 and len(stored) == 1:
            data = stored[0]
            changed = {name: value for name, value in data.items() if name not in around or around[name] != value}
        elif stored != 1:
            changed, removed = stored
            data = {name: value for name, value in (data | changed).items() if name not in removed}
        at = len(self.whole)
        self.whole.append(data)
        item = self._item(at, row)
        self.changes.append((row[CHANGED], {name: value for name, value in changed.items() if name != item}))

    def _loop(self, row: list[Any]) -> Any:
        """The multi-instance that the row is one of."""
        above = row[ABOVE]
        spec = self.spec_of(above) if above >= 0 else None
        return spec if isinstance(spec, MultiInstanceTask) and self.said["n"][row[0]] == spec.task_spec else None

    def _item(self, at: int, row: list[Any]) -> str | None:
        loop = self._loop(row)
        return None if loop is None or loop.input_item is None else str(loop.input_item.bpmn_id)

    def rewrite(self) -> None:
        """Only what is a task's own stays beside it."""
        rows = self.said["t"]
        for at, row in enumerate(rows):
            own = self._own(at, row)
            if len(row) > DATA:
                row[DATA] = own or 0
            elif own:
                row += [0, 0, own, 0]

    def _own(self, at: int, row: list[Any]) -> Data:
        if self._loop(row) is not None:
            item = self._item(at, row)
            mine = list(self._instances(row[ABOVE]))
            own: Data = {"loopCounter": mine.index(at)}
            if item is not None and item in self.whole[at]:
                own[item] = self.whole[at][item]
            return own
        spec = self.spec_of(at)
        if isinstance(spec, MultiInstanceTask) and len(row) > INTERNAL and row[INTERNAL] and "merged" in row[INTERNAL]:
            return self._counted(at, row[INTERNAL])
        return {}

    def _instances(self, loop: int) -> Iterator[int]:
        for at, row in enumerate(self.said["t"]):
            if row[ABOVE] == loop and self._loop(row) is not None:
                yield at

    def _counted(self, at: int, internal: Data) -> Data:
        done = len(internal["merged"])
        made = len(list(self._instances(at)))
        count = internal.get("cardinality")
        if count is None:
            count = made + len(internal.get("remaining", ()))
        return {"nrOfInstances": count, "nrOfCompletedInstances": done, "nrOfActiveInstances": made - done}
