"""The proof that answers, applicants, papers, outcomes and processes are what the cases' histories attest.

Beside `journal.verify`, which proves the lines themselves: both together say that nothing was changed. Reads every
case once, a batch at a time, each batch as it stood at one moment.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select, text

from services import documents, journal
from services.cases.attested import (
    OPEN,
    answer_value,
    applicant_value,
    case_value,
    process_value,
    task_value,
)
from services.cases.models import Answer, Applicant, Case, Instance, Task
from services.db import db, transaction
from services.journal import JournalFault

#: cases that are read at a time
BATCH = 200
#: what is erased when a case is destroyed, or was taken back
ERASED = ("applicant", "answer:", "paper:", "process:")
DESTROYED, TAKEN_BACK = "case.destroyed", "case.take_over_undone"

_AT_ONE_MOMENT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
_LINES = text("""
    SELECT substr(stream, 6)::bigint AS case_id, position, event, details FROM journal_entry
    WHERE stream = ANY(:streams) AND (position = 1 OR details LIKE '%"holds":{%' OR event IN (:destroyed, :taken_back))
    ORDER BY stream, position
""")
_CASES = text("""
    SELECT id FROM (
        SELECT id FROM "case" UNION SELECT substr(name, 6)::bigint FROM journal_stream WHERE name ~ '^case:[0-9]{1,18}$'
    ) AS known WHERE id > :after ORDER BY id LIMIT :batch
""")


@dataclass
class Proven:
    """What came of looking through every case."""

    faults: list[JournalFault] = field(default_factory=list)
    things: int = 0  #: so many are attested, and are what they were
    uncovered: int = 0  #: so many were written before anything was attested: nobody can say
    uncovered_cases: int = 0


@dataclass
class _Attests:
    """What the lines of one case say."""

    #: thing -> its last digest, and the line's position
    holds: dict[str, tuple[str, int]] = field(default_factory=dict)
    whole: bool = False  #: from its first line on
    destroyed: bool = False
    taken_back: bool = False


@dataclass(frozen=True)
class _Thing:
    """A row as it stands."""

    name: str  #: as the lines call it
    words: str
    salt: bytes | None
    value: object


def verify_values(*, progress: Callable[[int], None] = lambda cases: None, limit: int = 1_000) -> Proven:
    """What of the cases is not as it was attested (at most `limit` faults), and how much was never attested.

    `progress` is told the number of cases looked at so far. The lines are taken at their word: see `journal.verify`.
    To be called outside of a transaction.
    """
    db.session.rollback()
    proven, after, looked = Proven(), 0, 0
    while len(proven.faults) < limit:
        with transaction():
            db.session.connection(execution_options=_AT_ONE_MOMENT)
            ids = list(db.session.scalars(_CASES, {"after": after, "batch": BATCH}))
            if ids:
                _look(ids, proven)
        db.session.expunge_all()
        if not ids:
            break
        after, looked = ids[-1], looked + len(ids)
        progress(looked)
    del proven.faults[limit:]
    return proven


def _look(ids: Sequence[int], proven: Proven) -> None:
    attests, things = _attests(ids), _things(ids)
    for case_id in ids:
        said, here = attests[case_id], things[case_id]
        if said.taken_back and not here:
            continue
        uncovered = 0
        for name, thing in here.items():
            if said.destroyed and name.startswith(ERASED):
                continue
            held = said.holds.pop(name, None)
            if held is not None and held[0] == journal.digest(thing.salt or OPEN, name, thing.value):
                proven.things += 1
            elif held is not None:
                proven.faults.append(_changed(case_id, thing, held[1]))
            elif said.whole:
                proven.faults.append(_put_in(case_id, thing))
            else:
                uncovered += 1
        gone = {
            name: line for name, (_, line) in said.holds.items() if not (said.destroyed and name.startswith(ERASED))
        }
        proven.faults += [_removed(case_id, name, line) for name, line in gone.items()]
        proven.uncovered += uncovered
        proven.uncovered_cases += uncovered > 0


def _attests(ids: Sequence[int]) -> Mapping[int, _Attests]:
    found = {case_id: _Attests() for case_id in ids}
    wanted = {"streams": [f"case:{each}" for each in ids], "destroyed": DESTROYED, "taken_back": TAKEN_BACK}
    for case_id, position, event, details in db.session.execute(_LINES, wanted):
        said, holds = found[case_id], json.loads(details).get(journal.HOLDS)
        said.destroyed |= event == DESTROYED
        said.taken_back |= event == TAKEN_BACK
        if isinstance(holds, dict):
            said.whole |= position == 1
            said.holds |= {str(name): (str(digest), position) for name, digest in holds.items()}
    return found


def _things(ids: Sequence[int]) -> Mapping[int, dict[str, _Thing]]:
    found: dict[int, dict[str, _Thing]] = {case_id: {} for case_id in ids}
    for case_id, thing in _each(ids):
        found[case_id][thing.name] = thing
    return found


def _each(ids: Sequence[int]) -> Iterator[tuple[int, _Thing]]:
    for case in db.session.scalars(select(Case).where(Case.id.in_(ids))):
        yield case.id, _Thing("case", "its number, body or outcome", None, case_value(case))
    for task in db.session.scalars(select(Task).where(Task.case_id.in_(ids), Task.outcome.is_not(None))):
        words = f"the outcome of step {task.code} {task.id}"
        yield task.case_id, _Thing(f"task:{task.id}", words, None, task_value(task))
    pools = select(Instance, Instance.salt).where(Instance.case_id.in_(ids))
    for pool, salt in db.session.execute(pools):
        words = f"what process {pool.id} knows"
        yield pool.case_id, _Thing(f"process:{pool.id}", words, salt, process_value(pool))
    applicants = select(Applicant, Applicant.salt).where(Applicant.case_id.in_(ids))
    for row, salt in db.session.execute(applicants):
        yield row.case_id, _Thing("applicant", "the applicant", salt, applicant_value(row))
    given = select(Answer, Answer.salt, Task).join(Task, Task.id == Answer.task_id)
    for answer, salt, task in db.session.execute(given.where(Answer.case_id.in_(ids), Answer.given_at.is_not(None))):
        value = answer_value(answer.form, answer.answers, task.delay_reason, task.conflict_reason)
        yield answer.case_id, _Thing(f"answer:{task.id}", f"the answers {answer.form} of step {task.id}", salt, value)
    for case_id, paper_id, item, salt, what in documents.attested_of(ids):
        yield case_id, _Thing(f"paper:{paper_id}", f"paper {paper_id} ({item})", salt, what)


def _changed(case_id: int, thing: _Thing, line: int) -> JournalFault:
    told: dict[str, object] = {"case": case_id, "what": thing.words, "line": line}
    if thing.salt is None and thing.name.startswith(ERASED):
        return _fault("salt", "Case %(case)s: %(what)s is attested by line %(line)s, but its salt is gone: "
                      "it was changed, or the tables were taken back to an earlier revision.", told)  # fmt: skip
    return _fault("value", "Case %(case)s: %(what)s is not what line %(line)s attests: it was changed.", told)


def _put_in(case_id: int, thing: _Thing) -> JournalFault:
    told: dict[str, object] = {"case": case_id, "what": thing.words}
    return _fault("put_in", "Case %(case)s: no line attests %(what)s: it was put in.", told)


def _removed(case_id: int, name: str, line: int) -> JournalFault:
    told: dict[str, object] = {"case": case_id, "what": name, "line": line}
    return _fault("removed", "Case %(case)s: what line %(line)s attests as %(what)s was removed.", told)


def _fault(kind: str, message: str, details: Mapping[str, object]) -> JournalFault:
    """English, as everything of the journal's proof: whoever reads it sits at the console."""
    return JournalFault(kind, message, details)
