"""R-ESC: who is told when a term of days runs out. Planned with the step, as jobs; told by a worker, each fact once.

Only terms of days warn and escalate (R-WD, and R-TOTAL of the whole case); minutes, registry and courier turn overdue.
What is told depends on how things stood at its moment, never on when a worker came to look.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from sqlalchemy import or_, select

from services import deadlines, notices, registry
from services.cases.history import write_line
from services.cases.models import Case, Instance, Task
from services.cases.reading import lock_cases
from services.db import db
from services.jobs import Job, NewJob, enqueue
from services.notices.models import Kind
from services.registry import Registry

#: rows as they stand now, whatever the session has read before
FRESH = {"populate_existing": True}

#: kind of the jobs
NOTICE = "notice"
_KINDS: tuple[Kind, ...] = ("warned", "overdue", "escalated")


def step_jobs(plugins: Registry, task: Task, since: datetime) -> list[NewJob]:
    """The moments of a step from `since` on; none for a term that is not one of days.

    Steps that share a clock share its facts: planned twice, they are told once.
    """
    if task.due_at is None or not task.rule or not deadlines.parse_rule(task.rule).escalates:
        return []
    clock = f"{task.instance_id}.{task.code}.{_stamp(task.clock_started_at)}"
    return _jobs(plugins, task.case_id, clock, task.due_at, task.office_key, max(since, task.clock_started_at), task.id)


def case_jobs(plugins: Registry, case: Case, since: datetime) -> list[NewJob]:
    """The moments of the outer clock from `since` on (R-TOTAL, by the calendar of the authorised body)."""
    return _jobs(plugins, case.id, f"outer.{case.id}", case.outer_due_at, case.body_key, max(since, case.opened_at))


def replan(case_ids: Iterable[int], now: datetime) -> None:
    """Due moments of those cases were moved: what was planned for the old ones is void, what is to come is planned.

    A moment that is past is not made up for. In the caller's transaction: two statements to look, one to plan.
    """
    ids = sorted(set(case_ids))
    running = select(Case).where(Case.id.in_(ids), Case.outer_stopped_at.is_(None), Case.closed_at.is_(None))
    steps = select(Task, Case.edition).join(Case, Case.id == Task.case_id)
    steps = steps.where(Task.case_id.in_(ids), Task.closed_at.is_(None), Task.rule != "")
    cases = db.session.scalars(running.order_by(Case.id), execution_options=FRESH).all()
    tasks = db.session.execute(steps.order_by(Task.seq), execution_options=FRESH).all()
    planned = [job for case in cases for job in case_jobs(registry.of(case), case, now)]
    planned += [job for row in tasks for job in step_jobs(registry.of(row), row.Task, now)]
    enqueue([job for job in planned if job.due_at > now])


def tell(job: Job, result: object) -> None:
    """Tell of it, if it was so at its moment: not finished by then, and due when it was planned to be.

    Inside the transaction that ends the job.
    """
    lock_cases([job.case_id or 0])
    case = db.session.get(Case, job.case_id, populate_existing=True)
    if case is None:
        return
    new = _of_step(job, case) if job.args["task"] else _of_case(job, case)
    if new is not None and notices.give(new):
        told = {"code": new.code, "task": new.task_id, "clock": new.clock, "staff": new.staff_id,
                "office": new.to_office_key, "role": new.to_role}  # fmt: skip
        write_line(case.id, f"case.{new.kind}", None, **told)


def told_role(plugins: Registry, office_key: str, kind: str) -> str | None:
    """The role that is told of such things at an office of that kind: the region's table says."""
    return next(iter(told_roles(plugins, office_key, kind)), None)


def told_roles(plugins: Registry, office_key: str, kind: str) -> list[str]:
    """Every role that is told of such things there."""
    office = plugins.row("offices", office_key)["kind"]
    rows = (row for row in plugins.table("roles") if row["office"] in (office, "any"))
    return [row["key"] for row in rows if kind in (row.get("told") or "").split(";")]


def _jobs(
    plugins: Registry, case_id: int, clock: str, due_at: datetime, office_key: str, since: datetime, task_id: str = ""
) -> list[NewJob]:
    """The key names the clock, the due moment and the kind: another due moment is another fact."""
    moments = zip(_KINDS, deadlines.escalation_for(plugins, due_at, office_key), strict=True)
    told = {"task": task_id, "due_at": due_at.isoformat()}
    return [
        NewJob(
            NOTICE,
            f"{NOTICE}:{clock}.{_stamp(due_at)}.{kind}",
            at,
            case_id=case_id,
            lane=f"case:{case_id}",
            args={**told, "kind": kind},
        )
        for kind, at in moments
        if at >= since
    ]


def _of_step(job: Job, case: Case) -> notices.NewNotice | None:
    """What is told of a step, by the last of those that share its clock and were open at the moment."""
    planned_for = db.session.get(Task, job.args["task"])
    if planned_for is None:
        return None
    sharing = select(Task).where(
        Task.instance_id == planned_for.instance_id,
        Task.code == planned_for.code,
        Task.clock_started_at == planned_for.clock_started_at,
    )
    task = _open_at(job.planned_at, sharing)
    if task is None or task.due_at != _due_at(job) or _suspended(job, case):
        return None
    return _notice(job, case, task, "step", task.office_key, task.due_default)


def _of_case(job: Job, case: Case) -> notices.NewNotice | None:
    """What is told of the whole case; whoever held the step that was open then is meant."""
    ended_at = case.outer_stopped_at or case.closed_at
    if (
        case.outer_due_at != _due_at(job)
        or _suspended(job, case)
        or (ended_at is not None and ended_at <= job.planned_at)
    ):
        return None
    task = _open_at(job.planned_at, select(Task).where(Task.case_id == case.id))
    return _notice(job, case, task, "outer", case.body_key, case.outer_default)


def _suspended(job: Job, case: Case) -> bool:
    """Whether the clocks had been stopped by then: what is due after they run again is planned then."""
    return case.stopped_since is not None and case.stopped_since <= job.planned_at


def _open_at(moment: datetime, tasks):  # type: ignore[no-untyped-def]
    """The task that was open at that moment: the latest; a person's before a wait."""
    wanted = tasks.where(Task.opened_at <= moment, or_(Task.closed_at.is_(None), Task.closed_at > moment))
    return db.session.scalars(wanted.order_by(Task.waits_for != "person", Task.seq.desc())).first()


def _notice(job: Job, case: Case, task: Task | None, clock: str, office_key: str, default: bool) -> notices.NewNotice:
    """Warned: the holder, else the role there. Overdue: the holder and the head. Escalated: the control level."""
    plugins, kind = registry.of(case), cast("Kind", job.args["kind"])
    holder = (task.assignee_id or task.done_by_id) if task is not None else None
    to_office_key, to_role = office_key, told_role(plugins, office_key, "overdue")
    if kind == "escalated":
        to_office_key = str(plugins.facts()["control_office"])
        holder, to_role = None, told_role(plugins, to_office_key, "escalated")
    elif kind == "warned" and task is not None:
        to_office_key, to_role = task.office_key, None if holder is not None else task.role or to_role
    instance = db.session.get(Instance, task.instance_id) if task is not None else None
    return notices.NewNotice(
        fact=job.key,
        kind=kind,
        clock="step" if clock == "step" else "outer",
        case_id=case.id,
        task_id=task.id if task is not None else None,
        code=task.code if task is not None and clock == "step" else "",
        title=task.name if task is not None and clock == "step" else "",
        number=(instance.number if instance is not None else None) or case.number or "",
        office_key=office_key,
        at=job.planned_at,
        due_at=_due_at(job),
        due_default=default,
        staff_id=holder,
        to_office_key=to_office_key if to_role else None,
        to_role=to_role,
    )


def _due_at(job: Job) -> datetime:
    return datetime.fromisoformat(str(job.args["due_at"]))


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%S%f}"
