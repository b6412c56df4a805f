"""Which lines of a case's history its applicant is told of: jobs, put in by the transaction that writes the lines."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from services import jobs, journal, telling
from services.cases.models import Case
from services.clock import now

#: between facts of one move: they are told in the order of its lines
APART = timedelta(microseconds=1)


def telling_jobs(case: Case, office_key: str, lines: Sequence[journal.NewLine]) -> list[jobs.NewJob]:
    """A job for each fact that the region tells applicants of; none while they are not told, nor of a rehearsal."""
    if not lines or case.plays is not None or not telling.is_on():
        return []
    found = {}
    for line in lines:
        for fact in telling.facts_of(line.event, line.details):
            occasion = occasion_of(line.details, f"v{case.version}")
            told = {"fact": fact, "occasion": occasion, "office": office_key}
            found[f"tell:{case.id}:{fact}:{occasion}"] = told
    return [_job(case, key, now() + place * APART, told) for place, (key, told) in enumerate(found.items())]


def agreement_job(case: Case, office_key: str, at: datetime) -> jobs.NewJob:
    """The one job of the move in which the applicant agreed: it reads what that move wrote into the history."""
    return _job(case, f"tell:{case.id}:agreed", at, {"office": office_key})


def _job(case: Case, key: str, at: datetime, args: Mapping[str, object]) -> jobs.NewJob:
    return jobs.NewJob(telling.TELL, key, at, case_id=case.id, lane=f"told:{case.id}", args=args)


def occasion_of(details: Mapping[str, object], otherwise: str) -> str:
    """Which time a fact became true: by the step, where it is one's."""
    return str(details.get("task") or otherwise)
