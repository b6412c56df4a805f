"""Who may look at a case and work on its tasks, here and now."""

from services import deadlines, directory, processes, registry
from services.cases.errors import (
    HeldByAnother,
    NoSuchCase,
    NotByHand,
    NotYourCase,
    NotYours,
    TaskAlreadyDone,
    TaskGone,
)
from services.cases.facts import in_hands_of, works_as
from services.cases.models import Case, Task
from services.cases.reading import Work
from services.db import db
from services.plugin import Form


def looks_at_cases(person: directory.Person, office_key: str) -> bool:
    """Whether any of this person's roles at that office looks at cases at all (a courier's does not)."""
    roles = registry.current().by_key("roles")
    return any(roles.get(role, {}).get("sees_cases") != "no" for role in person.roles_at(office_key))


def sees(case: Case, person: directory.Person) -> bool:
    """Whether this person may look at the case: with a role at one of its offices that looks at cases at all."""
    if case.plays:
        return processes.DESIGNER in person.roles_at(case.office_key)
    return any(looks_at_cases(person, key) for key in (case.office_key, case.body_key))


def check_sees(case: Case, person: directory.Person) -> None:
    """Raises NotYours."""
    if not sees(case, person):
        raise NotYourCase


def check_open(work: Work, person: directory.Person) -> None:
    """Raises NotYours for strangers, before anything is said; TaskAlreadyDone naming who, TaskGone."""
    task = work.task
    if task.closed_at is not None or task.done_at is not None:
        check_sees(work.case, person)
    if task.done_at is not None:
        who = directory.person(task.done_by_id) if task.done_by_id else None
        at = deadlines.local(registry.current(), task.office_key, task.done_at)
        raise TaskAlreadyDone(who=who.full_name if who else "?", at=f"{at:%d.%m.%Y %H:%M}")
    if task.closed_at is not None:
        raise TaskGone


def check_may_work(work: Work, person: directory.Person) -> None:
    """Raises NotYours for another role or office, HeldByAnother when it is in somebody's hands."""
    task = work.task
    if task.waits_for != "person":
        raise NotByHand
    roles = person.roles_at(task.office_key)
    ours = works_as(task, person)
    if not ours and (task.recorder is None or task.recorder not in roles):
        raise NotYours(role=task.role, office=task.office_key)
    recording = not ours
    if task.assignee_id is not None and not in_hands_of(task, person) and not recording:
        who = directory.person(task.assignee_id or 0)
        raise HeldByAnother(who=who.full_name if who else "?")


def case_seen_by(case_id: int, person: directory.Person) -> Case:
    """The case, if this person has a role at one of its offices that looks at cases. Raises NoSuchCase, NotYours."""
    case = db.session.get(Case, case_id)
    if case is None:
        raise NoSuchCase(case=case_id)
    if not sees(case, person):
        raise NotYourCase
    return case


def may_set_right(case: Case, person: directory.Person) -> bool:
    """Whether this person sets right what hinders that case: administrators; of a rehearsal, designers."""
    plays = case.plays is not None and processes.DESIGNER in person.roles_at(case.office_key)
    return plays or directory.ADMIN in person.roles()


def may_reach(case: Case, person: directory.Person) -> bool:
    """Whether a role of this person at the case's offices needs the applicant's address and phone."""
    if case.plays:
        return True
    rows = registry.current().by_key("roles")
    held = {role for key in (case.office_key, case.body_key) for role in person.roles_at(key)}
    return any(
        rows[role].get("reaches") != "no" and rows[role].get("sees_cases") != "no" for role in held if role in rows
    )


def may_read_entered(form: Form | None, task: Task, case: Case, person: directory.Person) -> bool:
    """Whether whoever sees the case may read what was entered in that task."""
    if case.plays or looks_at_cases(person, task.office_key):
        return True
    return form is not None and form.shared
