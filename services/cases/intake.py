"""An application opened and registered in one transaction; and the form for it, before there is a case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from services import clock, deadlines, directory, engine, law, processes, registry
from services.cases.completing import Click, complete_task
from services.cases.facts import body_of, form_call
from services.cases.models import Case, Instance, Task
from services.cases.move import Move
from services.cases.of_its_day import of_its_day
from services.cases.reading import Work
from services.cases.service import open_case
from services.cases.staying import keeps
from services.db import db, transaction
from services.errors import Invalid
from services.plugin import Answers, Field
from services.processes import beginnings


class NoForm(Invalid):
    """Applications of this kind do not begin with a form."""


class NoSuchRoute(Invalid):
    """There is no way of applying by the name of %(route)s."""


@dataclass(frozen=True)
class IntakeForm:
    """What is asked at the counter, in words that are translated when shown."""

    route: str
    title: str
    fields: Sequence[Field]
    initial: Answers


#: the form is asked for before anybody stands at the counter
NOBODY = directory.Person(0, "", "", "", "", 0)


def intake_form(route: str, office_key: str) -> IntakeForm:
    """The form with which an application of that route begins at that office; nothing is opened.

    Raises NoSuchRoute, NoForm.
    """
    return form_at_first(processes.in_force(_known(route)), office_key)


def form_at_first(definition_id: int, office_key: str) -> IntakeForm:
    """The form with which a case of that version begins there; nothing is opened. Raises NoForm, NoPlainStart."""
    plugins, now = registry.current(), clock.now()
    definition = processes.definition(definition_id)
    route = definition.process_id
    body_key = body_of(plugins, office_key)
    outer = deadlines.outer_due(plugins, now, body_key)
    case = Case(id=0, route=route, region=plugins.region, edition=plugins.edition, office_key=office_key,
                body_key=body_key, opened_at=now, outer_due_at=outer.at, outer_default=outer.default,
                rounds=0)  # fmt: skip
    instance = Instance(id=0, case_id=0, definition_id=definition_id, office_key=office_key)
    world = Move(plugins, case, instance, definition, NOBODY, now).world()
    step = engine.start(definition, {"route": route}, world, asks=True)
    stop = next((each for each in step.stops if each.form), None)
    if stop is None or stop.form is None:
        raise NoForm
    instance.state = step.state
    task = Task(stop_id=stop.id, office_key=office_key, step=stop.step or "", form=stop.form)
    form = processes.form(definition, stop.form)
    call = form_call(plugins, Work(task, case, instance, None, None, {}), NOBODY)
    return IntakeForm(route, form.title, form.fields(call), form.initial(call))


def counters() -> dict[str, str]:
    """Route -> the first office of the region where applications of it are opened."""
    plugins = registry.current()
    return {
        route: office_key for route in _routes() if (office_key := beginnings.counter_of(plugins, route)) is not None
    }


def routes_opened() -> tuple[tuple[str, int], ...]:
    """Each route with the diagram by which applications of it are opened today."""
    return tuple((route, processes.in_force(route)) for route in counters())


def routes_of(person: directory.Person, office_key: str) -> list[str]:
    """The routes on which this person opens applications at that office today; none when the act is not in force."""
    if not law.begins(registry.current()):
        return []
    named: Mapping[str, Mapping[str, str]] = registry.current().facts()["routes"]
    here = person.roles_at(office_key)
    return [route for route in _routes() if named[route]["role"] in here]


@of_its_day
@keeps
def take_in(route: str, office_key: str, answers: Mapping[str, object], person: directory.Person, *, key: str) -> int:
    """Open an application and complete its first step with those answers: its number is given in the same transaction.

    The same `key` again is the case that it opened. Raises NoSuchRoute, NotYours, InvalidAnswers.
    """
    with transaction():
        case_id = open_case(_known(route), office_key, person, key=key)
        wanted = select(Task.id).filter_by(case_id=case_id, waits_for="person").order_by(Task.seq).limit(1)
        complete_task(db.session.scalars(wanted).one(), answers, Click(person, key))
        db.session.flush()
    return case_id


def _routes() -> list[str]:
    return list(registry.current().facts()["service"]["routes"])


def _known(route: str) -> str:
    if route not in _routes():
        raise NoSuchRoute(route=route)
    return route
