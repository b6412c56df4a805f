"""An applicant is told of what their case came to: who decides that, what the history says of it, and how it ends."""

from services import journal, telling
from services.cases.errors import NotYourCase
from services.cases.history import write_line
from services.cases.later import tell_incident
from services.cases.reading import lock_case, lock_cases
from services.cases.rights import case_seen_by, check_sees, may_reach
from services.cases.to_tell import APART, occasion_of
from services.db import transaction
from services.directory import Person
from services.errors import Conflict
from services.jobs import Job
from services.plugin.telling import Taken

#: of a history, among which those stand that a case began with
MOST_LINES = 200


class NotAgreed(Conflict):
    """This applicant is not told without asking: nothing was agreed, or it was withdrawn already."""


def withdraw_agreement(case_id: int, person: Person) -> None:
    """The applicant wants to be told no more: nothing that waits is sent, number and address are forgotten.

    By whoever reaches applicants at an office of the case. Raises NoSuchCase, NotYours, NotAgreed.
    """
    if not may_reach(case_seen_by(case_id, person), person):
        raise NotYourCase
    with transaction():
        check_sees(lock_case(case_id), person)
        if not telling.withdraw(case_id):
            raise NotAgreed
        write_line(case_id, "case.telling_withdrawn", person)


def tell_applicant(job: Job, result: object) -> None:
    """Plan what the applicant is told of a fact. Inside the transaction that ends the job."""
    case_id, office_key = job.case_id or 0, str(job.args["office"])
    if "fact" in job.args:
        telling.tell(case_id, str(job.args["fact"]), str(job.args["occasion"]), office_key, job.planned_at)
        return
    lines = [line for line in journal.read(f"case:{case_id}", limit=MOST_LINES) if line.at == job.planned_at]
    facts = [(line, fact) for line in lines for fact in telling.facts_of(line.event, line.details)]
    for place, (line, fact) in enumerate(facts):  # of the move in which they agreed
        telling.tell(case_id, fact, occasion_of(line.details, "agreed"), office_key, line.at + place * APART)


def keep_told(job: Job, result: object) -> None:
    """What became of handing a message on. Inside the transaction that ends the job."""
    if isinstance(result, telling.Later):
        telling.put_off(job, result)
    elif isinstance(result, Taken):
        lock_cases([job.case_id or 0], archived=True)
        row = telling.keep_taken(job, result)
        if row is not None:
            write_line(row.case_id, "case.told", None, fact=row.fact, channel=row.channel)
    elif result is telling.OVERTAKEN:
        telling.leave(job)


def give_up_telling(job: Job, error: Exception) -> None:
    """Nobody tries to tell the applicant any more. Inside the transaction that makes it an incident."""
    tell_incident(job, error)
    telling.give_up(job)


def hear_report(told: telling.DeliveryReport) -> bool:
    """Keep what the gateway reports of a message; whether it is news. That one failed is a line of the history."""
    with transaction():
        case_id = telling.case_of(told.key)
        if case_id is None:
            return False
        lock_cases([case_id], archived=True)
        row = telling.report(told)
        if row is not None and row.state == "failed":
            write_line(case_id, "case.telling_failed", None, fact=row.fact, channel=row.channel)
        return row is not None
