"""A stored state rewritten for another version of its diagram: what lives keeps its id, its timer and its data."""

from collections.abc import Iterator, Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.control import EventSplit
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.specs.Join import Join
from SpiffWorkflow.util.task import TaskState

from services.engine.definition import Definition
from services.engine.errors import CannotMigrate, CorruptState
from services.engine.state import LIVE, NOT_YET, pack, unpack

#: what SpiffWorkflow adds to an element's id for the helpers it puts around it
HELPERS = (".BoundaryEventSplit", ".BoundaryEventJoin", " [child]")
#: stands for an element behind the case that the new diagram does not have
PASSED_BY = "Start"


def rewrite(state: bytes, old: Definition, new: Definition, moved: Mapping[str, str]) -> bytes:
    """The state for the new diagram. `moved`: old element id -> new one. Raises CannotMigrate, CorruptState."""
    try:
        said = unpack(state)
        parts = list(_parts(said, old, new, moved))
        lost = {name for part in parts for name in part.lost()}
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as fault:
        raise CorruptState from fault
    if lost:
        raise CannotMigrate(elements=", ".join(sorted(lost)))
    places = [part.rewrite() for part in parts]
    for sub in said["subs"]:
        number, at = sub["p"]
        sub["p"] = [number, places[number][at]]
    return pack(said)


def _parts(said: dict[str, Any], old: Definition, new: Definition, moved: Mapping[str, str]) -> Iterator["_Part"]:
    """The case itself, then its sub-processes and calls, each behind the one that holds it."""
    made = [_Part(said["top"], old.spec, new.spec, moved)]
    for sub in said["subs"]:
        number, at = sub["p"]
        above = made[number]
        name = above.names[above.rows[at][0]]
        called = above.successor(name)
        inside = new.subprocess_specs[called.spec] if called is not None else None
        made.append(_Part(sub, old.subprocess_specs[above.old.task_specs[name].spec], inside, moved))
    yield from made


class _Part:
    """The tasks of one process of the case."""

    def __init__(self, said: dict[str, Any], old: Any, new: Any, moved: Mapping[str, str]) -> None:
        self.said, self.old, self.new, self.moved = said, old, new, moved
        self.names: list[str] = said["n"]
        self.rows: list[list[Any]] = said["t"]

    def successor(self, name: str) -> Any:
        """What stands in the new diagram for it, if that is of the same kind."""
        found = self.new.task_specs.get(self._renamed(name)) if self.new is not None else None
        return found if type(found) is type(self.old.task_specs[name]) else None

    def lost(self) -> Iterator[str]:
        """Elements that the case cannot do without and the new diagram does not have."""
        joining = {row[1] for row in self.rows if self._is_open_join(row)}
        for at, row in enumerate(self.rows):
            name = self.names[row[0]]
            spec = self.old.task_specs[name]
            needed = row[2] & LIVE or at in joining or isinstance(spec, EventSplit | LoopTask)
            if needed and not row[2] & NOT_YET and self.successor(name) is None:
                yield _drawn(name)

    def rewrite(self) -> dict[int, int]:
        """Under new names, without what was only expected; the new places of the rows."""
        kept = [(at, row) for at, row in enumerate(self.rows) if not row[2] & NOT_YET]
        places = {at: place for place, (at, _) in enumerate(kept)}
        for _, row in kept:
            row[1] = places.get(row[1], -1)
        self.said["t"] = [row for _, row in kept]
        self.said["n"] = [self._renamed(name) if self.successor(name) is not None else PASSED_BY for name in self.names]
        for key in {"r", "l"} & self.said.keys():
            self.said[key] = places[self.said[key]]
        return places

    def _is_open_join(self, row: list[Any]) -> bool:
        """One that waits, or a branch that has arrived at it."""
        waiting = {each[0] for each in self.rows if each[2] == TaskState.WAITING}
        return row[0] in waiting and isinstance(self.old.task_specs[self.names[row[0]]], Join)

    def _renamed(self, name: str) -> str:
        element = _drawn(name)
        return self.moved.get(element, element) + name[len(element) :]


def _drawn(name: str) -> str:
    """The element's id, of a helper that of the element it helps."""
    for helper in HELPERS:
        name = name.removesuffix(helper)
    return name
