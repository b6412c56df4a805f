"""What happens to a case off its usual way, told by a person: the events that its diagrams let staff send.

An element that begins with a message says so by the extension property `sender` = `staff`. The start of an event
sub-process, or an event on a border, stands ready as long as the case is in its scope; a message start event of a
process of its own begins a pool beside the case (`when` = `open`, the usual, or `always`), or takes a closed case up
again (`when` = `closed`). A case waits for none of them: there is a row only of what has happened, as of
any other step, with the reason that was given. See docs/decisions/0065.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import select

from services import clock, deadlines, directory, engine, expressions, processes, registry
from services.cases.carrying_on import task_of
from services.cases.completing import Click, Completed, answered_in, carry_out
from services.cases.errors import NoSuchCase, NoSuchHappening, NotYours, TaskAlreadyDone, WhyMissing
from services.cases.facts import form_call, offices_of
from services.cases.models import Applicant, Case, Instance, Task
from services.cases.move import Move, wait
from services.cases.reading import Work, answers_of, check_at_hand, deciders_of, lock_case, read_former
from services.cases.rights import answering, check_sees
from services.cases.staying import keeps
from services.db import db, transaction
from services.errors import InvalidAnswers, KomekError
from services.letters import is_printable
from services.plugin import Answers, Checked, Form, FormCall

#: longest reason
LONGEST = 500
#: extension property of one that takes a closed case up again: the clock of the whole service stays as it stopped, and
#: so does the outcome, until its end says another
CLOCK, STAYS = "clock", "stays"
#: extension property of one that takes a closed case up again: whoever made the decision that stands decides nothing in
#: the pool that it begins, nor does anybody in their place
DECIDES, ANOTHER = "decides", "another"
#: extension property of a message start event: in which cases it may begin a pool
WHEN, OPEN, CLOSED, ALWAYS = "when", "open", "closed", "always"
#: and only then: a condition on what the case knows
ONLY_IF = "only_if"
#: and where: at the body, or at the office that took the case in
AT, INTAKE = "at", "intake"

#: raises for whoever may not be told of the case: those at its offices see it, others by a right of their own
Check = Callable[[Case, directory.Person], None]


@dataclass(frozen=True)
class Happening:
    """Something that may happen to a case, and who may tell it so."""

    id: str  #: the id of the step that it becomes, or `begin-<version>-<element>` of a pool that it begins
    title: str  #: in Kazakh as drawn
    code: str
    clause: str
    role: str  #: as which this person tells it
    office_key: str
    interrupts: bool  #: it ends what goes on there
    takes_up: bool  #: the case is closed, and goes on by it
    clock_stays: bool  #: taken up so, its clock stays as it stopped
    stop: engine.Stop = field(repr=False)
    instance: Instance = field(repr=False)


@dataclass(frozen=True)
class HappeningForm:
    """What is asked of whoever tells it."""

    of: Happening
    form: Form
    call: FormCall
    ends: Sequence[tuple[str, int | None]]  #: the open steps that it takes away: name, and in whose hands


def happenings(case: Case, instances: Sequence[Instance], person: directory.Person) -> list[Happening]:
    """What this person may tell of that case now."""
    found = []
    for instance, stop in _offered(case, instances):
        told = _told(case, instance, stop, person)
        if told is not None:
            found.append(told)
    return sorted(found, key=lambda each: (each.code, each.title))


def happening_form(
    case_id: int, happening_id: str, person: directory.Person, check: Check = check_sees
) -> HappeningForm:
    """The form of what this person may tell. Raises NoSuchCase, NotYours, CaseArchived, NoSuchHappening,
    UnknownForm, PluginFault.
    """
    case = _case(case_id, person, check)
    check_at_hand(case)
    work, happening = _work(case, happening_id, person)
    definition = processes.definition(work.instance.definition_id)
    ends = [(each.name, each.assignee_id) for each in _taken_away(happening)]
    call = form_call(registry.of(case), work, person)
    return HappeningForm(happening, processes.form(definition, work.task.form), call, ends)


@keeps
def happen(
    case_id: int, happening_id: str, answers: Answers, reason: str, *, person: directory.Person, key: str,
    check: Check = check_sees,
) -> Completed:  # fmt: skip
    """Lets an event happen: what it did. What goes on there ends where it interrupts; the reason is kept.

    The same `key` again changes nothing. Raises NoSuchCase, NotYours, NoSuchHappening, TaskAlreadyDone, InvalidAnswers.
    """
    with transaction(), db.session.no_autoflush:
        case = lock_case(case_id)
        check(case, person)
        done = _done(case, happening_id, key)
        if done is not None:
            _check_same(done, person, key)
            return Completed(case.id, done.id, Checked(done.outcome or ""), goes_on=False)
        click = Click(person, key)
        work, happening = _work(case, happening_id, person)
        errors = {} if _is_reason(reason) else {"reason": WhyMissing.__doc__ or ""}
        try:
            answered = answered_in(work, answers, click)
        except InvalidAnswers as faults:
            raise InvalidAnswers({**faults.errors, **errors}) from None
        if errors:
            raise InvalidAnswers(errors)
        if work.instance.id is None:
            _begin_pool(case, work, happening.stop)
        work.task.why = reason.strip()
        db.session.add(work.task)
        wait(case, work.task, 1)
        db.session.flush()
        if happening.takes_up:
            _take_up(case, clock_stays=happening.clock_stays)
        move = carry_out(work, answered, click, verb="begin" if _begins(happening) else "receive")
        return Completed(case.id, work.task.id, answered.checked, goes_on=False, stays=move.stays)


def case_happenings(case_id: int, person: directory.Person, check: Check = check_sees) -> list[Happening]:
    """What may happen to a case, by its id. Raises NoSuchCase, NotYours."""
    case = _case(case_id, person, check)
    return happenings(case, instances_of(case.id), person)


def _case(case_id: int, person: directory.Person, check: Check) -> Case:
    """Raises NoSuchCase, and whatever `check` raises."""
    case = db.session.get(Case, case_id)
    if case is None:
        raise NoSuchCase(case=case_id)
    check(case, person)
    return case


def instances_of(case_id: int) -> Sequence[Instance]:
    """The pools of a case, in order."""
    return db.session.scalars(select(Instance).filter_by(case_id=case_id).order_by(Instance.id)).all()


# ---------------------------------------------------------------- what is offered


def _offered(case: Case, instances: Sequence[Instance]) -> Iterator[tuple[Instance, engine.Stop]]:
    """Nothing of a case in the archive, nor of one whose pools know nothing: destroyed, or closed on paper before."""
    if case.archived_at is not None or any(not each.state for each in instances if each.finished_at is not None):
        return
    for instance in instances:
        definition = processes.definition(instance.definition_id)
        if instance.finished_at is None and definition.offers:
            yield from ((instance, stop) for stop in engine.look(definition, instance.state) if stop.offered)
    if case.number is not None and not case.plays:
        yield from _beginning(case, instances)


def _beginning(case: Case, instances: Sequence[Instance]) -> Iterator[tuple[Instance, engine.Stop]]:
    """Pools that a person may begin beside the case, by the processes in force; one that runs already is not begun."""
    wanted = {ALWAYS, OPEN if case.closed_at is None else CLOSED}
    running = {each.definition_id for each in instances if each.finished_at is None}
    for definition_id in processes.begun_by_hand():
        definition = processes.definition(definition_id)
        for start in definition.starts:
            offered = engine.start_by_hand(definition, start)
            again = definition_id in running and not processes.is_aside(definition)
            if offered is None or again or start.properties.get(WHEN, OPEN) not in wanted:
                continue
            if not _may_have_happened(start.properties.get(ONLY_IF, ""), instances):
                continue
            office_key = case.office_key if start.properties.get(AT) == INTAKE else case.body_key
            yield Instance(case_id=case.id, definition_id=definition_id, office_key=office_key), offered


def _may_have_happened(condition: str, instances: Sequence[Instance]) -> bool:
    """Whether what the case knows lets it happen; what a condition asks and nobody set lets it not."""
    if not condition:
        return True
    try:
        return expressions.holds(condition, _known(instances))
    except expressions.ExpressionError:
        return False


def _told(case: Case, instance: Instance, stop: engine.Stop, person: directory.Person) -> Happening | None:
    """An event as this person may tell it; None when they may not, or the region has no row for it on this route."""
    plugins = registry.of(case)
    rule = _rule(case, stop)
    if stop.step and rule is None and not case.plays:
        return None
    if case.plays:
        here = person.roles_at(case.office_key) & {processes.DESIGNER}
        role = next(iter(here), None)
    else:
        wanted = stop.groups or ((rule.role,) if rule else ())
        theirs = person.roles_at(instance.office_key) | answering(person)
        role = next((each for each in wanted if each in theirs), None)
    if role is None:
        return None
    name = stop.name or (rule.title_kk if rule else "") or stop.message or stop.element
    here_key = offices_of(plugins, case, instance)[0]
    takes_up = case.closed_at is not None and stop.properties.get(WHEN) == CLOSED
    return Happening(
        _id_of(instance, stop), name, rule.code if rule else "", rule.clause if rule else "", role, here_key,
        stop.interrupts, takes_up,
        takes_up and stop.properties.get(CLOCK) == STAYS, stop, instance,
    )  # fmt: skip


def _rule(case: Case, stop: engine.Stop) -> deadlines.StepRule | None:
    if not stop.step:
        return None
    try:
        return deadlines.step_rule(registry.of(case), case.route, stop.step)
    except KomekError:
        return None


def _begins(happening: Happening) -> bool:
    return happening.id.startswith("begin-")


def _taken_away(happening: Happening) -> Sequence[Task]:
    """The open steps of people that an interrupting event ends."""
    if not happening.interrupts or happening.instance.id is None:
        return []
    wanted = select(Task).where(
        Task.instance_id == happening.instance.id, Task.closed_at.is_(None), Task.waits_for == "person"
    )
    return db.session.scalars(wanted.order_by(Task.seq)).all()


# ---------------------------------------------------------------- how it is told


def _work(case: Case, happening_id: str, person: directory.Person) -> tuple[Work, Happening]:
    """Everything a form needs of it, with a row that is not kept yet. Raises NoSuchHappening, NotYours."""
    instances = instances_of(case.id)
    offered = [each for each in _offered(case, instances) if _id_of(*each) == happening_id]
    if not offered:
        raise NoSuchHappening
    instance, stop = offered[0]
    happening = _told(case, instance, stop, person)
    if happening is None:
        rule = _rule(case, stop)
        raise NotYours(role=", ".join(stop.groups) or (rule.role if rule else "?"), office=instance.office_key)
    applicant, answers = db.session.get(Applicant, case.id), answers_of(case.id)
    definition = processes.definition(instance.definition_id)
    move = Move(registry.of(case), case, instance, definition, person, clock.now(), applicant, answers)
    task = task_of(move, stop, None)
    task.role, task.waits_for, task.assignee_id = happening.role, "message", None
    known = None if not _begins(happening) else _known(instances)
    work = Work(task, case, instance, applicant, None, answers, known=known, former=partial(read_former, case.id))
    return work, happening


def _id_of(instance: Instance, stop: engine.Stop) -> str:
    return f"{instance.id}.{stop.id}" if instance.id is not None else f"begin-{instance.definition_id}-{stop.element}"


def _known(instances: Sequence[Instance]) -> Mapping[str, object]:
    """What the pools of the case know, the later ones before the earlier."""
    found: dict[str, object] = {}
    for each in instances:
        found |= engine.known(processes.definition(each.definition_id), each.state)
    return found


def _begin_pool(case: Case, work: Work, of: engine.Stop) -> None:
    """The pool that it begins is there before its first step."""
    instance, now = work.instance, clock.now()
    instance.state, instance.passed, instance.decided, instance.started_at = b"", [], [], now
    if of.properties.get(DECIDES) == ANOTHER:
        instance.not_by = deciders_of(case)
    db.session.add(instance)
    db.session.flush()
    work.task.instance_id, work.task.id = instance.id, f"{instance.id}.{work.task.stop_id}"


def _take_up(case: Case, *, clock_stays: bool) -> None:
    """A closed case goes on: its clock runs from when it was first taken in, as if it had not been closed, or stays."""
    case.closed_at = None
    if not clock_stays:
        case.outcome, case.outer_stopped_at = None, None


def _done(case: Case, happening_id: str, key: str) -> Task | None:
    """What it has become already, by this form or by another's."""
    if not happening_id.startswith("begin-"):
        return db.session.get(Task, happening_id)
    sent = select(Task).filter_by(case_id=case.id, submit_key=key).limit(1)
    return db.session.scalars(sent).first()


def _check_same(done: Task, person: directory.Person, key: str) -> None:
    """The form that was sent twice changes nothing. Raises TaskAlreadyDone."""
    if (done.submit_key, done.done_by_id) == (key, person.id):
        return
    who = directory.person(done.done_by_id) if done.done_by_id else None
    at = deadlines.local(registry.current(), done.office_key, done.done_at or clock.now())
    raise TaskAlreadyDone(who=who.full_name if who else "?", at=f"{at:%d.%m.%Y %H:%M}")


def _is_reason(reason: str) -> bool:
    said = reason.strip()
    return bool(said) and len(said) <= LONGEST and is_printable(said)
