"""Messages between the pools of a case, and to it from the desk.

A message and its effect are one commit; one that nobody waits for yet is a row that is kept until somebody does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from services import clock, custody, directory, engine, processes, registry
from services.cases.carrying_on import carry_on, write_history
from services.cases.facts import body_of
from services.cases.models import Applicant, Case, Instance, Message, Task
from services.cases.move import Move
from services.cases.reading import Work, answers_of, read_wait
from services.cases.staying import WayOn, attempt
from services.db import db

#: the message that a person at the PSC's counter gives
APPLICANT_CAME = "applicant.came"


@dataclass(frozen=True)
class Stamp:
    """What stands on a wait that a message ended."""

    outcome: str = "received"
    outputs: tuple[str, ...] = ()
    #: office -> what the steps begin with that open there because of it
    brings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    payload: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class _Sent:
    """A message on its way, inside one move."""

    move: Move
    thrown: engine.Thrown
    sender_id: int | None  #: the instance that threw it, which never catches it


def move_on(move: Move, step: engine.Step, finished: Task | None, *, claimed_by: int | None = None) -> None:
    """Carry this pool on, and every pool that it tells something, until all of them wait; then write the history."""
    _tell_all(move, carry_on(move, step, finished, claimed_by=claimed_by))


def go_on(move: Move, task: Task, way: WayOn) -> None:
    """Goes on from a place that is stamped already; inside a verb that `keeps`, what cannot go on stays there."""
    _tell_all(move, attempt(move, task, way))


def _tell_all(move: Move, thrown: Sequence[engine.Thrown]) -> None:
    tell_others(move, thrown)
    write_history(move)


def tell_others(move: Move, thrown: Sequence[engine.Thrown]) -> list[Move]:
    """Tell the case's other pools what this one threw, until all of them wait: the moves of all, yet to be written."""
    sent = _sent(move, thrown)
    moved = [move]
    while sent or (sent := _kept(move.case, moved)):
        receiver, more = _give(sent.pop(0))
        sent += more
        if receiver is not None:
            moved.append(receiver)
    return moved


def deliver(facts: Sequence[custody.Moved], person: directory.Person) -> list[custody.Moved]:
    """Tell the cases what became true of their papers; those facts that no case waited for.

    Inside the caller's transaction, who has locked the cases.
    """
    return [
        fact
        for fact in facts
        if not tell(fact.case_id, fact.message, _stamp(fact), person) and not _begins_by_desk(fact, person)
    ]


def _begins_by_desk(fact: custody.Moved, person: directory.Person) -> bool:
    """Whether a pool of the body begins with a paper that came back to it, for which nobody waited.

    The process in force that says so, whatever version the case runs under; it knows what the case's pools know.
    """
    case = db.session.get_one(Case, fact.case_id)
    if fact.office_key != case.body_key or case.office_key == case.body_key or case.closed_at is not None:
        return False
    definition_id = processes.begun_by_desk(fact.message)
    pools = db.session.scalars(select(Instance).filter_by(case_id=case.id).order_by(Instance.id)).all()
    if definition_id is None or any(each.definition_id == definition_id and not each.finished_at for each in pools):
        return False
    known: dict[str, object] = {}
    for each in pools:
        known |= engine.known(processes.definition(each.definition_id), each.state)
    own = processes.definition(pools[0].definition_id)
    applicant, answers = db.session.get(Applicant, case.id), answers_of(case.id)
    move = Move(registry.of(case), case, pools[0], own, person, clock.now(), applicant, answers)
    receiver, thrown = _begin(move, definition_id, engine.Thrown(fact.message, known))
    tell_others(receiver, [each.thrown for each in thrown])
    write_history(receiver)
    return True


def tell(case_id: int, message: str, stamp: Stamp, person: directory.Person, *, claimed_by: int | None = None) -> bool:
    """Tell a case something from outside: whether it waited for it. Inside the caller's transaction, case locked."""
    db.session.flush()
    work = read_wait(case_id, message)
    if work is None:
        return False
    tell_at(work, stamp, person, claimed_by=claimed_by)
    return True


def tell_at(work: Work, stamp: Stamp, person: directory.Person, *, claimed_by: int | None = None) -> None:
    """End that wait, which is open, with what came from outside. Inside the caller's transaction, case locked."""
    move = Move.of(work, person)
    move.brings = stamp.brings
    _arrive(move, work.task, stamp)
    go_on(move, work.task, WayOn("receive", stamp.payload, claimed_by=claimed_by, brings=stamp.brings))


def _arrive(move: Move, task: Task, stamp: Stamp) -> None:
    """The wait is over: stamped by whoever brought the message."""
    move.end(task, stamp.outcome)
    task.outputs = list(stamp.outputs)
    late = bool(task.due_at and move.counted_until > task.due_at)
    told = {"message": task.message, "task": task.id, "step": task.step, "code": task.code}
    move.note("case.message_received", **told, outcome=stamp.outcome, late=late)


def _sent(move: Move, thrown: Sequence[engine.Thrown]) -> list[_Sent]:
    return [_Sent(move, each, move.instance.id) for each in thrown]


def _give(sent: _Sent) -> tuple[Move | None, list[_Sent]]:
    """Give a message to the pool that waits for it, or begin the pool that it begins, or keep it."""
    db.session.flush()
    move, thrown = sent.move, sent.thrown
    found = db.session.execute(_waiting(move.case.id, sent)).first()
    if found is not None:
        task, instance = found
        receiver = move.beside(instance, processes.definition(instance.definition_id))
        _arrive(receiver, task, Stamp(payload=thrown.payload))
        return receiver, _sent(receiver, attempt(receiver, task, WayOn("receive", thrown.payload)))
    definition_id = processes.begun_by(move.instance.definition_id, thrown.message)
    if definition_id is not None:
        return _begin(move, definition_id, thrown)
    _keep(move, thrown)
    return None, []


def _waiting(case_id: int, sent: _Sent):  # type: ignore[no-untyped-def]
    return (
        select(Task, Instance)
        .join(Instance, Instance.id == Task.instance_id)
        .where(Task.case_id == case_id, Task.message == sent.thrown.message, Task.closed_at.is_(None))
        .where(Task.instance_id.is_distinct_from(sent.sender_id))
        .order_by(Task.seq)
    )


def _begin(move: Move, definition_id: int, thrown: engine.Thrown) -> tuple[Move, list[_Sent]]:
    """The pool of the authorised body begins with this message."""
    case, definition = move.case, processes.definition(definition_id)
    start = definition.begun_by("message", thrown.message)
    step = engine.start(definition, thrown.payload, move.world(), at=start.element if start is not None else None)
    instance = Instance(case_id=case.id, definition_id=definition_id, office_key=case.body_key, started_at=move.now)
    instance.state, instance.passed, instance.plays = step.state, [], case.plays and body_of(move.registry, case.plays)
    db.session.add(instance)
    db.session.flush()
    receiver = move.beside(instance, definition)
    receiver.note("case.pool_begun", message=thrown.message, office=case.body_key)
    return receiver, _sent(receiver, carry_on(receiver, step, None))


def _keep(move: Move, thrown: engine.Thrown) -> None:
    kept = Message(case_id=move.case.id, name=thrown.message, payload=dict(thrown.payload), kept_at=move.now)
    db.session.add(kept)
    move.case.kept += 1
    move.note("case.message_kept", message=thrown.message)


def _kept(case: Case, moved: Sequence[Move]) -> list[_Sent]:
    """A kept message that somebody now waits for, taken out of keeping; one at a time, the oldest first."""
    waits = {task.message for move in moved for task in move.opened if task.message and task.closed_at is None}
    if not case.kept or not waits:
        return []
    db.session.flush()
    wanted = select(Message).where(
        Message.case_id == case.id, Message.delivered_at.is_(None), Message.name.in_(sorted(waits))
    )
    message = db.session.scalars(wanted.order_by(Message.id)).first()
    if message is None:
        return []
    message.delivered_at = moved[0].now
    case.kept -= 1
    return [_Sent(moved[0], engine.Thrown(message.name, message.payload), None)]


def _stamp(fact: custody.Moved) -> Stamp:
    """Outcomes and outputs of the act's paper steps: P2, PC, P10, PB, and the scans that P3 and P11 begin with."""
    if fact.what == "handed_over":
        outcome = "in_registry" if fact.kind == "folder" else "sent"
        return Stamp(outcome, ("doc.registry", f"scan.{fact.point}"))
    act = ("doc.discrepancy_act",) if fact.irregular else ()
    return Stamp("delivered", ("fact.handover_signatures",), {fact.office_key: (f"scan.{fact.point}", *act)})
