"""Whom an open step keeps away because they decided before, and who does it instead; whom to ask where nobody can."""

from collections.abc import Sequence

from services import directory, registry
from services.cases.models import Task
from services.cases.pages.shown import KeptFrom
from services.cases.rights import barred, in_hands_of, works_as


def can_work(person: directory.Person, task: Task) -> bool:
    """Whether this person can work on that open task today: theirs or their role's, and in nobody else's hands."""
    return works_as(task, person) and (task.assignee_id is None or in_hands_of(task, person))


def kept_from(tasks: Sequence[Task], person: directory.Person) -> list[KeptFrom]:
    """Of each open step that keeps somebody away: what this person has to know of it.

    That is something for whoever is kept away themself; and for everybody where nobody is left who can do it. One
    statement a step, and none of a case in which nothing is decided anew.
    """
    keeping = [task for task in tasks if task.not_by and task.closed_at is None and task.waits_for == "person"]
    return [line for task in keeping if (line := _line(task, person)) is not None]


def _line(task: Task, person: directory.Person) -> KeptFrom | None:
    you = task.role in person.roles_at(task.office_key) and barred(task, person)
    can = [each for each in _concerned(task) if can_work(each, task)]
    if can and not you:
        return None
    names = directory.holders([*(each.id for each in can), *(task.not_by or ())])
    return KeptFrom(
        title=task.name,
        role=task.role,
        you=you,
        decided=tuple(names[each].name for each in task.not_by or () if each in names),
        can=tuple((each.full_name, names[each.id].away) for each in can),
        ask=() if can else _administrators(),
    )


def _concerned(task: Task) -> list[directory.Person]:
    """Everybody of its role there, their deputies, and whom the diagram names."""
    found = {each.id: each for each in directory.concerned_at(task.office_key, task.role)}
    named = {*(task.candidates or ()), *([task.assignee_id] if task.assignee_id else [])} - found.keys()
    for each in sorted(named):
        if (known := directory.person(each)) is not None:
            found[each] = known
    return list(found.values())


def _administrators() -> tuple[str, ...]:
    office = str(registry.current().facts()["control_office"])
    return tuple(each.full_name for each in directory.staff_at(office, directory.ADMIN))
