"""The steps of a case, a line of each: as they were done, and as they stand."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, select

from services import clock, directory, registry
from services.cases.models import Case, Task
from services.cases.pages.dues import counted_until, due_of, outer_of
from services.cases.pages.shown import DueView, StepLine
from services.cases.rights import case_seen_by, sees_outcomes
from services.loaded import Loaded


def is_step(task: Task) -> bool:
    """Whether it stands among the case's steps: a person's task, or a wait that somebody answers for."""
    return task.waits_for == "person" or bool(task.step)


def is_wait(task: Task) -> bool:
    """Whether the case waits there, and for no person's task."""
    return task.closed_at is None and task.waits_for != "person"


def is_outside(task: Task) -> bool:
    """Whether it waits there for a program outside, and is no step of the act that stands among the steps already."""
    by_others = task.waits_for == "operation" and not registry.current().answers(task.operation or "")
    return by_others and is_wait(task) and not is_step(task)


def step_lines(
    tasks: Sequence[Task], names: Mapping[int, directory.Holder], person: directory.Person, whole: bool, case: Case
) -> list[StepLine]:
    """The steps among these; what one came to is shown at its own office, and the `whole` everywhere."""
    return [
        step_line(task, names, whole or bool(person.roles_at(task.office_key)), case) for task in tasks if is_step(task)
    ]


def steps_of(case_id: int, person: directory.Person) -> tuple[Case, DueView, Sequence[StepLine]]:
    """The case, its due moment and its steps as they were done and stand: for programs. Raises NoSuchCase, NotYours."""
    case = case_seen_by(case_id, person)
    tasks = [task for task in tasks_of(case) if is_step(task)]
    steps = step_lines(tasks, people_of(tasks), person, sees_outcomes(case, person), case)
    return case, outer_of(case), steps


def steps_without_outcomes(case: Case) -> Sequence[StepLine]:
    """The case's steps, who did them and when; not what they came to. Asks for no right: `boards` does."""
    tasks = [task for task in tasks_of(case) if is_step(task)]
    known = people_of(tasks)
    return [step_line(task, known, False, case) for task in tasks]


def tasks_of(case: Case) -> Sequence[Task]:
    """All its tasks and waits, in order."""
    return _OF_CASE.all(case_id=case.id)


_OF_CASE = Loaded(select(Task).where(Task.case_id == bindparam("case_id")).order_by(Task.seq))


def people_of(tasks: Sequence[Task]) -> dict[int, directory.Holder]:
    """Everybody in whose hands a task is or was, and for whom."""
    return directory.holders(
        each
        for task in tasks
        for each in (task.assignee_id, task.done_by_id, task.done_for_id, *(task.candidates or ()))
        if each
    )


def step_line(task: Task, names: Mapping[int, directory.Holder], whole: bool, case: Case) -> StepLine:
    """One of them, of that case; what it came to only where the `whole` is shown."""
    holder = names.get(task.assignee_id) if task.assignee_id else None
    done_by, done_for = names.get(task.done_by_id or 0), names.get(task.done_for_id or 0)
    offered = [names[each] for each in task.candidates or () if each in names]
    return StepLine(
        task_id=task.id,
        key=task.step,
        code=task.code,
        title=task.name,
        role=task.role,
        office=task.office_key,
        holder=holder.name if holder else None,
        holder_id=task.assignee_id,
        deputy=_deputies(task, [holder] if holder else offered) if task.closed_at is None else "",
        done_by=done_by.name if done_by else None,
        done_for=done_for.name if done_for else "",
        done_order=task.done_order,
        conflict_reason=task.conflict_reason if whole else "",
        started_at=task.clock_started_at,
        due=due_of(task, case),
        done_at=task.done_at,
        late=task.due_at is not None
        and counted_until(task.done_at or clock.now(), case.stopped_since) > task.due_at
        and not _cancelled(task),
        outcome=task.outcome if whole or task.outcome is None else "done",
        outputs=tuple(task.outputs) if whole else (),
        round=task.round,
        cancelled=_cancelled(task),
        delay_reason=task.delay_reason if whole else "",
        waits_for=task.waits_for,
        offered_to=tuple(each.name for each in offered),
        priority=task.priority,
        follow_up_at=task.follow_up_at,
    )


def _deputies(task: Task, who: Sequence[directory.Holder]) -> str:
    """Who stands in for them in that task, by name."""
    found = (each.deputy_at(task.office_key, task.role) for each in who)
    return ", ".join(dict.fromkeys(each for each in found if each))


def _cancelled(task: Task) -> bool:
    return task.closed_at is not None and task.done_at is None
