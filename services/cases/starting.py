"""Cases that nobody opens at a counter: begun by a moment, a signal, a condition, or a message from outside.

Each is opened in a transaction of its own, exactly once, at an office that the start event names; its first steps lie
in that office's lists, and the first of them asks who applies (docs/decisions/0046).
"""

import secrets
from collections.abc import Mapping

from services import bpmn, clock, deadlines, directory, engine, jobs, journal, processes, registry
from services.cases.errors import NoOfficeToBegin, NoReceiver, NotYours
from services.cases.escalation import case_jobs
from services.cases.messages import move_on
from services.cases.move import Move
from services.cases.of_its_day import of_its_day
from services.cases.service import new_case
from services.cases.signals import begun_by
from services.db import transaction
from services.processes import beginnings

#: who opens what nobody opens
NOBODY = 0
SENDER, OUTSIDE = "sender", "outside"


def begin(
    definition_id: int,
    start: bpmn.Start,
    office_key: str,
    variables: Mapping[str, object],
    *,
    key: str,
    person: directory.Person | None = None,
) -> int | None:
    """A case begins by that start event at that office; its id. None when it has begun already under this key.

    Raises ExpressionError, UnknownStep.
    """
    now = clock.now()
    with transaction():
        deadlines.hold_version(registry.current().region)
        plugins = registry.current()
        definition = processes.definition(definition_id)
        route = definition.process_id
        case = new_case(route, plugins, office_key, person.id if person is not None else NOBODY, key)
        if case is None:
            return None
        move = Move.beginning(case, definition_id, person)
        step = engine.start(definition, {"route": route, **variables}, move.world(), at=start.element)
        move.note("case.begun", by=start.kind, what=start.says, office=office_key, definition=definition_id)
        move.later += case_jobs(plugins, case, now)
        move_on(move, step, None)
        return case.id


def at_its_moment(job: jobs.Job, result: object) -> None:
    """The moment of a timer start event has come, or a signal that begins a case was thrown.

    Inside the transaction that ends the job. A timer of a version that is not in force any more begins nothing.
    """
    definition_id, element = int(str(job.args["definition"])), str(job.args["element"])
    office_key, payload = str(job.args[beginnings.OFFICE]), job.args.get("payload", {})
    assert isinstance(payload, dict)
    definition = processes.definition(definition_id)
    start = next(each for each in definition.starts if each.element == element)
    due = job.args.get("due")
    if isinstance(due, dict):
        if processes.in_force_now().get(definition.process_id) != definition_id:
            return
        plugins = registry.current()
        again = bpmn.next_start(due, beginnings.world_of(plugins, office_key, clock.now()))
        if again is not None:
            jobs.enqueue([beginnings.PlannedStart(definition_id, element, office_key, again).job()])
    begin(definition_id, start, office_key, payload, key=f"{job.key}:{job.planned_at.isoformat()}")


def tell_not_begun(job: jobs.Job, error: Exception) -> None:
    """Write down that a case did not begin by itself. Inside the transaction that gives the job up."""
    element, office_key = str(job.args["element"]), str(job.args[beginnings.OFFICE])
    process = processes.definition(int(str(job.args["definition"]))).process_id
    told = {"kind": job.kind, "job": job.key, "process": process, "element": element, "office": office_key}
    line = journal.NewLine("case.incident", "worker", {**told, "error": type(error).__name__})
    journal.append("jobs", [line], at=clock.now())


@of_its_day
def begin_by_message(message: str, person: directory.Person, payload: Mapping[str, object]) -> int:
    """A message from outside begins a case; its id. Only where the start event lets it come from there.

    Where the start event names several offices, the variable `office` says at which. Raises NoReceiver,
    NoOfficeToBegin.
    """
    if directory.WORKER not in person.roles():
        raise NoReceiver(name=message)
    found = [each for each in begun_by("message", message) if each[1].properties.get(SENDER) == OUTSIDE]
    given = dict(payload)
    wanted = given.pop(beginnings.OFFICE, None)
    if len({definition_id for definition_id, _, _ in found}) != 1:
        raise NoReceiver(name=message)
    fitting = [each for each in found if wanted in (None, each[2])]
    if len(fitting) != 1:
        raise NoOfficeToBegin(offices=", ".join(office_key for _, _, office_key in found))
    definition_id, start, office_key = fitting[0]
    key = f"message:{definition_id}:{start.element}:{secrets.token_urlsafe(12)}"
    case_id = begin(definition_id, start, office_key, given, key=key, person=person)
    assert case_id is not None
    return case_id


@of_its_day
def begin_by_condition(
    values: Mapping[str, object], person: directory.Person, definition_id: int | None = None
) -> list[int]:
    """A program tells what is so: a case begins by every start event whose condition holds then, of every version in
    force or of that one; their ids. The variable `office` says at which office only. All of them, or none.

    Raises NotYours, ExpressionError.
    """
    if directory.WORKER not in person.roles():
        raise NotYours(role=directory.WORKER, office="")
    given, now, begun = dict(values), clock.now(), []
    wanted = given.pop(beginnings.OFFICE, None)
    with transaction():
        for of, start, office_key in begun_by("condition"):
            world = beginnings.world_of(registry.current(), office_key, now)
            if definition_id in (None, of) and wanted in (None, office_key) and bpmn.begins_now(start, given, world):
                key = f"condition:{of}:{start.element}:{secrets.token_urlsafe(12)}"
                begun.append(begin(of, start, office_key, given, key=key, person=person))
    return [each for each in begun if each is not None]
