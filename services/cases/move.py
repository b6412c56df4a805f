"""One move of a case: who moves which pool of it, when, and what the move has gathered so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from services import (
    clock,
    custody,
    deadlines,
    directory,
    documents,
    engine,
    expressions,
    jobs,
    journal,
    processes,
    registry,
    signing,
)
from services.cases.attested import Attested
from services.cases.facts import case_facts, number_of, offices_of, person_facts
from services.cases.models import Applicant, Case, Instance, Task
from services.cases.put_out import take_back
from services.cases.reading import Work, suspensions_of
from services.cases.rights import acting_of
from services.db import db
from services.plugin import CaseFacts, PersonFacts
from services.registry import Registry


@dataclass
class Move:
    """What happens to one pool of a case inside one transaction."""

    registry: Registry
    case: Case
    instance: Instance
    definition: engine.Definition
    person: directory.Person | None  #: whose click it is; None when a worker moves the case
    now: datetime
    applicant: Applicant | None = None
    answers: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    lines: list[journal.NewLine] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    opened: list[Task] = field(default_factory=list)  #: places where the case waits since this move
    #: office -> outputs that the steps begin with that open there because of this move (an arrival's scan)
    brings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: folder or result -> what is put under barcode control when the move ends
    papers: dict[str, custody.NewPaper] = field(default_factory=dict)
    #: numbers that the case got in this move, its own and others', by which it is found
    numbers: list[str] = field(default_factory=list)
    later: list[jobs.NewJob] = field(default_factory=list)  #: what is to be done later, put in when the move ends
    #: the person's own key, when this click signs electronically
    signer: signing.Signer | None = None
    #: as whose deputy the person acts
    acting: directory.Appointed | None = None
    #: what was decided by tables in this pool, as it is kept
    decided: list[dict[str, object]] = field(default_factory=list)
    begins: bool = False  #: it makes the case, whose first version that is
    stays: bool = False  #: the engine could not go on with it: what was said is kept, an incident asks for help
    signed: bool = False  #: a paper was signed with the key in this move
    asks_first: bool = False  #: the applicant was asked in it whether to be told: who agreed has a job that looks at it
    #: of a case that was begun on paper: (office, series) -> the number it was given there; papers of that time are not
    #: made anew
    given_before: dict[tuple[str, str], str] | None = None
    #: what its first line attests beside itself
    attested: Attested = field(default_factory=Attested)

    @classmethod
    def of(cls, work: Work, person: directory.Person | None = None, *, own_right: bool = False) -> "Move":
        """A move of the pool that a task belongs to: a worker's, or that person's, as whose deputy they work on it.

        In their `own_right`: nobody's deputy, such as an administrator.
        """
        definition, now = processes.definition(work.instance.definition_id), clock.now()
        acting = acting_of(work.task, person) if person is not None and not own_right else None
        known = work.applicant, work.answers
        return cls(registry.of(work.case), work.case, work.instance, definition, person, now, *known, acting=acting)

    @classmethod
    def beginning(
        cls, case: Case, definition_id: int, person: directory.Person | None, *, plays: str | None = None
    ) -> "Move":
        """The first move of a case, whose row was just made: in the pool that takes it in, of which nothing ran yet."""
        instance = Instance(
            case_id=case.id, definition_id=definition_id, office_key=case.office_key, plays=plays,
            started_at=case.opened_at, state=b"", passed=[], decided=[],
        )  # fmt: skip
        db.session.add(instance)
        db.session.flush()
        definition = processes.definition(definition_id)
        return cls(registry.of(case), case, instance, definition, person, case.opened_at, begins=True)

    def beside(self, instance: Instance, definition: engine.Definition) -> "Move":
        """The move of another pool that this one leads to: the same click, the same history."""
        return replace(self, instance=instance, definition=definition, outputs=[], opened=[], decided=[])

    @property
    def number(self) -> str | None:
        """The case's number at the office of this pool, as far as it has one."""
        return number_of(self.case, self.instance.number)

    @property
    def office_key(self) -> str:
        """The office that acts; of a rehearsal, the one it plays."""
        return offices_of(self.registry, self.case, self.instance)[0]

    @property
    def counted_until(self) -> datetime:
        """Until when the case's clocks have run: while the law lets them stand still, until that began."""
        return self.case.stopped_since or self.now

    @property
    def actor(self) -> str:
        return f"staff:{self.person.id}" if self.person else "worker"

    @property
    def person_id(self) -> int | None:
        return self.person.id if self.person else None

    def note(self, event: str, **details: object) -> None:
        """Add a line to the case's history; written when the move ends.

        The first line of a move makes the case another version of itself: whoever read it before looks again.
        """
        if not self.lines and not self.begins:
            self.case.version += 1
        acting = {"for": self.acting.for_id, "order": self.acting.order} if self.acting else {}
        self.lines.append(journal.NewLine(event, self.actor, {**details, **acting}))

    def end(self, task: Task, outcome: str) -> None:
        """A task is done, by whoever moves the case."""
        task.done_at = self.now
        self.close(task)
        task.done_by_id, task.outcome = self.person_id, outcome
        if self.acting is not None:
            task.done_for_id, task.done_order = self.acting.for_id, self.acting.order
        self.attested.tasks[task.id] = task

    def close(self, task: Task) -> None:
        """A task is over, done or not: the working time it took of its office is kept with it."""
        wait(self.case, task, -1)
        task.closed_at = self.now  # before the calendar is read: that may flush
        if task.waits_for == "operation":
            take_back(task.id)
        calendar = deadlines.calendar_for(self.registry, task.office_key)
        task.worked_s = int(deadlines.working_time(calendar, task.opened_at, self.now).total_seconds())
        if task.due_at is not None:
            task.term_s = int(deadlines.working_time(calendar, task.clock_started_at, task.due_at).total_seconds())

    def make_paper(self, item: str, content: Mapping[str, object]) -> None:
        """Keep what a paper says. Raises Invalid when its form lacks something."""
        if self.given_before is not None:
            return
        paper = documents.make_paper(
            self.case.id,
            item,
            content,
            office_key=self.instance.office_key,
            number=self.number or "",
            made_by=facts.signature if (facts := self.person_facts()) else "",
            at=self.now,
        )
        self.attested.papers.append(paper)
        self.note("paper.made", item=item)

    def facts(self, variables: Mapping[str, object]) -> CaseFacts:
        return case_facts(self.registry, self.case, self.instance, self.applicant, self.answers, variables)

    def person_facts(self) -> PersonFacts | None:
        return person_facts(self.person, self.instance.office_key, self.acting) if self.person else None

    def world(self) -> expressions.World:
        def due(key: str, start: datetime) -> datetime:
            return self.due(key, start).at or start

        return expressions.World(self.now, due, deadlines.zone(self.registry, self.instance.office_key))

    def due(self, key: str, start: datetime) -> deadlines.Due:
        """When that step is due if it begins then, at this pool's office; a courier's, at both offices of the case."""
        here, *offices = offices_of(self.registry, self.case, self.instance)
        other = next((office for office in offices if office != here), None)
        stops = suspensions_of(self.case.stops)
        return deadlines.due_for(
            self.registry, self.case.route, key, start, here, other_office_key=other, suspensions=stops
        )


def wait(case: Case, task: Task, more: int) -> None:
    """The case waits at that place from now on, or no longer: those at the body that decides are counted."""
    if task.office_key == case.body_key:
        case.at_body = (case.at_body or 0) + more
