"""One move of a case: what it has gathered so far, and what a plugin's in-step operation may do meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services import deadlines, directory, documents, engine, journal
from services.cases.facts import case_facts, person_facts
from services.cases.models import Applicant, Case, Instance, Task
from services.plugin import Call, CaseFacts, PersonFacts
from services.registry import Registry


@dataclass
class Move:
    """What happens to one case inside one transaction."""

    registry: Registry
    case: Case
    instance: Instance
    definition: engine.Definition
    person: directory.Person
    now: datetime
    applicant: Applicant | None = None
    answers: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    lines: list[journal.Line] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    opened: list[Task] = field(default_factory=list)  #: places where the case waits since this move

    @property
    def actor(self) -> str:
        return f"staff:{self.person.id}"

    def note(self, event: str, **details: object) -> None:
        """Add a line to the case's history; written when the move ends."""
        self.lines.append(journal.Line(event, self.actor, details))

    def make_paper(self, item: str, content: Mapping[str, object]) -> None:
        """Keep what a paper says. Raises Invalid when its form lacks something."""
        documents.make_paper(
            self.case.id, item, content, number=self.case.number or "", made_by=self.person.full_name, at=self.now
        )
        self.note("paper.made", item=item)

    def facts(self, variables: Mapping[str, object]) -> CaseFacts:
        return case_facts(self.registry, self.case, self.applicant, self.answers, variables)

    def person_facts(self) -> PersonFacts:
        return person_facts(self.person, self.case.office_key)

    def world(self) -> engine.World:
        def due(key: str, start: datetime) -> datetime:
            found = deadlines.due_for(self.registry, self.case.route, key, start, self.case.office_key)
            return found.at or start

        return engine.World(self.now, due)


class MoveHouse:
    """`services.plugin.House` over one move."""

    def __init__(self, move: Move, call: Call) -> None:
        self._move = move
        self._call = call

    @property
    def now(self) -> datetime:
        return self._move.now

    def number(self, series: str) -> str:
        move = self._move
        office = move.registry.row("offices", move.case.office_key)
        local_year = deadlines.local(move.registry, move.case.office_key, move.now).year
        number = documents.next_number(office["number"], series, local_year)
        if move.case.number is None:
            move.case.number = number
        move.note("case.numbered", series=series, number=number)
        return number

    def due(self, key: str, start: datetime | None = None) -> datetime:
        return self._move.world().due(key, start or self._move.now)

    def paper(self, item: str, **content: object) -> None:
        self._move.make_paper(item, content)

    def output(self, key: str) -> None:
        self._move.outputs.append(key)

    def record(self, event: str, **details: object) -> None:
        self._move.note(f"{self._call.operation}.{event}", **details)
