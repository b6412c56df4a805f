"""Who sees what, and who may work on what, here and now: each rule once in Python, of a row, and once in SQL, of lists.

What answers is called `sees`, `may_…`, `works_as`, `in_hands_of`; what raises, `check_…` (docs/developers.md). The two
sides of a rule stand beside each other, and a test holds them equal over a random population.
"""

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import BigInteger, ColumnElement, and_, cast, false, func, literal_column, or_
from sqlalchemy.dialects.postgresql import ARRAY

from services import deadlines, directory, processes, registry
from services.cases.errors import (
    DecidedBefore,
    HeldByAnother,
    NoSuchCase,
    NotByHand,
    NotYourCase,
    NotYours,
    TaskAlreadyDone,
    TaskGone,
)
from services.cases.models import Case, Task
from services.cases.reading import Work
from services.loaded import row_of
from services.plugin import Form


def looks_at_cases(person: directory.Person, office_key: str) -> bool:
    """Whether any of this person's roles at that office looks at cases at all (a courier's does not)."""
    return bool(registry.current().roles_that("sees_cases") & person.roles_at(office_key))


def sees(case: Case, person: directory.Person) -> bool:
    """Whether this person may look at the case: with a role at one of its offices that looks at cases at all."""
    if case.plays:
        return processes.DESIGNER in person.roles_at(case.office_key)
    return any(looks_at_cases(person, key) for key in (case.office_key, case.body_key))


def seen_by(person: directory.Person) -> ColumnElement[bool]:
    """`sees`, in SQL."""
    looking = registry.current().roles_that("sees_cases")
    offices = {each.office_key for each in person.appointments if each.role in looking}
    real = and_(Case.plays.is_(None), or_(Case.office_key.in_(offices), Case.body_key.in_(offices)))
    homes = {each.office_key for each in person.appointments if each.role == processes.DESIGNER}
    rehearsed = and_(Case.plays.is_not(None), Case.office_key.in_(homes))
    return or_(real if offices else false(), rehearsed if homes else false())


def answering(person: directory.Person) -> frozenset[str]:
    """Roles as which this person answers callers, about whichever office's cases: a column of the region's table."""
    return registry.current().roles_that("answers_calls") & person.roles()


def sees_outcomes(case: Case, person: directory.Person) -> bool:
    """Whether this person may know what the body's steps came to: not a PSC, before the result is handed out."""
    return bool(person.roles_at(case.body_key)) or case.closed_at is not None


def outcomes_known_to(person: directory.Person) -> ColumnElement[bool]:
    """`sees_outcomes`, in SQL."""
    return or_(Case.body_key.in_(sorted(person.offices())), Case.closed_at.is_not(None))


def check_sees(case: Case, person: directory.Person) -> None:
    """Raises NotYours."""
    if not sees(case, person):
        raise NotYourCase


def works_as(task: Task, person: directory.Person) -> bool:
    """Whether the task is for this person: of their role there, or of those whom the diagram names.

    Whom it names works at that office: whoever has no role there sees nothing of it. Where it names them without a
    role, whoever stands in for them there may do it, too.
    """
    if barred(task, person):
        return False
    here = person.roles_at(task.office_key)
    if task.role in here:
        return True
    theirs = {person.id} if task.role else person.hands_at(task.office_key, "")
    return bool(here) and not _named(task).isdisjoint(theirs)


def barred(task: Task, person: directory.Person) -> bool:
    """Whether they decided before what is decided anew there, or would act in place of somebody who did."""
    return not _through(person, task.office_key, task.role).isdisjoint(task.not_by or ())


def _barred(person: directory.Person, office_key: str, roles: Sequence[str]) -> ColumnElement[bool]:
    """`barred`, in SQL, of the tasks of that office; `roles` are those that this person has there."""
    mine = Task.not_by.overlap(cast([person.id], ARRAY(BigInteger)))
    others = {role: through for role in roles if (through := _through(person, office_key, role) - {person.id})}
    theirs = [
        and_(Task.role == role, Task.not_by.overlap(cast(sorted(ids), ARRAY(BigInteger))))
        for role, ids in others.items()
    ]
    return and_(Task.not_by.is_not(None), or_(mine, *theirs))


def _through(person: directory.Person, office_key: str, role: str) -> frozenset[int]:
    """Who would have done it: this person and, where they have the role only in their place, the absent."""
    in_place = person.acts_for(office_key, role) is not None
    return person.hands_at(office_key, role) if in_place else frozenset({person.id})


def check_decides(task: Task, staff_id: int | None) -> None:
    """Raises DecidedBefore for whoever is to do, or to sign, what they decided before."""
    if staff_id is not None and staff_id in (task.not_by or ()):
        raise DecidedBefore(who=directory.names([staff_id]).get(staff_id, "?"))


def _named(task: Task) -> set[int]:
    """Whom the diagram names: as candidates, or as the one in whose hands it is without any role."""
    held = {task.assignee_id} if not task.role and task.assignee_id is not None else set()
    return held | set(task.candidates or ())


def in_hands_of(task: Task, person: directory.Person) -> bool:
    """Whether it is in this person's hands, or in those of somebody for whom they stand in."""
    return task.assignee_id in person.hands_at(task.office_key, task.role)


def acting_of(task: Task, person: directory.Person) -> directory.Appointed | None:
    """As whose deputy this person works on that task; None in their own right."""
    here = person.roles_at(task.office_key)
    if not task.role and works_as(task, person):
        mine, named = person.stands_in_at(task.office_key), _named(task)
        return None if person.id in named else next(each for key, each in mine.items() if key in named)
    role = task.role if task.role in here else task.recorder or task.role
    return person.acts_for(task.office_key, role, task.assignee_id)


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
    """Raises NotYours for another role or office, DecidedBefore, HeldByAnother when it is in somebody's hands."""
    task = work.task
    if task.waits_for != "person":
        raise NotByHand
    roles = person.roles_at(task.office_key)
    ours = works_as(task, person)
    if not ours and (task.recorder is None or task.recorder not in roles):
        if task.role in roles and barred(task, person):
            raise DecidedBefore(who=person.full_name)
        raise NotYours(role=task.role, office=task.office_key)
    recording = not ours
    if task.assignee_id is not None and not in_hands_of(task, person) and not recording:
        who = directory.person(task.assignee_id or 0)
        raise HeldByAnother(who=who.full_name if who else "?")


def case_seen_by(case_id: int, person: directory.Person) -> Case:
    """The case, if this person has a role at one of its offices that looks at cases. Raises NoSuchCase, NotYours."""
    case = row_of(Case, case_id)
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
    reaching = registry.current().roles_that("reaches") & registry.current().roles_that("sees_cases")
    return any(reaching & person.roles_at(key) for key in (case.office_key, case.body_key))


def may_read_entered(form: Form | None, task: Task, case: Case, person: directory.Person) -> bool:
    """Whether whoever sees the case may read what was entered in that task."""
    if case.plays or looks_at_cases(person, task.office_key):
        return True
    return form is not None and form.shared


# ---------------------------------------------------------------- open tasks, in SQL


def lists_of(person: directory.Person, office_key: str) -> dict[str, list[ColumnElement[bool]]]:
    """What of an office's open tasks stands in which of this person's lists; each condition walks one index.

    `mine`, `role` and `record` are what `check_may_work` lets them work on, for a person's step; none stands in two of
    them. `waiting` is what stands with others, also what they may record for these.
    """
    return _lists_of(person, office_key, frozenset(registry.current().by_key("roles")))


@lru_cache(maxsize=512)
def _lists_of(person: directory.Person, office_key: str, known: frozenset[str]) -> dict[str, list[ColumnElement[bool]]]:
    """Made once of each person as they stand today: a page asks for it several times."""
    roles = sorted(person.roles_at(office_key))
    others = sorted(known - set(roles))
    ours = _works_as(person, office_key, roles)
    named = and_(names(person.id), or_(Task.assignee_id.is_(None), Task.assignee_id == person.id))
    barred_ = _barred(person, office_key, roles)
    free = or_(Task.not_by.is_(None), ~func.coalesce(barred_, false()))
    return {
        "mine": [
            and_(Task.assignee_id == person.id, ours),
            *[and_(each, free) for each in _of_the_absent(person, office_key)],
        ],
        "role": [
            *[and_(Task.role == role, Task.assignee_id.is_(None), free) for role in roles],
            and_(_named_here(person, office_key, roles), free),
        ],
        "record": [and_(Task.recorder == role, ~ours) for role in roles],
        "waiting": [
            *[and_(Task.role == role, ~func.coalesce(named, false())) for role in others],
            _named_others(person, office_key),
            and_(Task.role.in_(roles), barred_),
        ],
    }


def _works_as(person: directory.Person, office_key: str, roles: Sequence[str]) -> ColumnElement[bool]:
    """`works_as`, in SQL, of the tasks of that office."""
    theirs = person.hands_at(office_key, "")
    named = and_(Task.role == "", or_(Task.assignee_id.in_(theirs), names(*theirs)))
    free = or_(Task.not_by.is_(None), ~func.coalesce(_barred(person, office_key, roles), false()))
    return and_(func.coalesce(or_(Task.role.in_(roles), names(person.id), named), false()), free)


def in_inbox(person: directory.Person) -> list[ColumnElement[bool]]:
    """What stands in this person's lists at any office, but what stands with others."""
    wanted = ("mine", "role", "record")
    return [
        and_(Task.office_key == office_key, condition)
        for office_key in person.offices()
        for list, conditions in lists_of(person, office_key).items()
        if list in wanted
        for condition in conditions
    ]


def may_be_signed_by(person: directory.Person, office_key: str) -> list[ColumnElement[bool]]:
    """What is in the hands of this person, or of those for whom they stand in, with the right to sign."""
    return [
        and_(Task.role == role, Task.assignee_id.in_(sorted(person.hands_at(office_key, role))))
        for role in sorted(person.signs_at(office_key))
    ]


def names(*staff_ids: int) -> ColumnElement[bool]:
    """Whether the diagram names any of those as one who may take the task."""
    return and_(Task.candidates.overlap(cast(sorted(staff_ids), ARRAY(BigInteger))), Task.candidates.is_not(None))


def _named_here(person: directory.Person, office_key: str, roles: Sequence[str]) -> ColumnElement[bool]:
    """Free tasks that name this person, who has not their role; without any role, also one whom they stand in for."""
    theirs = names(*person.hands_at(office_key, ""))
    named = and_(theirs, or_(names(person.id), Task.role == ""))
    return and_(named, Task.assignee_id.is_(None), Task.role.not_in(roles))


def _named_others(person: directory.Person, office_key: str) -> ColumnElement[bool]:
    """What stands with persons whom the diagram names, and with no role."""
    theirs = person.hands_at(office_key, "")
    free = and_(Task.assignee_id.is_(None), ~func.coalesce(names(*theirs), false()))
    # in the words of its index, which knows nothing else: most of what has no role waits for no person
    named = Task.role == literal_column("''"), Task.waits_for == literal_column("'person'")
    return and_(*named, or_(Task.assignee_id.not_in(theirs), free))


def _of_the_absent(person: directory.Person, office_key: str) -> list[ColumnElement[bool]]:
    """What is in the hands of those for whom this person stands in: in the roles of that order, or in none."""
    held = [each for each in person.appointments if each.office_key == office_key and each.for_id is not None]
    named = [and_(Task.assignee_id == each, Task.role == "") for each in person.stands_in_at(office_key)]
    return [*[and_(Task.assignee_id == each.for_id, Task.role == each.role) for each in held], *named]
