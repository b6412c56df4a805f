"""A region's worked cases, played over the pages: each step at its moment, by whoever should do it.

The same `cases/*.yaml` that `komek region check` holds against the tables alone. What people answer is the usual, but
for what a step's `answers` say.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from komek.testing.people import People, Stuck
from komek.testing.played import PlayedCase, go_to_the_end, worker_until
from services import clock, deadlines, registry
from services.cases.models import Task
from services.db import db

MOMENT = "%Y-%m-%d %H:%M"
#: acts between two steps of the file: what it leaves out is done as usual
BETWEEN = 8


class Otherwise(AssertionError):
    """A worked case comes out otherwise over the pages than it says."""


def moment(said: object, office: str) -> datetime:
    """A moment on the office's clock."""
    zone = deadlines.RegionTime(registry.shipped()).zone(office)
    return datetime.strptime(str(said)[:16], MOMENT).replace(tzinfo=zone)


def play_worked(people: People, said: Mapping[str, Any]) -> PlayedCase:
    """From its opening through its steps; to its end where it says how it `ends`. Raises Otherwise, Stuck."""
    steps, office = list(said.get("steps") or ()), str(said["office"])
    intake = str(steps[0].get("office") or office) if steps else office
    begun = moment(said["accepted"], office)
    worker_until(begun)
    with clock.stopped(begun):
        case = PlayedCase(str(said["route"]), people.open(str(said["route"]), intake))
    done = begun
    for at, step in enumerate(steps):
        done = _play_step(people, case, step, _done(steps, at, office), office)
    if "due" in said:
        outer = people.case(case.id).outer_due_at
        _same(said, "the whole is due", outer.astimezone(begun.tzinfo), str(said["due"]))
    if "ends" in said:
        go_to_the_end(people, case, done)
        if case.outcome != said["ends"]:
            raise Otherwise(f"{said.get('case')}: it ends as {case.outcome}, and the case says {said['ends']}")
    return case


def _done(steps: list[Mapping[str, Any]], at: int, office: str) -> datetime:
    """When it is done: as it says, else when the next begins, else when it began itself."""
    if "done" in steps[at]:
        return moment(steps[at]["done"], str(steps[at].get("office") or office))
    after = steps[min(at + 1, len(steps) - 1)]
    return moment(after["from"], str(after.get("office") or office))


def _play_step(people: People, case: PlayedCase, step: Mapping[str, Any], done: datetime, office: str) -> datetime:
    here, name = str(step.get("office") or office), f"case {case.id}, {step['step']}"
    begins = moment(step["from"], here)
    task = _opened(people, case, str(step["step"]), begins)
    _same(step, f"{name}: it begins", task.opened_at.astimezone(begins.tzinfo), str(step["from"]))
    due = task.due_at.astimezone(begins.tzinfo) if task.due_at else None
    _same(step, f"{name}: it is due", due, str(step["due"]))
    worker_until(done)
    with clock.stopped(done):
        _do(people, case, task, step)
    row = db.session.get_one(Task, task.id, populate_existing=True)
    if "outcome" in step and row.outcome != step["outcome"]:
        raise Otherwise(f"{name}: its outcome is {row.outcome}, and the case says {step['outcome']}")
    return done


def _opened(people: People, case: PlayedCase, key: str, at: datetime) -> Task:
    """The step of that key, open then; what stands before it and is not in the file is done at that moment."""
    for _ in range(BETWEEN):
        worker_until(at)  # it may be an operation after which it opens
        for task in people.waits(case.id):
            if task.step == key:
                return task
        with clock.stopped(at):
            act = people.go_on(case.id)
        if act is None:
            break
        case.acts.append(act)
    waits = [each.step or each.element for each in people.waits(case.id)]
    raise Otherwise(f"case {case.id} of {case.route}: the step {key} is not open at {at}, but {waits}")


def _do(people: People, case: PlayedCase, task: Task, step: Mapping[str, Any]) -> None:
    """By its form, or by what moves the paper until it is over."""
    if task.waits_for == "person":
        case.acts.append(people.work(task, step.get("answers") or {}))
        return
    for _ in range(BETWEEN):
        if task.id not in {each.id for each in people.waits(case.id)}:
            return
        if (act := people.go_on(case.id)) is None:
            break
        case.acts.append(act)
    raise Stuck(f"case {case.id}: nobody can end the step {task.step}")


def _same(said: Mapping[str, Any], what: str, found: datetime | None, wanted: str) -> None:
    shown = f"{found:{MOMENT}}" if found else "—"
    if shown != wanted[:16]:
        raise Otherwise(f"{said.get('case', what)}: {what} {shown}, and the case says {wanted[:16]}")
