"""What a worker does about a case, and what it could not do, as the screens show it."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import bindparam, or_

from services import directory, processes, shown
from services.cases.carrying_on import ANSWERS
from services.cases.incidents import joined
from services.cases.models import Case, Instance, Task
from services.cases.pages.shown import Incident
from services.cases.rights import may_set_right
from services.jobs.models import JobRow
from services.loaded import Loaded
from services.processes import beginnings


def jobs_of(case: Case, person: directory.Person, *, whole: bool) -> list[Incident]:
    """What is to be done about that case later, the first first: the `whole`, or at the person's offices.

    With a message where it failed: an incident, or being tried again.
    """
    may = may_set_right(case, person)
    found = [view(*row) for row in _OF_CASE.all(case_id=case.id)]
    here = [each for each in found if whole or person.roles_at(each.office_key or "")]
    return [replace(each, may_set_right=may) if each.kind == ANSWERS and each.since else each for each in here]


_STILL = or_(Task.id.is_(None), Task.closed_at.is_(None), JobRow.kind == ANSWERS)
_WANTED = joined().where(JobRow.case_id == bindparam("case_id"), _STILL)
_OF_CASE = Loaded(_WANTED.order_by(JobRow.due_at, JobRow.id), anew=True, with_case=True)


def view(row: JobRow, task: Task | None, case: Case | None) -> Incident:
    """For a person to read: where in which case it stands, or which process did not begin at which office."""
    found = _incident(row, task, case)
    if row.kind != beginnings.START:
        return found
    definition = processes.definition(int(str(row.args["definition"])))
    office_key, element = str(row.args[beginnings.OFFICE]), str(row.args["element"])
    return replace(found, title=definition.name, office_key=office_key, process=definition.process_id, element=element)


def _incident(row: JobRow, task: Task | None, case: Case | None) -> Incident:
    return Incident(
        job_id=row.id,
        kind=row.kind,
        what=(task.operation if task is not None else None) or row.kind,
        title=task.name if task is not None else "",
        case_id=row.case_id,
        number=case.number if case is not None else None,
        office_key=task.office_key if task is not None else None,
        since=row.incident_at,
        next_at=row.due_at,
        attempts=row.attempts,
        message=row.error or "",
        details={key: shown.revived(value) for key, value in (row.error_details or {}).items()},
        process=task.process if task is not None else "",
        element=task.element if task is not None else "",
    )


def troubles_drawn(troubles: Sequence[Incident], instances: Sequence[Instance]) -> dict[str, dict[str, str]]:
    """Where on the drawings something failed."""
    drawn: dict[str, dict[str, str]] = {}
    for each in troubles:
        for instance in instances:
            known = processes.definition(instance.definition_id).elements
            if (each.process, each.element) in known:
                drawing = processes.drawing_of(instance.definition_id, each.process)
                drawn.setdefault(drawing, {})[each.element] = "incident" if each.since else "retried"
    return drawn
