"""Everything the page of one case shows, in a handful of statements."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import bindparam, select

from services import clock, custody, deadlines, directory, documents, journal, notices, processes, registry, telling
from services.cases.carrying_on import OPERATION, TIMER
from services.cases.coming_back import BACK
from services.cases.comments import comments_of, may_comment, reads_comments
from services.cases.decided import decided_lines
from services.cases.facts import applicant_facts, assigned_of, number_of, offices_of
from services.cases.following import may_follow
from services.cases.form_faults import FORM, works_again
from services.cases.giving_code import may_give_code
from services.cases.happening import happenings
from services.cases.messages import APPLICANT_CAME
from services.cases.models import Applicant, Case, Instance, Message, Task
from services.cases.pages.drawings import drawn_in, markers_of, papers_drawn
from services.cases.pages.dues import outer_of
from services.cases.pages.entered import entered_facts
from services.cases.pages.kept_from import kept_from
from services.cases.pages.papers import papers_shown
from services.cases.pages.rehearsals import variables_of
from services.cases.pages.shown import (
    AssignedLine,
    CasePage,
    CustodyLine,
    CustodyStep,
    HistoryLine,
    Incident,
    PaperLine,
    TaskForm,
    TellingShown,
)
from services.cases.pages.step_lines import is_outside, is_wait, people_of, step_line, step_lines, tasks_of
from services.cases.pages.task_form import shown_form
from services.cases.pages.troubles import jobs_of, troubles_drawn
from services.cases.related import related_lines
from services.cases.rights import case_seen_by, may_reach, sees_outcomes
from services.cases.signatures import signature_acts
from services.cases.suspending import lawful_suspensions, why_stopped
from services.cases.terms import due_on
from services.db import db
from services.errors import Conflict
from services.loaded import Loaded, read_together, row_of
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
    with read_together(read.case.id):
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
    tasks = tasks_of(case)
    applicant = row_of(Applicant, case.id)
    return _CaseRead(
        case, tasks, _INSTANCES.all(case_id=case.id), applicant, people_of(tasks), sees_outcomes(case, person)
    )


_INSTANCES = Loaded(select(Instance).where(Instance.case_id == bindparam("case_id")).order_by(Instance.id))


def _page(read: _CaseRead, person: directory.Person, form: TaskForm | None, later: Sequence[Incident]) -> CasePage:
    """All of it as the page shows it, a line for each thing."""
    case, tasks, instances, names, whole = read.case, read.tasks, read.instances, read.names, read.whole
    steps = step_lines(tasks, names, person, whole, case)
    _, intake, body = offices_of(registry.of(case), case, instances[0])
    number, lines = _number_for(case, instances, person), _custody(case, person)
    return CasePage(
        case_id=case.id,
        number=number_of(case, number),
        route=case.route,
        office=registry.of(case).row("offices", intake)["name_kk"],
        body=registry.of(case).row("offices", body)["name_kk"],
        applicant=applicant_facts(read.applicant),
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        outcome=case.outcome,
        outer=outer_of(case),
        outer_stopped_at=case.outer_stopped_at,
        steps=steps,
        open_steps=[line for line in steps if line.done_at is None and not line.cancelled],
        kept_from=kept_from(tasks, person),
        papers=_papers(case, person, papers_shown(case, instances, tasks, person), lines),
        history=_history(case, tasks, names, whole),
        form=form,
        rounds=case.rounds,
        may_discard=_may_discard(case, tasks, person),
        process=(own_process := processes.definition(instances[0].definition_id).process_id),
        markers=(markers := markers_of(instances, tasks)),
        drawn_in=drawn_in(instances, {own_process, *markers}),
        edition=(own := registry.of(case)).edition,
        act=own.act if own.edition != registry.current().edition else {},
        runs_under=processes.versions_of([each.definition_id for each in instances]),
        other_numbers=[(key, other) for key, other in _numbers(case, instances) if other != number],
        custody=lines,
        papers_drawn=papers_drawn(case, lines, instances, tasks),
        may_tell_came=any(_awaits(task, person) for task in tasks),
        kept=_kept(case),
        # warnings are planned too: they bring the case nowhere
        by_itself=[each for each in later if not each.message and each.kind in (TIMER, OPERATION, BACK)],
        incidents=(troubles := [each for each in later if each.message]),
        incidents_drawn=troubles_drawn(troubles, instances),
        lawful_suspensions=lawful_suspensions(case, person) if case.closed_at is None else (),
        stopped_since=case.stopped_since if case.closed_at is None else None,
        rehearsal=case.plays is not None,
        archived_at=case.archived_at,
        archived_years=case.archived_years,
        kept_until=_kept_until(case),
        assigned=_assigned(case, whole),
        may_follow=any(may_follow(case, person, key) for key in person.offices()),
        outside=[step_line(task, names, whole, case) for task in tasks if not case.plays and is_outside(task)],
        variables=variables_of(case, tasks, instances) if case.plays else (),
        waits=[step_line(task, names, True, case) for task in tasks if case.plays and is_wait(task)],
        entered=entered_facts(case, instances, tasks, read.applicant, names, person),
        decided=decided_lines(case, instances, tasks, person, whole=whole),
        happenings=happenings(case, instances, person),
        comments=comments_of(case, person),
        reads_comments=reads_comments(case, person),
        may_comment=may_comment(case, read.applicant, person),
        may_give_code=may_give_code(case, read.applicant, person),
        related=related_lines(case, person),
        told=[notice for notice in notices.of_case(case.id) if notice.clock != "paper"],
        telling=_telling(case, person),
    )


def _telling(case: Case, person: directory.Person) -> TellingShown | None:
    """Also where telling was switched off since: what was agreed can be withdrawn, what was sent is read."""
    if not may_reach(case, person) or (agreed := telling.agreed_of(case.id)) is None:
        return None
    return TellingShown(agreed, telling.told_of(case.id), may_withdraw=agreed.holds and case.archived_at is None)


def _assigned(case: Case, whole: bool) -> AssignedLine | None:
    """From and to when what it grants runs, for whoever may know outcomes."""
    granted = assigned_of(case)
    if granted is None or not whole:
        return None
    plugins = registry.of(case)
    over = granted.last < deadlines.local(plugins, case.body_key, clock.now()).date()
    return AssignedLine(granted.first, granted.last, due_on(plugins, granted.last), over, case.recheck_told_at)


def _kept_until(case: Case) -> date | None:
    if case.closed_at is None or case.plays:
        return None
    return deadlines.years_after(registry.of(case), case.body_key, case.closed_at, "retention_years")


def diagram_of(case_id: int, process: str, language: str, person: directory.Person) -> bytes:
    """The diagram of a process of this case, in the version it runs under. Raises NotFound, NotYours."""
    case_seen_by(case_id, person)
    instances = _INSTANCES.all(case_id=case_id)
    return processes.diagram(drawn_in(instances, [process])[process], process, language, registry.current())


def _papers(
    case: Case, person: directory.Person, shown: Container[str], lies: Sequence[CustodyLine]
) -> list[PaperLine]:
    """Papers of the person's own offices, and those that a step there is about: else a PSC does not see what the body
    writes, nor the body the PSC's."""
    replaced = {line.code: each.said for line in lies for each in line.events if each.event == "superseded"}
    return [
        PaperLine(
            paper.id, paper.item, paper.number, paper.made_at, paper.made_by, paper.copies,
            replaced.get(str(paper.content.get("outgoing_number") or ""), ""),
        )
        for paper in documents.papers_of(case.id)
        if person.roles_at(paper.office_key) or paper.item in shown
    ]  # fmt: skip


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
    signed = [item for item, _ in papers if item.signature and case.archived_at is None]
    acts = {item.code: signature_acts(item, person) for item in signed}
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
    return ", ".join(str(details[key]) for key in ("why", "label", "by") if details.get(key))


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
    named = {task.id: task for task in tasks} if whole else {}
    return [
        HistoryLine(
            entry.at,
            _actor(entry.actor, known),
            entry.event,
            entry.details if whole else {},
            *(_what_and_why(case, entry.event, entry.details, named) if whole else ("", "")),
            known.get(int(str(entry.details.get("for") or 0)), ""),
            str(entry.details.get("order") or ""),
        )
        for entry in entries
    ]


def _what_and_why(case: Case, event: str, details: Mapping[str, object], tasks: Mapping[str, Task]) -> tuple[str, str]:
    """What a person told of the case, and the reason that was given; empty where there is none."""
    task = tasks.get(str(details.get("task")))
    if stopped := why_stopped(case, event, details):
        return "", stopped
    if task is None or event not in SAY_WHY:
        return "", ""
    return task.name if event == "case.happened" else "", task.why


def _actor(actor: str, names: Mapping[int, str]) -> str:
    if actor.startswith("staff:"):
        return names.get(int(actor.removeprefix("staff:")), actor)
    return actor


def _may_discard(case: Case, tasks: Sequence[Task], person: directory.Person) -> bool:
    open_roles = {task.role for task in tasks if task.closed_at is None and task.waits_for == "person"}
    return case.number is None and case.closed_at is None and bool(open_roles & person.roles_at(case.office_key))
