"""One act on several tasks: each by the verb of one, in a transaction of its own, with a verdict of its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from sqlalchemy import bindparam, func, select

from services import clock, directory, registry
from services.answers import as_form
from services.cases.completing import Click, complete_task
from services.cases.errors import NoSuchTask
from services.cases.facts import form_call
from services.cases.form_faults import FAULTS
from services.cases.lists.due_when import counted_until, due_moment, is_step
from services.cases.lists.standing import CAP
from services.cases.models import Case, Instance, Task
from services.cases.reading import read_task
from services.cases.rights import check_may_work, check_open
from services.cases.service import claim_task, reassign_task, release_task
from services.db import Moment, Prepared, db
from services.errors import Conflict, KomekError
from services.plugin import Field, Form

#: so many are acted on by one click: as many as any page lists
MOST_AT_ONCE = 300


class AsksSomethingElse(Conflict):
    """This step asks something else: its form is not filled in together with the others."""


class TooManyAtOnce(Conflict):
    """At most %(most)s are acted on at once: tick fewer. Nothing was done."""


@dataclass(frozen=True)
class TaskVerdict:
    """What became of one task."""

    task_id: str
    case_id: int | None  #: none of a task that there is not
    number: str  #: of its case, as far as it has one
    error: KomekError | None  #: why it stays as it was; none when it was done
    former: int | None = None  #: id of the person in whose hands it was before


@dataclass(frozen=True)
class FormOfSeveral:
    """A form that is filled in once for several tasks."""

    name: str
    form: Form
    fields: Sequence[Field]
    answers: Mapping[str, object]  #: what it begins with
    tasks: Sequence[TaskVerdict]  #: those that it is for; those that ask something else, with that as their error


def claim_tasks(task_ids: Sequence[str], person: directory.Person) -> Sequence[TaskVerdict]:
    """Take each into work."""
    return _each(task_ids, lambda task_id: claim_task(task_id, person))


def release_tasks(task_ids: Sequence[str], person: directory.Person) -> Sequence[TaskVerdict]:
    """Give each back to its role."""
    return _each(task_ids, lambda task_id: release_task(task_id, person))


def hand_on_tasks(
    task_ids: Sequence[str], to_staff_id: int, person: directory.Person, seen: Mapping[str, int]
) -> Sequence[TaskVerdict]:
    """Put each into another's hands; `seen`: in whose each was when it was ticked, as for one of them."""
    return _each(task_ids, lambda task_id: reassign_task(task_id, to_staff_id, person, seen=seen.get(task_id)))


def form_of_several(task_ids: Sequence[str], person: directory.Person) -> FormOfSeveral:
    """The form of the first of them that may be answered together with others. Raises NotYours, AsksSomethingElse."""
    plugins, found = registry.current(), known_tasks(task_ids)
    forms = {each: db.session.get_one(Task, each).form or "" for each in found if found[each].case_id is not None}
    name = next((form for form in forms.values() if form in plugins.forms_of_several), None)
    if name is None:
        raise AsksSomethingElse
    first = read_task(next(each for each, form in forms.items() if form == name))
    check_open(first, person)
    check_may_work(first, person)
    form, call = plugins.form(name), form_call(plugins, first, person)
    tasks = [each if forms.get(each.task_id) == name else replace(each, error=each.error or AsksSomethingElse())
             for each in found.values()]  # fmt: skip
    return FormOfSeveral(name, form, form.fields(call), as_form(form.initial(call)), tasks)


def complete_tasks(
    task_ids: Sequence[str], name: str, answers: Mapping[str, object], person: directory.Person, *, key: str
) -> Sequence[TaskVerdict]:
    """Complete each with these answers of that form; the same `key` again completes none a second time."""
    may = name in registry.current().forms_of_several

    def complete(task_id: str) -> None:
        if not may or db.session.get_one(Task, task_id).form != name:
            raise AsksSomethingElse
        complete_task(task_id, answers, Click(person, f"{key}:{task_id}"))

    return _each(task_ids, complete)


def _each(task_ids: Sequence[str], act: Callable[[str], object]) -> Sequence[TaskVerdict]:
    """One after another: what one is refused stops no other."""
    found = []
    for known in known_tasks(task_ids).values():
        error = known.error
        if error is None:
            try:
                act(known.task_id)
            except (KomekError, *FAULTS) as refused:
                error = refused if isinstance(refused, KomekError) else Conflict()
        found.append(replace(known, error=error))
    return found


def known_tasks(task_ids: Sequence[str]) -> dict[str, TaskVerdict]:
    """Each that was chosen, in that order; with an error where there is no such task. Raises TooManyAtOnce."""
    wanted = list(dict.fromkeys(task_ids))
    if len(wanted) > MOST_AT_ONCE:
        raise TooManyAtOnce(most=MOST_AT_ONCE)
    rows = select(
        Task.id, Task.case_id, Task.assignee_id, func.coalesce(Instance.number, Case.number, "").label("number")
    )
    rows = rows.join(Instance, Instance.id == Task.instance_id).join(Case, Case.id == Task.case_id)
    known = {row.id: row for row in db.session.execute(rows.where(Task.id.in_(wanted)))}
    return {
        each: TaskVerdict(each, known[each].case_id, known[each].number, None, known[each].assignee_id)
        if each in known
        else TaskVerdict(each, None, "", NoSuchTask(task=each[:80]))
        for each in wanted
    }


@dataclass(frozen=True)
class Load:
    """What somebody has in hand at an office."""

    open: int
    late: int  #: of these


@dataclass(frozen=True)
class Loads:
    """What the people of an office have in hand there."""

    of: Mapping[int, Load]  #: by person; nobody who has nothing
    more: bool  #: so much is in hand that only the `CAP` most urgent, and one more, were counted


def loads(office_key: str) -> Loads:
    """What is in whose hands there. One statement."""
    counts = _loads(CAP + 1).all(office=office_key, now=clock.now())
    found = {row.assignee_id: Load(row.open, row.late) for row in counts}
    return Loads(found, sum(each.open for each in found.values()) > CAP)


@cache
def _loads(most: int) -> Prepared:
    late = due_moment() < counted_until(bindparam("now", type_=Moment()))
    urgent = (
        select(Task.assignee_id, late.label("late"))
        .join(Case, Case.id == Task.case_id)
        .where(Task.office_key == bindparam("office"), Task.closed_at.is_(None), is_step())
        .where(Task.waits_for == "person", Task.assignee_id.is_not(None))
        .order_by(Task.urgent_at, Task.id)
        .limit(most)
        .subquery()
    )
    counts = func.count().label("open"), func.count().filter(urgent.c.late).label("late")
    return Prepared(select(urgent.c.assignee_id, *counts).group_by(urgent.c.assignee_id))
