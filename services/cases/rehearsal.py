"""A rehearsal: a case that plays an office. It stands at the designers' own office, where no list of real work looks;
it takes no number from a register, no date is charged, no paper travels, nothing outside is touched.
"""

import secrets
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from services import clock, directory, engine, law, processes, registry
from services.cases import finding
from services.cases.completing import Click, complete_task
from services.cases.errors import DoesNotHold, NotARehearsal, NotYours
from services.cases.facts import number_of
from services.cases.intake import IntakeForm, form_at_first
from services.cases.messages import move_on
from services.cases.models import Case, Task
from services.cases.move import Move
from services.cases.reading import Work, read_task
from services.cases.rights import check_open, in_hands_of
from services.db import db, transaction
from services.errors import Invalid
from services.processes import beginnings
from services.registry import Registry

#: no date is charged; the column wants one
FAR = timedelta(days=365)


class CannotPlay(Invalid):
    """A rehearsal plays an office that takes applications in: %(office)s is none."""


def rehearse(
    definition_id: int,
    person: directory.Person,
    *,
    office_key: str | None = None,
    variables: Mapping[str, object] | None = None,
    at: str | None = None,
    asks: bool = True,
    edition: int | None = None,
    key: str = "",
) -> int:
    """Begin a rehearsal under that version, in force or not, as that office (the first that fits); the case's id.

    It lives under that `edition` of the act, in force or not, else under today's.

    It begins `at` that start event, else where a person begins it; where that has a form, and it is `asks`, the form
    is filled in first. The same `key` of the same person again is the rehearsal that it began.
    Raises NotDesigner, NotFound, CannotPlay, NoPlainStart, NoSuchStart, ExpressionError.
    """
    if processes.DESIGNER not in person.roles():
        raise processes.NotDesigner
    plugins = registry.current() if edition is None else law.registry_under(edition)
    definition = processes.definition(definition_id)
    plays = office_key or _office_for(plugins, definition.process_id)
    home = str(plugins.facts()["control_office"])
    if plugins.row("offices", plays)["kind"] not in plugins.kinds():
        raise CannotPlay(office=plays)
    with transaction():
        open_key = f"rehearsal:{person.id}:{key}" if key else f"rehearsal:{secrets.token_urlsafe(12)}"
        case = _kept_apart(plugins, definition.process_id, home, plays, person, open_key)
        if case is None:
            return db.session.scalars(select(Case.id).filter_by(open_key=open_key)).one()
        move = Move.beginning(case, definition_id, person, plays=plays)
        begun = {"route": definition.process_id, **(variables or {})}
        step = engine.start(definition, begun, move.world(), at=at, asks=asks)
        move.note("case.rehearsed", office=plays, definition=definition_id)
        move_on(move, step, None)
        return case.id


def _kept_apart(
    plugins: Registry, route: str, home: str, plays: str, person: directory.Person, open_key: str
) -> Case | None:
    """The row of a rehearsal, at the designers' own office; None when this key has begun one already."""
    now = clock.now()
    made = insert(Case).values(
        route=route, region=plugins.region, edition=plugins.edition, office_key=home, body_key=home, plays=plays,
        opened_at=now, opened_by_id=person.id, open_key=open_key,
        outer_due_at=now + FAR, outer_default=True, outer_stopped_at=now, stops=[], rounds=0, kept=0, version=1,
    )  # fmt: skip
    once = made.on_conflict_do_nothing(index_elements=["open_key"]).returning(Case)
    case = db.session.scalars(once).one_or_none()
    if case is None:
        return None
    case.found_by = finding.found_by([home], finding.keys_of_numbers([number_of(case, None) or ""]))
    return case


def start_form(definition_id: int, person: directory.Person, office_key: str | None = None) -> IntakeForm | None:
    """What is asked at the start event where a person begins that version; None when nothing is.

    Raises NotDesigner, NotFound, NoPlainStart.
    """
    if processes.DESIGNER not in person.roles():
        raise processes.NotDesigner
    definition = processes.definition(definition_id)
    asks = any(each.element == definition.begins_at and each.form for each in definition.starts)
    office_key = office_key or _office_for(registry.current(), definition.process_id)
    return form_at_first(definition_id, office_key) if asks else None


def rehearse_filled_in(
    definition_id: int, person: directory.Person, answers: Mapping[str, object], *, office_key: str | None = None
) -> int:
    """Begin a rehearsal and fill in the form of its start event: both, or neither; the case's id.

    Where nothing is asked there, the answers are its first variables. Raises as `rehearse` does, and InvalidAnswers.
    """
    with transaction():
        if start_form(definition_id, person, office_key) is None:
            return rehearse(definition_id, person, office_key=office_key, variables=answers)
        case_id = rehearse(definition_id, person, office_key=office_key)
        wanted = select(Task.id).filter_by(case_id=case_id, waits_for="person").order_by(Task.seq).limit(1)
        complete_task(db.session.scalars(wanted).one(), answers, Click(person, secrets.token_urlsafe(12)))
        db.session.flush()
    return case_id


def rehearse_on(
    task_id: str, person: directory.Person, *, outputs: Mapping[str, object] | None = None, error_code: str = ""
) -> int:
    """End a wait of a rehearsal by hand, as if its timer had fired, its message come, its operation been carried out.

    `outputs` is what it brings; with an `error_code` the operation fails with that BPMN error. A timer that repeats
    can be let go again, as often as it repeats; what waits for a condition goes on when what is brought makes it hold.
    The case's id. Raises NotARehearsal, NotYours, TaskGone, DoesNotHold, NoBoundary, ExpressionError.
    """
    with transaction():
        work = read_task(task_id, lock=True)
        if work.task.waits_for == "person":
            raise NotARehearsal
        _check_may_play(work, person)
        task, move = work.task, Move.of(work, person, own_right=True)
        told = {"task": task.id, "what": task.waits_for, **({"code": error_code} if error_code else {})}
        move.note("case.rehearsed_on", **told)
        step = _end_wait(move, task.stop_id, task.waits_for, outputs or {}, error_code)
        goes_on = all(stop.id != task.stop_id for stop in step.stops)
        if task.waits_for == "condition" and not goes_on:
            raise DoesNotHold
        if goes_on:  # a repeated timer waits on, for its next turn
            move.end(task, "refused" if error_code else "done")
        move_on(move, step, task)
        return work.case.id


def rehearse_with(task_id: str, person: directory.Person, values: Mapping[str, object]) -> int:
    """Set variables of the process of a rehearsal that waits there, as if they had come about; the case's id.

    Raises NotARehearsal, NotYours, TaskGone, ExpressionError.
    """
    with transaction():
        work = read_task(task_id, lock=True)
        _check_may_play(work, person)
        move = Move.of(work, person, own_right=True)
        move.note("case.rehearsed_with", names=sorted(values))
        step = engine.change(move.definition, move.instance.state, values, move.world())
        move_on(move, step, None)
        return work.case.id


def _check_may_play(work: Work, person: directory.Person) -> None:
    """Raises NotARehearsal, TaskGone, NotYours."""
    if work.case.plays is None:
        raise NotARehearsal
    check_open(work, person)
    if not in_hands_of(work.task, person) and processes.DESIGNER not in person.roles_at(work.case.office_key):
        raise NotYours(role=processes.DESIGNER, office=work.case.office_key)


def _end_wait(move: Move, stop_id: str, waits_for: str, outputs: Mapping[str, object], error_code: str) -> engine.Step:
    definition, state, world = move.definition, move.instance.state, move.world()
    if waits_for == "timer":
        return engine.wake(definition, state, [stop_id], world)
    if waits_for == "condition":  # it goes on where what is set makes the condition hold
        return engine.change(definition, state, outputs, world)
    if waits_for in ("message", "signal"):
        return engine.receive(definition, state, stop_id, outputs, world)
    if error_code:
        return engine.fail(definition, state, stop_id, error_code, world)
    return engine.complete(definition, state, stop_id, outputs, world)


def _office_for(plugins: Registry, process: str) -> str:
    """The first office where that process begins; a body's, for one that no counter opens."""
    first = beginnings.counter_of(plugins, process)
    return first or next(row["key"] for row in plugins.table("offices") if row["kind"] == "body")
