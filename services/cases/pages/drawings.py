"""Where a case and its papers stand on the drawings of its processes."""

from collections.abc import Iterable, Sequence

from services import processes, registry
from services.cases.models import Case, Instance, Task
from services.cases.pages.shown import (
    CustodyLine,
)

#: where a paper is -> the part of the steps whose place on the diagram it has; else wherever that office is at work
PLACES = {"leaving": "leaves", "between": "travels"}


def papers_drawn(
    case: Case, lines: Sequence[CustodyLine], instances: Sequence[Instance], tasks: Sequence[Task]
) -> dict[str, dict[str, str]]:
    """Where on the drawings the papers are: beside the token, or, when something went wrong, away from it."""
    drawn: dict[str, dict[str, str]] = {}
    definitions = {each.id: each.definition_id for each in instances}
    for line in lines:
        home = case.office_key if line.kind == "folder" else case.body_key
        place = "there" if line.destination is None else "leaving" if line.office == home else "between"
        if line.state in ("in_transit", "missing"):
            place = "between"
        part = PLACES.get(place)
        steps = registry.current().steps_that(f"{line.kind}_{part}")
        at = [task for task in tasks if (task.step in steps if part else task.office_key == line.office)]
        if at:
            newest = max(at, key=lambda task: (task.closed_at is None, task.seq))
            drawing = processes.drawing_of(definitions[newest.instance_id], newest.process)
            drawn.setdefault(drawing, {})[newest.element] = line.kind
    return drawn


def drawn_in(instances: Sequence[Instance], drawings: Iterable[str]) -> dict[str, int]:
    """Drawing -> the version that holds it: a pool's own, else the first one's, which holds what is called, too."""
    first = {processes.definition(each.definition_id).process_id: each.definition_id for each in reversed(instances)}
    return {drawing: first.get(drawing, instances[0].definition_id) for drawing in drawings}


def markers_of(instances: Sequence[Instance], tasks: Sequence[Task]) -> dict[str, dict[str, str]]:
    """Drawing (by its first process) -> element -> done or active; the call activity of an open step is active too."""
    markers: dict[str, dict[str, str]] = {}
    first = {instance.id: instance.definition_id for instance in instances}

    def mark(definition_id: int, process: str, element: str, state: str) -> None:
        markers.setdefault(processes.drawing_of(definition_id, process), {})[element] = state

    for instance in instances:
        for each in instance.passed:
            process, _, element = each.partition("/")
            mark(instance.definition_id, process, element, "done")
    open_tasks = [task for task in tasks if task.closed_at is None]
    for task in open_tasks:
        mark(first[task.instance_id], task.process, task.element, "active")
    for instance in instances:
        called = {task.process for task in open_tasks if task.instance_id == instance.id}
        # a definition holds all that was deployed with it: a process that is not this case's may call the same
        walked = {each.partition("/")[0] for each in instance.passed} | called
        walked.add(processes.definition(instance.definition_id).process_id)
        for drawn in processes.definition(instance.definition_id).elements.values():
            by_expression = drawn.calls_by_expression and f"{drawn.process}/{drawn.id}" not in instance.passed
            if (drawn.called in called or (by_expression and called - {drawn.process})) and drawn.process in walked:
                mark(instance.definition_id, drawn.process, drawn.id, "active")
    return markers
