"""A line of a case's history by what moves no pool of it: a signature set right, a notice, a look at personal data.

What moves a pool notes its lines on its `Move`, which writes them when it ends.
"""

from collections.abc import Collection

from services import clock, directory, journal
from services.cases.models import Case
from services.db import db


def write_line(case_id: int, event: str, person: directory.Person | None, **details: object) -> None:
    """Chain it to the case's stream, inside the caller's transaction; a worker's, without a person."""
    actor = f"staff:{person.id}" if person is not None else "worker"
    journal.append(f"case:{case_id}", [journal.NewLine(event, actor, details)], at=clock.now())


def is_written(case_id: int, event: str, **details: object) -> bool:
    """Whether the newest thousand lines of its history have that one."""
    lines = journal.read(f"case:{case_id}", limit=1000)
    return any(line.event == event and details.items() <= line.details.items() for line in lines)


def write_line_of_each(
    case_ids: Collection[int], event: str, person: directory.Person | None, **details: object
) -> None:
    """One line in the stream of each of those cases, which are locked: two statements for all of them."""
    actor = f"staff:{person.id}" if person is not None else "worker"
    line = journal.NewLine(event, actor, details)
    journal.append_each({f"case:{each}": line for each in case_ids}, actor=actor, at=clock.now())


def write_change(case: Case, event: str, person: directory.Person, **details: object) -> None:
    """Writes down what changed the case itself, which is locked: whoever read it before looks again."""
    case.version += 1
    db.session.flush()
    write_line(case.id, event, person, **details)
