"""Everything the page of one case shows, in a handful of statements."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from services import clock, custody, deadlines, directory, documents, journal, notices, processes, registry
from services.cases.carrying_on import OPERATION, TIMER
from services.cases.decided import decided_lines
from services.cases.facts import applicant_facts, number_of, offices_of
from services.cases.form_faults import FORM, works_again
from services.cases.happening import happenings
from services.cases.messages import APPLICANT_CAME
from services.cases.models import Applicant, Case, Instance, Message, Task
from services.cases.pages.drawings import drawn_in, markers_of, papers_drawn
from services.cases.pages.dues import due_of, outer_of
from services.cases.pages.entered import entered_facts
from services.cases.pages.papers import papers_shown
from services.cases.pages.rehearsals import variables_of
from services.cases.pages.shown import (
    CasePage,
    CustodyLine,
    CustodyStep,
    HistoryLine,
    Incident,
    PaperLine,
    StepLine,
    TaskForm,
)
from services.cases.pages.task_form import shown_form
from services.cases.pages.troubles import jobs_of, troubles_drawn
from services.cases.rights import case_seen_by
from services.cases.signatures import signature_acts
from services.cases.suspending import lawful_suspensions
from services.db import db
from services.errors import Conflict
from services.plugin import Answers

#: how much of a case's history the page shows at first
HISTORY_LINES = 200


#: lines of the history that show the reason kept with their step
SAY_WHY = frozenset({"case.incident_settled", "case.happened"})
#: how often a page with its form is read before it is shown without
READINGS = 3


def case_page(
    case_id: int, person: directory.Person, *, task_id: str | None = None, typed: Answers | None = None
) -> CasePage:
    """The case as this person may see it; `typed` stands in the form instead of its draft.

    A case that goes on while it is read is read anew: looking is never refused as somebody else's being quicker.
    Raises NoSuchCase, and NotYours to everybody without a role at the case's office.
    """
    for _ in range(READINGS):
        try:
            return _case_page(case_id, person, task_id, typed)
        except Conflict:
            db.session.expire_all()
    return _case_page(case_id, person, task_id, typed, working=False)


def _case_page(
    case_id: int, person: directory.Person, task_id: str | None, typed: Answers | None, *, working: bool = True
) -> CasePage:
    """One reading of it; without the form of a task when nobody is `working` on it. Raises Conflict, too."""
    read = _read(case_seen_by(case_id, person), person)
    form = shown_form(read.tasks, person, task_id, typed) if working else None
    later = jobs_of(read.case, person, whole=read.whole)
    if form is not None and any(each.kind == FORM for each in later):
        works_again(form.task_id)
        later = jobs_of(read.case, person, whole=read.whole)
    return _page(read, person, form, later)


@dataclass(frozen=True)
class _CaseRead:
    """What the page of a case is made of: its rows, whose names they need, and whether outcomes are shown."""

    case: Case
    tasks: Sequence[Task]
    instances: Sequence[Instance]
    applicant: Applicant | None
    names: Mapping[int, directory.Holder]
    whole: bool


def _read(case: Case, person: directory.Person) -> _CaseRead:
    tasks = _tasks(case)
    applicant = db.session.get(Applicant, case.id)
    instances = db.session.scalars(select(Instance).filter_by(case_id=case.id).order_by(Instance.id)).all()
    return _CaseRead(case, tasks, instances, applicant, _people(tasks), sees_outcomes(case, person))


def _page(read: _CaseRead, person: directory.Person, form: TaskForm | None, later: Sequence[Incident]) -> CasePage:
    """All of it as the page shows it, a line for each thing."""
    case, tasks, instances, names, whole = read.case, read.tasks, read.instances, read.names, read.whole
    steps = _steps(tasks, names, person, whole, case.stopped_since)
    _, intake, body = offices_of(registry.current(), case, instances[0])
    number = _number_for(case, instances, person)
    return CasePage(
        case_id=case.id,
        number=number_of(case, number),
        route=case.route,
        office=registry.current().row("offices", intake)["name_kk"],
        body=registry.current().row("offices", body)["name_kk"],
        applicant=applicant_facts(read.applicant),
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        outcome=case.outcome,
        outer=outer_of(case),
        steps=steps,
        open_steps=[line for line in steps if line.done_at is None and not line.cancelled],
        papers=_papers(case, person, papers_shown(case, instances, tasks, person)),
        history=_history(case, tasks, names, whole),
        form=form,
        rounds=case.rounds,
        may_discard=_may_discard(case, tasks, person),
        process=(own_process := processes.definition(instances[0].definition_id).process_id),
        markers=(markers := markers_of(instances, tasks)),
        drawn_in=drawn_in(instances, {own_process, *markers}),
        runs_under=processes.versions_of([each.definition_id for each in instances]),
        other_numbers=[(key, other) for key, other in _numbers(case, instances) if other != number],
        custody=(lines := _custody(case, person)),
        papers_drawn=papers_drawn(case, lines, instances, tasks),
        may_tell_came=any(_awaits(task, person) for task in tasks),
        kept=_kept(case),
        # warnings are planned too: they bring the case nowhere
        by_itself=[each for each in later if not each.message and each.kind in (TIMER, OPERATION)],
        incidents=(troubles := [each for each in later if each.message]),
        incidents_drawn=troubles_drawn(troubles, instances),
        lawful_suspensions=lawful_suspensions(case, person) if case.closed_at is None else (),
        stopped_since=case.stopped_since if case.closed_at is None else None,
        rehearsal=case.plays is not None,
        kept_until=_kept_until(case),
        outside=[_step(task, names, whole) for task in tasks if not case.plays and is_outside(task)],
        variables=variables_of(case, tasks, instances) if case.plays else (),
        waits=[_step(task, names, True) for task in tasks if case.plays and is_wait(task)],
        entered=entered_facts(case, instances, tasks, read.applicant, names, person),
        decided=decided_lines(case, instances, tasks, person, whole=whole),
        happenings=happenings(case, instances, person),
        told=[notice for notice in notices.of_case(case.id) if notice.clock != "paper"],
    )


def _kept_until(case: Case) -> date | None:
    if case.closed_at is None or case.plays:
        return None
    return deadlines.years_after(registry.current(), case.body_key, case.closed_at, "retention_years")


def sees_outcomes(case: Case, person: directory.Person) -> bool:
    """Whether this person may know what the body's steps came to: not a PSC, before the result is handed out."""
    return bool(person.roles_at(case.body_key)) or case.closed_at is not None


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


def _steps(
    tasks: Sequence[Task],
    names: Mapping[int, directory.Holder],
    person: directory.Person,
    whole: bool,
    suspended_at: datetime | None = None,
) -> list[StepLine]:
    """The steps among these; what one came to is shown at its own office, and the `whole` everywhere."""
    return [
        _step(task, names, whole or bool(person.roles_at(task.office_key)), suspended_at)
        for task in tasks
        if is_step(task)
    ]


def steps_of(case_id: int, person: directory.Person) -> tuple[Case, Sequence[StepLine]]:
    """The case and its steps as they were done and stand, for programs. Raises NoSuchCase, NotYours."""
    case = case_seen_by(case_id, person)
    tasks = [task for task in _tasks(case) if is_step(task)]
    return case, _steps(tasks, _people(tasks), person, sees_outcomes(case, person))


def steps_without_outcomes(case: Case) -> Sequence[StepLine]:
    """The case's steps, who did them and when; not what they came to. Asks for no right: `boards` does."""
    tasks = [task for task in _tasks(case) if is_step(task)]
    known = _people(tasks)
    return [_step(task, known, False, case.stopped_since) for task in tasks]


def diagram_of(case_id: int, process: str, language: str, person: directory.Person) -> bytes:
    """The diagram of a process of this case, in the version it runs under. Raises NotFound, NotYours."""
    case_seen_by(case_id, person)
    instances = db.session.scalars(select(Instance).filter_by(case_id=case_id).order_by(Instance.id)).all()
    return processes.diagram(drawn_in(instances, [process])[process], process, language, registry.current())


def _tasks(case: Case) -> Sequence[Task]:
    return db.session.scalars(select(Task).filter_by(case_id=case.id).order_by(Task.seq)).all()


def _people(tasks: Sequence[Task]) -> dict[int, directory.Holder]:
    """Everybody in whose hands a task is or was, and for whom."""
    return directory.holders(
        each
        for task in tasks
        for each in (task.assignee_id, task.done_by_id, task.done_for_id, *(task.candidates or ()))
        if each
    )


def _step(
    task: Task, names: Mapping[int, directory.Holder], whole: bool, suspended_at: datetime | None = None
) -> StepLine:
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
        deputy=_deputies(task, [holder] if holder else offered) if task.closed_at is None else "",
        done_by=done_by.name if done_by else None,
        done_for=done_for.name if done_for else "",
        done_order=task.done_order,
        conflict_reason=task.conflict_reason if whole else "",
        started_at=task.clock_started_at,
        due=due_of(task, suspended_at),
        done_at=task.done_at,
        late=task.due_at is not None
        and (task.done_at or suspended_at or clock.now()) > task.due_at
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


def _papers(case: Case, person: directory.Person, shown: Container[str]) -> list[PaperLine]:
    """Papers of the person's own offices, and those that a step there is about: else a PSC does not see what the body
    writes, nor the body the PSC's."""
    return [
        PaperLine(paper.id, paper.item, paper.number, paper.made_at, paper.made_by, paper.copies)
        for paper in documents.papers_of(case.id)
        if person.roles_at(paper.office_key) or paper.item in shown
    ]


def _numbers(case: Case, instances: Sequence[Instance]) -> list[tuple[str, str]]:
    """Office -> the case's number in its register."""
    return [(each.office_key, each.number) for each in instances if each.number]


def _number_for(case: Case, instances: Sequence[Instance], person: directory.Person) -> str | None:
    """By which number this person calls the case: their own office's, else the one it was taken in under."""
    own = [number for key, number in _numbers(case, instances) if person.roles_at(key)]
    return own[-1] if own else case.number


#: a device's clock that is wrong by less is not spoken of
APART = timedelta(minutes=1)


def _custody(case: Case, person: directory.Person) -> list[CustodyLine]:
    papers = custody.papers_of(case.id)
    ids = {each.staff_id for _, events in papers for each in events if each.staff_id}
    who = directory.names(ids | {item.signer_id for item, _ in papers if item.signer_id})
    acts = {item.code: signature_acts(item, person) for item, _ in papers if item.signature}
    return [
        CustodyLine(
            item.code,
            item.kind,
            item.state,
            item.office_key,
            item.destination_key,
            item.since,
            [
                CustodyStep(
                    each.at,
                    each.event,
                    each.point,
                    each.office_key,
                    who.get(each.staff_id or 0, ""),
                    _said(each.details),
                    each.happened_at if each.happened_at and abs(each.at - each.happened_at) >= APART else None,
                )
                for each in events
            ],
            item.signature,
            who.get(item.signer_id or 0, ""),
            *acts.get(item.code, (False, False)),
        )
        for item, events in papers
    ]


def _said(details: Mapping[str, object]) -> str:
    return ", ".join(str(details[key]) for key in ("why", "label") if details.get(key))


def _awaits(task: Task, person: directory.Person) -> bool:
    here = task.role in person.roles_at(task.office_key)
    return here and task.closed_at is None and task.message == APPLICANT_CAME


def _kept(case: Case) -> list[str]:
    if not case.kept:
        return []
    wanted = select(Message.name).where(Message.case_id == case.id, Message.delivered_at.is_(None))
    return list(db.session.scalars(wanted.order_by(Message.id)))


def _history(
    case: Case, tasks: Sequence[Task], people: Mapping[int, directory.Holder], whole: bool
) -> list[HistoryLine]:
    entries = journal.read(f"case:{case.id}", limit=HISTORY_LINES)
    ids = {int(entry.actor.removeprefix("staff:")) for entry in entries if entry.actor.startswith("staff:")}
    ids |= {int(str(entry.details["for"])) for entry in entries if entry.details.get("for")}
    known = {each: holder.name for each, holder in people.items()}
    known |= directory.names(sorted(ids - set(known)))
    why = {task.id: task.why for task in tasks} if whole else {}
    return [
        HistoryLine(
            entry.at,
            _actor(entry.actor, known),
            entry.event,
            entry.details if whole else {},
            why.get(str(entry.details.get("task")), "") if entry.event in SAY_WHY else "",
            known.get(int(str(entry.details.get("for") or 0)), ""),
            str(entry.details.get("order") or ""),
        )
        for entry in entries
    ]


def _actor(actor: str, names: Mapping[int, str]) -> str:
    if actor.startswith("staff:"):
        return names.get(int(actor.removeprefix("staff:")), actor)
    return actor


def _may_discard(case: Case, tasks: Sequence[Task], person: directory.Person) -> bool:
    open_roles = {task.role for task in tasks if task.closed_at is None and task.waits_for == "person"}
    return case.number is None and case.closed_at is None and bool(open_roles & person.roles_at(case.office_key))
