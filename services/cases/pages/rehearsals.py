"""What designers are shown of rehearsals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from services import directory, engine, processes, registry
from services.cases.models import Case, Instance, Task
from services.db import db
from services.processes.models import ProcessDefinition


@dataclass(frozen=True)
class Known:
    """The variables of one process of a rehearsal."""

    task_id: str  #: of a place where it waits: that is how they are changed
    process: str  #: name of the process, in Kazakh as drawn
    values: Mapping[str, object]


def variables_of(case: Case, tasks: Sequence[Task], instances: Sequence[Instance]) -> list[Known]:
    """What each process of a rehearsal that still waits somewhere knows now."""
    found = []
    for instance in instances:
        task_id = next((task.id for task in tasks if task.instance_id == instance.id and task.closed_at is None), None)
        if task_id is not None and case.plays is not None:
            definition = processes.definition(instance.definition_id)
            found.append(Known(task_id, definition.name, engine.known(definition, instance.state)))
    return found


def rehearsals(person: directory.Person, *, limit: int = 50) -> list[tuple[Case, ProcessDefinition]]:
    """Rehearsals and the versions they run under, the newest first, for designers. Raises NotDesigner."""
    if processes.DESIGNER not in person.roles():
        raise processes.NotDesigner
    home = str(registry.current().facts()["control_office"])
    first = select(Instance.definition_id).where(Instance.case_id == Case.id).order_by(Instance.id).limit(1)
    wanted = select(Case, ProcessDefinition).join(ProcessDefinition, ProcessDefinition.id == first.scalar_subquery())
    found = wanted.where(Case.office_key == home, Case.plays.is_not(None))
    newest = found.order_by(Case.opened_at.desc(), Case.id.desc()).limit(limit)
    return [(case, definition) for case, definition in db.session.execute(newest)]
