"""A case that was begun on paper, brought to the step at which it stands: the diagram is walked, nothing is attested.

The forms of the steps before it check the answers that the file gives and set what the diagram knows; their steps are
closed as done before Komek, by nobody of ours. No paper is made anew and no number is given: those of the file stand.
What travels between offices is put under control where the step says that it is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select

from services import clock, custody, deadlines, directory, documents, engine, law, processes, registry
from services.answers import as_form
from services.cases import assigning
from services.cases.carrying_on import carry_on, write_history
from services.cases.completing import Click, answer_row, answered_in, give_to_body, keep_applicant, keep_beside_others
from services.cases.escalation import NOTICE, case_jobs
from services.cases.facts import body_of, form_call
from services.cases.messages import tell_others
from services.cases.models import ON_PAPER, Case, Task
from services.cases.move import Move
from services.cases.reading import Work
from services.cases.staying import WayOn, attempt
from services.db import db
from services.errors import InvalidAnswers
from services.plugin import Applicant as ApplicantFacts
from services.plugin import Field
from services.registry import Registry
from services.takeover import refusals
from services.takeover.errors import EndsBeforeStep, PaperUnderWay, StepNotReached, WrongAnswers, WrongRow
from services.takeover.rows import APPLICANT, Arriving, law_of

#: a walk that is longer goes round in circles
MOST_STEPS = 40


def bring_in(row: Arriving, take_over_id: int, person: directory.Person) -> tuple[Case, Task | None]:
    """The case, and the step at which it stands; no step when it is closed. In the caller's transaction.

    Raises WrongRow, WrongAnswers, StepNotReached, PaperUnderWay, and what the engine raises.
    """
    move = _opened(row, take_over_id, person)
    if row.outcome:
        _close(move, row)
        task = None
    else:
        walk = Walk(row, move)
        task = walk.to_its_step()
        _give(task, row)
        custody.take_over(move.case.id, walk.papers_held(), person_id=person.id, at=clock.now())
    move.numbers += [number for *_, number in numbers_of(row)]
    move.note("case.taken_over", file=take_over_id, line=row.line, step=row.step, outcome=row.outcome)
    move.later = [job for job in move.later if job.kind != NOTICE or job.due_at > clock.now()]
    move.now = clock.now()  # the history says when it was written, not when it was so
    write_history(move)
    return move.case, task


def numbers_of(row: Arriving) -> list[tuple[str, str, str]]:
    """Every number that it comes with: whose book, which series, the number."""
    body_key = row.body_key
    said = [
        (row.office_key, "in", row.number),
        (body_key, "in", row.body_number),
        (body_key, "out", row.outgoing_number),
    ]
    return [each for each in said if each[2]]


def _opened(row: Arriving, take_over_id: int, person: directory.Person) -> Move:
    plugins = law_of(row.registered_at, is_open=not row.outcome)
    # of a case under way the form says who decides, and the book of that body is written by then
    body_key = row.body_key if row.outcome else body_of(plugins, row.office_key)
    outer = deadlines.outer_due(plugins, row.registered_at, body_key)
    case = Case(
        route=row.route, region=plugins.region, edition=plugins.edition, office_key=row.office_key, body_key=body_key,
        number=row.number, opened_at=row.registered_at, opened_by_id=person.id,
        open_key=f"take-over:{take_over_id}:{row.line}",
        outer_due_at=outer.at, outer_default=outer.default, outer_calendar=outer.version, stops=[], rounds=0, kept=0,
        version=1,
    )  # fmt: skip
    db.session.add(case)
    db.session.flush()
    move = Move.beginning(case, _definition(plugins, row.route, person), person)
    move.instance.number = row.number
    move.given_before = {(office, series): number for office, series, number in numbers_of(row)}
    move.later += case_jobs(plugins, case, clock.now())
    return move


def _definition(plugins: Registry, route: str, person: directory.Person) -> int:
    """The diagram of that route under the edition of the case: today's, unless the edition has another.

    Raises NotDeployable, UnknownProcess.
    """
    today = registry.current().edition
    if plugins.edition is None or plugins.edition == today:
        return processes.in_force(route)
    edition = db.session.get_one(law.Edition, plugins.edition)
    name = edition.act.get("number") or edition.key or edition.region
    brought = processes.bring_diagrams(edition, before=today, name=name, actor=f"staff:{person.id}")
    return brought.get(route) or processes.in_force(route)


def _close(move: Move, row: Arriving) -> None:
    """A case was over before Komek: found, printed in the register, and nothing more."""
    case = move.case
    said: dict[str, Any] = {name: row.answers.get(name, "") for name in APPLICANT}
    language = said["language"] or registry.first_language()
    facts = ApplicantFacts(**{**said, "phone_raw": said["phone"], "language": language})
    move.attested.applicant(keep_applicant(case, None, facts))
    move.attested.pool(move.instance)
    case.outcome, case.closed_at, case.outer_stopped_at = row.outcome, row.since, row.since
    move.instance.finished_at = row.since
    move.later.clear()


@dataclass
class Walk:
    """One case on its way to the step at which it stands, through both of its pools."""

    row: Arriving
    first: Move
    moves: dict[int, Move] = field(default_factory=dict)  #: instance -> its move
    signed: set[str] = field(default_factory=set)  #: kinds of paper
    on_the_way: set[str] = field(default_factory=set)

    def to_its_step(self) -> Task:
        """From the start to the step, each form before it answered by the file.

        Raises WrongRow, WrongAnswers, StepNotReached, EndsBeforeStep, PaperUnderWay, and what the engine raises.
        """
        move = self.first
        self._goes_on(
            move,
            carry_on(move, engine.start(move.definition, {"route": self.row.route}, move.world(), asks=True), None),
        )
        for _ in range(MOST_STEPS):
            task = self._waiting()
            if task.step == self.row.step:
                return task
            move = self.moves[task.instance_id]
            move.answers, move.applicant = self.first.answers, self.first.applicant
            way = self._answered(move, task) if task.waits_for == "person" else self._carried(move, task)
            move.now = self.row.since
            _done_before(task, move)
            self._stops_the_clock(task)
            self._goes_on(move, attempt(move, task, way))
        raise EndsBeforeStep

    def _stops_the_clock(self, task: Task) -> None:
        """Of the whole case, where that step ends it (`ends_outer`)."""
        case = self.first.case
        if case.outer_stopped_at is None and deadlines.step_rule(self.first.registry, case.route, task.step).ends_outer:
            case.outer_stopped_at = self.row.since

    def _goes_on(self, move: Move, thrown: Sequence[engine.Thrown]) -> None:
        """What the other pools hear of it."""
        self.moves |= {each.instance.id: each for each in tell_others(move, thrown)}

    def _waiting(self) -> Task:
        """The one step at which it waits. Raises StepNotReached, EndsBeforeStep, PaperUnderWay."""
        db.session.flush()
        case, elsewhere = self.first.case, self.first.registry.steps_that("counted_elsewhere")
        open_ones = select(Task).where(Task.case_id == case.id, Task.closed_at.is_(None), Task.step != "")
        waiting = db.session.scalars(open_ones.order_by(Task.seq)).all()
        if self.row.step in elsewhere and any(task.step == self.row.step for task in waiting):
            raise PaperUnderWay
        people = [task for task in waiting if task.step not in elsewhere]
        here = [task for task in people if task.step == self.row.step] or people
        if not here:
            raise EndsBeforeStep
        if len(here) != 1:
            raise StepNotReached(stops=", ".join(task.name for task in here))
        return here[0]

    def _answered(self, move: Move, task: Task) -> WayOn:
        """What the form of a step before makes of the file's answers; kept as given. Raises WrongAnswers."""
        assert move.person is not None
        work = Work(task, move.case, move.instance, move.applicant, None, move.answers)
        try:
            given = answered_in(work, _raw(move, work, self.row), Click(move.person, key=""), on_paper=True)
        except InvalidAnswers as wrong:
            raise WrongAnswers(wrong.errors, _asked(wrong.errors, _questions(move, work))) from None
        checked = given.checked
        if checked.body is not None:
            give_to_body(move, checked.body)
        if checked.assigned is not None:
            assigning.keep(self.first, checked.assigned)
        if checked.applicant is not None:
            self.first.applicant = keep_applicant(move.case, move.applicant, checked.applicant)
            self.first.attested.applicant(self.first.applicant)
        form, kept = task.form or "", dict(given.kept)
        salt = self.first.attested.answer(task, form, kept)
        keep_beside_others(answer_row(task, kept, move.now, salt), self.first, checked)
        self.first.answers = {**move.answers, form: kept}
        move.answers, move.applicant = self.first.answers, self.first.applicant
        self.signed |= {kind for kind, fate in checked.becomes.items() if fate == "signed"}
        return WayOn("complete", checked.variables)

    def _carried(self, move: Move, task: Task) -> WayOn:
        """A paper was handed over or came, before Komek: from then on it is on the way, or lies there."""
        kind, _, what = (task.message or "").partition(".")
        paper = move.papers.get(kind)
        if paper is not None and what == "handed_over":
            self.on_the_way.add(kind)
        elif paper is not None and what == "arrived" and paper.destination_key:
            self.on_the_way.discard(kind)
            move.papers[kind] = replace(paper, office_key=paper.destination_key, destination_key=None)
        return WayOn("receive")

    def papers_held(self) -> list[custody.HeldBefore]:
        """What is under barcodes from then on; the move itself puts none there. Raises WrongRow."""
        papers = list(self.first.papers.values())
        self.first.papers.clear()
        for each in papers:
            _check_code(each.code)
        return [
            custody.HeldBefore(each, self.row.since, each.kind in self.on_the_way, each.kind in self.signed)
            for each in papers
        ]


def _check_code(code: str) -> None:
    """A scanner reads back what the paper's number is. Raises WrongRow."""
    try:
        if documents.read_payload(code) == code:
            return
    except documents.Misread:
        pass
    raise WrongRow(refusals.NO_CODE)


def _raw(move: Move, work: Work, row: Arriving) -> dict[str, object]:
    """The file's answers to that form: a column is called as the question, or with the form before it."""
    assert move.person is not None
    name = work.task.form or ""
    form = processes.form(move.definition, work.task.form)
    initial = as_form(form.initial(form_call(move.registry, work, move.person)))
    own = {each.removeprefix(f"{name}."): said for each, said in row.answers.items() if each.startswith(f"{name}.")}
    people = {each.name: said for each in _questions(move, work) if each.people and (said := _one_of(each, row))}
    return {**initial, **people, **row.answers, **own}


def _questions(move: Move, work: Work) -> Sequence[Field]:
    """What the form of that step asks."""
    assert move.person is not None
    form = processes.form(move.definition, work.task.form)
    return form.fields(form_call(move.registry, work, move.person))


def _asked(names: Iterable[str], questions: Sequence[Field]) -> dict[str, str]:
    """How the form asks each of them; a line of rows as the rows."""
    labels = {each.name: each.label for each in questions}
    return {name: labels.get(name) or labels.get(name.partition("-")[0], "") for name in names}


def _one_of(question: Field, row: Arriving) -> str:
    """Whom of those that it offers the file names; the only one, when it offers no other."""
    offered = [each.key for each in question.choices]
    named = [str(each) for each in (row.executor_id, row.signer_id) if each is not None]
    return next((each for each in named if each in offered), offered[0] if len(offered) == 1 else "")


def _done_before(task: Task, move: Move) -> None:
    """Closed, and done by nobody of ours: no board counts it as work that was done here."""
    task.closed_at, task.outcome = move.now, ON_PAPER
    task.worked_s, task.term_s = None, None
    move.attested.tasks[task.id] = task


def _give(task: Task, row: Arriving) -> None:
    """Into the hands of whoever has it on paper. Raises WrongRow."""
    holders = {each.id for each in directory.staff_at(task.office_key, task.role)} | set(task.candidates or ())
    if row.holder_id is not None and row.holder_id not in holders:
        raise WrongRow(refusals.NOT_THEIRS)
    named = row.holder_id or (row.executor_id if row.executor_id in holders else None)
    if named is not None:
        task.assignee_id = named
