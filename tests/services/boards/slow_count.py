"""The boards' figures counted the slow way: every row read, every hour counted, in plain Python."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from statistics import quantiles

from sqlalchemy import select

from services import boards, deadlines, directory, registry
from services.cases.models import Answer, Case, Related, Task
from services.db import db


def worked(task: Task) -> int:
    assert task.closed_at is not None
    calendar = deadlines.calendar_for(registry.current(), task.office_key)
    return int(deadlines.working_time(calendar, task.opened_at, task.closed_at).total_seconds())


def finished_tasks(period: boards.Period) -> list[Task]:
    return [task for task in db.session.scalars(select(Task)) if within(task.done_at, period)]


def within(at: datetime | None, period: boards.Period) -> bool:
    return at is not None and period.begins <= at < period.ends


def of_office(case: Case) -> set[str]:
    return {case.office_key, case.body_key}


def figures(period: boards.Period) -> dict[str, dict[str, int]]:
    """Office -> its figures; "" is the region, where a case counts once."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for case in db.session.scalars(select(Case)):
        for key in {"", *of_office(case)}:
            if case.number and within(case.opened_at, period):
                found[key]["received"] += 1
            if within(case.closed_at, period) and case.outcome != "discarded":
                found[key]["finished"] += 1
                found[key][str(case.outcome)] += 1
                found[key]["returns"] += case.rounds
                ended_at = case.outer_stopped_at or case.closed_at
                found[key][f"whole {_kept(ended_at, case.outer_due_at, case.outer_default)}"] += 1
            if (standing := ends(case, period)) and (key in ("", case.body_key) or case.closed_at is not None):
                found[key][standing] += 1
    for task in last_of_clock(finished_tasks(period)):
        if task.due_at is not None:
            for key in ("", task.office_key):
                found[key][f"steps {_kept(task.done_at, task.due_at, task.due_default)}"] += 1
    return {key: {name: count for name, count in each.items() if count} for key, each in found.items()}


def told(found_by: boards.Figures) -> dict[str, int]:
    """The figures that are not zero, by the names of `figures`."""
    found = {name: getattr(found_by, name) for name in ("received", "finished", "approved", "refused", "returns")}
    for of in ("steps", "whole"):
        terms = getattr(found_by, of)
        for name in ("kept", "late", "kept_default", "late_default"):
            found[f"{of} {name.replace('_', ' ')}"] = getattr(terms, name)
    found |= {f"ends {name}": getattr(found_by.ends, name) for name in ("rechecked", "missed", "running")}
    found |= found_by.otherwise
    return {name: count for name, count in found.items() if count}


def ends(case: Case, period: boards.Period) -> str:
    """How the assignment of that case stands, if it grants something that ends in the period."""
    last = case.assigned_until
    granted = case.closed_at is None or case.outcome == "approved"
    if case.plays or last is None or not granted or not period.since <= last <= period.until:
        return ""
    followed = db.session.query(Related).filter_by(to_id=case.id, relation="follows").count()
    return "ends " + ("rechecked" if followed else "missed" if last < directory.today() else "running")


def last_of_clock(tasks: Iterable[Task]) -> list[Task]:
    """Without the steps after which another opened under the very same clock."""
    every = list(db.session.scalars(select(Task).order_by(Task.seq)))
    following = {
        (task.instance_id, task.code, task.clock_started_at): task.id for task in every if task.code
    }  # the last one stays
    clocks = Counter((task.instance_id, task.code, task.clock_started_at) for task in every if task.code)
    return [
        task
        for task in tasks
        if not task.code
        or clocks[key := (task.instance_id, task.code, task.clock_started_at)] == 1
        or following[key] == task.id
    ]


def by_step(period: boards.Period) -> dict[tuple[str, str], tuple[int, int, int]]:
    """(code, step) -> how often, median, what nine of ten keep."""
    times = defaultdict(list)
    for task in finished_tasks(period):
        if task.step and task.code:
            times[task.code, task.step].append(worked(task))
    return {key: measures(each) for key, each in times.items()}


def by_ground(period: boards.Period) -> Counter[str]:
    found: Counter[str] = Counter()
    for case in db.session.scalars(select(Case).filter_by(outcome="refused")):
        if within(case.closed_at, period):
            given = db.session.scalars(select(Answer).filter_by(case_id=case.id).order_by(Answer.given_at)).all()
            found[[str(each.answers["ground"]) for each in given if (each.answers or {}).get("ground")][-1]] += 1
    return found


def measures(times: Sequence[int]) -> tuple[int, int, int]:
    if len(times) == 1:
        return 1, times[0], times[0]
    tenths = quantiles(times, n=10, method="inclusive")
    return len(times), round(tenths[4]), round(tenths[8])


def _kept(at: datetime | None, due_at: datetime, default: bool) -> str:
    assert at is not None
    return ("kept" if at <= due_at else "late") + (" default" if default else "")
