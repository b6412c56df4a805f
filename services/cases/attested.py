"""What a case's history attests beside its lines: answers, the applicant, papers, outcomes, and what a process knows.

The first line of each move holds a digest of every such thing that the move wrote (services/journal/values.py), so
that whoever changes one in the database is found by `komek journal verify`. What is no secret (outcome, number, who
did it) has no salt; what tells of a person has one in its row, which is erased with it. Files are not attested.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services import documents, journal
from services.cases.models import Applicant, Case, Instance, Task
from services.plugin import Applicant as ApplicantFacts

#: of the digests without a secret
OPEN = b""


@dataclass
class Attested:
    """What one move wrote and attests; its pools share it."""

    digests: dict[str, str] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)  #: those that ended
    pools: dict[int, Instance] = field(default_factory=dict)  #: those that went on
    papers: list[documents.Paper] = field(default_factory=list)  #: those that were made or signed

    def answer(self, task: Task, form: str, answers: Mapping[str, object]) -> bytes:
        """The salt to be kept with what was answered in that task."""
        salt, thing = journal.new_salt(), f"answer:{task.id}"
        said = answer_value(form, answers, task.delay_reason, task.conflict_reason)
        self.digests[thing] = journal.digest(salt, thing, said)
        return salt

    def applicant(self, row: Applicant) -> None:
        """The applicant, as the row says it now."""
        row.salt = journal.new_salt()
        self.digests["applicant"] = journal.digest(row.salt, "applicant", applicant_value(row))

    def pool(self, instance: Instance) -> None:
        """A pool went on: what it knows is told when the move ends."""
        instance.salt = journal.new_salt()
        self.pools[instance.id] = instance

    def holds(self, case: Case) -> dict[str, str]:
        """Thing -> digest, of everything; to be asked when all rows are written."""
        found = {**self.digests, "case": journal.digest(OPEN, "case", case_value(case))}
        for task in self.tasks.values():
            thing = f"task:{task.id}"
            found[thing] = journal.digest(OPEN, thing, task_value(task))
        for instance in self.pools.values():
            thing = f"process:{instance.id}"
            found[thing] = journal.digest(instance.salt or OPEN, thing, process_value(instance))
        return found | paper_holds(self.papers)


def paper_holds(papers: Sequence[documents.Paper]) -> dict[str, str]:
    """Thing -> digest of papers whose rows are written."""
    things = {f"paper:{paper.id}": paper for paper in papers}
    return {
        thing: journal.digest(paper.salt or OPEN, thing, documents.attested_value(paper))
        for thing, paper in things.items()
    }


def answer_value(form: str | None, answers: object, delay_reason: str, conflict_reason: str) -> object:
    """What is attested of a task's answers."""
    return [form or "", answers, delay_reason, conflict_reason]


def applicant_value(row: Applicant) -> object:
    """What is attested of an applicant; what is not known of them is left out, so that older lines still hold."""
    said = {name: getattr(row, name) for name in ApplicantFacts.__dataclass_fields__}
    return {name: value for name, value in said.items() if value is not None}


def case_value(case: Case) -> object:
    """What is attested of the case itself."""
    return [case.number, case.outcome, case.closed_at is not None, case.body_key]


def task_value(task: Task) -> object:
    """What is attested of a step that is done."""
    return [task.outcome, task.done_by_id, task.done_for_id, task.done_order]


def process_value(instance: Instance) -> object:
    """What is attested of a pool: its variables and where it waits, as the engine keeps them, and what tables said."""
    state = hashlib.sha256(instance.state).hexdigest()
    return [instance.definition_id, instance.office_key, instance.number, state, instance.decided]
